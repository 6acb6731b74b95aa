"""Copies (抄送) of a case or task to readers, with when they were read."""

from __future__ import annotations

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kernel.columns import Id, Instant, Ref
from kernel.database import Base


class CopyRow(Base):
    """What one reader was sent, once for each task (``task_id``, empty for the case as a whole)."""

    __tablename__ = "engine_copy"

    id: Mapped[Id]
    instance_id: Mapped[Ref]
    task_id: Mapped[str] = mapped_column(String(36), default="")
    reader_id: Mapped[Ref]
    sender_id: Mapped[Ref]
    sent_at: Mapped[Instant]
    note: Mapped[str] = mapped_column(String(500), default="")
    read_at: Mapped[Instant | None]

    __table_args__ = (
        UniqueConstraint("instance_id", "task_id", "reader_id"),
        Index("ix_engine_copy_reader_id_sent_at", "reader_id", "sent_at"),
    )
