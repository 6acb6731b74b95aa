"""The tables of banking: accounts, statements and their lines as the bank told them, and what became of each line.

Statement, line, event and match are never changed. Where a line stands now is a row of its own (`LineStanding`).
A payer's account number is personal: kept are its keyed fingerprint and its last four digits, never the number.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from kernel.append_only import keep_append_only
from kernel.columns import Fen, Id, Instant, JsonMap, Path, Ref
from kernel.database import Base
from ledger.inventory.models import table_of


class BankAccount(Base):
    """A bank account (银行账户) of a project; ``number`` is masked, ``account`` the ledger account of its money.

    ``columns`` is the saved mapping: which heading of this bank's files holds which `Column`.
    """

    __tablename__ = "bank_account"

    id: Mapped[Id]
    project_id: Mapped[Ref] = mapped_column(ForeignKey("project.id"))
    path: Mapped[Path] = mapped_column(index=True)
    name: Mapped[str] = mapped_column(String(80))
    number: Mapped[str] = mapped_column(String(40))
    account: Mapped[str] = mapped_column(String(20))
    currency: Mapped[str] = mapped_column(String(3), default="CNY")
    columns: Mapped[JsonMap] = mapped_column(default=dict)
    created_at: Mapped[Instant]
    created_by: Mapped[Ref]

    __table_args__ = (
        UniqueConstraint("project_id", "name"),
        CheckConstraint("account IN ('supervised', 'agency', 'general')", name="money_account"),
    )


class StatementUpload(Base):
    """A file that was brought and is being looked at; its encrypted content goes when it is taken in or left."""

    __tablename__ = "statement_upload"

    id: Mapped[Id]
    account_id: Mapped[Ref] = mapped_column(ForeignKey("bank_account.id"))
    path: Mapped[Path]
    file_name: Mapped[str] = mapped_column(String(160))
    file_id: Mapped[Ref] = mapped_column(ForeignKey("kept_file.id"))
    columns: Mapped[JsonMap] = mapped_column(default=dict)
    at: Mapped[Instant]
    by: Mapped[Ref]


class BankStatement(Base):
    """A file that brought new lines. ``opening_fen`` is the balance before its first line, new or known."""

    __tablename__ = "bank_statement"

    id: Mapped[Id]
    account_id: Mapped[Ref] = mapped_column(ForeignKey("bank_account.id"))
    project_id: Mapped[Ref] = mapped_column(ForeignKey("project.id"))
    path: Mapped[Path] = mapped_column(index=True)
    file_name: Mapped[str] = mapped_column(String(160))
    sha256: Mapped[str] = mapped_column(String(64))
    first_on: Mapped[date] = mapped_column(Date)
    last_on: Mapped[date] = mapped_column(Date)
    opening_fen: Mapped[Fen]
    closing_fen: Mapped[Fen]
    added: Mapped[int] = mapped_column(Integer)
    known: Mapped[int] = mapped_column(Integer)
    imported_at: Mapped[Instant]
    imported_by: Mapped[Ref]

    __table_args__ = (Index("ix_bank_statement_account_id_last_on", "account_id", "last_on"),)


class StatementLine(Base):
    """A line as the bank told it: fen in positive, out negative; the balance after it; serial number (流水号)."""

    __tablename__ = "statement_line"

    id: Mapped[Id]
    statement_id: Mapped[Ref] = mapped_column(ForeignKey("bank_statement.id"), index=True)
    account_id: Mapped[Ref] = mapped_column(ForeignKey("bank_account.id"))
    project_id: Mapped[Ref] = mapped_column(ForeignKey("project.id"))
    path: Mapped[Path]
    serial: Mapped[str] = mapped_column(String(60))
    booked_on: Mapped[date] = mapped_column(Date)
    booked_time: Mapped[str | None] = mapped_column(String(8))
    summary: Mapped[str] = mapped_column(String(100))
    amount_fen: Mapped[Fen]
    balance_fen: Mapped[Fen]
    payer: Mapped[str | None] = mapped_column(String(200))
    payer_index: Mapped[str | None] = mapped_column(String(64), index=True)
    payer_tail: Mapped[str | None] = mapped_column(String(4))
    memo: Mapped[str] = mapped_column(String(300))

    __table_args__ = (
        UniqueConstraint("account_id", "serial"),
        CheckConstraint("amount_fen <> 0", name="amount"),
    )


class LineStanding(Base):
    """Where a line stands now. ``rounds`` counts how often a match was undone, so that each has its own keys."""

    __tablename__ = "line_standing"

    line_id: Mapped[str] = mapped_column(String(36), ForeignKey("statement_line.id"), primary_key=True)
    account_id: Mapped[Ref] = mapped_column(ForeignKey("bank_account.id"))
    project_id: Mapped[Ref]
    path: Mapped[Path]
    booked_on: Mapped[date] = mapped_column(Date)
    state: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str | None] = mapped_column(String(200))
    rounds: Mapped[int] = mapped_column(Integer, default=0)
    changed_at: Mapped[Instant]
    changed_by: Mapped[Ref]

    __table_args__ = (
        CheckConstraint("state IN ('open', 'matched', 'ignored', 'paid_out')", name="state"),
        Index("ix_line_standing_project_id_state_booked_on", "project_id", "state", "booked_on"),
    )


class LineEvent(Base):
    """What somebody did with a line: matched, undone, ignored, taken up again."""

    __tablename__ = "line_event"

    id: Mapped[Id]
    line_id: Mapped[Ref] = mapped_column(ForeignKey("statement_line.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str | None] = mapped_column(String(200))
    at: Mapped[Instant]
    by: Mapped[Ref]

    __table_args__ = (CheckConstraint("kind IN ('matched', 'undone', 'ignored', 'reopened')", name="kind"),)


class LineMatch(Base):
    """A receipt that a line became; several when one line paid for several sales."""

    __tablename__ = "line_match"

    id: Mapped[Id]
    line_id: Mapped[Ref] = mapped_column(ForeignKey("statement_line.id"), index=True)
    receipt_id: Mapped[Ref] = mapped_column(ForeignKey("receipt.id"), unique=True)
    sale_id: Mapped[str | None] = mapped_column(String(36), ForeignKey("sale.id"), index=True)
    customer_id: Mapped[str | None] = mapped_column(String(36), ForeignKey("customer.id"))
    amount_fen: Mapped[Fen]
    certainty: Mapped[str] = mapped_column(String(10))
    batch_no: Mapped[str | None] = mapped_column(String(40))
    at: Mapped[Instant]
    by: Mapped[Ref]

    __table_args__ = (CheckConstraint("amount_fen > 0", name="amount"),)


class MatchRule(Base):
    """What a confirmed match taught: a payer's account pays for a sale, or a word of the memo means a kind."""

    __tablename__ = "match_rule"

    id: Mapped[Id]
    project_id: Mapped[Ref] = mapped_column(ForeignKey("project.id"))
    path: Mapped[Path] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(String(8))
    payer_index: Mapped[str | None] = mapped_column(String(64))
    payer_tail: Mapped[str | None] = mapped_column(String(4))
    sale_id: Mapped[str | None] = mapped_column(String(36), ForeignKey("sale.id"))
    word: Mapped[str | None] = mapped_column(String(40))
    receivable_kind: Mapped[str | None] = mapped_column(String(20))
    learned_from: Mapped[Ref] = mapped_column(ForeignKey("statement_line.id"))
    seen: Mapped[int] = mapped_column(Integer, default=1)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[Instant]
    created_by: Mapped[Ref]
    changed_at: Mapped[Instant]
    changed_by: Mapped[Ref]

    __table_args__ = (
        CheckConstraint(
            "(kind = 'payer' AND payer_index IS NOT NULL AND sale_id IS NOT NULL)"
            " OR (kind = 'word' AND word IS NOT NULL AND receivable_kind IS NOT NULL)",
            name="kind",
        ),
        Index(
            "uq_match_rule_payer", "project_id", "payer_index", "sale_id", unique=True,
            sqlite_where=text("kind = 'payer'"), postgresql_where=text("kind = 'payer'"),
        ),
        Index(
            "uq_match_rule_word", "project_id", "word", "receivable_kind", unique=True,
            sqlite_where=text("kind = 'word'"), postgresql_where=text("kind = 'word'"),
        ),
    )  # fmt: skip


for _model in (BankStatement, StatementLine, LineEvent, LineMatch):
    keep_append_only(table_of(_model))
