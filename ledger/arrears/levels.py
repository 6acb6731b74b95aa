"""The ladder of levels (催缴级别) as a decision table gives it: one rung from so many days late on.

The table is the analyst's; here its answers for every day within reach are kept as rungs, so that a run over many
lines asks the table only once for each role and kind.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ledger.arrears.kinds import Channel, Role
from ledger.finance.kinds import ReceivableKind

FIRST_DAY, LAST_DAY = -31, 400
NOTHING = -1

Decide = Callable[[Sequence[Mapping[str, Any]]], Sequence[Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class Rung:
    """A level from ``from_day`` days late on; the next comes ``next_after_days`` after it at the earliest."""

    from_day: int
    level: int
    channel: Channel
    template: str
    task_role: str
    next_after_days: int


@dataclass
class Asked:
    """What has been asked of a version of the table already: its answers never change."""

    rungs: dict[tuple[Role, ReceivableKind], list[Rung]] = field(default_factory=dict)
    ahead_days: int | None = None


class Ladder:
    """Every rung of a table; ``decide`` answers its row for each debtor, kind and days late.

    ``asked`` is kept by whoever asks the same version again.
    """

    def __init__(self, decide: Decide, asked: Asked | None = None) -> None:
        self._decide = decide
        self._asked = Asked() if asked is None else asked
        self._known: dict[tuple[Role, ReceivableKind, int, int], Rung | None] = {}

    def at(self, role: Role, kind: ReceivableKind, days: int, jump: int = 0) -> Rung | None:
        """The rung for a line, so many levels higher as promises were broken; None while nothing is to be said."""
        key = (role, kind, min(max(days, FIRST_DAY), LAST_DAY), jump)
        if key not in self._known:
            self._known[key] = self._find(*key)
        return self._known[key]

    def of_level(self, role: Role, kind: ReceivableKind, level: int) -> Rung | None:
        """The rung of a level, if the table has it for that role and kind."""
        return next((rung for rung in self._of(role, kind) if rung.level == level), None)

    def ahead_days(self) -> int:
        """How many days before a due day the first reminder comes."""
        if self._asked.ahead_days is None:
            self._asked.ahead_days = self._look_ahead()
        return self._asked.ahead_days

    def _look_ahead(self) -> int:
        asked = [
            {"debtor": role.value, "kind": kind.value, "days_late": day}
            for role in Role
            for kind in ReceivableKind
            for day in range(FIRST_DAY, 1)
        ]
        answers = zip(asked, self._decide(asked), strict=True)
        return max((-int(str(one["days_late"])) for one, row in answers if row["level"] != NOTHING), default=0)

    def _find(self, role: Role, kind: ReceivableKind, days: int, jump: int) -> Rung | None:
        rungs = self._of(role, kind)
        place = bisect_right([rung.from_day for rung in rungs], days) - 1
        if place < 0 or rungs[place].level == NOTHING:
            return None
        # Only who is late has broken anything: a reminder before the day stays one.
        return rungs[min(place + jump, len(rungs) - 1)] if days > 0 else rungs[place]

    def _of(self, role: Role, kind: ReceivableKind) -> list[Rung]:
        key = (role, kind)
        rungs = self._asked.rungs
        if key not in rungs:
            rungs[key] = self._read(role, kind)
        return rungs[key]

    def _read(self, role: Role, kind: ReceivableKind) -> list[Rung]:
        rungs: list[Rung] = []
        days = range(FIRST_DAY, LAST_DAY + 1)
        questions = [{"debtor": role.value, "kind": kind.value, "days_late": day} for day in days]
        for day, row in zip(days, self._decide(questions), strict=True):
            if not rungs or rungs[-1].level != row["level"]:
                rungs.append(
                    Rung(
                        day,
                        int(row["level"]),
                        Channel(row["channel"]),
                        str(row["template"]),
                        str(row["task_role"]),
                        int(row["next_after_days"]),
                    )
                )
        return rungs
