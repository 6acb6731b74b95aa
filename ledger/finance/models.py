"""The tables of finance. Amounts are integer fen; what must not change is guarded by triggers (`triggers`).

A receivable's amount never changes: a new schedule (应收计划) supersedes lines and raises others. A receipt, a
refund and a journal transaction are immutable rows; what happens to them later are event rows.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, mapped_column

from kernel.clock import DEFAULT_ZONE
from kernel.columns import Fen, Id, Instant, JsonMap, Path, Ref, UtcDateTime, words
from kernel.database import Base
from ledger.finance.kinds import (
    Account,
    Debtor,
    EventKind,
    Method,
    PlanKind,
    ReceivableClass,
    ReceivableKind,
    ReceivableState,
    RefundEventKind,
    ShareKind,
    TodoKind,
    TodoState,
    TriggerKind,
)
from ledger.finance.triggers import guard_finance

_EVER = "1970-01-01"


def _day_of(instant: str) -> Callable[[DefaultExecutionContext], date]:
    """Fill a business day from an instant of the same row, for writers that know no project's zone."""

    def day(context: DefaultExecutionContext) -> date:
        at: datetime = context.get_current_parameters()[instant]  # type: ignore[no-untyped-call]
        return at.astimezone(ZoneInfo(DEFAULT_ZONE)).date()

    return day


class PaymentPlanTemplate(Base):
    """A project's payment plan (付款方式) in one version; only an approved one may be used (FEATURES C12).

    ``labels`` maps languages to names. A second person approves; ``retired`` ends its use for new sales.
    """

    __tablename__ = "payment_plan_template"

    id: Mapped[Id]
    project_id: Mapped[Ref] = mapped_column(ForeignKey("project.id"))
    path: Mapped[Path] = mapped_column(index=True)
    code: Mapped[str] = mapped_column(String(40))
    version: Mapped[int] = mapped_column(Integer)
    kind: Mapped[PlanKind] = mapped_column(words(PlanKind, "kind"))
    labels: Mapped[JsonMap]
    state: Mapped[str] = mapped_column(String(10))
    proposed_by: Mapped[Ref]
    proposed_at: Mapped[Instant]
    approved_by: Mapped[str | None] = mapped_column(String(36))
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime())

    __table_args__ = (
        UniqueConstraint("project_id", "code", "version"),
        CheckConstraint("state IN ('draft', 'approved', 'retired')", name="state"),
        CheckConstraint("state = 'draft' OR approved_by IS NOT NULL", name="approved"),
        CheckConstraint("approved_by <> proposed_by", name="four_eyes"),
    )


class PaymentPlanLine(Base):
    """A line of a template: share (basis points, fixed fen, remainder) and what makes it fall due."""

    __tablename__ = "payment_plan_line"

    id: Mapped[Id]
    template_id: Mapped[Ref] = mapped_column(ForeignKey("payment_plan_template.id"))
    position: Mapped[int] = mapped_column(Integer)
    kind: Mapped[ReceivableKind] = mapped_column(words(ReceivableKind, "kind"))
    share_kind: Mapped[ShareKind] = mapped_column(words(ShareKind, "share_kind"))
    share_value: Mapped[Fen] = mapped_column(default=0)
    inclusive: Mapped[bool] = mapped_column(default=False)
    cap_fen: Mapped[int | None] = mapped_column(BigInteger)
    trigger_kind: Mapped[TriggerKind] = mapped_column(words(TriggerKind, "trigger_kind"))
    days: Mapped[int] = mapped_column(Integer, default=0)
    due_on: Mapped[date | None] = mapped_column(Date)
    milestone: Mapped[str | None] = mapped_column(String(40))

    __table_args__ = (UniqueConstraint("template_id", "position"),)


class ReceivableSchedule(Base):
    """The seal over a sale's price-class receivables: with it they sum to ``total_fen`` or it is refused.

    From the first schedule (signing) on, price-class receivables change only together with a new one.
    """

    __tablename__ = "receivable_schedule"

    id: Mapped[Id]
    sale_id: Mapped[Ref] = mapped_column(ForeignKey("sale.id"))
    number: Mapped[int] = mapped_column(Integer)
    total_fen: Mapped[Fen]
    template_id: Mapped[str | None] = mapped_column(String(36), ForeignKey("payment_plan_template.id"))
    reason: Mapped[str] = mapped_column(String(40))
    path: Mapped[Path]
    sealed_at: Mapped[Instant]
    sealed_by: Mapped[Ref]
    sealed_on: Mapped[date] = mapped_column(Date, default=_day_of("sealed_at"), server_default=_EVER)

    __table_args__ = (UniqueConstraint("sale_id", "number"),)


