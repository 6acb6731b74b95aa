"""The table of discount offers (优惠方案)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
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

from kernel.columns import Fen, Id, Instant, Path, Ref, UtcDateTime
from kernel.database import Base


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
