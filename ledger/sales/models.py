"""The tables of sales: the sale line with its terms and buyers, holds, small orders, queue, papers' state.

A sale's terms are kept in versions: buyers and discounts of a version are written first, then the row of
`SaleTerms` seals them. A trigger checks at that moment that the buyers' shares sum to one and afterwards refuses
further buyers for the version (see `ledger.sales.constraints`), so the sum holds without deferred triggers.
"""

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
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from kernel.append_only import keep_append_only
from kernel.columns import Fen, Id, Instant, JsonList, JsonMap, Path, Rate, Ref, UtcDateTime
from kernel.database import Base
from ledger.inventory.models import table_of
from ledger.sales.constraints import guard_sales


class Sale(Base):
    """The line of one unit's sale, from first hold to filing. ``owner_id`` is the consultant (置业顾问).

    ``stage`` says how far it is; ``floor_price_fen`` is secret (底价). The columns of the price repeat the terms
    in force (``terms_version``) so that lists need no join.
    """

    __tablename__ = "sale"

    id: Mapped[Id]
    no: Mapped[str] = mapped_column(String(60), unique=True)
    project_id: Mapped[Ref] = mapped_column(ForeignKey("project.id"))
    path: Mapped[Path] = mapped_column(index=True)
    unit_id: Mapped[Ref] = mapped_column(ForeignKey("unit.id"), index=True)
    customer_id: Mapped[Ref] = mapped_column(ForeignKey("customer.id"), index=True)
    entry: Mapped[str] = mapped_column(String(12))
    stage: Mapped[str] = mapped_column(String(14))
    state: Mapped[str] = mapped_column(String(6), default="live")
    owner_id: Mapped[Ref] = mapped_column(index=True)
    list_price_fen: Mapped[Fen]
    floor_price_fen: Mapped[Fen | None] = mapped_column()
    price_version_id: Mapped[Ref] = mapped_column(ForeignKey("price_version.id"))
    terms_version: Mapped[int | None] = mapped_column(Integer)
    deal_price_fen: Mapped[Fen | None] = mapped_column()
    effective_discount_bp: Mapped[int | None] = mapped_column(Integer)
    below_floor: Mapped[bool] = mapped_column(default=False)
    approved_version: Mapped[int | None] = mapped_column(Integer)
    plan_id: Mapped[str | None] = mapped_column(String(36))
    queue_number_id: Mapped[str | None] = mapped_column(String(36), ForeignKey("queue_number.id"))
    instance_id: Mapped[str | None] = mapped_column(String(36), index=True)
    opened_at: Mapped[Instant]
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    close_kind: Mapped[str | None] = mapped_column(String(20))
    close_reason: Mapped[str | None] = mapped_column(String(200))
    revision: Mapped[int] = mapped_column(Integer, default=1)
    changed_at: Mapped[Instant]

    __table_args__ = (
        ForeignKeyConstraint(
            ["id", "terms_version"],
            ["sale_terms.sale_id", "sale_terms.version"],
            name="fk_sale_terms_in_force",
        ),
        Index(
            "uq_sale_live_unit",
            "unit_id",
            unique=True,
            sqlite_where=text("state = 'live'"),
            postgresql_where=text("state = 'live'"),
        ),
        Index("ix_sale_project_id_stage", "project_id", "stage"),
        CheckConstraint("entry IN ('walk_in', 'hold', 'small_order', 'queue')", name="entry"),
        CheckConstraint(
            "stage IN ('held', 'small_ordered', 'subscribing', 'subscribed', 'signed', 'filed', 'closed')",
            name="stage",
        ),
        CheckConstraint("state IN ('live', 'closed')", name="state"),
        CheckConstraint("(state = 'closed') = (stage = 'closed')", name="closed_stage"),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed_when"),
        CheckConstraint("list_price_fen > 0", name="list_price_is_positive"),
        CheckConstraint("deal_price_fen IS NULL OR deal_price_fen > 0", name="deal_price_is_positive"),
        CheckConstraint("(deal_price_fen IS NULL) = (terms_version IS NULL)", name="price_by_terms"),
        CheckConstraint(
            "stage NOT IN ('subscribed', 'signed', 'filed') OR terms_version IS NOT NULL",
            name="sold_on_sealed_terms",
        ),
        CheckConstraint(
            "stage NOT IN ('subscribed', 'signed', 'filed') OR NOT below_floor"
            " OR (approved_version IS NOT NULL AND approved_version = terms_version)",
            name="below_floor_only_approved",
        ),
    )


