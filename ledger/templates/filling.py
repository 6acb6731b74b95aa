"""A template and values into the blocks that a layout sets: plain data, every value text and never markup."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ledger.templates.catalogue import PaperKind
from ledger.templates.checking import parsed_text
from ledger.templates.errors import ExtraUnknown, LineError, TextRefused
from ledger.templates.kinds import Language, Variable, fits, is_numeric, written
from ledger.templates.markup import Block, Inline, Kind, Part, Row

NOTHING = "—"
Values = Mapping[str, Any]
_NARROW = 26


@dataclass(frozen=True, slots=True)
class Filled:
    """What a paper says: its title and its blocks as JSON data for the layout."""

    title: str
    blocks: tuple[dict[str, Any], ...]


class Lacking(Exception):
    """A required variable has no value; internal, turned into a `TextRefused`."""


def fill(text: str, kind: PaperKind, values: Values, language: Language) -> Filled:
    """The paper's blocks. Raises `TextRefused`: for a text that is wrong, and by line for what has no value."""
    filler = _Filler(kind, values, language)
    blocks = [filled for block in parsed_text(text, kind).blocks for filled in filler.block(block)]
    if filler.errors:
        raise TextRefused(filler.errors, code="template_values_lacking")
    kept = tuple(_without_empty_headings(blocks))
    return Filled("".join(run["text"] for run in kept[0]["runs"]), kept)


def check_values(kind: PaperKind, values: Values, *, only_known: bool = True) -> None:
    """Raise `ExtraUnknown` for a value that the kind does not know or that is not of its type."""
    for name, value in values.items():
        variable = next((one for one in kind.variables if one.name == name), None)
        if variable is None:
            if only_known:
                raise ExtraUnknown(field=name, kind=kind.code, name=name)
        elif value is not None:
            _check_type(kind, variable, name, value)


def _check_type(kind: PaperKind, variable: Variable, name: str, value: object) -> None:
    if not fits(variable.type, value):
        raise ExtraUnknown("paper_extra_type", field=name, kind=kind.code, name=name, type=variable.type)
    if variable.type != "lines":
        return
    known = {field.name: field for field in variable.fields}
    assert isinstance(value, Sequence)  # noqa: S101 - it fits
    for line in value:
        for field, part in line.items():
            if field not in known:
                raise ExtraUnknown(field=name, kind=kind.code, name=f"{name}.{field}")
            if part is not None and not fits(known[field].type, part):
                raise ExtraUnknown(
                    "paper_extra_type", field=name, kind=kind.code, name=f"{name}.{field}", type=known[field].type
                )


