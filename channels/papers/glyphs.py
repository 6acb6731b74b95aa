"""Which characters the fonts can print. A missing one vanishes from a PDF without a warning."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import TypeVar, cast

from fontTools.ttLib import TTFont

from .errors import MissingGlyphs

T = TypeVar("T")
FONTS = Path(str(files("channels.papers"))) / "fonts"
_UNPRINTABLE = "〓"
_BLANKS = frozenset("\n\t \u00a0\u3000")


@lru_cache(maxsize=1)
def printable() -> frozenset[int]:
    """Code points that every weight of the font has; read once per process."""
    sets = []
    for file in sorted(FONTS.glob("*.ttf")):
        with TTFont(file, lazy=True) as font:
            sets.append(frozenset(font.getBestCmap()))
    return frozenset.intersection(*sets)


def legible(data: T) -> T:
    """The data of a paper with a sign in place of every character that cannot be printed.

    For papers that repeat what people have written: a smiley must not keep a paper from being made.
    """
    return cast(T, _legible(data, printable()))


def _legible(value: object, known: frozenset[int]) -> object:
    if isinstance(value, str):
        return "".join(c if ord(c) in known or c in _BLANKS else _UNPRINTABLE for c in value)
    if isinstance(value, tuple):
        return tuple(_legible(item, known) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{f.name: _legible(getattr(value, f.name), known) for f in fields(value)})
    return value


def check_glyphs(data: object) -> None:
    """Raise :class:`MissingGlyphs` if any text in ``data`` has a character that cannot be printed."""
    known = printable()
    lacking: dict[str, str] = {}
    for path, text in texts(data):
        missing = "".join(dict.fromkeys(c for c in text if ord(c) not in known and c not in _BLANKS))
        if missing:
            lacking[path] = missing
    if lacking:
        raise MissingGlyphs(lacking)


def texts(data: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text in nested dictionaries and lists, with its path: ``buyers.0.name``."""
    if isinstance(data, str):
        yield path, data
    elif isinstance(data, dict):
        for name, value in data.items():
            yield from texts(value, f"{path}.{name}".lstrip("."))
    elif isinstance(data, list | tuple):
        for position, value in enumerate(data):
            yield from texts(value, f"{path}.{position}".lstrip("."))
