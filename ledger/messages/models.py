"""The tables of messages: templates, outgoing rows, state changes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    select,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from kernel.append_only import keep_append_only
from kernel.columns import Id, Instant, JsonMap, Path, Ref, UtcDateTime
from kernel.database import Base
from ledger.customers.models import CustomerProject

_FAILED = text("state = 'failed'")


class MessageTemplate(Base):
    """A text with ``{{name}}`` marks for one channel and language; a change makes a new version."""

    __tablename__ = "message_template"

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(60))
    channel: Mapped[str] = mapped_column(String(10))
    language: Mapped[str] = mapped_column(String(8))
    version: Mapped[int] = mapped_column(Integer)
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[Instant]

    __table_args__ = (UniqueConstraint("code", "channel", "language", "version"),)


class Message(Base):
    """A message to one recipient. ``key`` makes a repeated act send once.

    The address is looked up when it is sent, so that no phone number or address is copied here.
    """

    __tablename__ = "message"

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(String(200), unique=True)
    channel: Mapped[str] = mapped_column(String(10))
    recipient_kind: Mapped[str] = mapped_column(String(10))
    recipient_id: Mapped[Ref]
    template: Mapped[str] = mapped_column(String(60))
    template_id: Mapped[Ref] = mapped_column(ForeignKey("message_template.id"))
    language: Mapped[str] = mapped_column(String(8))
    params: Mapped[JsonMap]
    path: Mapped[Path]
    state: Mapped[str] = mapped_column(String(10), default="queued")
    created_at: Mapped[Instant]
    created_by: Mapped[Ref]
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    attempts: Mapped[int] = mapped_column(Integer, default=0)

    __table_args__ = (
        CheckConstraint("channel IN ('mail', 'sms', 'in_app')", name="channel"),
        CheckConstraint("recipient_kind IN ('customer', 'staff')", name="recipient_kind"),
        CheckConstraint("state IN ('queued', 'sent', 'failed', 'cancelled')", name="state"),
        Index("ix_message_recipient_id_created_at", "recipient_id", "created_at"),
        Index("ix_message_failed", "recipient_id", sqlite_where=_FAILED, postgresql_where=_FAILED),
    )

    @classmethod
    def in_scope(cls, path: str, owner_id: str | None) -> ColumnElement[bool]:
        """At or below ``path``; one's own are those to one's own customers."""
        below = cls.path.startswith(path, autoescape=True)
        if owner_id is None:
            return below
        own = select(CustomerProject.customer_id).where(CustomerProject.owner_id == owner_id)
        return below & (cls.recipient_kind == "customer") & cls.recipient_id.in_(own)


class MessageEvent(Base):
    """A change of a message's state, for proof of delivery."""

    __tablename__ = "message_event"

    id: Mapped[Id]
    message_id: Mapped[Ref] = mapped_column(ForeignKey("message.id"), index=True)
    at: Mapped[Instant]
    state: Mapped[str] = mapped_column(String(10))
    detail: Mapped[str] = mapped_column(String(200), default="")


assert isinstance(MessageEvent.__table__, Table)  # noqa: S101 - tells mypy what the mapper made
keep_append_only(MessageEvent.__table__)
