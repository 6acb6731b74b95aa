"""The customer ledger's timeline (客户台帐): everything that happened with a customer, newest first (A4).

Other nouns add their events by registering a source, so that customers know nothing of sales or money.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from kernel.actor import Actor
from ledger.customers.access import reach
from ledger.customers.models import Contact, CustomerKind, CustomerRevision
from ledger.scope import visible
from ledger.staff.permissions import Permission

Cursor = tuple[datetime, str]


@dataclass(frozen=True)
class TimelineEvent:
    """One event. ``code`` and ``params`` are worded in the reader's language; the subject is what it links to."""

    at: datetime
    id: str
    code: str
    subject: str
    subject_id: str
    params: Mapping[str, Any] = field(default_factory=dict)
    actor_id: str | None = None
    path: str | None = None
    note: str | None = None

    @property
    def cursor(self) -> Cursor:
        """Where the next page begins."""
        return self.at, self.id


@dataclass(frozen=True)
class TimelineRequest:
    """What a source is asked for: the newest ``limit`` events of customers, older than ``before``."""

    actor: Actor
    customer_ids: Sequence[str]
    before: Cursor | None
    limit: int

    def older(self, at: InstrumentedAttribute[Any], row_id: InstrumentedAttribute[str]) -> ColumnElement[bool]:
        """The condition for rows older than the cursor, given a table's columns."""
        if self.before is None:
            return row_id.is_not(None)
        instant, last = self.before
        return or_(at < instant, and_(at == instant, row_id < last))


TimelineSource = Callable[[Session, TimelineRequest], Sequence[TimelineEvent]]

_sources: dict[str, TimelineSource] = {}


def timeline_source(name: str) -> Callable[[TimelineSource], TimelineSource]:
    """Register a source of events under its noun's name. It cuts its rows to the actor's scope itself."""

    def register(source: TimelineSource) -> TimelineSource:
        _sources[name] = source
        return source

    return register


def timeline(
    session: Session,
    actor: Actor,
    customer_id: str,
    before: Cursor | None = None,
    limit: int = 50,
) -> list[TimelineEvent]:
    """A customer's events of all sources, newest first; ``before`` is the cursor of the last one already seen.

    Raises `CustomerMissing` when the customer lies outside the actor's scope.
    """
    reach(session, actor, customer_id, Permission.CUSTOMERS_VIEW)
    request = TimelineRequest(actor, [customer_id], before, limit)
    events = [event for source in _sources.values() for event in source(session, request)]
    return sorted(events, key=lambda event: event.cursor, reverse=True)[:limit]


@timeline_source("contacts")
def _contacts(session: Session, request: TimelineRequest) -> list[TimelineEvent]:
    query = (
        select(Contact)
        .where(
            Contact.customer_id.in_(request.customer_ids),
            visible(request.actor, Contact, Permission.CUSTOMERS_VIEW),
            request.older(Contact.at, Contact.id),
        )
        .order_by(Contact.at.desc(), Contact.id.desc())
        .limit(request.limit)
    )
    return [
        TimelineEvent(
            row.at,
            row.id,
            f"contact_{row.channel}",
            "contact",
            row.id,
            actor_id=row.actor_id,
            path=row.path,
            note=row.note,
        )
        for row in session.scalars(query)
    ]


@timeline_source("kinds")
def _kinds(session: Session, request: TimelineRequest) -> list[TimelineEvent]:
    events = []
    for code, column in (("kind_began", CustomerKind.since), ("kind_ended", CustomerKind.until)):
        rule = CustomerKind.customer_id.in_(request.customer_ids) & column.is_not(None)
        query = select(CustomerKind).where(rule, request.older(column, CustomerKind.id))
        for row in session.scalars(query.order_by(column.desc(), CustomerKind.id.desc()).limit(request.limit)):
            at = row.since if code == "kind_began" else row.until
            if at is not None:
                params = {"kind": row.kind, "project_id": row.project_id}
                events.append(TimelineEvent(at, row.id, code, "customer", row.customer_id, params))
    return events


@timeline_source("revisions")
def _revisions(session: Session, request: TimelineRequest) -> list[TimelineEvent]:
    """Later values of key fields, not the first ones; the values themselves stay in the history."""
    earlier = aliased(CustomerRevision)
    replaced = exists().where(
        earlier.customer_id == CustomerRevision.customer_id,
        earlier.field == CustomerRevision.field,
        earlier.sequence < CustomerRevision.sequence,
    )
    query = (
        select(CustomerRevision)
        .where(
            CustomerRevision.customer_id.in_(request.customer_ids),
            request.older(CustomerRevision.at, CustomerRevision.id),
            replaced,
        )
        .order_by(CustomerRevision.at.desc(), CustomerRevision.id.desc())
        .limit(request.limit)
    )
    return [
        TimelineEvent(
            row.at,
            row.id,
            f"revised_{row.field}",
            "customer",
            row.customer_id,
            actor_id=row.actor_id,
            note=row.reason,
        )
        for row in session.scalars(query)
    ]
