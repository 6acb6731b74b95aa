"""Handing a building over: which sales get a notice, begun once, counted, stopped, taken up again."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import Actor
from kernel.clock import Clock
from kernel.errors import Missing
from ledger.handover.cases import SOLD_STAGES, today_at
from ledger.handover.errors import BatchMissing, BatchRefused
from ledger.handover.kinds import OVER
from ledger.handover.models import MoveInBatch, MoveInBatchItem, MoveInCase
from ledger.inventory.models import Building, Unit
from ledger.inventory.states import UnitStatus
from ledger.organisation.parameters import MOVE_IN_NOTICE_DAYS
from ledger.organisation.queries import parameter
from ledger.sales.models import Sale
from ledger.scope import scoped
from ledger.staff.permissions import Permission
from ledger.worklists import RunState, Worklist

LONGEST_DAYS = 60
NOTICES = Worklist(MoveInBatch, MoveInBatchItem, of="batch_id", subject="sale_id")
"""The notices of a batch, sale by sale."""


def begin_batch(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    building_id: str,
    completion_no: str,
    place: str,
    first_on: date,
    last_on: date,
) -> MoveInBatch:
    """Order the notices of a building's sold homes that are not handed over; those under way are left alone.

    Raises `BatchRefused` without the filing of its completion (Construction Quality Rules art. 49; Urban Real
    Estate Law art. 27), when the first day comes too soon after the notice, when a batch of the building runs, or
    nothing is left to hand over.
    """
    building = session.get(Building, building_id)
    if building is None:
        raise Missing("building_missing", field="building_id")
    actor.require(Permission.HANDOVER_PLAN, building.path)
    today = today_at(session, clock, building.project_id)
    completion, where = completion_no.strip(), place.strip()
    if not completion:
        raise BatchRefused("move_in_not_completed", field="completion_no")
    if not where:
        raise BatchRefused("move_in_place_missing", field="place")
    earliest = today + timedelta(days=parameter(session, building.path, MOVE_IN_NOTICE_DAYS, today))
    if first_on < earliest:
        raise BatchRefused("move_in_too_soon", field="first_on", earliest=earliest)
    if not first_on <= last_on <= first_on + timedelta(days=LONGEST_DAYS):
        raise BatchRefused("move_in_days_wrong", field="last_on", most=LONGEST_DAYS)
    sales = _to_hand_over(session, building_id)
    if not sales:
        raise BatchRefused("move_in_nothing_left", field="building_id")
    batch = MoveInBatch(
        project_id=building.project_id,
        building_id=building_id,
        path=building.path,
        completion_no=completion[:60],
        place=where[:120],
        notice_on=today,
        first_on=first_on,
        last_on=last_on,
        total=len(sales),
        begun_at=clock.now(),
        begun_by=actor.id,
    )
    if session.scalar(_running(building_id)):
        raise BatchRefused("move_in_batch_runs", field="building_id")
    session.add(batch)
    session.flush()  # The items refer to it, and the unique running batch must speak now.
    session.add_all(
        MoveInBatchItem(batch_id=batch.id, sale_id=sale_id, position=position)
        for position, sale_id in enumerate(sales, start=1)
    )
    after = {"building_id": building_id, "first_on": first_on.isoformat(), "sales": len(sales)}
    act = "handover:begin_batch"
    audit.record(session, actor, clock, act, "move_in_batch", batch.id, path=batch.path, after=after)
    return batch


def _running(building_id: str) -> Select[int]:
    return select(func.count()).where(
        MoveInBatch.building_id == building_id, MoveInBatch.state == RunState.RUNNING
    )


def _to_hand_over(session: Session, building_id: str) -> list[str]:
    under_way = select(MoveInCase.sale_id).where(MoveInCase.state.not_in(OVER))
    query = (
        select(Sale.id)
        .join(Unit, Unit.id == Sale.unit_id)
        .where(
            Unit.building_id == building_id,
            Unit.status == UnitStatus.CONTRACTED,
            Sale.state == "live",
            Sale.stage.in_(SOLD_STAGES),
            Sale.handed_over_on.is_(None),
            Sale.id.not_in(under_way),
        )
        .order_by(Unit.floor, Unit.unit_no)
    )
    return list(session.scalars(query))


def get_batch(session: Session, actor: Actor, batch_id: str) -> MoveInBatch:
    """A batch in the actor's scope. Raises `BatchMissing`."""
    query = scoped(actor, MoveInBatch, Permission.HANDOVER_VIEW).where(MoveInBatch.id == batch_id)
    batch = session.scalars(query).one_or_none()
    if batch is None:
        raise BatchMissing(id=batch_id)
    return batch


def stop_batch(session: Session, actor: Actor, clock: Clock, *, batch_id: str) -> None:
    """Send no further notice; what was sent stays. A batch that has ended stays as it is."""
    batch = _mine(session, actor, batch_id)
    if NOTICES.stop(session, batch_id, clock.now()):
        act = "handover:stop_batch"
        audit.record(session, actor, clock, act, "move_in_batch", batch.id, path=batch.path)


def resume_batch(session: Session, actor: Actor, clock: Clock, *, batch_id: str) -> MoveInBatch:
    """Go on with what waits, and try again what failed."""
    batch = _mine(session, actor, batch_id)
    if NOTICES.try_again(session, batch_id):
        audit.record(session, actor, clock, "handover:resume_batch", "move_in_batch", batch.id, path=batch.path)
    session.refresh(batch)
    return batch


def _mine(session: Session, actor: Actor, batch_id: str) -> MoveInBatch:
    batch = get_batch(session, actor, batch_id)
    actor.require(Permission.HANDOVER_PLAN, batch.path)
    return batch


def list_batches(session: Session, actor: Actor, *, limit: int = 50, offset: int = 0) -> list[MoveInBatch]:
    """The batches in scope, the latest first."""
    query = scoped(actor, MoveInBatch, Permission.HANDOVER_VIEW)
    order = (MoveInBatch.first_on.desc(), MoveInBatch.id.desc())
    return list(session.scalars(query.order_by(*order).limit(limit).offset(offset)))


def buildings_to_hand_over(session: Session, actor: Actor) -> dict[str, tuple[str, int]]:
    """Buildings in scope with sold homes that are not handed over: their name and how many."""
    under_way = select(MoveInCase.sale_id).where(MoveInCase.state.not_in(OVER))
    query = (
        scoped(actor, Building, Permission.HANDOVER_PLAN)
        .join(Unit, Unit.building_id == Building.id)
        .join(Sale, Sale.unit_id == Unit.id)
        .where(
            Unit.status == UnitStatus.CONTRACTED,
            Sale.state == "live",
            Sale.stage.in_(SOLD_STAGES),
            Sale.handed_over_on.is_(None),
            Sale.id.not_in(under_way),
        )
        .with_only_columns(Building.id, Building.name, func.count(Sale.id))
        .group_by(Building.id, Building.name)
        .order_by(Building.name)
    )
    return {row[0]: (row[1], int(row[2])) for row in session.execute(query)}
