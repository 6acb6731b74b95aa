"""Reading messages: a person's own notes, what was sent to a customer, proof of delivery."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from kernel.actor import Actor
from ledger.customers.timeline import TimelineEvent, TimelineRequest, timeline_source
from ledger.messages.errors import MessageMissing
from ledger.messages.models import Message, MessageEvent
from ledger.scope import scoped, visible
from ledger.staff.permissions import Permission


@dataclass(frozen=True)
class Undelivered:
    """The last message to somebody on a channel was given up; ``reason`` is a code, perhaps with a number."""

    channel: str
    at: datetime
    reason: str


def undelivered(session: Session, recipient_ids: Iterable[str]) -> dict[str, list[Undelivered]]:
    """Whom mails or text messages do not reach, by recipient: one later message that arrives ends it."""
    later = aliased(Message)
    arrived = (
        select(later.id)
        .where(later.recipient_id == Message.recipient_id, later.created_at > Message.created_at)
        .where(later.channel == Message.channel, later.state == "sent")
        .exists()
    )
    query = (
        select(Message.recipient_id, Message.channel, MessageEvent.at, MessageEvent.detail)
        .join(MessageEvent, (MessageEvent.message_id == Message.id) & (MessageEvent.state == "failed"))
        .where(Message.recipient_id.in_(list(recipient_ids)), Message.state == "failed", ~arrived)
        .order_by(Message.created_at)
    )
    last = {(row.recipient_id, row.channel): row for row in session.execute(query)}
    found: dict[str, list[Undelivered]] = {}
    for (recipient_id, channel), row in sorted(last.items()):
        found.setdefault(recipient_id, []).append(Undelivered(channel, row.at, row.detail))
    return found


def list_notes(session: Session, actor: Actor, *, unread_only: bool = False, limit: int = 50) -> list[Message]:
    """The actor's own notes in the application, newest first."""
    query = select(Message).where(Message.recipient_id == actor.id, Message.channel == "in_app")
    if unread_only:
        query = query.where(Message.read_at.is_(None))
    return list(session.scalars(query.order_by(Message.created_at.desc(), Message.id.desc()).limit(limit)))


def count_unread(session: Session, actor: Actor) -> int:
    """How many of the actor's own notes are unread."""
    query = select(func.count()).where(
        Message.recipient_id == actor.id, Message.channel == "in_app", Message.read_at.is_(None)
    )
    return session.scalar(query) or 0


def list_messages(
    session: Session, actor: Actor, *, state: str | None = None, path: str = "/", limit: int = 100
) -> list[Message]:
    """Messages to customers in the actor's scope, newest first, for example the failed ones."""
    query = scoped(actor, Message, Permission.CUSTOMERS_VIEW).where(
        Message.recipient_kind == "customer", Message.path.startswith(path, autoescape=True)
    )
    if state is not None:
        query = query.where(Message.state == state)
    return list(session.scalars(query.order_by(Message.created_at.desc(), Message.id.desc()).limit(limit)))


def get_message(session: Session, actor: Actor, message_id: str) -> Message:
    """A message to a customer in the actor's scope, or a note of the actor's own. Raises `MessageMissing`."""
    seen = visible(actor, Message, Permission.CUSTOMERS_VIEW) & (Message.recipient_kind == "customer")
    rule = (Message.id == message_id) & (seen | (Message.recipient_id == actor.id))
    message = session.scalars(select(Message).where(rule)).one_or_none()
    if message is None:
        raise MessageMissing(id=message_id)
    return message


def events_of(session: Session, message_id: str) -> list[MessageEvent]:
    """The state changes of a message in order: the proof of delivery."""
    rule = MessageEvent.message_id == message_id
    return list(session.scalars(select(MessageEvent).where(rule).order_by(MessageEvent.at, MessageEvent.id)))


@timeline_source("messages")
def _messages(session: Session, request: TimelineRequest) -> list[TimelineEvent]:
    query = scoped(request.actor, Message, Permission.CUSTOMERS_VIEW).where(
        Message.recipient_kind == "customer",
        Message.recipient_id.in_(request.customer_ids),
        request.older(Message.created_at, Message.id),
    )
    rows = session.scalars(query.order_by(Message.created_at.desc(), Message.id.desc()).limit(request.limit))
    return [
        TimelineEvent(
            row.created_at,
            row.id,
            f"message_{row.state}",
            "message",
            row.id,
            {"template": row.template, "channel": row.channel},
            actor_id=row.created_by,
            path=row.path,
        )
        for row in rows
    ]
