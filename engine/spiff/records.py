"""Which activities of a scope have completed and could be compensated, newest last, in little space.

A record is ``{"e": element, "v": own data of a loop instance, "i": records inside}``. Records are kept as runs
``[times, record]`` or ``[times, [runs]]``, so a loop that completes the same activities again and again stays
as small as one turn of it; only what really differs takes room.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.errors import CannotGoOn

Record = dict[str, Any]
Run = list[Any]
MAX_RUNS = 5_000
_LONGEST_PATTERN = 16


class Records:
    """Completed activities of one scope; ``runs`` are JSON values."""

    __slots__ = ("runs",)

    def __init__(self, runs: list[Run] | None = None) -> None:
        self.runs: list[Run] = runs if runs is not None else []

    def __bool__(self) -> bool:
        return bool(self.runs)

    def add(self, record: Record) -> None:
        """An activity has completed; raises `CannotGoOn` when what to remember passes all bounds."""
        self.runs.append([1, record])
        self._fold()
        if len(self.runs) > MAX_RUNS:
            raise CannotGoOn("compensation_too_long", limit=MAX_RUNS)

    def last(self) -> Record | None:
        """The activity that completed last."""
        if not self.runs:
            return None
        inside = self.runs[-1][1]
        while isinstance(inside, list):
            inside = inside[-1][1]
        found: Record = inside
        return found

    def pop(self) -> Record:
        """Take the activity that completed last."""
        times, inside = self.runs.pop()
        if times > 1:
            self.runs.append([times - 1, inside])
        if isinstance(inside, list):
            self.runs.extend(inside)
            return self.pop()
        found: Record = inside
        return found

    def take(self, wanted: Callable[[Record], bool]) -> Records:
        """Take all records that are wanted, in their order; the others stay."""
        taken = Records(_only(self.runs, wanted))
        self.runs = _only(self.runs, lambda record: not wanted(record))
        return taken

    def _fold(self) -> None:
        """Count what repeats instead of writing it again."""
        runs = self.runs
        if len(runs) > 1 and runs[-2][1] == runs[-1][1]:
            runs[-2] = [runs[-2][0] + 1, runs[-2][1]]
            runs.pop()
        for length in range(2, min(_LONGEST_PATTERN, len(runs) - 1) + 1):
            tail = runs[-length:]
            if runs[-length - 1][1] == tail:
                runs[-length - 1] = [runs[-length - 1][0] + 1, tail]
                del runs[-length:]
                return
            if runs[-2 * length : -length] == tail:
                del runs[-2 * length :]
                runs.append([2, tail])
                return


def _only(runs: list[Run], wanted: Callable[[Record], bool]) -> list[Run]:
    kept: list[Run] = []
    for times, inside in runs:
        if not isinstance(inside, list):
            kept += [[times, inside]] if wanted(inside) else []
        elif some := _only(inside, wanted):
            kept.append([times, some])
    return kept
