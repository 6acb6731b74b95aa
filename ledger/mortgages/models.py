"""The tables of mortgages. Amounts are integer fen; what happened is kept in append-only events."""

from __future__ import annotations

from datetime import date, datetime

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
from sqlalchemy.orm import Mapped, mapped_column

from kernel.append_only import keep_append_only
from kernel.columns import Fen, Id, Instant, JsonMap, Path, Ref, UtcDateTime, words
from kernel.database import Base
from ledger.inventory.models import table_of
from ledger.mortgages.kinds import BroughtBy, Fault, LenderKind, LoanKind, LoanState, Route, Step, Verdict

_OPEN = text("state = 'open'")


class MortgageBank(Base):
    """A bank or fund centre (按揭银行、公积金中心) that lends at the projects at or below ``path``."""

    __tablename__ = "mortgage_bank"

    id: Mapped[Id]
    path: Mapped[Path] = mapped_column(index=True)
    kind: Mapped[LenderKind] = mapped_column(words(LenderKind, "kind"))
    name: Mapped[str] = mapped_column(String(80))
    contact: Mapped[str] = mapped_column(String(120), default="")
    active: Mapped[bool] = mapped_column(default=True)
    changed_at: Mapped[Instant]
    changed_by: Mapped[Ref]

    __table_args__ = (UniqueConstraint("path", "name"),)


