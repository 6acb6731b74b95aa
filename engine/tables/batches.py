"""Acts on many cases: a batch with one item per case, run one by one and kept with what came of each."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from engine.tables.columns import Name, ScopePath
from kernel.columns import Id, Instant, Json, JsonMap, Ref
from kernel.database import Base


class BatchRow(Base):
    """One order. ``state`` is running, stopped or ended; ``undoes`` is the batch that this one takes back.

    ``succeeded`` and ``failed`` count items, ``total`` all of them; ``path`` covers the places of all its cases.
    """

    __tablename__ = "engine_batch"

    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(String(30))
    state: Mapped[str] = mapped_column(String(12))
    params: Mapped[JsonMap]
    reason: Mapped[str] = mapped_column(String(500))
    path: Mapped[ScopePath]
    total: Mapped[int]
    succeeded: Mapped[int]
    failed: Mapped[int]
    undoes: Mapped[str | None] = mapped_column(String(36), index=True)
    actor_id: Mapped[Ref]
    actor_name: Mapped[Name]
    on_behalf_of: Mapped[str | None] = mapped_column(String(36))
    created_at: Mapped[Instant]
    ended_at: Mapped[Instant | None]

    __table_args__ = (Index("ix_engine_batch_created_at", "created_at"),)


class BatchItemRow(Base):
    """One subject. ``state`` is waiting, done or failed; ``code`` and ``params`` say why it failed."""

    __tablename__ = "engine_batch_item"

    batch_id: Mapped[str] = mapped_column(ForeignKey("engine_batch.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    subject_id: Mapped[Ref]
    state: Mapped[str] = mapped_column(String(12))
    order: Mapped[dict[str, Any] | None] = mapped_column(Json)
    result: Mapped[JsonMap]
    code: Mapped[str | None] = mapped_column(String(60))
    params: Mapped[JsonMap]
    at: Mapped[Instant | None]

    __table_args__ = (Index("ix_engine_batch_item_state", "batch_id", "state", "position"),)
