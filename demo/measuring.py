"""A building that was measured in the demo: settlements at several steps, and the first certificates."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from demo.agenda import Agenda, Script
from demo.life import Life
from engine.api import TaskFilter
from kernel.actor import SYSTEM
from kernel.clock import business_date
from ledger.finance.kinds import TodoKind, TodoState
from ledger.finance.models import MoneyTodo
from ledger.handover.models import MoveInBatch
from ledger.inventory.models import Building, Unit
from ledger.sales.models import Sale
from ledger.surveys import importing, runs
from ledger.surveys.kinds import RunKind, SettlementState
from ledger.surveys.models import AreaSettlement
from ledger.surveys.reading import read_survey
from ledger.titles import buildings, steps
from ledger.titles.kinds import PAPERS, TitleState
from ledger.titles.models import TitleCase
from ledger.titles.queries import untitled_sales
from webapp.engine_room import engine_for
from webapp.titles import running

_AHEAD = timedelta(days=14)
_CLERK, _SECOND = "filing", "gm"
_LEAST = 6
_FIRST = "沪（2026）浦字不动产权第018806号"
# Measured area over the contract's in hundredths of a per cent, for one contracted home after the other.
_OFF = (450, -500, 380, -410, 120, -160, 40, 0, 75, -30)


def measure_a_building(life: Life, ends_at: datetime, agenda: Agenda) -> None:
    """The survey comes two weeks before the demo's morning."""
    agenda.add(_script(life), ends_at - _AHEAD)


def _script(life: Life) -> Script:
    building_id = _building(life)
    if building_id is None:
        return
    survey_id = life.act(_CLERK, lambda s, a: _survey(life, s, a, building_id))
    yield timedelta(hours=5)
    life.act(_SECOND, lambda s, a: importing.release_survey(s, a, life.clock, survey_id=survey_id))
    yield timedelta(hours=1)
    _run(life, building_id, RunKind.AREA, life.ask(lambda s: runs.unsettled_sales(s, building_id)), survey_id)
    yield timedelta(days=2)
    asking = _settlements(life, building_id, SettlementState.ASKING)
    for row, choice in zip(asking[1:], ("rescind", "keep", "keep"), strict=False):
        day = business_date(life.clock).isoformat()
        _complete(life, row.instance_id, "choose", choice=choice, answered_on=day)
    yield timedelta(days=3)
    for row in _settlements(life, building_id, SettlementState.POSTED)[:2]:
        _pay(life, row.sale_id)
    yield timedelta(days=1)
    yield from _titles(life, building_id)


def _titles(life: Life, building_id: str) -> Script:
    today = business_date(life.clock)
    life.act(
        _CLERK,
        lambda s, a: buildings.register_building(
            s,
            a,
            life.clock,
            building_id=building_id,
            number="沪（2026）浦字不动产权第018806号",
            registered_on=today,
        ),
    )
    _run(life, building_id, RunKind.TITLE, life.ask(lambda s: untitled_sales(s, building_id)))
    yield timedelta(days=2)
    # The first is late already and waits for papers of its buyer.
    for case in _cases(life, building_id, TitleState.REGISTERED)[1:5]:
        _complete(life, case.instance_id, "collect_papers", papers=list(PAPERS))
    yield timedelta(days=1)
    ready = [case.sale_id for case in _cases(life, building_id, TitleState.PAID)][:3]
    if not ready:
        return
    details = {"submitted_on": business_date(life.clock).isoformat(), "number": "浦收2026-0417"}
    _run(life, building_id, RunKind.SUBMISSION, ready, details=details)
    yield timedelta(days=2)
    for number, case in enumerate(_cases(life, building_id, TitleState.SUBMITTED)[:2]):
        words: dict[str, Any] = {"number": f"沪（2026）浦字不动产权第02{number:04}号", "case_id": case.id}
        words["issued_on"] = business_date(life.clock)
        life.act(_CLERK, lambda s, a, w=words: steps.issue_case(s, a, life.clock, **w))
    yield timedelta(hours=6)
    for case in _cases(life, building_id, TitleState.ISSUED)[:1]:
        mortgaged = life.ask(lambda s, c=case: steps.is_mortgaged(s, c.sale_id))
        day = business_date(life.clock).isoformat()
        _complete(life, case.instance_id, "hand_out", handed_to="bank" if mortgaged else "buyer", handed_on=day)


