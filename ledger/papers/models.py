"""The tables of papers in number ranges (票据号段): ranges, the paper of each number, what became of it.

All rows stay as they were written. A number is the next of its range or it is refused by the database.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kernel.columns import Fen, Id, Instant, JsonList, Path, Ref
from kernel.database import Base
from ledger.papers.triggers import guard_papers


class PaperRange(Base):
    """Numbers received for a project (领用): ``prefix`` and ``width`` digits, ``first`` to ``last``.

    ``holder_id`` is the clerk whose range it is; without one the whole desk issues from it.
    """

    __tablename__ = "paper_range"

    id: Mapped[Id]
    project_id: Mapped[Ref] = mapped_column(ForeignKey("project.id"))
    path: Mapped[Path] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(String(10))
    prefix: Mapped[str] = mapped_column(String(20))
    width: Mapped[int] = mapped_column(Integer)
    first: Mapped[int] = mapped_column(BigInteger)
    last: Mapped[int] = mapped_column(BigInteger)
    holder_id: Mapped[str | None] = mapped_column(String(36))
    received_on: Mapped[date] = mapped_column(Date)
    at: Mapped[Instant]
    by: Mapped[Ref]

    __table_args__ = (
        CheckConstraint("kind IN ('receipt', 'invoice')", name="kind"),
        CheckConstraint("first >= 0 AND first <= last", name="first_to_last"),
        CheckConstraint("width BETWEEN 1 AND 15", name="width"),
        Index("ix_paper_range_project_id_kind", "project_id", "kind"),
    )

    def label(self, number: int) -> str:
        """A number as it stands on the paper."""
        return f"{self.prefix}{number:0{self.width}d}"


class PaperRangeReturn(Base):
    """The unused rest of a range was given back (退回): ``first`` to the range's last number."""

    __tablename__ = "paper_range_return"

    range_id: Mapped[str] = mapped_column(String(36), ForeignKey("paper_range.id"), primary_key=True)
    first: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(String(500))
    on_date: Mapped[date] = mapped_column(Date)
    at: Mapped[Instant]
    by: Mapped[Ref]


class Paper(Base):
    """One number of a range and what its paper says; a blank one is a spoiled form and says nothing.

    ``receipt_id`` is the money it acknowledges; an invoice that was exchanged for receipts has none.
    ``items`` is a list of ``{"kind", "amount_fen"}``; ``receipt_number`` the number of the confirmation.
    """

    __tablename__ = "paper"

    id: Mapped[Id]
    range_id: Mapped[Ref] = mapped_column(ForeignKey("paper_range.id"))
    kind: Mapped[str] = mapped_column(String(10))
    project_id: Mapped[Ref] = mapped_column(ForeignKey("project.id"))
    path: Mapped[Path]
    number: Mapped[int] = mapped_column(BigInteger)
    label: Mapped[str] = mapped_column(String(40))
    blank: Mapped[bool] = mapped_column(default=False)
    receipt_id: Mapped[str | None] = mapped_column(String(36), ForeignKey("receipt.id"), index=True)
    receipt_number: Mapped[str | None] = mapped_column(String(60))
    sale_id: Mapped[str | None] = mapped_column(String(36), ForeignKey("sale.id"), index=True)
    customer_id: Mapped[str | None] = mapped_column(String(36), ForeignKey("customer.id"))
    amount_fen: Mapped[Fen]
    payer: Mapped[str] = mapped_column(String(200))
    home: Mapped[str] = mapped_column(String(200))
    method: Mapped[str | None] = mapped_column(String(20))
    items: Mapped[JsonList]
    on_date: Mapped[date] = mapped_column(Date)
    at: Mapped[Instant]
    by: Mapped[Ref]

    __table_args__ = (
        UniqueConstraint("range_id", "number"),
        UniqueConstraint("project_id", "kind", "label"),
        CheckConstraint("blank = (amount_fen = 0)", name="blank_says_nothing"),
        CheckConstraint("amount_fen >= 0", name="amount"),
        Index("ix_paper_path_on_date", "path", "on_date"),
    )


class PaperVoid(Base):
    """A paper was declared void (作废); its number stays used."""

    __tablename__ = "paper_void"

    paper_id: Mapped[str] = mapped_column(String(36), ForeignKey("paper.id"), primary_key=True)
    reason: Mapped[str] = mapped_column(String(500))
    on_date: Mapped[date] = mapped_column(Date)
    at: Mapped[Instant]
    by: Mapped[Ref]


class PaperExchange(Base):
    """A receipt was handed in for an invoice (换票). Written before the invoice, whose insertion checks the sum.

    It counts for as long as the invoice is not void.
    """

    __tablename__ = "paper_exchange"

    old_id: Mapped[str] = mapped_column(String(36), ForeignKey("paper.id"), primary_key=True)
    new_id: Mapped[str] = mapped_column(
        String(36), ForeignKey("paper.id", deferrable=True, initially="DEFERRED"), primary_key=True, index=True
    )


guard_papers(Base.metadata)