class Receivable(Base):
    """Money to be paid (应收款). Settled and overdue are computed from allocations and dates, never stored.

    ``origin`` names what it is for when there is no sale yet (``queue_number:<id>``); ``key`` makes raising it
    twice harmless. A milestone's ``due_on`` is filled when the milestone is reached, on the day ``dated_on``.
    Reports know what stood at a past date by business days: it stands from ``raised_on`` to the day before
    ``ended_on``, on which it was superseded or written off.
    """

    __tablename__ = "receivable"

    id: Mapped[Id]
    sale_id: Mapped[str | None] = mapped_column(String(36), ForeignKey("sale.id"))
    customer_id: Mapped[str | None] = mapped_column(String(36), ForeignKey("customer.id"))
    origin: Mapped[str | None] = mapped_column(String(80))
    key: Mapped[str] = mapped_column(String(120), unique=True)
    project_id: Mapped[Ref] = mapped_column(ForeignKey("project.id"))
    path: Mapped[Path] = mapped_column(index=True)
    sequence: Mapped[int] = mapped_column(Integer)
    kind: Mapped[ReceivableKind] = mapped_column(words(ReceivableKind, "kind"))
    class_: Mapped[ReceivableClass] = mapped_column("class", words(ReceivableClass, "class"))
    debtor: Mapped[Debtor] = mapped_column(words(Debtor, "debtor"))
    amount_fen: Mapped[Fen]
    due_on: Mapped[date | None] = mapped_column(Date)
    trigger_kind: Mapped[TriggerKind] = mapped_column(words(TriggerKind, "trigger_kind"))
    milestone: Mapped[str | None] = mapped_column(String(40))
    milestone_days: Mapped[int] = mapped_column(Integer, default=0)
    state: Mapped[ReceivableState] = mapped_column(
        words(ReceivableState, "state"), default=ReceivableState.PLANNED
    )
    raised_in: Mapped[str | None] = mapped_column(
        String(36), ForeignKey("receivable_schedule.id", deferrable=True, initially="DEFERRED")
    )
    superseded_in: Mapped[str | None] = mapped_column(
        String(36), ForeignKey("receivable_schedule.id", deferrable=True, initially="DEFERRED")
    )
    created_at: Mapped[Instant]
    raised_on: Mapped[date] = mapped_column(Date, default=_day_of("created_at"), server_default=_EVER)
    dated_on: Mapped[date | None] = mapped_column(Date)
    ended_on: Mapped[date | None] = mapped_column(Date)

    __table_args__ = (
        CheckConstraint("amount_fen <> 0", name="amount"),
        CheckConstraint("sale_id IS NOT NULL OR customer_id IS NOT NULL", name="party"),
        CheckConstraint("sale_id IS NOT NULL OR class = 'separate'", name="price_needs_sale"),
        Index("ix_receivable_sale_id_sequence", "sale_id", "sequence"),
        Index("ix_receivable_customer_id", "customer_id"),
        Index("ix_receivable_path_state_due_on", "path", "state", "due_on"),
        Index("ix_receivable_project_id_amount_fen", "project_id", "amount_fen"),
        Index("ix_receivable_raised_on_path", "raised_on", "path"),
    )


class Receipt(Base):
    """Money that came in (收款单): immutable; `ReceiptEvent` says whether it was confirmed or reversed.

    ``account`` is the money account it reached; ``payer_role`` whether buyer, bank or fund centre paid.
    """

    __tablename__ = "receipt"

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(String(120), unique=True)
    sale_id: Mapped[str | None] = mapped_column(String(36), ForeignKey("sale.id"), index=True)
    customer_id: Mapped[str | None] = mapped_column(String(36), ForeignKey("customer.id"), index=True)
    project_id: Mapped[Ref] = mapped_column(ForeignKey("project.id"))
    path: Mapped[Path]
    amount_fen: Mapped[Fen]
    method: Mapped[Method] = mapped_column(words(Method, "method"))
    paid_on: Mapped[date] = mapped_column(Date)
    payer: Mapped[str] = mapped_column(String(200))
    payer_role: Mapped[Debtor] = mapped_column(words(Debtor, "payer_role"))
    account: Mapped[Account] = mapped_column(words(Account, "account"))
    receivable_id: Mapped[str | None] = mapped_column(String(36), ForeignKey("receivable.id"))
    todo_id: Mapped[str | None] = mapped_column(String(36))
    reference: Mapped[str | None] = mapped_column(String(80))
    captured_at: Mapped[Instant]
    captured_by: Mapped[Ref]

    __table_args__ = (
        CheckConstraint("amount_fen > 0 AND amount_fen <= 1000000000000", name="amount"),
        CheckConstraint("sale_id IS NOT NULL OR customer_id IS NOT NULL", name="party"),
        CheckConstraint("account IN ('supervised', 'agency', 'general')", name="money_account"),
        Index("ix_receipt_path_paid_on", "path", "paid_on"),
    )


