"""Which records are marked: their operations refuse a change that no second person has accepted.

Whether a kind is marked is a parameter of the organisation, so each node may differ and changing the mark is
itself a change to a parameter. The system, whose acts are the house's set-up or a diagram's, is not held up.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import Clock, business_date
from ledger.customers.models import Customer, CustomerKind
from ledger.organisation.parameters import REVIEW_CUSTOMERS, Parameter
from ledger.organisation.queries import parameter
from ledger.reviews.errors import ReviewNeeded

_ACCEPTED = "review_accepted"
_BUYERS = ("subscriber", "owner")


def is_marked(session: Session, clock: Clock, mark: Parameter[bool], path: str) -> bool:
    """Whether a kind is marked at a node today."""
    return parameter(session, path, mark, business_date(clock))


def customer_is_marked(session: Session, clock: Clock, customer: Customer) -> bool:
    """Whether the key data of a customer are marked: of everybody, or of who has subscribed or bought."""
    rule = parameter(session, customer.path, REVIEW_CUSTOMERS, business_date(clock))
    if rule != "from_subscription":
        return rule == "always"
    held = select(CustomerKind.id).where(
        CustomerKind.customer_id == customer.id, CustomerKind.kind.in_(_BUYERS), CustomerKind.until.is_(None)
    )
    return session.scalar(held.limit(1)) is not None


def require_unmarked(session: Session, actor: Actor, clock: Clock, mark: Parameter[bool], path: str) -> None:
    """Raise `ReviewNeeded` when the kind is marked here and the change was not accepted."""
    if not passes(session, actor) and is_marked(session, clock, mark, path):
        raise ReviewNeeded(kind=f"review_kind.{mark.name.removeprefix('review_')}")


def require_customer_unmarked(session: Session, actor: Actor, clock: Clock, customer: Customer) -> None:
    """Raise `ReviewNeeded` when the customer's key data are marked and the change was not accepted."""
    if not passes(session, actor) and customer_is_marked(session, clock, customer):
        raise ReviewNeeded(kind="review_kind.customers")


def passes(session: Session, actor: Actor) -> bool:
    """Whether a change needs no review here: it has been accepted, is only tried out, or is the system's own."""
    return actor.is_system or session.info.get(_ACCEPTED, False)


@contextmanager
def accepted(session: Session) -> Iterator[None]:
    """What is changed in the block has been accepted, or is tried out and taken back."""
    before = session.info.get(_ACCEPTED, False)
    session.info[_ACCEPTED] = True
    try:
        yield
    finally:
        session.info[_ACCEPTED] = before
