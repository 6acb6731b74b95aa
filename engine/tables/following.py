"""What people keep an eye on, have opened or put off: theirs alone, no part of a case's history."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from kernel.columns import Instant
from kernel.database import Base

WHOLE_CASE = ""


class FollowRow(Base):
    """Somebody follows (关注) a task, or a whole case: then ``task_id`` is empty."""

    __tablename__ = "engine_follow"

    person: Mapped[str] = mapped_column(String(36), primary_key=True)
    instance_id: Mapped[str] = mapped_column(
        ForeignKey("engine_instance.id", ondelete="CASCADE"), primary_key=True
    )
    task_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    since: Mapped[Instant]

    __table_args__ = (Index("ix_engine_follow_instance_id", "instance_id"),)


class SeenRow(Base):
    """Somebody has opened a task."""

    __tablename__ = "engine_seen"

    person: Mapped[str] = mapped_column(String(36), primary_key=True)
    task_id: Mapped[str] = mapped_column(ForeignKey("engine_task.id", ondelete="CASCADE"), primary_key=True)
    at: Mapped[Instant]

    __table_args__ = (Index("ix_engine_seen_task_id", "task_id"),)


class SnoozeRow(Base):
    """Somebody has put a task of his group off: it is out of his list until then, and in everybody else's."""

    __tablename__ = "engine_snooze"

    person: Mapped[str] = mapped_column(String(36), primary_key=True)
    task_id: Mapped[str] = mapped_column(ForeignKey("engine_task.id", ondelete="CASCADE"), primary_key=True)
    until: Mapped[Instant]

    __table_args__ = (Index("ix_engine_snooze_task_id", "task_id"),)
