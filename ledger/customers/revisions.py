"""The as-of history of key fields (修订): name, ID paper, main phone; each value with when, who and why (A8)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import Clock
from ledger.customers.access import reach
from ledger.customers.masking import mask_id, mask_phone
from ledger.customers.models import CustomerRevision
from ledger.customers.phones import show_phone
from ledger.customers.sealing import keys_of, seal, unseal
from ledger.staff.permissions import Permission

KeyField = Literal["name", "id", "main_phone"]
KEY_FIELDS: tuple[KeyField, ...] = ("name", "id", "main_phone")


@dataclass(frozen=True)
class Revision:
    """A value that a key field took; numbers are masked."""

    field: str
    value: str | None
    at: datetime
    actor_id: str
    reason: str | None


def note_revision(
    session: Session,
    actor: Actor,
    clock: Clock,
    customer_id: str,
    field: KeyField,
    value: str | None,
    reason: str | None = None,
) -> None:
    """Write the value that a key field takes from now on."""
    last = session.scalar(
        select(func.max(CustomerRevision.sequence)).where(CustomerRevision.customer_id == customer_id)
    )
    session.add(
        CustomerRevision(
            customer_id=customer_id,
            sequence=(last or 0) + 1,
            field=field,
            sealed=seal(session, customer_id, value),
            at=clock.now(),
            actor_id=actor.id,
            reason=reason,
        )
    )
    session.flush()  # The next revision of this transaction counts on from this one.


def id_text(id_type: str | None, number: str | None) -> str | None:
    """An ID paper as one value."""
    return None if number is None else json.dumps([id_type, number])


def list_revisions(session: Session, actor: Actor, customer_id: str) -> list[Revision]:
    """Every value of the key fields, oldest first, numbers masked. Raises `CustomerMissing`."""
    reach(session, actor, customer_id, Permission.CUSTOMERS_VIEW)
    rule = CustomerRevision.customer_id == customer_id
    rows = session.scalars(select(CustomerRevision).where(rule).order_by(CustomerRevision.sequence))
    wrapped = keys_of(session, [customer_id]).get(customer_id)
    return [
        Revision(
            row.field, _masked(row.field, unseal(session, wrapped, row.sealed)), row.at, row.actor_id, row.reason
        )
        for row in rows
    ]


def key_fields_at(session: Session, actor: Actor, customer_id: str, at: datetime) -> dict[str, str | None]:
    """Name, ID paper and main phone as they stood at an instant, numbers masked. Raises `CustomerMissing`."""
    values: dict[str, str | None] = {}
    for revision in list_revisions(session, actor, customer_id):
        if revision.at <= at:
            values[revision.field] = revision.value
    return values


def _masked(field: str, value: str | None) -> str | None:
    if value is None or field == "name":
        return value
    return mask_phone(show_phone(value)) if field == "main_phone" else mask_id(str(json.loads(value)[1]))
