"""Parts of lists: which is asked for, and what is answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")
COUNT_CAP = 1000


@dataclass(frozen=True)
class Page:
    """Which part of a list: ``number`` from 1, or everything ``after`` the last row's id seen."""

    number: int = 1
    size: int = 50
    after: str | None = None


@dataclass(frozen=True)
class PageOf(Generic[T]):
    """A part of a list with the size of the whole; ``capped`` means "at least ``count``"."""

    rows: list[T]
    count: int
    capped: bool
    number: int
    size: int
