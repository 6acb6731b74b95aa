"""Contacts (跟进记录): what was said, on which channel, by whom. Rows are only added."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import Actor
from kernel.clock import Clock
from ledger.customers.access import reach
from ledger.customers.errors import CustomerInvalid
from ledger.customers.kinds import mark_kind
from ledger.customers.models import Contact
from ledger.customers.projects import make_known
from ledger.staff.permissions import Permission

Channel = Literal["visit", "phone", "message", "mail", "web", "event", "other"]
CHANNELS = ("visit", "phone", "message", "mail", "web", "event", "other")
_LONGEST = 2000


def add_contact(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    customer_id: str,
    channel: str,
    note: str,
    at: datetime | None = None,
    project_id: str | None = None,
) -> Contact:
    """Note a contact, now or at an earlier instant. A visit makes the customer a visitor of the project.

    Raises `CustomerInvalid` naming the field, `CustomerMissing`.
    """
    customer = reach(session, actor, customer_id, Permission.CUSTOMERS_EDIT)
    note = note.replace("\x00", "").strip()
    if channel not in CHANNELS:
        raise CustomerInvalid("channel_unknown", field="channel", channels=list(CHANNELS))
    if not note or len(note) > _LONGEST:
        raise CustomerInvalid("note_empty_or_long", field="note", maximum=_LONGEST)
    if at is not None and at > clock.now():
        raise CustomerInvalid("contact_in_future", field="at")
    path = make_known(session, actor, clock, customer, project_id)
    contact = Contact(
        customer_id=customer.id,
        at=at or clock.now(),
        channel=channel,
        note=note,
        actor_id=actor.id,
        project_id=project_id or customer.project_id,
        path=path,
    )
    session.add(contact)
    session.flush()  # The audit row names the contact's id.
    after = {"contact_id": contact.id, "channel": channel}
    audit.record(session, actor, clock, "customers:contact", "customer", customer.id, path=path, after=after)
    if channel == "visit":
        mark_kind(session, actor, clock, customer_id=customer.id, kind="visitor", project_id=contact.project_id)
    return contact