class MortgageProduct(Base):
    """What a bank lends: at most ``max_share_bp`` of the price and ``max_fen``, over at most ``max_months``."""

    __tablename__ = "mortgage_product"

    id: Mapped[Id]
    bank_id: Mapped[Ref] = mapped_column(ForeignKey("mortgage_bank.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    max_share_bp: Mapped[int] = mapped_column(Integer)
    max_fen: Mapped[int | None] = mapped_column(BigInteger)
    max_months: Mapped[int] = mapped_column(Integer)
    active: Mapped[bool] = mapped_column(default=True)

    __table_args__ = (
        UniqueConstraint("bank_id", "name"),
        CheckConstraint("max_share_bp > 0 AND max_share_bp <= 10000", name="share"),
        CheckConstraint("max_fen IS NULL OR max_fen > 0", name="most"),
        CheckConstraint("max_months > 0 AND max_months <= 600", name="months"),
    )


class MortgagePaperKind(Base):
    """A line of a bank's checklist (资料清单) for the projects at or below ``path``."""

    __tablename__ = "mortgage_paper_kind"

    id: Mapped[Id]
    bank_id: Mapped[Ref] = mapped_column(ForeignKey("mortgage_bank.id"), index=True)
    path: Mapped[Path]
    position: Mapped[int] = mapped_column(Integer)
    labels: Mapped[JsonMap]
    brought_by: Mapped[BroughtBy] = mapped_column(words(BroughtBy, "brought_by"))
    required: Mapped[bool] = mapped_column(default=True)
    active: Mapped[bool] = mapped_column(default=True)


class MortgageCase(Base):
    """The mortgage (按揭) of one sale with its loans; one may be open. ``waits_for`` names a running change."""

    __tablename__ = "mortgage_case"

    id: Mapped[Id]
    sale_id: Mapped[Ref] = mapped_column(ForeignKey("sale.id"), index=True)
    project_id: Mapped[Ref] = mapped_column(ForeignKey("project.id"))
    path: Mapped[Path] = mapped_column(index=True)
    owner_id: Mapped[Ref]
    clerk_id: Mapped[str | None] = mapped_column(String(36), index=True)
    state: Mapped[str] = mapped_column(String(6), default="open")
    waits_for: Mapped[str | None] = mapped_column(String(40))
    instance_id: Mapped[str | None] = mapped_column(String(36), index=True)
    opened_at: Mapped[Instant]
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    close_reason: Mapped[str | None] = mapped_column(String(20))

    __table_args__ = (
        CheckConstraint("state IN ('open', 'closed')", name="state"),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed_when"),
        Index("uq_mortgage_case_open", "sale_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
    )


class MortgageLoan(Base):
    """A loan of a case. ``amount_fen`` is applied for, ``approved_fen`` lent; ``step`` is where it stands.

    ``step_due_on`` is the last day in time, ``late_through`` who is late once it is over. ``attempt`` counts
    applications: papers belong to one.
    """

    __tablename__ = "mortgage_loan"

    id: Mapped[Id]
    case_id: Mapped[Ref] = mapped_column(ForeignKey("mortgage_case.id"), index=True)
    sale_id: Mapped[Ref] = mapped_column(ForeignKey("sale.id"), index=True)
    project_id: Mapped[Ref] = mapped_column(ForeignKey("project.id"))
    path: Mapped[Path]
    kind: Mapped[LoanKind] = mapped_column(words(LoanKind, "kind"))
    bank_id: Mapped[str | None] = mapped_column(String(36), ForeignKey("mortgage_bank.id"), index=True)
    product_id: Mapped[str | None] = mapped_column(String(36), ForeignKey("mortgage_product.id"))
    amount_fen: Mapped[Fen]
    months: Mapped[int | None] = mapped_column(Integer)
    attempt: Mapped[int] = mapped_column(Integer, default=0)
    state: Mapped[LoanState] = mapped_column(words(LoanState, "state"), default=LoanState.OPEN)
    step: Mapped[Step] = mapped_column(words(Step, "step"), default=Step.APPLY)
    step_since: Mapped[date] = mapped_column(Date)
    step_due_on: Mapped[date | None] = mapped_column(Date)
    late_on: Mapped[date | None] = mapped_column(Date)
    late_through: Mapped[str | None] = mapped_column(String(12))
    escalated: Mapped[int] = mapped_column(Integer, default=0)
    applied_on: Mapped[date | None] = mapped_column(Date)
    papers_on: Mapped[date | None] = mapped_column(Date)
    submitted_on: Mapped[date | None] = mapped_column(Date)
    bank_no: Mapped[str | None] = mapped_column(String(60))
    verdict: Mapped[Verdict | None] = mapped_column(words(Verdict, "verdict"))
    decided_on: Mapped[date | None] = mapped_column(Date)
    approved_fen: Mapped[int | None] = mapped_column(BigInteger)
    verdict_reason: Mapped[str | None] = mapped_column(String(500))
    fault: Mapped[Fault | None] = mapped_column(words(Fault, "fault"))
    route: Mapped[Route | None] = mapped_column(words(Route, "route"))
    supplement_on: Mapped[date | None] = mapped_column(Date)
    loan_no: Mapped[str | None] = mapped_column(String(60))
    signed_on: Mapped[date | None] = mapped_column(Date)
    prenotice_on: Mapped[date | None] = mapped_column(Date)
    prenotice_no: Mapped[str | None] = mapped_column(String(60))
    prenotice_lapsed_on: Mapped[date | None] = mapped_column(Date)
    funded_on: Mapped[date | None] = mapped_column(Date)
    possible_on: Mapped[date | None] = mapped_column(Date)
    registered_on: Mapped[date | None] = mapped_column(Date)
    registration_no: Mapped[str | None] = mapped_column(String(60))
    ended_because: Mapped[str | None] = mapped_column(String(40))

    __table_args__ = (
        Index("uq_mortgage_loan_open", "case_id", "kind", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_mortgage_loan_path_state_step", "path", "state", "step"),
        CheckConstraint("amount_fen > 0", name="amount"),
        CheckConstraint("approved_fen IS NULL OR approved_fen > 0", name="approved"),
        CheckConstraint("approved_fen IS NULL OR approved_fen <= amount_fen", name="approved_within"),
        CheckConstraint("late_through IN ('buyer', 'bank', 'developer')", name="late_through"),
        CheckConstraint("state <> 'registered' OR registered_on IS NOT NULL", name="registered_when"),
    )


class MortgagePaper(Base):
    """A paper of one application: who brings it and when it was received."""

    __tablename__ = "mortgage_paper"

    id: Mapped[Id]
    loan_id: Mapped[Ref] = mapped_column(ForeignKey("mortgage_loan.id"), index=True)
    attempt: Mapped[int] = mapped_column(Integer)
    position: Mapped[int] = mapped_column(Integer)
    labels: Mapped[JsonMap]
    brought_by: Mapped[BroughtBy] = mapped_column(words(BroughtBy, "brought_by"))
    required: Mapped[bool]
    received_on: Mapped[date | None] = mapped_column(Date)
    received_by: Mapped[str | None] = mapped_column(String(36))

    __table_args__ = (
        UniqueConstraint("loan_id", "attempt", "position"),
        CheckConstraint("(received_on IS NULL) = (received_by IS NULL)", name="received"),
    )


class MortgageEvent(Base):
    """What happened to a loan or its case, in order."""

    __tablename__ = "mortgage_event"

    id: Mapped[Id]
    case_id: Mapped[Ref] = mapped_column(ForeignKey("mortgage_case.id"), index=True)
    loan_id: Mapped[str | None] = mapped_column(String(36), ForeignKey("mortgage_loan.id"))
    kind: Mapped[str] = mapped_column(String(30))
    details: Mapped[JsonMap]
    on_date: Mapped[date] = mapped_column(Date)
    at: Mapped[Instant]
    by: Mapped[Ref]


class MortgageSubmission(Base):
    """Papers of several loans taken to one bank in one go (批量送审). ``state``: running, stopped or ended."""

    __tablename__ = "mortgage_submission"

    id: Mapped[Id]
    bank_id: Mapped[Ref] = mapped_column(ForeignKey("mortgage_bank.id"))
    path: Mapped[Path]
    submitted_on: Mapped[date] = mapped_column(Date)
    state: Mapped[str] = mapped_column(String(8))
    begun_at: Mapped[Instant]
    begun_by: Mapped[Ref] = mapped_column(index=True)

    __table_args__ = (CheckConstraint("state IN ('running', 'stopped', 'ended')", name="state"),)


class MortgageSubmissionItem(Base):
    """A loan of a submission: waiting, done, or refused with the code of why."""

    __tablename__ = "mortgage_submission_item"

    submission_id: Mapped[str] = mapped_column(ForeignKey("mortgage_submission.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    loan_id: Mapped[Ref] = mapped_column(ForeignKey("mortgage_loan.id"))
    state: Mapped[str] = mapped_column(String(8))
    code: Mapped[str | None] = mapped_column(String(60))

    __table_args__ = (CheckConstraint("state IN ('waiting', 'done', 'refused')", name="state"),)


keep_append_only(table_of(MortgageEvent))
