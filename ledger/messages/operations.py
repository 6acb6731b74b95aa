"""Queueing messages and keeping their state; a worker sends them after the commit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import ROOT, Actor
from kernel.clock import DEFAULT_ZONE, Clock
from kernel.facts import Fact, tell
from ledger.customers.models import Customer
from ledger.customers.reveal import address_of as address_of_customer
from ledger.messages.errors import MessageInvalid, MessageMissing
from ledger.messages.models import Message, MessageEvent, MessageTemplate
from ledger.messages.templates import address_marks, fill, template_for
from ledger.organisation.queries import project_at, zones_at
from ledger.staff.models import Staff
from ledger.staff.queries import address_of as address_of_staff

Recipient = Literal["customer", "staff"]
_DEFAULT_CHANNEL = {"customer": "sms", "staff": "in_app"}


@dataclass(frozen=True)
class MessageQueued(Fact):
    """A message waits to be sent on an outside channel; ``key`` makes the sending idempotent."""

    message_id: str
    channel: str
    key: str


@dataclass(frozen=True)
class Delivery:
    """What a channel has to send. ``address`` is None when the recipient has none.

    ``links`` are the addresses that stand in the body, by mark; some may be meant for the channel alone.
    """

    message_id: str
    channel: str
    address: str | None
    subject: str
    body: str
    key: str
    language: str
    links: Mapping[str, str]


def queue_message(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    template: str,
    recipient_kind: Recipient,
    recipient_id: str,
    params: Mapping[str, Any],
    key: str,
    path: str | None = None,
    channel: str | None = None,
) -> Message:
    """Queue a message in the recipient's language, once for each ``key``; the same key again returns the first.

    By default customers get an SMS and staff a note in the application, which is there at once; for the outside
    channels `MessageQueued` is told. ``params`` fill the template's marks: ids, numbers, fen, ISO dates. ``path``
    is the place it belongs to, by default the customer's. Needs no permission of its own, because it follows from
    an act that did. Raises `TemplateMissing`, `MessageInvalid`.
    """
    known = session.scalars(select(Message).where(Message.key == key)).one_or_none()
    if known is not None:
        return known
    channel = channel or _DEFAULT_CHANNEL[recipient_kind]
    recipient = _recipient(session, recipient_kind, recipient_id)
    text = template_for(session, clock, code=template, channel=channel, language=recipient.language)
    for part in (text.subject, text.body):
        fill(part, address_marks(part) | dict(params), language=text.language)
    message = Message(
        key=key,
        channel=channel,
        recipient_kind=recipient_kind,
        recipient_id=recipient_id,
        template=template,
        template_id=text.id,
        language=text.language,
        params=dict(params),
        path=path or (recipient.path if isinstance(recipient, Customer) else ROOT),
        state="queued",
        created_at=clock.now(),
        created_by=actor.id,
    )
    session.add(message)
    session.flush()  # Events refer to the id, and the unique key must speak now.
    _begin(session, clock, message)
    return message


def _begin(session: Session, clock: Clock, message: Message) -> None:
    """A note in the application is there as soon as it is written; other channels are told of."""
    _note(session, clock, message, "queued")
    if message.channel == "in_app":
        message.sent_at = clock.now()
        _note(session, clock, message, "sent")
    else:
        tell(session, MessageQueued(message.id, message.channel, message.key))


def delivery_of(
    session: Session, message_id: str, links: Callable[[Message], Mapping[str, str]] = lambda _message: {}
) -> Delivery | None:
    """What to send for a queued message, with the address as it is today; None once it was sent or cancelled.

    ``links`` gives the addresses for the marks that end in ``_link``.
    """
    message = session.get(Message, message_id)
    if message is None or message.state != "queued":
        return None
    marks = links(message)
    subject, body = render(session, message, marks)
    lookup = address_of_customer if message.recipient_kind == "customer" else address_of_staff
    address = lookup(session, message.recipient_id, "mail" if message.channel == "mail" else "sms")
    return Delivery(message.id, message.channel, address, subject, body, message.key, message.language, marks)


def render(session: Session, message: Message, links: Mapping[str, str] | None = None) -> tuple[str, str]:
    """Subject and body as the recipient reads them; without ``links`` the places of addresses are empty."""
    text = session.get_one(MessageTemplate, message.template_id)
    project = project_at(session, message.path)
    return _filled(message, text, project.zone if project else DEFAULT_ZONE, links)


def render_all(session: Session, messages: Sequence[Message]) -> list[tuple[str, str]]:
    """Subject and body of several messages, in two queries however many there are."""
    wanted = {message.template_id for message in messages}
    texts = {
        text.id: text for text in session.scalars(select(MessageTemplate).where(MessageTemplate.id.in_(wanted)))
    }
    zones = zones_at(session, {message.path for message in messages})
    return [_filled(message, texts[message.template_id], zones[message.path], None) for message in messages]


def _filled(
    message: Message, text: MessageTemplate, zone: str, links: Mapping[str, str] | None
) -> tuple[str, str]:
    language, params = message.language, address_marks(text.body) | message.params | dict(links or {})
    return (
        fill(text.subject, params, language=language, zone=zone),
        fill(text.body, params, language=language, zone=zone),
    )


def mark_sent(session: Session, clock: Clock, *, message_id: str, detail: str = "") -> None:
    """The channel took the message; ``detail`` is its receipt. Telling it again changes nothing."""
    message = _waiting(session, message_id)
    if message is not None:
        message.attempts += 1
        message.sent_at = clock.now()
        _note(session, clock, message, "sent", detail)


def mark_failed(session: Session, clock: Clock, *, message_id: str, detail: str, final: bool) -> None:
    """A try to send failed (``detail`` a code, no personal data); after the last one the message is given up."""
    message = _waiting(session, message_id)
    if message is not None:
        message.attempts += 1
        _note(session, clock, message, "failed" if final else "queued", detail)


def cancel_message(session: Session, actor: Actor, clock: Clock, *, message_id: str, reason: str) -> None:
    """Take a message back that was not sent yet; later it changes nothing."""
    message = _waiting(session, message_id)
    if message is not None:
        _note(session, clock, message, "cancelled", reason)
        audit.record(
            session, actor, clock, "messages:cancel", "message", message.id, path=message.path, reason=reason
        )


def mark_read(session: Session, actor: Actor, clock: Clock, *, message_id: str) -> None:
    """The actor has read a note addressed to him. Raises `MessageMissing` for anybody else's."""
    message = session.get(Message, message_id)
    if message is None or message.channel != "in_app" or message.recipient_id != actor.id:
        raise MessageMissing(id=message_id)
    if message.read_at is None:
        message.read_at = clock.now()


def _recipient(session: Session, recipient_kind: Recipient, recipient_id: str) -> Customer | Staff:
    recipient: Customer | Staff | None
    if recipient_kind == "customer":
        recipient = session.get(Customer, recipient_id)
    else:
        recipient = session.get(Staff, recipient_id)
    if recipient is None:
        raise MessageInvalid("recipient_missing", field="recipient_id", recipient=recipient_kind, id=recipient_id)
    return recipient


def _waiting(session: Session, message_id: str) -> Message | None:
    message = session.get(Message, message_id, with_for_update=True)
    if message is None:
        raise MessageMissing(id=message_id)
    return message if message.state == "queued" else None


def _note(session: Session, clock: Clock, message: Message, state: str, detail: str = "") -> None:
    message.state = state
    session.add(MessageEvent(message_id=message.id, at=clock.now(), state=state, detail=detail[:200]))
    session.flush()  # Proof of delivery reads the events of this transaction too.
