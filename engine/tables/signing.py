"""Signings: that people were added to a task, by which rule they decide, and what came of it."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from kernel.columns import Id, Instant, JsonList, JsonMap
from kernel.database import Base


class SigningRow(Base):
    """People who decide before (``part`` before), after or together with (vote) the holder of a task.

    ``state`` is planned while those after him wait for his decision, open, decided or withdrawn. ``holder`` is for
    whom it was opened; after him, ``answers`` keeps what he decided at ``held_at``. ``entitled`` says that he may
    decide: by role, or because the task was handed over to him. ``outcome`` is approved, returned or rejected.
    """

    __tablename__ = "engine_signing"

    id: Mapped[Id]
    task_id: Mapped[str] = mapped_column(ForeignKey("engine_task.id"))
    part: Mapped[str] = mapped_column(String(8))
    rule: Mapped[str] = mapped_column(String(8))
    number: Mapped[int]
    people: Mapped[JsonList]
    state: Mapped[str] = mapped_column(String(12))
    outcome: Mapped[str | None] = mapped_column(String(40))
    holder: Mapped[str] = mapped_column(String(36))
    on_behalf_of: Mapped[str | None] = mapped_column(String(36))
    entitled: Mapped[bool]
    reason: Mapped[str | None] = mapped_column(String(500))
    answers: Mapped[JsonMap]
    opened_at: Mapped[Instant]
    held_at: Mapped[Instant | None]
    over_at: Mapped[Instant | None]

    __table_args__ = (Index("ix_engine_signing_task", "task_id"),)
