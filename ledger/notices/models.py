"""The tables of notices: what somebody was told, on which outside channel it waits, and everybody's choices."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from kernel.columns import Id, Instant, JsonList, JsonMap, Path, Ref, UtcDateTime
from kernel.database import Base

# Beside the values of a notice: what its task is called in each language.
LABELS = "labels"
_WAITING = text("state = 'waiting'")


class Notice(Base):
    """Something one person is told once: ``key`` says what makes it the same. ``message_id`` is the note of it."""

    __tablename__ = "notice"

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(String(160), unique=True)
    staff_id: Mapped[Ref]
    kind: Mapped[str] = mapped_column(String(20))
    task_id: Mapped[str | None] = mapped_column(String(36))
    case_id: Mapped[str | None] = mapped_column(String(36))
    link: Mapped[str | None] = mapped_column(String(200))
    params: Mapped[JsonMap]
    path: Mapped[Path]
    at: Mapped[Instant]
    message_id: Mapped[str | None] = mapped_column(String(36), index=True)

    __table_args__ = (Index("ix_notice_staff_id_at", "staff_id", "at"),)


class NoticeDelivery(Base):
    """A notice that goes out on a channel, alone or in a digest (``bundled``), at ``due_at`` or after.

    ``state`` is waiting, sent or dropped; ``reason`` says why it was dropped.
    """

    __tablename__ = "notice_delivery"

    id: Mapped[Id]
    notice_id: Mapped[Ref] = mapped_column(ForeignKey("notice.id"))
    staff_id: Mapped[Ref]
    channel: Mapped[str] = mapped_column(String(10))
    bundled: Mapped[bool]
    due_at: Mapped[Instant]
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    reason: Mapped[str] = mapped_column(String(40), default="")
    message_id: Mapped[str | None] = mapped_column(String(36))

    __table_args__ = (
        UniqueConstraint("notice_id", "channel"),
        CheckConstraint("channel IN ('mail', 'sms')", name="channel"),
        CheckConstraint("state IN ('waiting', 'sent', 'dropped')", name="state"),
        Index("ix_notice_delivery_due", "due_at", "id", sqlite_where=_WAITING, postgresql_where=_WAITING),
        Index("ix_notice_delivery_staff_id", "staff_id", sqlite_where=_WAITING, postgresql_where=_WAITING),
    )


class NoticeSetting(Base):
    """Somebody's choices; who has no row has the usual ones. Times are ``HH:MM`` in ``zone``.

    ``choices`` holds, by kind, only what differs from the usual: ``in_app``, ``mail``, ``sms``.
    """

    __tablename__ = "notice_setting"

    staff_id: Mapped[str] = mapped_column(String(36), ForeignKey("staff.id"), primary_key=True)
    zone: Mapped[str] = mapped_column(String(60))
    quiet_from: Mapped[str | None] = mapped_column(String(5))
    quiet_to: Mapped[str | None] = mapped_column(String(5))
    digest_times: Mapped[JsonList]
    choices: Mapped[JsonMap]
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime())
