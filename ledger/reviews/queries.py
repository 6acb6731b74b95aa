"""Reading proposed changes: those an actor may see, with before and after by field, numbers masked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from ledger.customers.sealing import keys_of
from ledger.reviews.contents import contents_of
from ledger.reviews.errors import ChangeMissing
from ledger.reviews.models import ProposedChange
from ledger.reviews.operations import differences
from ledger.reviews.registry import REVIEWABLE, reviewable
from ledger.reviews.scope import seen_changes


@dataclass(frozen=True)
class FieldRow:
    """A field of a change, masked. ``now`` is given where the record has become another since (``differs``)."""

    name: str
    before: Any
    after: Any
    differs: bool = False
    now: Any = None


@dataclass(frozen=True)
class ChangeRow:
    """A proposed change as lists show it; ``fields`` are empty once the customer's data were erased."""

    id: str
    kind: str
    record_id: str
    customer_id: str | None
    path: str
    state: str
    reason: str
    proposed_by: str
    proposed_for: str | None
    proposed_at: datetime
    decided_by: str | None
    decided_for: str | None
    decided_at: datetime | None
    opinion: str | None
    instance_id: str | None
    fields: tuple[FieldRow, ...]


@dataclass(frozen=True)
class ChangeFilter:
    """What a list is cut by; ``mine`` leaves what the actor has proposed."""

    state: str | None = None
    kind: str | None = None
    record_id: str | None = None
    mine: bool = False


def find_changes(
    session: Session, actor: Actor, where: ChangeFilter, *, limit: int = 50, offset: int = 0
) -> list[ChangeRow]:
    """Changes within the actor's scope, the newest first, in two queries however many there are."""
    query = _cut(select(ProposedChange), actor, where)
    newest = query.order_by(ProposedChange.proposed_at.desc(), ProposedChange.id.desc())
    changes = list(session.scalars(newest.limit(limit).offset(offset)))
    keys = keys_of(session, {one.customer_id for one in changes if one.customer_id})
    return [_row(session, one, keys) for one in changes]


def count_changes(session: Session, actor: Actor, where: ChangeFilter) -> dict[str, int]:
    """How many changes within the scope stand in each state."""
    counted = cast(Select[Any], select(ProposedChange.state, func.count()))
    rows = session.execute(_cut(counted, actor, where).group_by(ProposedChange.state))
    return {row[0]: row[1] for row in rows}


def get_change(session: Session, actor: Actor, change_id: str) -> ChangeRow:
    """A change with what differs from the record while it waits. Raises `ChangeMissing`, also out of scope."""
    query = _cut(select(ProposedChange), actor, ChangeFilter()).where(ProposedChange.id == change_id)
    change = session.scalars(query).one_or_none()
    if change is None:
        raise ChangeMissing(id=change_id)
    return _row(session, change, compared=change.state == "pending")


def pending_of(session: Session, actor: Actor, kind: str, record_ids: Iterable[str]) -> dict[str, ChangeRow]:
    """The changes that wait for records of a kind, by record, for a mark on their pages; cut to the scope."""
    query = _cut(select(ProposedChange), actor, ChangeFilter(state="pending", kind=kind))
    changes = list(session.scalars(query.where(ProposedChange.record_id.in_(list(record_ids)))))
    keys = keys_of(session, {one.customer_id for one in changes if one.customer_id})
    return {one.record_id: _row(session, one, keys) for one in changes}


def seen_kinds(actor: Actor) -> list[str]:
    """The kinds whose changes the actor may see anywhere."""
    return [kind for kind, one in REVIEWABLE.items() if any(actor.may_anywhere(right) for right in one.views)]


def _cut(query: Select[Any], actor: Actor, where: ChangeFilter) -> Select[Any]:
    query = query.where(seen_changes(actor))
    if where.state:
        query = query.where(ProposedChange.state == where.state)
    if where.kind:
        query = query.where(ProposedChange.kind == where.kind)
    if where.record_id:
        query = query.where(ProposedChange.record_id == where.record_id)
    return query.where(ProposedChange.proposed_by == actor.id) if where.mine else query


def _row(
    session: Session,
    change: ProposedChange,
    keys: dict[str, bytes | None] | None = None,
    *,
    compared: bool = False,
) -> ChangeRow:
    kind, contents = reviewable(change.kind), contents_of(session, change, keys)
    differing = differences(session, change, contents) if compared and contents else {}
    fields: Sequence[FieldRow] = [
        FieldRow(
            name,
            kind.shown(name, one.before),
            kind.shown(name, one.after),
            name in differing,
            kind.shown(name, differing.get(name)),
        )
        for name, one in contents.items()
    ]
    plain = {name: getattr(change, name) for name in ChangeRow.__dataclass_fields__ if name != "fields"}
    return ChangeRow(**plain, fields=tuple(fields))
