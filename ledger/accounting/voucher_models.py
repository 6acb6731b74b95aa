"""The tables of vouchers (记账凭证): the chart they are written in, batches, lines, what accounting said."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, Date, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kernel.columns import Fen, Id, Instant, Path, Ref
from kernel.database import Base
from ledger.accounting.triggers import guard_vouchers


class AccountMapping(Base):
    """Which account (科目) of a company's chart one of ours is; nodes below inherit it (科目对照)."""

    __tablename__ = "account_mapping"

    id: Mapped[Id]
    node_id: Mapped[Ref] = mapped_column(ForeignKey("org_node.id"))
    path: Mapped[Path] = mapped_column(index=True)
    account: Mapped[str] = mapped_column(String(20))
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(100))
    at: Mapped[Instant]
    by: Mapped[Ref]

    __table_args__ = (UniqueConstraint("node_id", "account"),)


class VoucherBatch(Base):
    """The vouchers of a project that were handed to accounting together, of closed days through ``through``."""

    __tablename__ = "voucher_batch"

    id: Mapped[Id]
    project_id: Mapped[Ref] = mapped_column(ForeignKey("project.id"))
    path: Mapped[Path] = mapped_column(index=True)
    number: Mapped[int] = mapped_column(Integer)
    through: Mapped[date] = mapped_column(Date)
    vouchers: Mapped[int] = mapped_column(Integer)
    total_fen: Mapped[Fen]
    at: Mapped[Instant]
    by: Mapped[Ref]

    __table_args__ = (UniqueConstraint("project_id", "number"), CheckConstraint("vouchers > 0", name="vouchers"))


class Voucher(Base):
    """A journal transaction as a voucher; it is in one batch and no other. Written after its lines."""

    __tablename__ = "voucher"

    id: Mapped[Id]
    batch_id: Mapped[Ref] = mapped_column(ForeignKey("voucher_batch.id"), index=True)
    transaction_id: Mapped[Ref] = mapped_column(ForeignKey("journal_transaction.id"), unique=True)
    number: Mapped[int] = mapped_column(Integer)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    path: Mapped[Path]
    kind: Mapped[str] = mapped_column(String(20))
    booked_on: Mapped[date] = mapped_column(Date)
    belongs_on: Mapped[date | None] = mapped_column(Date)
    total_fen: Mapped[Fen]


class VoucherLine(Base):
    """A line in the company's chart, as it was mapped then: debit positive, credit negative."""

    __tablename__ = "voucher_line"

    id: Mapped[Id]
    voucher_id: Mapped[str] = mapped_column(
        String(36), ForeignKey("voucher.id", deferrable=True, initially="DEFERRED"), index=True
    )
    position: Mapped[int] = mapped_column(Integer)
    account: Mapped[str] = mapped_column(String(20))
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(100))
    amount_fen: Mapped[Fen]
    sale_no: Mapped[str | None] = mapped_column(String(60))

    __table_args__ = (CheckConstraint("amount_fen <> 0", name="amount"),)


class VoucherExport(Base):
    """A batch was taken along as a file; from the second time on that is a re-export (重复导出)."""

    __tablename__ = "voucher_export"

    id: Mapped[Id]
    batch_id: Mapped[Ref] = mapped_column(ForeignKey("voucher_batch.id"))
    number: Mapped[int] = mapped_column(Integer)
    ending: Mapped[str] = mapped_column(String(4))
    at: Mapped[Instant]
    by: Mapped[Ref]

    __table_args__ = (UniqueConstraint("batch_id", "number"),)


class VoucherConfirmation(Base):
    """The number that a voucher got in accounting (会计凭证号)."""

    __tablename__ = "voucher_confirmation"

    voucher_id: Mapped[str] = mapped_column(String(36), ForeignKey("voucher.id"), primary_key=True)
    number: Mapped[str] = mapped_column(String(60))
    at: Mapped[Instant]
    by: Mapped[Ref]


guard_vouchers(Base.metadata)