class _Filler:
    def __init__(self, kind: PaperKind, values: Values, language: Language) -> None:
        self.kind, self.values, self.language = kind, values, language
        self.errors: list[LineError] = []

    def block(self, block: Block) -> Iterator[dict[str, Any]]:
        """A block as data, or nothing where its lines are left out."""
        if block.kind is Kind.PAGE:
            yield {"kind": "page"}
        elif block.kind is Kind.PLANS:
            yield from self._plans(block)
        elif block.kind is Kind.TABLE:
            yield from self._table(block)
        else:
            rows = [cells for row in block.rows for cells in self._rows(row)]
            if rows:
                yield from _set(block, rows)
            else:
                yield {"kind": "gone"}

    def _plans(self, block: Block) -> Iterator[dict[str, Any]]:
        plans = self.values.get("plans") or ()
        if plans:
            yield {"kind": "plans", "plans": list(plans)}
        else:
            self.errors.append(LineError(block.rows[0].line, "template_value_lacking", "@plans"))

    def _table(self, block: Block) -> Iterator[dict[str, Any]]:
        head = [self._runs(cell, block.rows[0].line, {}) for cell in block.rows[0].cells]
        told: list[dict[str, Any]] = []
        repeats = any("." in name for row in block.rows[1:] for name in row.marks())
        found = False
        for row in block.rows[1:]:
            listed = any("." in name for name in row.marks())
            for cells in self._rows(row, in_table=True):
                found = found or listed
                told.append({"cells": [runs for runs, _wide in cells], "total": found and not listed})
        if repeats and not found:
            yield {"kind": "gone"}
            return
        yield {"kind": "table", "head": head, "rows": told, "columns": self._columns(block)}

    def _columns(self, block: Block) -> list[dict[str, bool]]:
        columns = []
        for position in range(len(block.rows[0].cells)):
            kinds = [
                found.type
                for row in block.rows[1:]
                for part in row.cells[position]
                if part.is_mark and (found := self.kind.variable(part.text)) is not None
            ]
            numeric = bool(kinds) and all(is_numeric(one) for one in kinds)
            columns.append({"right": numeric, "centre": "count" in kinds})
        return columns

    def _rows(self, row: Row, *, in_table: bool = False) -> Iterator[list[tuple[list[dict[str, Any]], bool]]]:
        """The row once, or once for each line of its list; not at all where an optional value is lacking."""
        listed = next((name.partition(".")[0] for name in row.marks() if "." in name), None)
        lines: Sequence[Values] = (self.values.get(listed) or ()) if listed else ({},)
        for line in lines:
            if not in_table and self._left_out(row, line):
                continue
            yield [(self._runs(cell, row.line, line, bare=in_table), row.wide) for cell in row.cells]

    def _left_out(self, row: Row, line: Values) -> bool:
        return any(
            self._value(name, line) in (None, "") and (found := self.kind.variable(name)) and found.optional
            for name in row.marks()
        )

    def _value(self, name: str, line: Values) -> Any:
        _, dot, field = name.partition(".")
        return line.get(field) if dot else self.values.get(name)

    def _runs(self, cell: Inline, number: int, line: Values, *, bare: bool = False) -> list[dict[str, Any]]:
        return [{"text": self._part(part, number, line, bare), "bold": part.bold} for part in cell]

    def _part(self, part: Part, number: int, line: Values, bare: bool) -> str:
        if not part.is_mark:
            return part.text
        variable, value = self.kind.variable(part.text), self._value(part.text, line)
        if variable is None or (value in (None, "") and not variable.optional):
            self.errors.append(LineError(number, "template_value_lacking", f"{{{{{part.text}}}}}"))
            return ""
        if value in (None, ""):
            return NOTHING
        return written(variable.type, value, self.language, bare=bare)


def _set(block: Block, rows: list[list[tuple[list[dict[str, Any]], bool]]]) -> Iterator[dict[str, Any]]:
    kind = block.kind
    if kind in (Kind.CLAUSES, Kind.POINTS):
        yield {"kind": str(kind), "items": [row[0][0] for row in rows]}
    elif kind is Kind.FACTS:
        pairs = [{"name": row[0][0], "value": row[1][0], "wide": row[0][1]} for row in rows]
        yield {"kind": "facts", "pairs": pairs, "columns": _fact_columns(pairs)}
    elif kind is Kind.SIGNATURES:
        yield {"kind": "signatures", "parties": [{"who": row[0][0], "name": row[1][0]} for row in rows]}
    elif kind is Kind.COPIES:
        yield {"kind": "copies", "names": [cell for cell, _wide in rows[0]]}
    else:
        yield {"kind": str(kind), "runs": rows[0][0][0]}


def _fact_columns(pairs: list[dict[str, Any]]) -> int:
    narrow = [pair for pair in pairs if not pair["wide"]]
    if len(narrow) < 5:
        return 2
    return 3 if all(_width(pair["name"]) + _width(pair["value"]) <= _NARROW for pair in narrow) else 2


def _width(runs: list[dict[str, Any]]) -> int:
    """How wide a text is in halves of a Chinese character."""
    return sum(2 if ord(sign) > 0x2E7F else 1 for run in runs for sign in run["text"])


def _without_empty_headings(blocks: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Without what was left out, and without the headings that then head nothing."""
    for position, block in enumerate(blocks):
        if block["kind"] == "gone":
            continue
        if block["kind"] == "heading" and position + 1 < len(blocks) and blocks[position + 1]["kind"] == "gone":
            after = next((one["kind"] for one in blocks[position + 1 :] if one["kind"] != "gone"), "heading")
            if after in ("heading", "page", "signatures"):
                continue
        yield block
