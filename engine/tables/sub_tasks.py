"""Pieces of work that were asked for under a task: each is a case of its own."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from kernel.columns import Instant, Ref
from kernel.database import Base


class SubTaskRow(Base):
    """A case that was begun under a task, and by whom; ``on_behalf_of`` is for whom he stood in."""

    __tablename__ = "engine_sub_task"

    instance_id: Mapped[str] = mapped_column(
        ForeignKey("engine_instance.id", ondelete="CASCADE"), primary_key=True
    )
    task_id: Mapped[str] = mapped_column(ForeignKey("engine_task.id", ondelete="CASCADE"))
    by: Mapped[Ref]
    on_behalf_of: Mapped[str | None] = mapped_column(String(36))
    at: Mapped[Instant]

    __table_args__ = (Index("ix_engine_sub_task_task_id", "task_id"),)
