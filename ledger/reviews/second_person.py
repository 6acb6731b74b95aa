"""Whether anybody may review a change at all: whoever proposes it never does, so a house needs a second person."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy.orm import Session

from kernel.actor import ROOT, Actor
from kernel.clock import Clock, business_date
from ledger.organisation.queries import names_of_paths
from ledger.reviews.errors import ReviewerMissing
from ledger.reviews.registry import reviewable, reviewing_roles
from ledger.staff.posts import fills


def has_second_person(
    session: Session, clock: Clock, kind: str, path: str, without: Collection[str | None]
) -> bool:
    """Whether anybody but those left out holds a role with the right to review a kind at a node or above it."""
    today, out = business_date(clock), [person for person in without if person]
    return any(fills(session, role, path, today, out) for role in reviewing_roles(kind))


def missing_reviewer(session: Session, kind: str, path: str) -> ReviewerMissing:
    """The refusal: it names the right, the roles that carry it, and where one of them has to be given."""
    place = names_of_paths(session, {path}).get(path, path) if path != ROOT else "review_place.house"
    return ReviewerMissing(
        field="reason",
        kind=f"review_kind.{kind}",
        right=f"right.{reviewable(kind).review}",
        roles=[f"role.{code}" for code in reviewing_roles(kind)],
        place=place,
    )


def require_second_person(session: Session, actor: Actor, clock: Clock, kind: str, path: str) -> None:
    """Raise `ReviewerMissing` unless somebody else than the actor, and whom he stands in for, may review there."""
    if not has_second_person(session, clock, kind, path, (actor.id, actor.on_behalf_of)):
        raise missing_reviewer(session, kind, path)
