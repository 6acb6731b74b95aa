"""Runs of one act over many tasks: what was ordered, and what came of each task."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from kernel.columns import Id, Instant, Json, JsonMap
from kernel.database import Base

_WAITING = text("state = 'waiting'")


class BulkRun(Base):
    """What one person ordered for many tasks. ``state`` is running, stopped or ended; ``most`` tells of a cap."""

    __tablename__ = "webapp_bulk_run"

    id: Mapped[Id]
    person_id: Mapped[str] = mapped_column(String(36))
    act: Mapped[str] = mapped_column(String(12))
    params: Mapped[JsonMap]
    state: Mapped[str] = mapped_column(String(8))
    found: Mapped[int]
    begun_at: Mapped[Instant] = mapped_column(index=True)


class BulkItem(Base):
    """One task of a run. ``state`` is waiting, done or refused; ``code`` and ``params`` word a refusal.

    ``revision`` is that of the facts which the person saw, None when they were not on his page.
    """

    __tablename__ = "webapp_bulk_item"

    run_id: Mapped[str] = mapped_column(ForeignKey("webapp_bulk_run.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    task_id: Mapped[str] = mapped_column(String(36))
    label: Mapped[str] = mapped_column(String(255))
    revision: Mapped[int | None]
    state: Mapped[str] = mapped_column(String(8))
    code: Mapped[str | None] = mapped_column(String(60))
    params: Mapped[dict[str, Any] | None] = mapped_column(Json)

    __table_args__ = (
        Index(
            "ix_webapp_bulk_item_waiting", "run_id", "position", sqlite_where=_WAITING, postgresql_where=_WAITING
        ),
    )
