"""The table of supplements (补充协议): each change of a signed contract's terms, as it was signed."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, Date, ForeignKey, ForeignKeyConstraint, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kernel.append_only import keep_append_only
from kernel.columns import Fen, Id, Instant, Path, Ref
from kernel.database import Base
from ledger.inventory.models import table_of


class Supplement(Base):
    """A supplement to a contract. The contract follows the newest one; what it said before stands here.

    ``terms_before`` and ``terms_after`` are versions of the sale's terms, the totals fen. ``schedule_id`` is the
    schedule of receivables that it made.
    """

    __tablename__ = "supplement"

    id: Mapped[Id]
    sale_id: Mapped[Ref] = mapped_column(ForeignKey("sale.id"))
    contract_id: Mapped[Ref] = mapped_column(ForeignKey("contract.id"))
    path: Mapped[Path]
    number: Mapped[int] = mapped_column(Integer)
    no: Mapped[str] = mapped_column(String(60), unique=True)
    signed_on: Mapped[date] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(String(500))
    change_order_id: Mapped[str | None] = mapped_column(String(36), ForeignKey("change_order.id"), unique=True)
    terms_before: Mapped[int] = mapped_column(Integer)
    terms_after: Mapped[int] = mapped_column(Integer)
    total_before_fen: Mapped[Fen]
    total_after_fen: Mapped[Fen]
    schedule_id: Mapped[str | None] = mapped_column(String(36), ForeignKey("receivable_schedule.id"))
    actor_id: Mapped[Ref]
    at: Mapped[Instant]

    __table_args__ = (
        UniqueConstraint("sale_id", "number"),
        ForeignKeyConstraint(["sale_id", "terms_after"], ["sale_terms.sale_id", "sale_terms.version"]),
        CheckConstraint("total_before_fen > 0 AND total_after_fen > 0", name="totals_are_positive"),
    )


keep_append_only(table_of(Supplement))
