"""The tables of accounting: how far a project's books are closed and locked, cash counts and their signatures.

All of them are append-only; the books stand where their last row says.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kernel.columns import Fen, Id, Instant, JsonMap, Path, Ref
from kernel.database import Base
from ledger.accounting.triggers import guard_accounting


class BookClosing(Base):
    """A project's books were closed by day (日结), locked (锁账) or opened again (反结账); the last row holds.

    No entry is booked on a day up to ``closed_through``; nobody enters a day up to ``locked_through`` by hand.
    """

    __tablename__ = "book_closing"

    id: Mapped[Id]
    project_id: Mapped[Ref] = mapped_column(ForeignKey("project.id"))
    path: Mapped[Path] = mapped_column(index=True)
    number: Mapped[int] = mapped_column(Integer)
    act: Mapped[str] = mapped_column(String(10))
    closed_through: Mapped[date | None] = mapped_column(Date)
    locked_through: Mapped[date | None] = mapped_column(Date)
    reason: Mapped[str | None] = mapped_column(String(500))
    at: Mapped[Instant]
    by: Mapped[Ref]

    __table_args__ = (
        UniqueConstraint("project_id", "number"),
        CheckConstraint("act IN ('close', 'lock', 'reopen')", name="act"),
        CheckConstraint("act = 'close' OR reason IS NOT NULL", name="reason"),
        CheckConstraint("act = 'reopen' OR closed_through IS NOT NULL", name="closed"),
        CheckConstraint(
            "locked_through IS NULL OR (closed_through IS NOT NULL AND locked_through <= closed_through)",
            name="locked_is_closed",
        ),
    )


class CashCount(Base):
    """A clerk's cash of a day counted by denomination (现金盘点); counting again adds a row with the next number.

    ``pieces`` maps a denomination in fen to how many there are; ``expected_fen`` is what was taken less what was
    taken back that day; a difference has its reason.
    """

    __tablename__ = "cash_count"

    id: Mapped[Id]
    project_id: Mapped[Ref] = mapped_column(ForeignKey("project.id"))
    path: Mapped[Path] = mapped_column(index=True)
    clerk_id: Mapped[Ref]
    on_date: Mapped[date] = mapped_column(Date)
    number: Mapped[int] = mapped_column(Integer)
    pieces: Mapped[JsonMap]
    counted_fen: Mapped[Fen]
    expected_fen: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str | None] = mapped_column(String(500))
    at: Mapped[Instant]
    by: Mapped[Ref]

    __table_args__ = (
        UniqueConstraint("project_id", "on_date", "clerk_id", "number"),
        CheckConstraint("counted_fen >= 0", name="counted"),
        CheckConstraint("counted_fen = expected_fen OR reason IS NOT NULL", name="difference_has_reason"),
    )

    @property
    def difference_fen(self) -> int:
        """Fen too many (positive) or missing (negative)."""
        return self.counted_fen - self.expected_fen


class CashCountSignature(Base):
    """A second person has seen the cash of a count."""

    __tablename__ = "cash_count_signature"

    count_id: Mapped[str] = mapped_column(String(36), ForeignKey("cash_count.id"), primary_key=True)
    at: Mapped[Instant]
    by: Mapped[Ref]


guard_accounting(Base.metadata)
