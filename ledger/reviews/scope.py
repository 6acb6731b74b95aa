"""Which proposed changes somebody may see."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, or_, select

from kernel.actor import Actor
from ledger.customers.models import Customer
from ledger.reviews.models import ProposedChange
from ledger.reviews.registry import REVIEWABLE
from ledger.reviews.reviewable import Reviewable
from ledger.scope import visible


def seen_changes(actor: Actor) -> ColumnElement[bool]:
    """The condition for the changes that the actor may see."""
    return or_(*(_seen(actor, one) for one in REVIEWABLE.values()))


def _seen(actor: Actor, record: Reviewable) -> ColumnElement[bool]:
    """A customer's changes are seen by who sees the customer, others by who has a right at their node."""
    if record.kind == "customers":
        customers = select(Customer.id).where(or_(*(visible(actor, Customer, right) for right in record.views)))
        return and_(ProposedChange.kind == record.kind, ProposedChange.customer_id.in_(customers))
    nodes = or_(*(visible(actor, ProposedChange, right) for right in record.views))
    return and_(ProposedChange.kind == record.kind, nodes)