class SaleTerms(Base):
    """The seal of one version of terms; never changed, so every earlier offer can be seen (DOMAIN §10.13).

    ``sale_id`` carries no foreign key of its own: `Sale` points here, and its buyers point to the sale.
    """

    __tablename__ = "sale_terms"

    sale_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True)
    list_price_fen: Mapped[Fen]
    floor_price_fen: Mapped[Fen | None] = mapped_column()
    deal_price_fen: Mapped[Fen]
    effective_discount_bp: Mapped[int] = mapped_column(Integer)
    effective_discount: Mapped[Fraction] = mapped_column(Rate())
    below_floor: Mapped[bool]
    plan_id: Mapped[str | None] = mapped_column(String(36))
    content_hash: Mapped[str] = mapped_column(String(64))
    actor_id: Mapped[Ref]
    at: Mapped[Instant]

    __table_args__ = (CheckConstraint("list_price_fen > 0 AND deal_price_fen > 0", name="prices_are_positive"),)


class SaleBuyer(Base):
    """A buyer in one version of the terms; all shares of a version stand over one denominator."""

    __tablename__ = "sale_buyer"

    id: Mapped[Id]
    sale_id: Mapped[Ref] = mapped_column(ForeignKey("sale.id"))
    version: Mapped[int] = mapped_column(Integer)
    position: Mapped[int] = mapped_column(Integer)
    customer_id: Mapped[Ref] = mapped_column(ForeignKey("customer.id"), index=True)
    ownership: Mapped[str] = mapped_column(String(6))
    share_numerator: Mapped[int | None] = mapped_column(Integer)
    share_denominator: Mapped[int | None] = mapped_column(Integer)

    __table_args__ = (
        UniqueConstraint("sale_id", "version", "position"),
        UniqueConstraint("sale_id", "version", "customer_id"),
        CheckConstraint("ownership IN ('sole', 'shares', 'joint')", name="ownership"),
        CheckConstraint(
            "(ownership = 'shares') = (share_numerator IS NOT NULL)"
            " AND (share_numerator IS NULL) = (share_denominator IS NULL)",
            name="shares_where_expected",
        ),
        CheckConstraint(
            "share_numerator IS NULL OR (share_numerator > 0 AND share_numerator <= share_denominator)",
            name="share_is_a_part",
        ),
    )


class SaleDiscount(Base):
    """A discount line in one version of the terms, in the order in which it is taken."""

    __tablename__ = "sale_discount"

    id: Mapped[Id]
    sale_id: Mapped[Ref] = mapped_column(ForeignKey("sale.id"))
    version: Mapped[int] = mapped_column(Integer)
    position: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(6))
    of: Mapped[str] = mapped_column(String(8))
    basis_points: Mapped[int | None] = mapped_column(Integer)
    amount_fen: Mapped[Fen | None] = mapped_column()
    taken_off_fen: Mapped[Fen]
    offer_id: Mapped[str | None] = mapped_column(String(36), ForeignKey("discount_offer.id"))

    __table_args__ = (
        UniqueConstraint("sale_id", "version", "position"),
        CheckConstraint("kind IN ('rate', 'amount') AND of IN ('running', 'list')", name="kind"),
        CheckConstraint(
            "(kind = 'rate' AND basis_points > 0 AND basis_points < 10000 AND amount_fen IS NULL)"
            " OR (kind = 'amount' AND amount_fen > 0 AND basis_points IS NULL)",
            name="rate_or_amount",
        ),
    )


class DiscountOffer(Base):
    """A version of a discount offer (优惠方案) with validity and stacking rule, approved before it is given."""

    __tablename__ = "discount_offer"

    id: Mapped[Id]
    project_id: Mapped[Ref] = mapped_column(ForeignKey("project.id"))
    path: Mapped[Path]
    code: Mapped[str] = mapped_column(String(40))
    version: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(6))
    of: Mapped[str] = mapped_column(String(8))
    basis_points: Mapped[int | None] = mapped_column(Integer)
    amount_fen: Mapped[Fen | None] = mapped_column()
    stacks: Mapped[bool] = mapped_column(default=True)
    valid_from: Mapped[date] = mapped_column(Date)
    valid_until: Mapped[date | None] = mapped_column(Date)
    state: Mapped[str] = mapped_column(String(10))
    proposed_by: Mapped[Ref]
    proposed_at: Mapped[Instant]
    approved_by: Mapped[str | None] = mapped_column(String(36))
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime())

    __table_args__ = (
        UniqueConstraint("project_id", "code", "version"),
        Index(
            "uq_discount_offer_approved",
            "project_id",
            "code",
            unique=True,
            sqlite_where=text("state = 'approved'"),
            postgresql_where=text("state = 'approved'"),
        ),
        CheckConstraint("kind IN ('rate', 'amount') AND of IN ('running', 'list')", name="kind"),
        CheckConstraint(
            "(kind = 'rate' AND basis_points > 0 AND basis_points < 10000 AND amount_fen IS NULL)"
            " OR (kind = 'amount' AND amount_fen > 0 AND basis_points IS NULL)",
            name="rate_or_amount",
        ),
        CheckConstraint("valid_until IS NULL OR valid_until >= valid_from", name="validity"),
        CheckConstraint("state IN ('submitted', 'approved', 'rejected', 'ended')", name="state"),
        CheckConstraint("approved_by IS NULL OR approved_by <> proposed_by", name="second_person"),
        CheckConstraint("state <> 'approved' OR approved_by IS NOT NULL", name="approved_by_somebody"),
    )


