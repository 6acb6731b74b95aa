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


def actors_for(session: Session, staff_ids: Iterable[str], clock: Clock) -> dict[str, Actor]:
    """Several members of staff as the actors they are today, by id, in two queries, without closed accounts."""
    query = select(Staff.id, Staff.display_name).where(Staff.id.in_(set(staff_ids)), Staff.active)
    people = {row.id: row.display_name for row in session.execute(query)}
    held = roles_by_staff(session, people, business_date(clock))
    return {
        staff_id: Actor(
            staff_id, name, tuple(grant for role in held[staff_id] for grant in role_grants(role.role, role.path))
        )
        for staff_id, name in people.items()
    }


def find_by_name(session: Session, text: str, *, limit: int, after: int = 0) -> list[Staff]:
    """Active people whose name or user name contains ``text``, for naming them; says nothing of their rights."""
    query = select(Staff).where(Staff.active)
    if part := text.strip():
        query = query.where(
            or_(
                Staff.display_name.contains(part, autoescape=True),
                Staff.username.contains(part.lower(), autoescape=True),
            )
        )
    return list(session.scalars(query.order_by(Staff.display_name, Staff.id).limit(limit).offset(after)))


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


def manages(session: Session, actor: Actor, clock: Clock, staff_id: str) -> bool:
    """Whether the actor holds ``staff:manage`` over every node where somebody has a role or will have one."""
    today = business_date(clock)
    # A role that begins tomorrow counts today: who resets the password now would hold it then.
    held = {one.path for one in role_history(session, staff_id) if one.to_date is None or one.to_date >= today}
    return actor.may_anywhere(Permission.STAFF_MANAGE) and all(
        actor.may(Permission.STAFF_MANAGE, path) for path in held
    )


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


def holders_upwards(session: Session, role: str, path: str, on: date) -> list[list[str]]:
    """The active holders of a role at ``path``, then at each node above it where anybody is, in one query."""
    query = (
        select(StaffRole.path, StaffRole.staff_id)
        .join(Staff, Staff.id == StaffRole.staff_id)
        .where(StaffRole.role == role, StaffRole.path.in_(paths_above(path)), _in_force(on), Staff.active)
    )
    by_node: dict[str, set[str]] = defaultdict(set)
    for node, staff_id in session.execute(query).all():
        by_node[node].add(staff_id)
    return [sorted(by_node[node]) for node in sorted(by_node, key=len, reverse=True)]


def posts_left(session: Session, since: date, on: date) -> list[tuple[str, str]]:
    """The roles, each with its node, that somebody held on ``since`` or later and holds no more on ``on``."""
    over = (StaffRole.to_date >= since) & (StaffRole.to_date < on)
    rows = session.execute(select(StaffRole.role, StaffRole.path).where(over).distinct())
    return sorted((row.role, row.path) for row in rows)


def all_holders(session: Session, path: str, on: date) -> dict[str, list[str]]:
    """The active holders of every role at the nearest node at or above a path where anybody is, in one query."""
    query = (
        select(StaffRole.role, StaffRole.path, StaffRole.staff_id)
        .join(Staff, Staff.id == StaffRole.staff_id)
        .where(StaffRole.path.in_(paths_above(path)), _in_force(on), Staff.active)
    )
    by_node: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for role, node, staff_id in session.execute(query):
        by_node[role][node].add(staff_id)
    return {role: sorted(nodes[max(nodes, key=len)]) for role, nodes in by_node.items()}


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


def find_colleagues(
    session: Session,
    path: str,
    on: date,
    *,
    text: str = "",
    first: Iterable[str] = (),
    without: Iterable[str] = (),
    limit: int,
) -> list[Staff]:
    """The active people with any role at a node or above it, by name; those with a role of ``first`` come first.

    For naming colleagues at work: whoever works at a node may name those who do, whatever they may see of staff.
    """
    held = select(StaffRole.staff_id).where(StaffRole.path.in_(paths_above(path)), _in_force(on))
    query = select(Staff).where(Staff.active, Staff.id.in_(held), Staff.id.not_in(sorted(without)))
    if part := text.strip():
        query = query.where(
            or_(Staff.display_name.contains(part, autoescape=True), Staff.username.contains(part, autoescape=True))
        )
    fitting = Staff.id.in_(held.where(StaffRole.role.in_(sorted(first))))
    return list(session.scalars(query.order_by(fitting.desc(), Staff.display_name, Staff.username).limit(limit)))


def find_anybody(session: Session, text: str, limit: int) -> list[Staff]:
    """The active people of the whole house whose name or user name contains ``text``, by name.

    Who works in a house may know who else does; what they hold and where is for those who may see staff.
    """
    part = text.strip()
    query = select(Staff).where(Staff.active)
    if part:
        query = query.where(
            or_(Staff.display_name.contains(part, autoescape=True), Staff.username.contains(part, autoescape=True))
        )
    return list(session.scalars(query.order_by(Staff.display_name, Staff.username).limit(limit)))


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
