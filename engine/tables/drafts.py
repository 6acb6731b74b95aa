"""Half-filled forms of open tasks, each the person's who typed it."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from kernel.columns import Instant, JsonMap
from kernel.database import Base


class DraftRow(Base):
    """What one person has typed into the form of a task and not sent, as it stood at ``saved_at``."""

    __tablename__ = "engine_task_draft"

    task_id: Mapped[str] = mapped_column(ForeignKey("engine_task.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    answers: Mapped[JsonMap]
    saved_at: Mapped[Instant]
