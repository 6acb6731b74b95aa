"""What the desks of hand-overs read: cases of a batch, slots with room, the board of a day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from ledger.handover.inspection_models import MoveInDefect
from ledger.handover.kinds import OVER, AppointmentState, CaseState, DefectState, EventKind
from ledger.handover.models import (
    MoveInAppointment,
    MoveInBatch,
    MoveInCase,
    MoveInDay,
    MoveInEvent,
    MoveInSlot,
)
from ledger.scope import scoped
from ledger.staff.permissions import Permission

SATISFIED_FROM = 4
_COUNTED = (EventKind.ARRIVED, EventKind.ACCEPTED, EventKind.REFUSED)


@dataclass(frozen=True)
class Expected:
    """A buyer in a slot: the case, how it stands, what became of the appointment."""

    slot: MoveInSlot
    case: MoveInCase
    state: AppointmentState


@dataclass(frozen=True)
class Day:
    """A hand-over day: counts, and who is expected in which slot. No opinions: no ``satisfied_percent``."""

    on: date
    appointments: int
    arrived: int
    accepted: int
    refused: int
    missed: int
    defects: int
    rated: int
    satisfied_percent: int | None
    slots: tuple[MoveInSlot, ...]
    expected: tuple[Expected, ...]


def day_of(session: Session, batch: MoveInBatch, on: date) -> Day:
    """The board of a batch's day, in five queries however many come."""
    slots = session.scalars(
        select(MoveInSlot)
        .where(MoveInSlot.batch_id == batch.id, MoveInSlot.on_date == on)
        .order_by(MoveInSlot.begins, MoveInSlot.staff_id)
    ).all()
    expected = _expected(session, batch.id, on)
    counts = _counts(session, batch.id, on)
    scores = _scores(session, batch.id, on)
    defects = select(func.count(MoveInDefect.id)).where(
        MoveInDefect.batch_id == batch.id, MoveInDefect.found_on == on
    )
    satisfied = sum(score >= SATISFIED_FROM for score in scores)
    return Day(
        on=on,
        appointments=sum(
            one.state in (AppointmentState.BOOKED, AppointmentState.KEPT, AppointmentState.MISSED)
            for one in expected
        ),
        arrived=counts.get(EventKind.ARRIVED, 0),
        accepted=counts.get(EventKind.ACCEPTED, 0),
        refused=counts.get(EventKind.REFUSED, 0),
        missed=sum(one.state is AppointmentState.MISSED for one in expected),
        defects=session.scalar(defects) or 0,
        rated=len(scores),
        satisfied_percent=(satisfied * 100 + len(scores) // 2) // len(scores) if scores else None,
        slots=tuple(slots),
        expected=tuple(one for one in expected if one.state is not AppointmentState.MOVED),
    )


def _expected(session: Session, batch_id: str, on: date) -> list[Expected]:
    query = (
        select(MoveInSlot, MoveInCase, MoveInAppointment.state)
        .join(MoveInAppointment, MoveInAppointment.slot_id == MoveInSlot.id)
        .join(MoveInCase, MoveInCase.id == MoveInAppointment.case_id)
        .where(MoveInSlot.batch_id == batch_id, MoveInSlot.on_date == on)
        .order_by(MoveInSlot.begins, MoveInAppointment.at)
    )
    return [Expected(slot, found, state) for slot, found, state in session.execute(query)]


def _counts(session: Session, batch_id: str, on: date) -> dict[EventKind, int]:
    query = (
        select(MoveInEvent.kind, func.count(func.distinct(MoveInEvent.case_id)))
        .where(MoveInEvent.batch_id == batch_id, MoveInEvent.on_date == on, MoveInEvent.kind.in_(_COUNTED))
        .group_by(MoveInEvent.kind)
    )
    return {kind: int(count) for kind, count in session.execute(query)}


def _scores(session: Session, batch_id: str, on: date) -> list[int]:
    query = select(MoveInEvent.details).where(
        MoveInEvent.batch_id == batch_id, MoveInEvent.on_date == on, MoveInEvent.kind == EventKind.RATED
    )
    return [int(details["satisfaction"]) for details in session.scalars(query)]


@dataclass(frozen=True)
class Contractor:
    """What a contractor has to repair in a batch: by state, and how much of it is late; no name: not given yet."""

    name: str | None
    open: int
    late: int
    repaired: int
    accepted: int
    again: int


def contractors_of(session: Session, batch_id: str, on: date) -> list[Contractor]:
    """The repairs of a batch by contractor, who has most open first."""
    defect = MoveInDefect

    def count(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)

    still = count(defect.state == DefectState.OPEN)
    query = (
        select(
            defect.contractor,
            still,
            count((defect.state == DefectState.OPEN) & (defect.due_on < on)),
            count(defect.state == DefectState.REPAIRED),
            count(defect.state == DefectState.ACCEPTED),
            count(defect.times > 1),
        )
        .where(defect.batch_id == batch_id)
        .group_by(defect.contractor)
        .order_by(still.desc(), defect.contractor)
    )
    return [Contractor(name, *map(int, counts)) for name, *counts in session.execute(query)]


def list_cases(
    session: Session,
    actor: Actor,
    *,
    batch_id: str | None = None,
    state: CaseState | None = None,
    limit: int = 100,
    offset: int = 0,
) -> list[MoveInCase]:
    """Hand-overs in scope, those that are not over first."""
    query = scoped(actor, MoveInCase, Permission.HANDOVER_VIEW)
    if batch_id:
        query = query.where(MoveInCase.batch_id == batch_id)
    if state:
        query = query.where(MoveInCase.state == state)
    order = (MoveInCase.closed_at.isnot(None), MoveInCase.id)
    return list(session.scalars(query.order_by(*order).limit(limit).offset(offset)))


def count_states(session: Session, actor: Actor, batch_id: str) -> dict[CaseState, int]:
    """How many hand-overs of a batch stand where."""
    found = scoped(actor, MoveInCase, Permission.HANDOVER_VIEW).where(MoveInCase.batch_id == batch_id)
    query = found.with_only_columns(MoveInCase.state, func.count(MoveInCase.id)).group_by(MoveInCase.state)
    return {state: int(count) for state, count in session.execute(query)}


def cases_by_id(session: Session, actor: Actor, ids: Iterable[str]) -> dict[str, MoveInCase]:
    """Hand-overs in scope by id."""
    query = scoped(actor, MoveInCase, Permission.HANDOVER_VIEW).where(MoveInCase.id.in_(list(ids)))
    return {found.id: found for found in session.scalars(query)}


def slots_with_room(session: Session, batch_id: str, since: date) -> list[MoveInSlot]:
    """Slots of a batch from a day on that can still be taken."""
    query = (
        select(MoveInSlot)
        .join(MoveInDay, (MoveInDay.batch_id == MoveInSlot.batch_id) & (MoveInDay.on_date == MoveInSlot.on_date))
        .where(
            MoveInSlot.batch_id == batch_id,
            MoveInSlot.on_date >= since,
            MoveInSlot.booked < MoveInSlot.capacity,
            MoveInDay.booked < MoveInDay.capacity,
        )
        .order_by(MoveInSlot.on_date, MoveInSlot.begins, MoveInSlot.staff_id)
    )
    return list(session.scalars(query))


def slots_of(session: Session, batch_id: str) -> list[MoveInSlot]:
    """All slots of a batch in order."""
    query = select(MoveInSlot).where(MoveInSlot.batch_id == batch_id)
    return list(session.scalars(query.order_by(MoveInSlot.on_date, MoveInSlot.begins, MoveInSlot.staff_id)))


def days_of(session: Session, batch_id: str) -> list[MoveInDay]:
    """The days of a batch with what they take."""
    query = select(MoveInDay).where(MoveInDay.batch_id == batch_id)
    return list(session.scalars(query.order_by(MoveInDay.on_date)))


def events_of(session: Session, case_id: str) -> list[MoveInEvent]:
    """What happened to a hand-over, the latest first."""
    query = select(MoveInEvent).where(MoveInEvent.case_id == case_id)
    return list(session.scalars(query.order_by(MoveInEvent.at.desc(), MoveInEvent.id.desc())))


def case_of_sale(session: Session, actor: Actor, sale_id: str) -> MoveInCase | None:
    """The latest hand-over of a sale that the actor may see."""
    query = scoped(actor, MoveInCase, Permission.HANDOVER_VIEW).where(MoveInCase.sale_id == sale_id)
    return session.scalars(query.order_by(MoveInCase.id.desc()).limit(1)).first()


def to_inspect(session: Session, actor: Actor, on: date) -> list[MoveInCase]:
    """The homes that an inspector may look at: in scope, with their buyers there, or to be looked at again."""
    states = (CaseState.APPOINTED, CaseState.MONEY, CaseState.INSPECTION, CaseState.REPAIRS, CaseState.HANDED_OVER)
    query = scoped(actor, MoveInCase, Permission.HANDOVER_INSPECT).where(
        MoveInCase.state.in_(states), MoveInCase.state.not_in(OVER)
    )
    return list(session.scalars(query.order_by(MoveInCase.id).limit(200)))


def open_defects_of(session: Session, case_ids: Iterable[str]) -> list[MoveInDefect]:
    """What is still to be repaired or looked at again."""
    query = select(MoveInDefect).where(
        MoveInDefect.case_id.in_(list(case_ids)), MoveInDefect.state != DefectState.ACCEPTED
    )
    return list(session.scalars(query.order_by(MoveInDefect.due_on)))
