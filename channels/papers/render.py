"""From data to PDF bytes by Typst: same data, same bytes on every machine.

Data reaches the layout as JSON and is only ever shown as text, never read as markup. Fonts of the machine are
ignored.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, asdict, dataclass, fields, is_dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Literal

import typst

from .data import StatementData
from .errors import PaperError, PaperIncomplete
from .glyphs import FONTS, check_glyphs
from .template_data import TemplatedData

Language = Literal["zh", "en"]
LAYOUTS = Path(str(files("channels.papers"))) / "layouts"
_PAGE_COUNT = re.compile(rb"/Type\s*/Pages\s*/Count\s+(\d+)")


@dataclass(frozen=True, slots=True)
class Paper:
    """A finished paper."""

    pdf: bytes
    sha256: str
    pages: int


def issue(data: StatementData | TemplatedData, *, language: Language) -> Paper:
    """Make the paper that ``data`` describes.

    Raises :class:`PaperIncomplete` when a required text is empty and
    :class:`~channels.papers.errors.MissingGlyphs` when the fonts lack a character.
    """
    for path in _empty(data):
        raise PaperIncomplete(field=path)
    return render(data.template, {**asdict(data), **data.derived()}, language=language)


def pictures(data: TemplatedData, *, language: Language, dots_per_inch: int = 80) -> list[bytes]:
    """The pages of a paper as PNG, to be looked at. Raises as `issue` does."""
    for path in _empty(data):
        raise PaperIncomplete(field=path)
    content = {**asdict(data), **data.derived()}
    check_glyphs(content)
    made = _compile(data.template, content, language, "png", dots_per_inch)
    return [page for page in (made if isinstance(made, list) else [made]) if isinstance(page, bytes)]


def render(template: str, data: Mapping[str, object], *, language: Language) -> Paper:
    """Fill the layout ``template`` with plain ``data``: the fields of its dataclass and what it derives.

    The PDF's own date is ``issued_on``. Raises :class:`PaperError` for an unknown layout or data that does
    not fit it.
    """
    check_glyphs(data)
    layout = LAYOUTS / f"{template}.typ"
    if not template.isidentifier() or not layout.is_file():
        raise PaperError("paper.unknown_template", template=template)
    pdf = _compile(template, data, language, "pdf")
    if not isinstance(pdf, bytes):
        raise PaperError("paper.layout_failed", template=template, reason="no PDF was made")
    return Paper(pdf, hashlib.sha256(pdf).hexdigest(), page_count(pdf))


def _compile(
    template: str, data: Mapping[str, object], language: Language, kind: Literal["pdf", "png"], ppi: int = 80
) -> object:
    inputs = {"data": json.dumps(data, ensure_ascii=False), "language": language}
    try:
        return typst.compile(
            str(LAYOUTS / f"{template}.typ"),
            root=str(LAYOUTS),
            font_paths=fonts(),
            format=kind,
            ppi=float(ppi),
            sys_inputs=inputs,
            timestamp=0,
        )
    except typst.TypstError as error:
        raise PaperError("paper.layout_failed", template=template, reason=error.message) from error


@lru_cache(maxsize=1)
def fonts() -> typst.Fonts:
    """Our own fonts and no others, loaded once per process."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])


def page_count(pdf: bytes) -> int:
    """How many pages one of our own papers has: Typst writes the page tree uncompressed and first."""
    match = _PAGE_COUNT.search(pdf)
    return int(match[1]) if match else 0


def _empty(value: object, path: str = "") -> Iterator[str]:
    """Paths of required fields that hold an empty text or an empty list."""
    if isinstance(value, tuple):
        for position, item in enumerate(value):
            yield from _empty(item, f"{path}.{position}".lstrip("."))
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            name, content = f"{path}.{field.name}".lstrip("."), getattr(value, field.name)
            if content in ("", ()) and field.default is MISSING:
                yield name
            yield from _empty(content, name)
