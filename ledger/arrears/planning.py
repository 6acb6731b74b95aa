"""What a daily run would do: which sale gets a case, and which level each of its lines has newly reached."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from ledger.arrears.finding import Line, find_lines
from ledger.arrears.kinds import Role
from ledger.arrears.levels import Ladder, Rung
from ledger.arrears.models import ArrearsCase


@dataclass(frozen=True)
class PlannedLevel:
    """A level that lines of one role have newly reached, as the process is told; ``days`` those of the latest."""

    role: Role
    rung: Rung
    lines: tuple[Line, ...]
    earliest_on: date

    @property
    def decisive(self) -> Line:
        """The line that is late longest."""
        return max(self.lines, key=lambda line: line.days)


@dataclass
class SalePlan:
    """What one sale needs: a case if it has none, and the levels to propose in it."""

    sale_id: str
    case_id: str | None
    levels: list[PlannedLevel] = field(default_factory=list)


@dataclass(frozen=True)
class RunPlan:
    """What a run would do. ``settled`` are the open cases in which nothing is late any more."""

    sales: tuple[SalePlan, ...]
    settled: tuple[str, ...]

    @property
    def size(self) -> int:
        """How many cases would be opened, brought on or closed."""
        return len(self.sales) + len(self.settled)


def plan_run(
    session: Session, ladder: Ladder, path: str, on: date, *, ahead_days: int, sale_id: str | None = None
) -> RunPlan:
    """Compare what is late with what has been proposed; what stands at its level already is left out."""
    changed: dict[str, list[tuple[Line, Rung]]] = defaultdict(list)
    alive: set[str] = set()
    for line in find_lines(session, path, on, ahead_days=ahead_days, sale_id=sale_id):
        if line.case_id is not None:
            alive.add(line.case_id)
            if line.suspended_by is not None:
                continue
        rung = ladder.at(line.role, line.kind, line.days, line.jump)
        if rung is not None and (line.reached is None or rung.level > line.reached):
            changed[line.sale_id].append((line, rung))
    sales = tuple(_sale_plan(lines, ladder, on) for _, lines in sorted(changed.items()))
    return RunPlan(sales, tuple(_settled(session, path, sale_id, alive)))


def _sale_plan(lines: list[tuple[Line, Rung]], ladder: Ladder, on: date) -> SalePlan:
    groups: dict[tuple[Role, Rung], list[Line]] = defaultdict(list)
    for line, rung in lines:
        groups[line.role, rung].append(line)
    first = lines[0][0]
    plan = SalePlan(first.sale_id, first.case_id)
    for (role, rung), group in sorted(groups.items(), key=lambda item: (-item[0][1].level, item[0][0])):
        ordered = tuple(sorted(group, key=lambda line: (line.due_on, line.receivable_id)))
        plan.levels.append(PlannedLevel(role, rung, ordered, _earliest(ordered, ladder, on)))
    return plan


def _earliest(lines: Iterable[Line], ladder: Ladder, on: date) -> date:
    """Not before the last level of each line has had its days."""
    days = [on]
    for line in lines:
        last = ladder.of_level(line.role, line.kind, line.reached) if line.reached is not None else None
        if last is not None and line.reached_on is not None:
            days.append(line.reached_on + timedelta(days=last.next_after_days))
    return max(days)


def _settled(session: Session, path: str, sale_id: str | None, alive: set[str]) -> Iterator[str]:
    query = select(ArrearsCase.id).where(ArrearsCase.state == "open")
    if path != "/":
        query = query.where(ArrearsCase.path.startswith(path, autoescape=True))
    if sale_id is not None:
        query = query.where(ArrearsCase.sale_id == sale_id)
    return (case_id for case_id in session.scalars(query) if case_id not in alive)
