"""Blocks of working time within a day, such as 09:00-12:00, and a week of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_BLOCK = re.compile(r"(\d\d?):(\d\d)\s*[-–—~～]\s*(\d\d?):(\d\d)")
_DAY_MINUTES = 24 * 60


class BlocksUnreadable(ValueError):
    """A text is no list of blocks; ``text`` is the part that is wrong."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


@dataclass(frozen=True, order=True)
class Block:
    """Working time from ``begin`` to ``end``, in minutes since midnight on the wall clock; 1440 is 24:00."""

    begin: int
    end: int

    def __str__(self) -> str:
        return f"{_clock(self.begin)}-{_clock(self.end)}"


Week = tuple[tuple[Block, ...], ...]
"""The blocks of Monday to Sunday."""

_OFFICE_DAY = (Block(9 * 60, 12 * 60), Block(13 * 60 + 30, 18 * 60))
OFFICE_WEEK: Week = (*[_OFFICE_DAY] * 5, (), ())


def read_blocks(text: str) -> tuple[Block, ...]:
    """The blocks of a text such as ``09:00-12:00 13:30-18:00``; none for an empty text.

    Raises `BlocksUnreadable` for what is no block, ends before it begins, or meets the block before it.
    """
    parts = [part for part in re.split(r"[,;，；、]|(?<=\d)\s+(?=\d\d?:)", text.strip()) if part.strip()]
    return ordered([_read(part.strip()) for part in parts])


def ordered(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """The same blocks if they follow each other. Raises `BlocksUnreadable`."""
    last = 0
    for block in blocks:
        if not last <= block.begin < block.end <= _DAY_MINUTES:
            raise BlocksUnreadable(str(block))
        last = block.end
    return tuple(blocks)


def write_blocks(blocks: Sequence[Block]) -> str:
    """The text that `read_blocks` reads."""
    return " ".join(str(block) for block in blocks)


def _read(text: str) -> Block:
    found = _BLOCK.fullmatch(text)
    if found is None:
        raise BlocksUnreadable(text)
    begin_hour, begin, end_hour, end = (int(number) for number in found.groups())
    if begin > 59 or end > 59:
        raise BlocksUnreadable(text)
    return Block(begin_hour * 60 + begin, end_hour * 60 + end)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