class ReceiptEvent(Base):
    """What happened to a receipt. The confirmation carries the paper's number (收据号), gap-free per project."""

    __tablename__ = "receipt_event"

    id: Mapped[Id]
    receipt_id: Mapped[Ref] = mapped_column(ForeignKey("receipt.id"))
    kind: Mapped[EventKind] = mapped_column(words(EventKind, "kind"))
    number: Mapped[str | None] = mapped_column(String(60), unique=True)
    on_date: Mapped[date] = mapped_column(Date)
    at: Mapped[Instant]
    by: Mapped[Ref]
    reason: Mapped[str | None] = mapped_column(String(500))

    __table_args__ = (UniqueConstraint("receipt_id", "kind"),)


class ReceiptMove(Base):
    """A receipt now belongs to another sale: a queue fee to the sale it led to, a changed room to the new one."""

    __tablename__ = "receipt_move"

    id: Mapped[Id]
    receipt_id: Mapped[Ref] = mapped_column(ForeignKey("receipt.id"))
    number: Mapped[int] = mapped_column(Integer)
    sale_id: Mapped[Ref] = mapped_column(ForeignKey("sale.id"), index=True)
    at: Mapped[Instant]
    by: Mapped[Ref]

    __table_args__ = (UniqueConstraint("receipt_id", "number"),)


class Allocation(Base):
    """Part of a receipt counted towards a receivable; taking it back is a negative row.

    ``on_date`` is the day by which interest counts it, ``booked_on`` the day on which the journal knows of it.
    """

    __tablename__ = "allocation"

    id: Mapped[Id]
    receipt_id: Mapped[Ref] = mapped_column(ForeignKey("receipt.id"), index=True)
    receivable_id: Mapped[Ref] = mapped_column(ForeignKey("receivable.id"))
    amount_fen: Mapped[Fen]
    on_date: Mapped[date] = mapped_column(Date)
    at: Mapped[Instant]
    by: Mapped[Ref]
    booked_on: Mapped[date] = mapped_column(Date, default=_day_of("at"), server_default=_EVER)

    __table_args__ = (
        CheckConstraint("amount_fen <> 0", name="amount"),
        # Sums per line and per day are answered by the index alone.
        Index("ix_allocation_receivable_id_booked_on", "receivable_id", "booked_on", "amount_fen"),
        Index("ix_allocation_booked_on", "booked_on"),
    )


class JournalTransaction(Base):
    """A balanced set of entries. Written after its entries: its insertion is the seal that checks their sum.

    ``belongs_on`` is the day an entry belongs to when that day was closed already (FEATURES F18), else None.
    """

    __tablename__ = "journal_transaction"

    id: Mapped[Id]
    project_id: Mapped[Ref] = mapped_column(ForeignKey("project.id"))
    path: Mapped[Path]
    kind: Mapped[str] = mapped_column(String(20))
    booked_on: Mapped[date] = mapped_column(Date)
    belongs_on: Mapped[date | None] = mapped_column(Date)
    subject: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[Ref]
    at: Mapped[Instant]
    by: Mapped[Ref]

    __table_args__ = (
        Index("ix_journal_transaction_subject_subject_id", "subject", "subject_id"),
        Index("ix_journal_transaction_path_booked_on", "path", "booked_on"),
    )


class JournalEntry(Base):
    """One entry: debit positive, credit negative, in fen."""

    __tablename__ = "journal_entry"

    id: Mapped[Id]
    transaction_id: Mapped[str] = mapped_column(
        String(36), ForeignKey("journal_transaction.id", deferrable=True, initially="DEFERRED"), index=True
    )
    account: Mapped[Account] = mapped_column(words(Account, "account"))
    amount_fen: Mapped[Fen]
    sale_id: Mapped[str | None] = mapped_column(String(36), ForeignKey("sale.id"), index=True)
    customer_id: Mapped[str | None] = mapped_column(String(36), ForeignKey("customer.id"))
    receivable_id: Mapped[str | None] = mapped_column(String(36), ForeignKey("receivable.id"), index=True)

    __table_args__ = (CheckConstraint("amount_fen <> 0", name="amount"),)


