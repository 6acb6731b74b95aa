"""The directory (通讯录): who holds a role where, what people are called, what somebody may do today."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Literal

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import Clock, business_date
from kernel.vault import vault_of
from ledger.scope import get_scoped, paths_above, scoped
from ledger.staff.errors import StaffMissing
from ledger.staff.models import Staff, StaffRole
from ledger.staff.permissions import Permission
from ledger.staff.roles import role_grants


def actor_for(session: Session, staff_id: str, clock: Clock, *, on_behalf_of: str | None = None) -> Actor:
    """The actor a member of staff is today, with the grants of every role in force. Raises `StaffMissing`."""
    staff = session.get(Staff, staff_id)
    if staff is None or not staff.active:
        raise StaffMissing(id=staff_id)
    held = roles_of(session, staff_id, business_date(clock))
    grants = tuple(grant for role in held for grant in role_grants(role.role, role.path))
    return Actor(staff.id, staff.display_name, grants, on_behalf_of=on_behalf_of)


def get_account(session: Session, staff_id: str) -> Staff | None:
    """The account behind a sign-in, or None once it is closed; the caller compares ``sign_in_epoch``."""
    staff = session.get(Staff, staff_id)
    return staff if staff is not None and staff.active else None


def roles_of(session: Session, staff_id: str, on: date) -> list[StaffRole]:
    """The roles somebody holds on a day, by path and role."""
    rule = StaffRole.staff_id == staff_id
    return list(
        session.scalars(select(StaffRole).where(rule, _in_force(on)).order_by(StaffRole.path, StaffRole.role))
    )


def roles_by_staff(session: Session, staff_ids: Iterable[str], on: date) -> dict[str, list[StaffRole]]:
    """The roles that several people hold on a day, by path and role, in one query."""
    query = select(StaffRole).where(StaffRole.staff_id.in_(list(staff_ids)), _in_force(on))
    found: dict[str, list[StaffRole]] = defaultdict(list)
    for held in session.scalars(query.order_by(StaffRole.path, StaffRole.role)):
        found[held.staff_id].append(held)
    return found


def role_history(session: Session, staff_id: str) -> list[StaffRole]:
    """Every role somebody holds, held or will hold, the latest first."""
    query = select(StaffRole).where(StaffRole.staff_id == staff_id)
    return list(session.scalars(query.order_by(StaffRole.from_date.desc(), StaffRole.id.desc())))


def holders(session: Session, role: str, path: str, on: date) -> list[str]:
    """The ids of the active people who hold a role at the nearest node at or above ``path`` where anybody does.

    A node without a holder is vacant, and the next one above answers for it (DOMAIN §9: a vacant role escalates).
    """
    query = (
        select(StaffRole.path, StaffRole.staff_id)
        .join(Staff, Staff.id == StaffRole.staff_id)
        .where(StaffRole.role == role, StaffRole.path.in_(paths_above(path)), _in_force(on), Staff.active)
    )
    rows = session.execute(query).all()
    nearest = max((row.path for row in rows), key=len, default="")
    return sorted({row.staff_id for row in rows if row.path == nearest})


def names(session: Session, ids: Iterable[str]) -> dict[str, str]:
    """The display names of several people in one query; ids that are not staff are left out."""
    wanted = set(ids)
    if not wanted:
        return {}
    rows = session.execute(select(Staff.id, Staff.display_name).where(Staff.id.in_(wanted)))
    return {row.id: row.display_name for row in rows}


def list_staff(session: Session, actor: Actor, *, text: str = "", active_only: bool = True) -> list[Staff]:
    """The people in the actor's scope whose name or user name contains ``text``."""
    query = scoped(actor, Staff, Permission.STAFF_VIEW)
    if active_only:
        query = query.where(Staff.active)
    if text.strip():
        part = text.strip()
        query = query.where(
            or_(Staff.display_name.contains(part, autoescape=True), Staff.username.contains(part, autoescape=True))
        )
    return list(session.scalars(query.order_by(Staff.display_name, Staff.username)))


def get_staff(session: Session, actor: Actor, staff_id: str) -> Staff:
    """A member of staff in the actor's scope. Raises `Missing`."""
    return get_scoped(session, actor, Staff, Permission.STAFF_VIEW, staff_id)


def has_staff(session: Session) -> bool:
    """Whether there is any account yet; a new company has none."""
    return session.scalar(select(Staff.id).limit(1)) is not None


def find_by_username(session: Session, username: str) -> Staff | None:
    """The account with a user name, active or not."""
    return session.scalars(select(Staff).where(Staff.username == username.strip().lower())).one_or_none()


def address_of(session: Session, staff_id: str, channel: Literal["mail", "sms"]) -> str | None:
    """The e-mail address or phone number a message goes to, in the clear, for sending only."""
    staff = session.get(Staff, staff_id)
    if staff is None or not staff.active:
        return None
    sealed = staff.email_sealed if channel == "mail" else staff.phone_sealed
    return vault_of(session).decrypt(staff.data_key, sealed) if sealed is not None else None


def _in_force(on: date) -> ColumnElement[bool]:
    return (StaffRole.from_date <= on) & or_(StaffRole.to_date.is_(None), StaffRole.to_date >= on)
