"""Runs over the sales of a building (批量办理): begun, counted, stopped; a job works them off sale by sale."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import Actor
from kernel.clock import Clock
from ledger.inventory.models import Building, Unit
from ledger.sales.models import Sale
from ledger.scope import scoped
from ledger.staff.permissions import Permission
from ledger.surveys.errors import RunMissing, SettlementInvalid
from ledger.surveys.importing import find_building
from ledger.surveys.kinds import RunKind, RunState, SettlementState
from ledger.surveys.models import AreaSettlement, BuildingRun, BuildingRunItem

RIGHTS = {
    RunKind.AREA: Permission.AREA_SETTLEMENT_START,
    RunKind.TITLE: Permission.TITLE_START,
    RunKind.SUBMISSION: Permission.TITLES_WORK,
}


def begin_run(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    kind: RunKind,
    building_id: str,
    sale_ids: Iterable[str],
    survey_id: str | None = None,
    details: Mapping[str, Any] | None = None,
) -> tuple[BuildingRun, bool]:
    """Begin a run over sales of a building; one of its kind that runs there already is returned instead.

    The flag says that it is new. Raises `BuildingMissing`, `NotAllowed`, `SettlementInvalid` when nothing is left
    to do.
    """
    building = find_building(session, actor, building_id, Permission.SALES_VIEW)
    actor.require(RIGHTS[kind], building.path)
    session.execute(select(Building.id).where(Building.id == building_id).with_for_update(key_share=True))
    query = select(BuildingRun).where(
        BuildingRun.building_id == building_id, BuildingRun.kind == kind, BuildingRun.state == RunState.RUNNING
    )
    going = session.scalars(query).one_or_none()
    if going is not None:
        return going, False
    wanted = list(dict.fromkeys(sale_ids))
    if not wanted:
        raise SettlementInvalid("building_run_empty", field="ids")
    run = BuildingRun(
        kind=kind,
        building_id=building.id,
        survey_id=survey_id,
        path=building.path,
        details=dict(details or {}),
        state=RunState.RUNNING,
        total=len(wanted),
        begun_at=clock.now(),
        begun_by=actor.id,
    )
    session.add(run)
    session.flush()  # The items refer to the id, and the one running run must speak now.
    for position, sale_id in enumerate(wanted, start=1):
        session.add(BuildingRunItem(run_id=run.id, sale_id=sale_id, position=position, state="waiting"))
    audit.record(
        session,
        actor,
        clock,
        f"building_run:{kind}",
        "building_run",
        run.id,
        path=run.path,
        after={"total": run.total},
    )
    return run, True


def unsettled_sales(session: Session, building_id: str) -> list[str]:
    """The contracted sales of a building that have no settlement yet, by unit."""
    known = select(AreaSettlement.sale_id).where(
        AreaSettlement.building_id == building_id, AreaSettlement.state != SettlementState.WITHDRAWN
    )
    query = (
        select(Sale.id)
        .join(Unit, Unit.id == Sale.unit_id)
        .where(
            Unit.building_id == building_id,
            Sale.state == "live",
            Sale.stage.in_(("signed", "filed")),
            Sale.id.not_in(known),
        )
    )
    return list(session.scalars(query.order_by(Unit.floor, Unit.unit_no)))


def stop_run(session: Session, actor: Actor, clock: Clock, *, run_id: str) -> None:
    """Begin with no further sale; what is done stays done. A run that has ended stays as it is."""
    run = get_run(session, actor, run_id)
    actor.require(RIGHTS[run.kind], run.path)
    if run.state is RunState.RUNNING:
        run.state, run.ended_at = RunState.STOPPED, clock.now()
        audit.record(session, actor, clock, "building_run:stop", "building_run", run.id, path=run.path)


def get_run(session: Session, actor: Actor, run_id: str) -> BuildingRun:
    """A run in the actor's scope. Raises `RunMissing`."""
    query = scoped(actor, BuildingRun, Permission.SALES_VIEW).where(BuildingRun.id == run_id)
    run = session.scalars(query).one_or_none()
    if run is None:
        raise RunMissing(id=run_id)
    return run


def next_items(session: Session, run_id: str, limit: int) -> list[str]:
    """The next sales of a run."""
    query = select(BuildingRunItem.sale_id).where(
        BuildingRunItem.run_id == run_id, BuildingRunItem.state == "waiting"
    )
    return list(session.scalars(query.order_by(BuildingRunItem.position).limit(limit)))


def note_item(session: Session, run_id: str, sale_id: str, *, code: str | None = None) -> None:
    """A sale of a run is done, or failed with a code."""
    item, run = session.get_one(BuildingRunItem, (run_id, sale_id)), session.get_one(BuildingRun, run_id)
    item.state, item.code = ("failed", code[:60]) if code else ("done", None)
    run.done, run.failed = run.done + (code is None), run.failed + (code is not None)


def end_run(session: Session, clock: Clock, run_id: str) -> bool:
    """End a run of which nothing waits; False while something does or when it has ended otherwise."""
    run = session.get_one(BuildingRun, run_id)
    waiting = session.scalar(
        select(func.count()).where(BuildingRunItem.run_id == run_id, BuildingRunItem.state == "waiting")
    )
    if run.state is not RunState.RUNNING or waiting:
        return False
    run.state, run.ended_at = RunState.ENDED, clock.now()
    return True


def list_runs(session: Session, actor: Actor, building_id: str, *, limit: int = 5) -> list[BuildingRun]:
    """The latest runs of a building in the actor's scope."""
    query = scoped(actor, BuildingRun, Permission.SALES_VIEW).where(BuildingRun.building_id == building_id)
    return list(session.scalars(query.order_by(BuildingRun.begun_at.desc(), BuildingRun.id.desc()).limit(limit)))


def failed_items(session: Session, run_id: str, *, limit: int = 200) -> list[BuildingRunItem]:
    """What failed in a run, with the codes why."""
    query = select(BuildingRunItem).where(BuildingRunItem.run_id == run_id, BuildingRunItem.state == "failed")
    return list(session.scalars(query.order_by(BuildingRunItem.position).limit(limit)))
