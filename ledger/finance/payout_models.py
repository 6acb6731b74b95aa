"""The tables of compensation (赔偿) and of the approvals of what is paid out.

A compensation is money that the developer pays beyond what it received: the second half of a doubled deposit,
interest on refunded money, late delivery. It is no refund but another entry, with its own account (DOMAIN §10.5).
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, Date, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kernel.columns import Fen, Id, Instant, JsonList, JsonMap, Path, Ref, words
from kernel.database import Base
from ledger.finance.kinds import CompensationKind, Debtor, RefundEventKind
from ledger.finance.triggers import Rule, guard_tables


class Compensation(Base):
    """Money that the developer owes beyond refunds; immutable, what becomes of it are events.

    ``basis`` says how the amount was reckoned: principal in fen, daily rate as an exact fraction, days.
    """

    __tablename__ = "compensation"

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(String(160), unique=True)
    sale_id: Mapped[Ref] = mapped_column(ForeignKey("sale.id"), index=True)
    project_id: Mapped[Ref] = mapped_column(ForeignKey("project.id"))
    path: Mapped[Path]
    kind: Mapped[CompensationKind] = mapped_column(words(CompensationKind, "kind"))
    amount_fen: Mapped[Fen]
    basis: Mapped[JsonMap]
    payee: Mapped[str] = mapped_column(String(200))
    payee_role: Mapped[Debtor] = mapped_column(words(Debtor, "payee_role"))
    payee_reason: Mapped[str | None] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(String(200))
    needs_approval: Mapped[bool]
    content_hash: Mapped[str] = mapped_column(String(64))
    instance_id: Mapped[str | None] = mapped_column(String(36), index=True)
    requested_at: Mapped[Instant]
    requested_by: Mapped[Ref]

    __table_args__ = (CheckConstraint("amount_fen > 0", name="amount"),)


class CompensationEvent(Base):
    """What happened to a compensation."""

    __tablename__ = "compensation_event"

    id: Mapped[Id]
    compensation_id: Mapped[Ref] = mapped_column(ForeignKey("compensation.id"))
    kind: Mapped[RefundEventKind] = mapped_column(words(RefundEventKind, "kind"))
    on_date: Mapped[date] = mapped_column(Date)
    at: Mapped[Instant]
    by: Mapped[Ref]
    reason: Mapped[str | None] = mapped_column(String(500))

    __table_args__ = (UniqueConstraint("compensation_id", "kind"),)


class PayoutApproval(Base):
    """Who approved a refund or compensation of this very content; ``reference`` is the case that asked them."""

    __tablename__ = "payout_approval"

    id: Mapped[Id]
    refund_id: Mapped[str | None] = mapped_column(String(36), ForeignKey("refund.id"), unique=True)
    compensation_id: Mapped[str | None] = mapped_column(String(36), ForeignKey("compensation.id"), unique=True)
    content_hash: Mapped[str] = mapped_column(String(64))
    approvers: Mapped[JsonList]
    reference: Mapped[str] = mapped_column(String(80))
    at: Mapped[Instant]
    by: Mapped[Ref]

    __table_args__ = (CheckConstraint("(refund_id IS NULL) <> (compensation_id IS NULL)", name="one_subject"),)


_RULES = (
    Rule(
        "compensation_event",
        "INSERT",
        "compensation_closed",
        "NEW.kind <> 'requested' AND EXISTS (SELECT 1 FROM compensation_event e WHERE e.compensation_id ="
        " NEW.compensation_id AND e.kind <> 'requested')",
        (("compensation", "NEW.compensation_id"),),
    ),
    Rule(
        "compensation_event",
        "INSERT",
        "payout_unapproved",
        "NEW.kind = 'paid' AND EXISTS (SELECT 1 FROM compensation c WHERE c.id = NEW.compensation_id"
        " AND c.needs_approval AND NOT EXISTS (SELECT 1 FROM payout_approval p WHERE p.compensation_id = c.id"
        " AND p.content_hash = c.content_hash))",
    ),
)

guard_tables(Base.metadata, _RULES, ("compensation", "compensation_event", "payout_approval"))
