"""The small language that templates are written in: read into blocks, line by line; nothing in it can be run.

``# `` is the title, ``## `` a heading, ``1. `` a numbered clause, ``- `` a point, ``+ `` a fact in a table
of facts (``+ label | value``, ``++ `` over the whole width), ``|…|`` a row of a table whose first row is its head,
``~ `` a place to sign (``~ role | name``), ``> `` a boxed note, ``---`` a new page; any other line is a paragraph,
which an empty line ends. ``**…**`` is bold and ``{{variable}}`` a mark. Two lines stand for layouts of their own:
``@plans`` and ``@copies first | second``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from ledger.templates.errors import LineError

LONGEST_TEXT, MOST_LINES = 40_000, 800
_MARK = re.compile(r"\{\{[ \t]*([a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)?)[ \t]*\}\}")
_BROKEN = re.compile(r"\{\{[^}\n]{0,40}\}{0,2}|\}\}")
_CLAUSE = re.compile(r"\d{1,3}[.、．][ \t]+")
_SHOWN = 40


class Kind(StrEnum):
    """The kinds of block."""

    TITLE = "title"
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    CLAUSES = "clauses"
    POINTS = "points"
    FACTS = "facts"
    TABLE = "table"
    SIGNATURES = "signatures"
    NOTE = "note"
    PAGE = "page"
    PLANS = "plans"
    COPIES = "copies"


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a line: words, or the name of a variable where ``is_mark``."""

    text: str
    is_mark: bool = False
    bold: bool = False


Inline = tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a block with its cells; ``wide`` is a fact over the whole width."""

    line: int
    cells: tuple[Inline, ...]
    wide: bool = False

    def marks(self) -> list[str]:
        """The names of the variables in it, in order."""
        return [part.text for cell in self.cells for part in cell if part.is_mark]


@dataclass(frozen=True, slots=True)
class Block:
    """A block of a paper with its lines."""

    kind: Kind
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Parsed:
    """A text as blocks, and what is wrong with it by line."""

    blocks: tuple[Block, ...]
    errors: tuple[LineError, ...]


_CELLS = {Kind.FACTS: 2, Kind.SIGNATURES: 2}
_ALONE = {Kind.TITLE, Kind.HEADING, Kind.NOTE, Kind.PAGE, Kind.PLANS, Kind.COPIES}


def parse(text: str) -> Parsed:
    """Read a template's text. Marks are found but not looked up; nothing is raised."""
    lines = text.splitlines()
    if len(text) > LONGEST_TEXT or len(lines) > MOST_LINES:
        return Parsed((), (LineError(1, "template_text_too_long", str(MOST_LINES)),))
    reader = _Reader()
    for number, line in enumerate(lines, start=1):
        reader.read(number, line.rstrip())
    return reader.done()


class _Reader:
    def __init__(self) -> None:
        self.blocks: list[tuple[Kind, list[Row]]] = []
        self.errors: list[LineError] = []
        self._open = False

    def read(self, number: int, line: str) -> None:
        """Take one line."""
        if not line.strip():
            self._open = False
            return
        kind, content, wide = _sort(line.strip())
        cells = [part.strip() for part in content.split("|")] if kind in _SPLIT else [content]
        inlines = tuple(self._inline(number, cell) for cell in cells)
        if kind in _CELLS and len(cells) != _CELLS[kind]:
            self.errors.append(LineError(number, "template_line_needs_two", line[:_SHOWN]))
            return
        self._add(kind, Row(number, inlines, wide))

    def _add(self, kind: Kind, row: Row) -> None:
        if self._open and kind not in _ALONE and self.blocks and self.blocks[-1][0] is kind:
            rows = self.blocks[-1][1]
            if kind is Kind.TABLE and len(row.cells) != len(rows[0].cells):
                self.errors.append(LineError(row.line, "template_cells_differ", str(len(rows[0].cells))))
                return
            if kind is Kind.PARAGRAPH:
                last = rows[-1]
                rows[-1] = Row(last.line, ((*last.cells[0], Part("\n"), *row.cells[0]),))
                return
            rows.append(row)
        else:
            self.blocks.append((kind, [row]))
        self._open = True

    def _inline(self, number: int, text: str) -> Inline:
        rest = _MARK.sub("", text)
        for broken in _BROKEN.findall(rest):
            self.errors.append(LineError(number, "template_mark_broken", broken[:_SHOWN]))
        if text.count("**") % 2:
            self.errors.append(LineError(number, "template_bold_open", text[:_SHOWN]))
        return tuple(_parts(text))

    def done(self) -> Parsed:
        """Everything read, and the rules about the whole."""
        titles = [rows[0].line for kind, rows in self.blocks if kind is Kind.TITLE]
        if not self.blocks or self.blocks[0][0] is not Kind.TITLE:
            self.errors.append(LineError(1, "template_title_first"))
        self.errors += [LineError(line, "template_title_twice") for line in titles[1:]]
        blocks = tuple(Block(kind, tuple(rows)) for kind, rows in self.blocks)
        return Parsed(blocks, tuple(sorted(self.errors, key=lambda error: error.line)))


_SPLIT = {Kind.FACTS, Kind.TABLE, Kind.SIGNATURES, Kind.COPIES}
_BEGINNINGS = (
    ("## ", Kind.HEADING),
    ("# ", Kind.TITLE),
    ("++ ", Kind.FACTS),
    ("+ ", Kind.FACTS),
    ("- ", Kind.POINTS),
    ("~ ", Kind.SIGNATURES),
    ("> ", Kind.NOTE),
    ("@copies ", Kind.COPIES),
)


def _sort(line: str) -> tuple[Kind, str, bool]:
    if line == "---":
        return Kind.PAGE, "", False
    if line == "@plans":
        return Kind.PLANS, "", False
    if line.startswith("|") and line.endswith("|") and len(line) > 1:
        return Kind.TABLE, line[1:-1], False
    for beginning, kind in _BEGINNINGS:
        if line.startswith(beginning):
            return kind, line[len(beginning) :].strip(), beginning == "++ "
    if match := _CLAUSE.match(line):
        return Kind.CLAUSES, line[match.end() :], False
    return Kind.PARAGRAPH, line, False


def _parts(text: str) -> list[Part]:
    parts: list[Part] = []
    for position, piece in enumerate(text.split("**")):
        bold, end = position % 2 == 1, 0
        for mark in _MARK.finditer(piece):
            if mark.start() > end:
                parts.append(Part(piece[end : mark.start()], bold=bold))
            parts.append(Part(mark[1], is_mark=True, bold=bold))
            end = mark.end()
        if end < len(piece):
            parts.append(Part(piece[end:], bold=bold))
    return parts
