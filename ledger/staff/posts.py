"""Posts (岗位) that nobody holds: who answers for them, as the administrator has named it for each node and role.

A post is a role at a node. Whoever holds the role there or anywhere above fills it. What no node has named follows
`NEXT_HIGHER`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import Actor
from kernel.clock import Clock, business_date
from ledger.scope import paths_above
from ledger.staff.errors import FallbackInvalid
from ledger.staff.models import PostFallback, Staff
from ledger.staff.permissions import Permission
from ledger.staff.queries import holders_upwards, roles_of
from ledger.staff.roles import ROLES

#: Who answers for a vacant role where no node has named anybody.
NEXT_HIGHER: Mapping[str, str] = {
    "sales_manager": "project_gm",
    "project_gm": "city_gm",
    "city_marketing": "city_gm",
    "city_finance": "city_gm",
    "finance_manager": "city_finance",
    "legal": "city_gm",
    "city_gm": "group_pricing",
}
#: Who leads those that a vacant post is not handed up from: he is told of what they leave lying.
LED_BY: Mapping[str, str] = {
    "sales_consultant": "sales_manager",
    "filing_clerk": "sales_manager",
    "mortgage_clerk": "sales_manager",
    "finance_clerk": "finance_manager",
    "service_agent": "project_gm",
}


@dataclass(frozen=True)
class Answering:
    """Who answers for a vacant post: holders of a role, or one person; ``set_at`` is None for the usual rule."""

    role: str | None = None
    staff_id: str | None = None
    set_at: str | None = None

    @property
    def entry(self) -> str:
        """The role's code, or ``user:`` with the person's id."""
        return self.role or f"user:{self.staff_id}"


def set_fallback(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    role: str,
    path: str,
    instead_role: str | None = None,
    instead_staff_id: str | None = None,
) -> PostFallback | None:
    """Name who answers for a role that is vacant at a node and below; neither: what is named above holds again.

    Raises `FallbackInvalid` for both, an unknown role, the post itself, a circle, a person who has left or does
    not work at the node.
    """
    actor.require(Permission.STAFF_MANAGE, path)
    named = Answering(instead_role or None, instead_staff_id or None, path)
    _check(session, role, path, named, business_date(clock))
    query = select(PostFallback).where(PostFallback.role == role, PostFallback.path == path)
    rule = session.scalars(query).first()
    before = _words(rule)
    if named.role is None and named.staff_id is None:
        if rule is not None:
            session.delete(rule)
    else:
        if rule is None:
            rule = PostFallback(role=role, path=path, set_by=actor.id, set_at=clock.now())
            session.add(rule)
        rule.instead_role, rule.instead_staff_id = named.role, named.staff_id
        rule.set_by, rule.set_at = actor.id, clock.now()
    session.flush()  # Later queries of this transaction must see the rule.
    cleared = named.role is None and named.staff_id is None
    after = None if cleared else _words(rule)
    if before != after:
        audit.record(
            session, actor, clock, "staff:set_fallback", "post", role, path=path,
            before={"instead": before}, after={"instead": after},
        )  # fmt: skip
    return None if cleared else rule


def _words(rule: PostFallback | None) -> str | None:
    return Answering(rule.instead_role, rule.instead_staff_id).entry if rule is not None else None


def _check(session: Session, role: str, path: str, named: Answering, today: date) -> None:
    if role not in ROLES:
        raise FallbackInvalid("role_unknown", field="role", role=role)
    if named.role and named.staff_id:
        raise FallbackInvalid("fallback_both", field="instead_role")
    if named.role is not None and named.role not in ROLES:
        raise FallbackInvalid("role_unknown", field="instead_role", role=named.role)
    if named.role == role:
        raise FallbackInvalid("fallback_is_itself", field="instead_role")
    if named.staff_id is not None and not works_at(session, named.staff_id, path, today):
        raise FallbackInvalid("fallback_person_elsewhere", field="instead_staff_id")
    known = {**fallbacks_at(session, path), role: named}
    above, seen = named.role, {role}
    while above is not None:
        if above in seen:
            raise FallbackInvalid("fallback_circle", field="instead_role")
        seen.add(above)
        above = _next(known, above).role


def works_at(session: Session, staff_id: str, path: str, on: date) -> bool:
    """Whether somebody has an account and a role at a node or above it, so that tasks of the node reach him."""
    staff = session.get(Staff, staff_id)
    if staff is None or not staff.active:
        return False
    return any(path.startswith(held.path) for held in roles_of(session, staff_id, on))


def fallbacks_at(session: Session, path: str) -> dict[str, Answering]:
    """Whom the nearest node at or above a path has named for each role, in one query."""
    rows = session.scalars(select(PostFallback).where(PostFallback.path.in_(paths_above(path))))
    nearest = sorted(rows, key=lambda rule: len(rule.path))
    return {rule.role: Answering(rule.instead_role, rule.instead_staff_id, rule.path) for rule in nearest}


def _next(known: Mapping[str, Answering], role: str) -> Answering:
    return known.get(role) or Answering(NEXT_HIGHER.get(role))


def answering_at(session: Session, path: str) -> dict[str, Answering]:
    """Who is named to answer for every role at a node, whether or not that one can, in one query."""
    known = fallbacks_at(session, path)
    return {role: _next(known, role) for role in ROLES}


def next_above(session: Session, role: str, path: str) -> Answering:
    """Who stands above a role at a node: who is named to answer for it, else who usually leads it.

    Whether that one can is not asked; without role and person nobody does.
    """
    named = _next(fallbacks_at(session, path), role)
    return named if named.role or named.staff_id else Answering(LED_BY.get(role))


def fills(session: Session, role: str, path: str, on: date, without: Collection[str] = ()) -> bool:
    """Whether anybody but those left out holds a role at a node or anywhere above it."""
    return any(set(some) - set(without) for some in holders_upwards(session, role, path, on))


def anybody_there(session: Session, staff_ids: Collection[str]) -> bool:
    """Whether anybody among some people still has an account."""
    query = select(Staff.id).where(Staff.id.in_(sorted(staff_ids)), Staff.active).limit(1)
    return bool(staff_ids) and session.scalar(query) is not None


def who_answers(session: Session, role: str, path: str, on: date, without: Collection[str]) -> Answering | None:
    """Who answers for a vacant post: from one to the next until somebody may; None where nobody does.

    A person who is left out or has gone is passed over, and the role that usually answers comes next.
    """
    known, seen, current = fallbacks_at(session, path), {role}, role
    while True:
        named = _next(known, current)
        if named.staff_id is not None:
            if named.staff_id not in without and works_at(session, named.staff_id, path, on):
                return named
            named = Answering(NEXT_HIGHER.get(current))
        if named.role is None or named.role in seen:
            return None
        if fills(session, named.role, path, on, without):
            return named
        seen.add(named.role)
        current = named.role