class Refund(Base):
    """Money to go back to whoever paid it, out of one receipt's unallocated part; immutable (DOMAIN §10.5).

    ``payee_reason`` says why it goes to somebody else than the payer. One that ``needs_approval`` is paid only
    once its ``content_hash`` is approved (`payout_models.PayoutApproval`).
    """

    __tablename__ = "refund"

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(String(160), unique=True)
    receipt_id: Mapped[Ref] = mapped_column(ForeignKey("receipt.id"), index=True)
    sale_id: Mapped[str | None] = mapped_column(String(36), ForeignKey("sale.id"), index=True)
    customer_id: Mapped[str | None] = mapped_column(String(36), ForeignKey("customer.id"))
    project_id: Mapped[Ref] = mapped_column(ForeignKey("project.id"))
    path: Mapped[Path]
    amount_fen: Mapped[Fen]
    payee: Mapped[str] = mapped_column(String(200))
    payee_role: Mapped[Debtor] = mapped_column(words(Debtor, "payee_role"))
    account: Mapped[Account] = mapped_column(words(Account, "account"))
    reason: Mapped[str] = mapped_column(String(200))
    payee_reason: Mapped[str | None] = mapped_column(String(200))
    needs_approval: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    content_hash: Mapped[str | None] = mapped_column(String(64))
    instance_id: Mapped[str | None] = mapped_column(String(36), index=True)
    requested_at: Mapped[Instant]
    requested_by: Mapped[Ref]

    __table_args__ = (CheckConstraint("amount_fen > 0", name="amount"),)


class RefundEvent(Base):
    """What happened to a refund."""

    __tablename__ = "refund_event"

    id: Mapped[Id]
    refund_id: Mapped[Ref] = mapped_column(ForeignKey("refund.id"))
    kind: Mapped[RefundEventKind] = mapped_column(words(RefundEventKind, "kind"))
    on_date: Mapped[date] = mapped_column(Date)
    at: Mapped[Instant]
    by: Mapped[Ref]
    reason: Mapped[str | None] = mapped_column(String(500))

    __table_args__ = (UniqueConstraint("refund_id", "kind"),)


class MoneyTodo(Base):
    """Something finance has to do about money (财务待办): once per ``key``, however often a step is retried."""

    __tablename__ = "money_todo"

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(String(160), unique=True)
    kind: Mapped[TodoKind] = mapped_column(words(TodoKind, "kind"))
    state: Mapped[TodoState] = mapped_column(words(TodoState, "state"), default=TodoState.OPEN)
    project_id: Mapped[Ref] = mapped_column(ForeignKey("project.id"))
    path: Mapped[Path]
    sale_id: Mapped[str | None] = mapped_column(String(36), ForeignKey("sale.id"), index=True)
    customer_id: Mapped[str | None] = mapped_column(String(36), ForeignKey("customer.id"))
    receivable_id: Mapped[str | None] = mapped_column(String(36), ForeignKey("receivable.id"), index=True)
    receipt_id: Mapped[str | None] = mapped_column(String(36), ForeignKey("receipt.id"))
    refund_id: Mapped[str | None] = mapped_column(String(36), ForeignKey("refund.id"))
    compensation_id: Mapped[str | None] = mapped_column(String(36), ForeignKey("compensation.id"))
    debtor: Mapped[Debtor] = mapped_column(words(Debtor, "debtor"))
    amount_fen: Mapped[Fen]
    due_on: Mapped[date] = mapped_column(Date)
    link: Mapped[str | None] = mapped_column(String(200))
    note: Mapped[str | None] = mapped_column(String(80))
    instance_id: Mapped[str | None] = mapped_column(String(36), index=True)
    created_at: Mapped[Instant]
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    closed_by: Mapped[str | None] = mapped_column(String(36))
    reason: Mapped[str | None] = mapped_column(String(200))

    __table_args__ = (
        CheckConstraint("amount_fen > 0", name="amount"),
        Index("ix_money_todo_path_state_due_on", "path", "state", "due_on"),
        Index(
            "ix_money_todo_open_due_on",
            "due_on",
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )


guard_finance(Base.metadata)
