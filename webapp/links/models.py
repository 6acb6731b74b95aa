"""Links by which one person acts once without signing in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from kernel.columns import Id, Instant, Ref, UtcDateTime
from kernel.database import Base


class TaskLink(Base):
    """A link that went out on a channel. Only the hash of its token is kept.

    It is bound to the person (and to the time between two changes of the password, ``epoch``), to the task and to
    the task's revision. ``purpose`` is what it lets do: decide the task, answer who wants a task back, say that a
    copy was read; ``subject_id`` is the request or the copy. ``decision`` is what it was used for.
    """

    __tablename__ = "webapp_task_link"

    id: Mapped[Id]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    staff_id: Mapped[Ref] = mapped_column(index=True)
    epoch: Mapped[int]
    task_id: Mapped[Ref] = mapped_column(index=True)
    revision: Mapped[int]
    purpose: Mapped[str] = mapped_column(String(12), default="decide", server_default="decide")
    subject_id: Mapped[str] = mapped_column(String(36), default="", server_default="")
    channel: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[Instant]
    expires_at: Mapped[Instant]
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    decision: Mapped[str | None] = mapped_column(String(20))
