"""What waits without a person: jobs (timers, outgoing messages, external steps), subscriptions, kept messages."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from engine.tables.columns import Name
from kernel.columns import Id, Instant, JsonMap
from kernel.database import Base

TIMER_START = "timer_start"
START_KEPT = "start_kept"
DEFINITION_TURN = "definition_turn"
CLEAN_UP = "clean_up"
OFFER_ANEW = "offer_anew"
ESCALATION = "escalation"
_WAITING = text("state = 'waiting'")
_FAILED = text("state = 'failed'")
_UNDELIVERED = text("delivered_at IS NULL")


class JobRow(Base):
    """Something to be done at or after ``due_at``.

    ``kind`` is timer, external or message_out, or one of the constants above.

    ``state`` is waiting, done, failed (a person must retry) or cancelled. A lease (``lock_owner`` until
    ``locked_until``) lets one worker at a time run it outside transactions.
    """

    __tablename__ = "engine_job"

    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[Name]
    instance_id: Mapped[str | None] = mapped_column(ForeignKey("engine_instance.id"))
    element_id: Mapped[str | None] = mapped_column(String(255))
    token: Mapped[int | None]
    due_at: Mapped[Instant]
    payload: Mapped[JsonMap]
    state: Mapped[str] = mapped_column(String(12))
    suspended: Mapped[bool] = mapped_column(default=False)
    attempts: Mapped[int]
    max_attempts: Mapped[int]
    lock_owner: Mapped[str | None] = mapped_column(String(80))
    locked_until: Mapped[Instant | None]
    idempotency_key: Mapped[str] = mapped_column(String(255), unique=True)
    last_error: Mapped[str | None] = mapped_column(String(255))
    created_at: Mapped[Instant]
    done_at: Mapped[Instant | None]

    __table_args__ = (
        Index("ix_engine_job_instance_state", "instance_id", "state"),
        Index("ix_engine_job_due", "due_at", "id", sqlite_where=_WAITING, postgresql_where=_WAITING),
        Index("ix_engine_job_failed", "due_at", "id", sqlite_where=_FAILED, postgresql_where=_FAILED),
        Index(
            "ix_engine_job_waiting_element",
            "element_id",
            "instance_id",
            sqlite_where=_WAITING,
            postgresql_where=_WAITING,
        ),
    )


class SubscriptionRow(Base):
    """Somebody waits for a message or signal. ``correlation`` is canonical text, compared for equality.

    A row without an instance starts a new one of ``definition_id`` whatever the correlation.
    """

    __tablename__ = "engine_subscription"

    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(String(12))
    name: Mapped[Name]
    correlation: Mapped[str] = mapped_column(String(500))
    instance_id: Mapped[str | None] = mapped_column(ForeignKey("engine_instance.id"), index=True)
    definition_id: Mapped[str | None] = mapped_column(ForeignKey("engine_definition.id"), index=True)
    element_id: Mapped[Name]
    token: Mapped[int | None]
    created_at: Mapped[Instant]

    __table_args__ = (
        Index("ix_engine_subscription_match", "kind", "name", "correlation"),
        Index("ix_engine_subscription_element", "element_id", "instance_id"),
    )


class MessageRow(Base):
    """A message nobody waited for yet, kept until it is delivered once or its time is over."""

    __tablename__ = "engine_message"

    id: Mapped[Id]
    name: Mapped[Name]
    correlation: Mapped[str] = mapped_column(String(500))
    payload: Mapped[JsonMap]
    created_at: Mapped[Instant]
    expires_at: Mapped[Instant]
    delivered_at: Mapped[Instant | None]
    delivered_to: Mapped[str | None] = mapped_column(String(36))

    __table_args__ = (
        Index(
            "ix_engine_message_match",
            "name",
            "correlation",
            sqlite_where=_UNDELIVERED,
            postgresql_where=_UNDELIVERED,
        ),
    )
