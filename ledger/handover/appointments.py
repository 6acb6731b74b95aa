"""Appointments (预约): hours of staff with a capacity; the database refuses one too many."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import Actor
from kernel.clock import Clock
from kernel.facts import tell
from ledger.handover.batches import get_batch
from ledger.handover.cases import lock_case, move, note, require_state, today_at
from ledger.handover.errors import SlotFull, SlotRefused
from ledger.handover.facts import AppointmentBooked, BuyerArrived
from ledger.handover.kinds import AppointmentState, Booker, CaseState, EventKind
from ledger.handover.models import MoveInAppointment, MoveInBatch, MoveInCase, MoveInDay, MoveInSlot
from ledger.organisation.models import Project
from ledger.staff.permissions import Permission

_HOUR = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
MOST_AT_ONCE = 200


@dataclass(frozen=True)
class Hours:
    """Hours that are offered on a day: wall-clock of the project, and how many buyers in them."""

    begins: str
    ends: str
    capacity: int


def offer_slots(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    batch_id: str,
    days: Iterable[date],
    staff_ids: Iterable[str],
    hours: Iterable[Hours],
    day_capacity: int,
) -> int:
    """Offer hours of staff on days; hours that are offered already stay as they are. Returns how many are new.

    ``day_capacity`` is the most appointments of a day, over all staff; for a day that has one it is raised or
    lowered, never below what is booked. Raises `SlotRefused`.
    """
    batch = get_batch(session, actor, batch_id)
    actor.require(Permission.HANDOVER_PLAN, batch.path)
    wanted, people, parts = sorted(set(days)), list(dict.fromkeys(staff_ids)), list(hours)
    _require_sane(batch, wanted, people, parts, day_capacity)
    for day in wanted:
        _set_day(session, batch_id, day, day_capacity)
    known = {
        (slot.on_date, slot.staff_id, slot.begins)
        for slot in session.scalars(select(MoveInSlot).where(MoveInSlot.batch_id == batch_id))
    }
    fresh = [
        MoveInSlot(
            batch_id=batch_id,
            staff_id=person,
            on_date=day,
            begins=part.begins,
            ends=part.ends,
            capacity=part.capacity,
        )
        for day in wanted
        for person in people
        for part in parts
        if (day, person, part.begins) not in known
    ]
    session.add_all(fresh)
    after = {"days": [day.isoformat() for day in wanted], "staff": people, "slots": len(fresh)}
    act = "handover:offer_slots"
    audit.record(session, actor, clock, act, "move_in_batch", batch_id, path=batch.path, after=after)
    return len(fresh)


def _require_sane(
    batch: MoveInBatch, days: list[date], people: list[str], hours: list[Hours], day_capacity: int
) -> None:
    if not days or any(not batch.first_on <= day <= batch.last_on for day in days):
        raise SlotRefused("move_in_slot_day", field="days", first=batch.first_on, last=batch.last_on)
    if not people:
        raise SlotRefused("move_in_slot_staff", field="staff")
    if not hours or len(days) * len(people) * len(hours) > MOST_AT_ONCE:
        raise SlotRefused("move_in_slot_hours", field="hours", most=MOST_AT_ONCE)
    for part in hours:
        if not (_HOUR.fullmatch(part.begins) and _HOUR.fullmatch(part.ends)) or part.begins >= part.ends:
            raise SlotRefused("move_in_slot_hours", field="hours", most=MOST_AT_ONCE)
        if not 0 < part.capacity <= MOST_AT_ONCE:
            raise SlotRefused("move_in_slot_capacity", field="capacity")
    ordered = sorted(hours, key=lambda part: part.begins)
    if any(one.ends > other.begins for one, other in pairwise(ordered)):
        raise SlotRefused("move_in_slot_overlap", field="hours")
    if not 0 < day_capacity <= MOST_AT_ONCE * 10:
        raise SlotRefused("move_in_slot_capacity", field="day_capacity")


def _set_day(session: Session, batch_id: str, day: date, capacity: int) -> None:
    row = session.get(MoveInDay, (batch_id, day), with_for_update=True)
    if row is None:
        session.add(MoveInDay(batch_id=batch_id, on_date=day, capacity=capacity))
    elif row.booked > capacity:
        raise SlotRefused("move_in_slot_below_booked", field="day_capacity", booked=row.booked, day=day)
    else:
        row.capacity = capacity


def book(
    session: Session, actor: Actor, clock: Clock, *, case_id: str, slot_id: str, by: Booker = Booker.CLERK
) -> MoveInAppointment:
    """Take a slot for a case, or another one than it has; the same again changes nothing.

    Raises `SlotFull` for the last place that is gone, `SlotRefused` for a slot that is over or of another batch,
    `NotNow`.
    """
    case = lock_case(session, actor, Permission.HANDOVER_WORK, case_id)
    slot = session.get(MoveInSlot, slot_id)
    if slot is None or slot.batch_id != case.batch_id:
        raise SlotRefused("move_in_slot_unknown", field="slot_id")
    held = booked_of(session, case_id)
    if held is not None and held.slot_id == slot_id:
        return held
    require_state(case, "book", CaseState.NOTIFIED, CaseState.APPOINTED)
    if slot_end(session, case, slot) <= clock.now():
        raise SlotRefused("move_in_slot_over", field="slot_id")
    if held is not None:
        _give_back(session, held, AppointmentState.MOVED)
    _take(session, slot)
    row = MoveInAppointment(case_id=case_id, slot_id=slot_id, booked_by=by, actor_id=actor.id, at=clock.now())
    session.add(row)
    session.flush()  # The unique booked appointment must speak now.
    move(case, clock, CaseState.APPOINTED)
    details = {"slot_id": slot_id, "on": slot.on_date.isoformat(), "begins": slot.begins, "by": by.value}
    note(session, actor, clock, case, EventKind.APPOINTED, details=details)
    tell(session, AppointmentBooked(case.id, case.sale_id, case.path, slot_id))
    return row


def _take(session: Session, slot: MoveInSlot) -> None:
    """Count one more on the day and in the slot; the day first for everybody, so nobody waits in a ring."""
    try:
        with session.begin_nested():
            day = (MoveInDay.batch_id == slot.batch_id) & (MoveInDay.on_date == slot.on_date)
            session.execute(update(MoveInDay).where(day).values(booked=MoveInDay.booked + 1))
            session.execute(
                update(MoveInSlot).where(MoveInSlot.id == slot.id).values(booked=MoveInSlot.booked + 1)
            )
    except IntegrityError as full:
        raise SlotFull(field="slot_id", day=slot.on_date, begins=slot.begins) from full


def _give_back(session: Session, held: MoveInAppointment, state: AppointmentState) -> None:
    slot = session.get_one(MoveInSlot, held.slot_id)
    day = (MoveInDay.batch_id == slot.batch_id) & (MoveInDay.on_date == slot.on_date)
    session.execute(update(MoveInDay).where(day).values(booked=MoveInDay.booked - 1))
    session.execute(update(MoveInSlot).where(MoveInSlot.id == slot.id).values(booked=MoveInSlot.booked - 1))
    held.state = state
    session.flush()  # The next appointment of the case needs its place.


def booked_of(session: Session, case_id: str) -> MoveInAppointment | None:
    """The appointment that stands, or None."""
    query = select(MoveInAppointment).where(
        MoveInAppointment.case_id == case_id, MoveInAppointment.state == AppointmentState.BOOKED
    )
    return session.scalars(query).one_or_none()


def slot_end(session: Session, case: MoveInCase, slot: MoveInSlot) -> datetime:
    """The instant at which a slot is over."""
    zone = ZoneInfo(session.get_one(Project, case.project_id).zone)
    hour, minute = map(int, slot.ends.split(":"))
    return datetime(slot.on_date.year, slot.on_date.month, slot.on_date.day, hour, minute, tzinfo=zone)


def arrive(session: Session, actor: Actor, clock: Clock, *, case_id: str) -> MoveInCase:
    """The buyer is here; telling it twice is once. Raises `NotNow`."""
    case = lock_case(session, actor, Permission.HANDOVER_WORK, case_id)
    if case.arrived_on is not None and case.state not in (CaseState.NOTIFIED, CaseState.APPOINTED):
        return case
    require_state(case, "arrive", CaseState.APPOINTED)
    held = booked_of(session, case_id)
    if held is not None:
        held.state = AppointmentState.KEPT
    case.arrived_on = today_at(session, clock, case.project_id)
    move(case, clock, CaseState.MONEY)
    note(session, actor, clock, case, EventKind.ARRIVED)
    tell(session, BuyerArrived(case.id, case.sale_id, case.path))
    return case


def miss(session: Session, actor: Actor, clock: Clock, *, case_id: str) -> MoveInCase:
    """The slot is over and nobody came: the place is free again, the case waits for another appointment."""
    case = lock_case(session, actor, Permission.HANDOVER_WORK, case_id)
    held = booked_of(session, case_id)
    if held is None or case.state is not CaseState.APPOINTED:
        return case
    _give_back(session, held, AppointmentState.MISSED)
    case.no_shows += 1
    move(case, clock, CaseState.NOTIFIED)
    note(session, actor, clock, case, EventKind.NO_SHOW, details={"times": case.no_shows})
    return case


def release(session: Session, case_id: str) -> None:
    """A case ends: its place is free for others."""
    held = booked_of(session, case_id)
    if held is not None:
        _give_back(session, held, AppointmentState.CANCELLED)
