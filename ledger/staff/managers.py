"""Line managers (直属上级): who somebody reports to, from a day to a day, and who stands so many levels above."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import Actor
from kernel.clock import Clock, business_date
from kernel.errors import NotAllowed
from ledger.scope import scoped
from ledger.staff.errors import ManagerInvalid, StaffMissing
from ledger.staff.models import Staff, StaffManager
from ledger.staff.permissions import Permission
from ledger.staff.queries import manages

HIGHEST = 10


def set_manager(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    staff_id: str,
    manager_id: str | None,
    from_date: date | None = None,
) -> StaffManager | None:
    """Say who somebody reports to from a day (today) on; None: to nobody. What was said for later days is dropped.

    Raises `NotAllowed`, `StaffMissing`, `ManagerInvalid` for the person himself, a day gone by, or a circle.
    """
    if not manages(session, actor, clock, staff_id):
        raise NotAllowed("permission_missing", permission=Permission.STAFF_MANAGE.value)
    today = business_date(clock)
    begins = from_date or today
    # Two who would put one above the other at once must not both pass.
    people = [person for person in (staff_id, manager_id) if person]
    locked = set(session.scalars(select(Staff.id).where(Staff.id.in_(people), Staff.active).with_for_update()))
    if locked != set(people):
        raise StaffMissing(field="manager_id", id=manager_id)
    _check(session, staff_id, manager_id, begins, today)
    before = manager_of(session, staff_id, begins)
    if before == manager_id and begins == today:
        return _held(session, staff_id, begins)
    for row in session.scalars(select(StaffManager).where(StaffManager.staff_id == staff_id)):
        if row.from_date >= begins:
            session.delete(row)
        elif row.to_date is None or row.to_date >= begins:
            row.to_date = begins - timedelta(days=1)
    found = None
    if manager_id is not None:
        found = StaffManager(staff_id=staff_id, manager_id=manager_id, from_date=begins)
        session.add(found)
    session.flush()  # Later queries of this transaction must see it.
    audit.record(
        session, actor, clock, "staff:set_manager", "staff", staff_id,
        before={"manager": before}, after={"manager": manager_id, "from": begins.isoformat()},
    )  # fmt: skip
    return found


def _check(session: Session, staff_id: str, manager_id: str | None, begins: date, today: date) -> None:
    if begins < today:
        raise ManagerInvalid("manager_in_the_past", field="from_date", today=today)
    # A line that is entered for a later day may close a circle on that day.
    later = select(StaffManager.from_date).where(StaffManager.from_date > begins).distinct()
    for day in (begins, *session.scalars(later)):
        _check_circle(session, staff_id, manager_id, day)


def _check_circle(session: Session, staff_id: str, manager_id: str | None, day: date) -> None:
    above: str | None = manager_id
    for _ in range(HIGHEST * 10):
        if above is None:
            return
        if above == staff_id:
            code = "manager_is_self" if manager_id == staff_id else "manager_circle"
            raise ManagerInvalid(code, field="manager_id")
        held = _held(session, above, day)
        above = held.manager_id if held is not None else None
    raise ManagerInvalid("manager_circle", field="manager_id")


def manager_of(session: Session, staff_id: str, on: date, levels: int = 1) -> str | None:
    """Who stands so many levels above somebody on a day; None where nobody does or that one has left."""
    found: str | None = staff_id
    for _ in range(levels):
        if found is None:
            return None
        held = _held(session, found, on)
        found = held.manager_id if held is not None else None
    if found is None or found == staff_id:
        return None
    manager = session.get(Staff, found)
    return found if manager is not None and manager.active else None


def lines_on(session: Session, actor: Actor, on: date, *, manager_id: str | None = None) -> list[StaffManager]:
    """Who reports to whom on a day, among the people in the actor's scope who have not left; or to one person."""
    theirs = scoped(actor, Staff, Permission.STAFF_VIEW).where(Staff.active).with_only_columns(Staff.id)
    query = select(StaffManager).where(_in_force(on), StaffManager.staff_id.in_(theirs))
    if manager_id is not None:
        query = query.where(StaffManager.manager_id == manager_id)
    return list(session.scalars(query.order_by(StaffManager.manager_id, StaffManager.staff_id)))


def manager_history(session: Session, staff_id: str) -> list[StaffManager]:
    """Whom somebody reported, reports or will report to, the latest first."""
    query = select(StaffManager).where(StaffManager.staff_id == staff_id)
    return list(session.scalars(query.order_by(StaffManager.from_date.desc())))


def _held(session: Session, staff_id: str, on: date) -> StaffManager | None:
    return session.scalars(select(StaffManager).where(StaffManager.staff_id == staff_id, _in_force(on))).first()


def _in_force(on: date) -> ColumnElement[bool]:
    row = StaffManager
    return (row.from_date <= on) & or_(row.to_date.is_(None), row.to_date >= on)
