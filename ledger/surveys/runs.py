"""Runs over the sales of a building (批量办理): begun, counted, stopped; a job works them off sale by sale."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import Actor
from kernel.clock import Clock
from ledger.inventory.models import Building, Unit
from ledger.sales.models import Sale
from ledger.scope import scoped
from ledger.staff.permissions import Permission
from ledger.surveys.again import outdated_sales
from ledger.surveys.errors import RunMissing, SettlementInvalid
from ledger.surveys.importing import find_building
from ledger.surveys.kinds import RunKind, SettlementState
from ledger.surveys.models import AreaSettlement, BuildingRun, BuildingRunItem
from ledger.surveys.queries import survey_in_force
from ledger.worklists import RunState, Worklist

SALES = Worklist(BuildingRun, BuildingRunItem, of="run_id", subject="sale_id")
"""The sales of a run."""

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
    going = _going(session, building_id, kind)
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
    """The contracted sales of a building to be settled: those without a settlement, by unit, then those whose
    settlement the survey in force tells another area than."""
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
    first = list(session.scalars(query.order_by(Unit.floor, Unit.unit_no)))
    survey = survey_in_force(session, building_id)
    return first + (outdated_sales(session, building_id, survey.id) if survey else [])


def stop_run(session: Session, actor: Actor, clock: Clock, *, run_id: str) -> None:
    """Begin with no further sale; what is done stays done. A run that has ended stays as it is."""
    run = _mine(session, actor, run_id)
    if SALES.stop(session, run_id, clock.now()):
        audit.record(session, actor, clock, "building_run:stop", "building_run", run.id, path=run.path)


def resume_run(session: Session, actor: Actor, clock: Clock, *, run_id: str) -> BuildingRun:
    """Go on with the sales that wait, and try again those that failed.

    Raises `SettlementInvalid` while another run of its kind goes on in the building.
    """
    run = _mine(session, actor, run_id)
    going = _going(session, run.building_id, run.kind)
    if going is not None and going.id != run.id:
        raise SettlementInvalid("building_run_goes_on", field="run_id")
    if SALES.try_again(session, run_id):
        audit.record(session, actor, clock, "building_run:resume", "building_run", run.id, path=run.path)
    session.refresh(run)
    return run


def _mine(session: Session, actor: Actor, run_id: str) -> BuildingRun:
    run = get_run(session, actor, run_id)
    actor.require(RIGHTS[run.kind], run.path)
    return run


def _going(session: Session, building_id: str, kind: RunKind) -> BuildingRun | None:
    """The run of a kind that goes on in a building; the building is locked, so that no other begins meanwhile."""
    session.execute(select(Building.id).where(Building.id == building_id).with_for_update(key_share=True))
    query = select(BuildingRun).where(
        BuildingRun.building_id == building_id, BuildingRun.kind == kind, BuildingRun.state == RunState.RUNNING
    )
    return session.scalars(query).one_or_none()


def get_run(session: Session, actor: Actor, run_id: str) -> BuildingRun:
    """A run in the actor's scope. Raises `RunMissing`."""
    query = scoped(actor, BuildingRun, Permission.SALES_VIEW).where(BuildingRun.id == run_id)
    run = session.scalars(query).one_or_none()
    if run is None:
        raise RunMissing(id=run_id)
    return run


def list_runs(session: Session, actor: Actor, building_id: str, *, limit: int = 5) -> list[BuildingRun]:
    """The latest runs of a building in the actor's scope."""
    query = scoped(actor, BuildingRun, Permission.SALES_VIEW).where(BuildingRun.building_id == building_id)
    return list(session.scalars(query.order_by(BuildingRun.begun_at.desc(), BuildingRun.id.desc()).limit(limit)))
