"""The table that leads from a sale to the one before it: the same buyers in another room (换房)."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from kernel.append_only import keep_append_only
from kernel.columns import Fen, Id, Instant, Path, Ref
from kernel.database import Base
from ledger.inventory.models import table_of


class SaleMove(Base):
    """A sale went over to another unit: ``predecessor_id`` closed and ``sale_id`` opened in one transaction.

    ``entered_at`` is when the buyers' place began: at the first sale of the line, whatever came after it. Fen:
    ``moved_fen`` the money that came along, ``difference_fen`` the new deal price less the old one.
    """

    __tablename__ = "sale_move"

    id: Mapped[Id]
    sale_id: Mapped[Ref] = mapped_column(ForeignKey("sale.id"), unique=True)
    predecessor_id: Mapped[Ref] = mapped_column(ForeignKey("sale.id"), unique=True)
    path: Mapped[Path]
    entered_at: Mapped[Instant]
    stage_left: Mapped[str] = mapped_column(String(14))
    moved_fen: Mapped[Fen]
    difference_fen: Mapped[Fen]
    reason: Mapped[str] = mapped_column(String(200))
    reference: Mapped[str | None] = mapped_column(String(80))
    actor_id: Mapped[Ref]
    at: Mapped[Instant]

    __table_args__ = (
        CheckConstraint("sale_id <> predecessor_id", name="to_another_sale"),
        CheckConstraint("moved_fen >= 0", name="moved_is_not_negative"),
    )


keep_append_only(table_of(SaleMove))