def _building(life: Life) -> str | None:
    """A building with enough contracted sales that is not the one being handed over."""
    query = (
        select(Unit.building_id, func.count())
        .join(Sale, Sale.unit_id == Unit.id)
        .where(Sale.state == "live", Sale.stage.in_(("signed", "filed")))
        .where(Unit.building_id.not_in(select(MoveInBatch.building_id)))
        .group_by(Unit.building_id)
        .order_by(func.count().desc(), Unit.building_id)
    )
    found = life.ask(lambda s: s.execute(query).all())
    wanted = [building_id for building_id, count in found[1:] or found if count >= _LEAST]
    return wanted[0] if wanted else None


def _survey(life: Life, session: Any, actor: Any, building_id: str) -> str:
    building = session.get_one(Building, building_id)
    sold = set(runs.unsettled_sales(session, building_id))
    units = session.scalars(select(Unit).where(Unit.building_id == building_id).order_by(Unit.floor, Unit.unit_no))
    rows, turn = ["楼栋,房号,实测建筑面积,实测套内面积"], 0
    for unit in units:
        off = 0
        if unit.sale_id in sold:
            off, turn = _OFF[turn % len(_OFF)], turn + 1
        area = unit.building_area_hundredths * (10_000 + off) // 10_000
        inside = (unit.inside_area_hundredths or area * 4 // 5) * (10_000 + off) // 10_000
        rows.append(f"{building.name},{unit.unit_no},{area / 100:.2f},{inside / 100:.2f}")
    file = read_survey("\n".join(rows).encode(), f"{building.name}-实测成果.csv")
    day = business_date(life.clock) - timedelta(days=3)
    row = importing.propose_survey(
        session, actor, life.clock, building_id=building_id, kind="measured", surveyed_on=day, survey=file
    )
    return row.id


def _run(
    life: Life,
    building_id: str,
    kind: RunKind,
    sales: list[str],
    survey_id: str | None = None,
    details: dict[str, str] | None = None,
) -> None:
    if not sales:
        return
    run_id = life.act(
        _CLERK,
        lambda s, a: (
            runs.begin_run(
                s,
                a,
                life.clock,
                kind=kind,
                building_id=building_id,
                sale_ids=sales,
                survey_id=survey_id,
                details=details,
            )[0].id
        ),
    )
    running.work(life.database, run_id)


def _settlements(life: Life, building_id: str, state: SettlementState) -> list[AreaSettlement]:
    query = select(AreaSettlement).where(AreaSettlement.building_id == building_id, AreaSettlement.state == state)
    return list(life.ask(lambda s: s.scalars(query.order_by(AreaSettlement.id)).all()))


def _cases(life: Life, building_id: str, state: TitleState) -> list[TitleCase]:
    query = select(TitleCase).where(TitleCase.building_id == building_id, TitleCase.state == state)
    return list(life.ask(lambda s: s.scalars(query.order_by(TitleCase.id)).all()))


def _pay(life: Life, sale_id: str) -> None:
    query = select(MoneyTodo).where(
        MoneyTodo.sale_id == sale_id,
        MoneyTodo.note == "area_settlement",
        MoneyTodo.kind == TodoKind.COLLECT,
        MoneyTodo.state == TodoState.OPEN,
    )
    for todo in life.ask(lambda s: s.scalars(query).all()):
        life.pay_todo(todo, "购房人")


def _complete(life: Life, instance_id: str | None, element: str, **answers: Any) -> None:
    """The clerk completes the open task of a case, if it waits there."""
    if instance_id is None:
        return
    wanted = TaskFilter(box="all", instance_id=instance_id, states=("open",))
    rows = life.ask(lambda s: engine_for(s, SYSTEM, life.clock).find_tasks(wanted)).rows
    given = {name: value for name, value in answers.items() if value is not None}
    for task in [row for row in rows if row.element_id == element]:
        life.act(_CLERK, lambda s, a, t=task.id: engine_for(s, a, life.clock).complete(t, given))
