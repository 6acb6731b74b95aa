"""The tables of a sale: its line, its terms with buyers and discounts, approvals and events.

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

    ``handed_over_on`` is the day of the keys: the clocks of certificate and warranty begin there.

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
    handed_over_on: Mapped[date | None] = mapped_column(Date)
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


for _model in (SaleTerms, SaleBuyer, SaleDiscount, SaleApproval, SaleEvent):
    keep_append_only(table_of(_model))
guard_sales(*(table_of(model) for model in (Sale, SaleTerms, SaleBuyer, SaleDiscount)))
