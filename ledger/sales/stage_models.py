"""The tables of a sale's stages, one row each for a sale: hold, small order, subscription, contract, filing."""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from kernel.columns import Fen, Id, Instant, JsonMap, Path, Rate, Ref, UtcDateTime
from kernel.database import Base


class Hold(Base):
    """A hold (预留) of a unit for a time, with reason and approver; an expired one blocks nobody."""

    __tablename__ = "hold"

    id: Mapped[Id]
    sale_id: Mapped[Ref] = mapped_column(ForeignKey("sale.id"), unique=True)
    unit_id: Mapped[Ref] = mapped_column(ForeignKey("unit.id"))
    customer_id: Mapped[Ref] = mapped_column(ForeignKey("customer.id"))
    reason: Mapped[str] = mapped_column(String(200))
    requested_by: Mapped[Ref]
    approved_by: Mapped[Ref]
    expires_at: Mapped[Instant]
    state: Mapped[str] = mapped_column(String(10))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime())

    __table_args__ = (
        Index(
            "uq_hold_active_unit",
            "unit_id",
            unique=True,
            sqlite_where=text("state = 'active'"),
            postgresql_where=text("state = 'active'"),
        ),
        Index("ix_hold_state_expires_at", "state", "expires_at"),
        CheckConstraint("state IN ('active', 'expired', 'released', 'converted')", name="state"),
        CheckConstraint("approved_by <> requested_by", name="second_person"),
    )


class SmallOrder(Base):
    """A small order (小订): a small sum for a short time, with the rule by which it is given back."""

    __tablename__ = "small_order"

    id: Mapped[Id]
    sale_id: Mapped[Ref] = mapped_column(ForeignKey("sale.id"), unique=True)
    unit_id: Mapped[Ref] = mapped_column(ForeignKey("unit.id"))
    customer_id: Mapped[Ref] = mapped_column(ForeignKey("customer.id"))
    amount_fen: Mapped[Fen]
    refund_rule: Mapped[str] = mapped_column(String(20))
    expires_at: Mapped[Instant]
    state: Mapped[str] = mapped_column(String(10))
    paid_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime())

    __table_args__ = (
        Index("ix_small_order_state_expires_at", "state", "expires_at"),
        CheckConstraint("amount_fen > 0", name="amount_is_positive"),
        CheckConstraint("refund_rule IN ('refundable', 'until_expiry', 'not_refundable')", name="refund_rule"),
        CheckConstraint("state IN ('open', 'paid', 'converted', 'refunded', 'lapsed', 'void')", name="state"),
    )


class Subscription(Base):
    """A subscription (认购) with its deposit and sign-by date (签约期限)."""

    __tablename__ = "subscription"

    id: Mapped[Id]
    sale_id: Mapped[Ref] = mapped_column(ForeignKey("sale.id"), unique=True)
    path: Mapped[Path]
    no: Mapped[str | None] = mapped_column(String(60), unique=True)
    subscribed_on: Mapped[date] = mapped_column(Date)
    deposit_fen: Mapped[Fen]
    sign_by: Mapped[date] = mapped_column(Date)
    extensions: Mapped[int] = mapped_column(Integer, default=0)
    state: Mapped[str] = mapped_column(String(10))
    activated_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime())

    __table_args__ = (
        Index("ix_subscription_state_sign_by", "state", "sign_by"),
        CheckConstraint("deposit_fen > 0", name="deposit_is_positive"),
        CheckConstraint("sign_by >= subscribed_on", name="sign_by_follows"),
        CheckConstraint(
            "state IN ('draft', 'approving', 'active', 'contracted', 'cancelled', 'lapsed', 'defaulted')",
            name="state",
        ),
        CheckConstraint(
            "state NOT IN ('active', 'contracted') OR (no IS NOT NULL AND activated_at IS NOT NULL)",
            name="active_with_number",
        ),
    )


class Contract(Base):
    """A contract of sale (商品房买卖合同): everything is carried over from the subscription's terms.

    ``late_rate`` is the exact daily rate of late interest, ``clauses`` the other parameters as they stood on the
    day of signing.
    """

    __tablename__ = "contract"

    id: Mapped[Id]
    sale_id: Mapped[Ref] = mapped_column(ForeignKey("sale.id"), unique=True)
    path: Mapped[Path]
    no: Mapped[str] = mapped_column(String(60), unique=True)
    signed_on: Mapped[date] = mapped_column(Date)
    terms_version: Mapped[int] = mapped_column(Integer)
    total_fen: Mapped[Fen]
    building_area_hundredths: Mapped[int] = mapped_column(Integer)
    inside_area_hundredths: Mapped[int | None] = mapped_column(Integer)
    pricing_basis: Mapped[str] = mapped_column(String(20))
    late_rate: Mapped[Fraction] = mapped_column(Rate())
    clauses: Mapped[JsonMap]
    state: Mapped[str] = mapped_column(String(12))

    __table_args__ = (
        ForeignKeyConstraint(["sale_id", "terms_version"], ["sale_terms.sale_id", "sale_terms.version"]),
        CheckConstraint("total_fen > 0", name="total_is_positive"),
        CheckConstraint("state IN ('signed', 'filed', 'rescinding', 'rescinded')", name="state"),
    )


class Filing(Base):
    """The filing of a contract with the authority (网签备案), with its legal deadline."""

    __tablename__ = "filing"

    id: Mapped[Id]
    sale_id: Mapped[Ref] = mapped_column(ForeignKey("sale.id"), unique=True)
    contract_id: Mapped[Ref] = mapped_column(ForeignKey("contract.id"), unique=True)
    path: Mapped[Path]
    no: Mapped[str | None] = mapped_column(String(60))
    state: Mapped[str] = mapped_column(String(10))
    deadline: Mapped[date] = mapped_column(Date)
    submitted_on: Mapped[date | None] = mapped_column(Date)
    submissions: Mapped[int] = mapped_column(Integer, default=0)
    returned_on: Mapped[date | None] = mapped_column(Date)
    returned_reason: Mapped[str | None] = mapped_column(String(500))
    accepted_on: Mapped[date | None] = mapped_column(Date)
    cancelled_on: Mapped[date | None] = mapped_column(Date)

    __table_args__ = (
        Index("ix_filing_state_deadline", "state", "deadline"),
        CheckConstraint(
            "state IN ('to_file', 'submitted', 'returned', 'accepted', 'cancelling', 'cancelled')", name="state"
        ),
        CheckConstraint("state <> 'submitted' OR submitted_on IS NOT NULL", name="submitted_when"),
        CheckConstraint("state <> 'returned' OR returned_reason IS NOT NULL", name="returned_why"),
        CheckConstraint(
            "state <> 'accepted' OR (accepted_on IS NOT NULL AND no IS NOT NULL)", name="accepted_with_number"
        ),
    )
