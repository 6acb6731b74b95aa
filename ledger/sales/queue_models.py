"""The tables of the queue (预约排号): batches and their numbers."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from kernel.columns import Fen, Id, Instant, JsonList, Path, Ref, UtcDateTime
from kernel.database import Base


class QueueBatch(Base):
    """An issue of queue numbers (预约排号); picked in the order of issue or of a draw (摇号)."""

    __tablename__ = "queue_batch"

    id: Mapped[Id]
    project_id: Mapped[Ref] = mapped_column(ForeignKey("project.id"))
    path: Mapped[Path] = mapped_column(index=True)
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(100))
    fee_fen: Mapped[Fen] = mapped_column(default=0)
    order_rule: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(8), default="open")
    last_seq: Mapped[int] = mapped_column(Integer, default=0)
    draw_seed: Mapped[str | None] = mapped_column(String(80))
    drawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime())

    __table_args__ = (
        UniqueConstraint("project_id", "code"),
        CheckConstraint("fee_fen >= 0", name="fee_is_not_negative"),
        CheckConstraint("order_rule IN ('sequence', 'draw')", name="order_rule"),
        CheckConstraint("state IN ('open', 'calling', 'closed')", name="state"),
    )


class QueueNumber(Base):
    """A queue number; ``rank`` is its place in the order of calling, set by issue or by the draw."""

    __tablename__ = "queue_number"

    id: Mapped[Id]
    batch_id: Mapped[Ref] = mapped_column(ForeignKey("queue_batch.id"))
    path: Mapped[Path]
    seq: Mapped[int] = mapped_column(Integer)
    rank: Mapped[int | None] = mapped_column(Integer)
    customer_id: Mapped[Ref] = mapped_column(ForeignKey("customer.id"), index=True)
    owner_id: Mapped[Ref]
    fee_fen: Mapped[Fen]
    intended_unit_ids: Mapped[JsonList]
    state: Mapped[str] = mapped_column(String(10))
    sale_id: Mapped[str | None] = mapped_column(String(36))
    key: Mapped[str | None] = mapped_column(String(160), unique=True)
    issued_at: Mapped[Instant]
    paid_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    called_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime())

    __table_args__ = (
        UniqueConstraint("batch_id", "seq"),
        UniqueConstraint("batch_id", "rank"),
        Index("ix_queue_number_batch_id_state_rank", "batch_id", "state", "rank"),
        CheckConstraint("fee_fen >= 0", name="fee_is_not_negative"),
        CheckConstraint(
            "state IN ('registered', 'paid', 'called', 'converted', 'passed', 'refunded', 'void')", name="state"
        ),
        CheckConstraint("(state = 'converted') = (sale_id IS NOT NULL)", name="converted_to_a_sale"),
    )