class SaleApproval(Base):
    """An approval of one content of terms by people other than the applicant (DOMAIN §10.6)."""

    __tablename__ = "sale_approval"

    id: Mapped[Id]
    sale_id: Mapped[Ref] = mapped_column(ForeignKey("sale.id"), index=True)
    version: Mapped[int] = mapped_column(Integer)
    content_hash: Mapped[str] = mapped_column(String(64))
    approvers: Mapped[JsonList]
    reference: Mapped[str] = mapped_column(String(80))
    at: Mapped[Instant]

    __table_args__ = (ForeignKeyConstraint(["sale_id", "version"], ["sale_terms.sale_id", "sale_terms.version"]),)


class SaleEvent(Base):
    """What happened to a sale. ``key`` makes a repeated call of the same act find its first result."""

    __tablename__ = "sale_event"

    id: Mapped[Id]
    sale_id: Mapped[Ref] = mapped_column(ForeignKey("sale.id"))
    path: Mapped[Path]
    kind: Mapped[str] = mapped_column(String(30))
    before: Mapped[str | None] = mapped_column(String(20))
    after: Mapped[str | None] = mapped_column(String(20))
    reason: Mapped[str | None] = mapped_column(String(200))
    details: Mapped[JsonMap]
    actor_id: Mapped[Ref]
    key: Mapped[str | None] = mapped_column(String(160))
    at: Mapped[Instant]

    __table_args__ = (
        Index("ix_sale_event_sale_id_at", "sale_id", "at"),
        UniqueConstraint("key", "kind"),
    )


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


class QueueBatch(Base):
    """An issue of queue numbers (预约排号); picked in the order of issue or of a draw (摇号)."""

    __tablename__ = "queue_batch"

    id: Mapped[Id]
    project_id: Mapped[Ref] = mapped_column(ForeignKey("project.id"))
    path: Mapped[Path] = mapped_column(index=True)
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(100))
    fee_fen: Mapped[Fen] = mapped_column(default=0)
    order_rule: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(8), default="open")
    last_seq: Mapped[int] = mapped_column(Integer, default=0)
    draw_seed: Mapped[str | None] = mapped_column(String(80))
    drawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime())

    __table_args__ = (
        UniqueConstraint("project_id", "code"),
        CheckConstraint("fee_fen >= 0", name="fee_is_not_negative"),
        CheckConstraint("order_rule IN ('sequence', 'draw')", name="order_rule"),
        CheckConstraint("state IN ('open', 'calling', 'closed')", name="state"),
    )


class QueueNumber(Base):
    """A queue number; ``rank`` is its place in the order of calling, set by issue or by the draw."""

    __tablename__ = "queue_number"

    id: Mapped[Id]
    batch_id: Mapped[Ref] = mapped_column(ForeignKey("queue_batch.id"))
    path: Mapped[Path]
    seq: Mapped[int] = mapped_column(Integer)
    rank: Mapped[int | None] = mapped_column(Integer)
    customer_id: Mapped[Ref] = mapped_column(ForeignKey("customer.id"), index=True)
    owner_id: Mapped[Ref]
    fee_fen: Mapped[Fen]
    intended_unit_ids: Mapped[JsonList]
    state: Mapped[str] = mapped_column(String(10))
    sale_id: Mapped[str | None] = mapped_column(String(36))
    key: Mapped[str | None] = mapped_column(String(160), unique=True)
    issued_at: Mapped[Instant]
    paid_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    called_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime())

    __table_args__ = (
        UniqueConstraint("batch_id", "seq"),
        UniqueConstraint("batch_id", "rank"),
        Index("ix_queue_number_batch_id_state_rank", "batch_id", "state", "rank"),
        CheckConstraint("fee_fen >= 0", name="fee_is_not_negative"),
        CheckConstraint(
            "state IN ('registered', 'paid', 'called', 'converted', 'passed', 'refunded', 'void')", name="state"
        ),
        CheckConstraint("(state = 'converted') = (sale_id IS NOT NULL)", name="converted_to_a_sale"),
    )


for _model in (SaleTerms, SaleBuyer, SaleDiscount, SaleApproval, SaleEvent):
    keep_append_only(table_of(_model))
guard_sales(*(table_of(model) for model in (Sale, SaleTerms, SaleBuyer, SaleDiscount)))
