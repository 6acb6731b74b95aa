"""The tables of late interest (违约金) and of what is forgiven: charges, requests to waive, decisions, effects.

All are append-only: a charge that turns out wrong is superseded with its receivable, a waiver (减免) and a
write-off (核销) are entries of their own beside the receivable, whose amount never changes.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kernel.columns import Fen, Id, Instant, JsonList, Path, Rate, Ref, words
from kernel.database import Base
from ledger.finance.kinds import WaiverEventKind, WaiverKind
from ledger.finance.models import Receivable
from ledger.finance.triggers import Rule, guard_tables

assert Receivable.__tablename__ == "receivable"  # noqa: S101 - the rules below hang on its table


class InterestCharge(Base):
    """Interest of one segment that became a receivable: the days, the principal and the rate that explain it.

    ``fen`` is what was not charged before: a charge in the middle of a segment leaves the rest to the next one.
    """

    __tablename__ = "interest_charge"

    id: Mapped[Id]
    receivable_id: Mapped[Ref] = mapped_column(ForeignKey("receivable.id"), unique=True)
    principal_id: Mapped[Ref] = mapped_column(ForeignKey("receivable.id"), index=True)
    from_day: Mapped[date] = mapped_column(Date)
    through_day: Mapped[date] = mapped_column(Date)
    principal_fen: Mapped[Fen]
    rate: Mapped[Fraction] = mapped_column(Rate())
    fen: Mapped[Fen]
    at: Mapped[Instant]
    by: Mapped[Ref]

    __table_args__ = (
        CheckConstraint("fen > 0 AND principal_fen > 0", name="amount"),
        CheckConstraint("through_day >= from_day", name="days"),
        CheckConstraint("receivable_id <> principal_id", name="not_on_itself"),
    )


class Waiver(Base):
    """A request that a buyer be let off: some late interest (减免), or the rest of one receivable (核销).

    ``content_hash`` covers what approvers decide on; ``instance_id`` is the process that asks them.
    """

    __tablename__ = "waiver"

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(String(160), unique=True)
    kind: Mapped[WaiverKind] = mapped_column(words(WaiverKind, "kind"))
    sale_id: Mapped[Ref] = mapped_column(ForeignKey("sale.id"), index=True)
    receivable_id: Mapped[str | None] = mapped_column(String(36), ForeignKey("receivable.id"))
    project_id: Mapped[Ref] = mapped_column(ForeignKey("project.id"))
    path: Mapped[Path]
    amount_fen: Mapped[Fen]
    reason: Mapped[str] = mapped_column(String(500))
    content_hash: Mapped[str] = mapped_column(String(64))
    instance_id: Mapped[str | None] = mapped_column(String(36))
    requested_on: Mapped[date] = mapped_column(Date)
    requested_at: Mapped[Instant]
    requested_by: Mapped[Ref]

    __table_args__ = (
        CheckConstraint("amount_fen > 0", name="amount"),
        CheckConstraint("(kind = 'write_off') = (receivable_id IS NOT NULL)", name="subject"),
        Index("ix_waiver_instance_id", "instance_id"),
    )


class WaiverEvent(Base):
    """What became of a request, once. ``approvers`` are the staff ids of those who granted it, in order."""

    __tablename__ = "waiver_event"

    id: Mapped[Id]
    waiver_id: Mapped[Ref] = mapped_column(ForeignKey("waiver.id"))
    kind: Mapped[WaiverEventKind] = mapped_column(words(WaiverEventKind, "kind"))
    approvers: Mapped[JsonList]
    on_date: Mapped[date] = mapped_column(Date)
    at: Mapped[Instant]
    by: Mapped[Ref]
    reason: Mapped[str | None] = mapped_column(String(500))

    __table_args__ = (UniqueConstraint("waiver_id"),)


class WaiverPart(Base):
    """Fen of a receivable that need not be paid: the effect of a granted request.

    ``on_date`` is the day by which interest counts it, ``booked_on`` the first open day: reports of a day that was
    closed by then know nothing of it.
    """

    __tablename__ = "waiver_part"

    id: Mapped[Id]
    waiver_id: Mapped[Ref] = mapped_column(ForeignKey("waiver.id"))
    receivable_id: Mapped[Ref] = mapped_column(ForeignKey("receivable.id"), index=True)
    amount_fen: Mapped[Fen]
    on_date: Mapped[date] = mapped_column(Date)
    booked_on: Mapped[date] = mapped_column(Date, server_default="1970-01-01")
    at: Mapped[Instant]
    by: Mapped[Ref]

    __table_args__ = (
        UniqueConstraint("waiver_id", "receivable_id"),
        CheckConstraint("amount_fen > 0", name="amount"),
    )


_PAID = "(SELECT COALESCE(SUM(a.amount_fen), 0) FROM allocation a WHERE a.receivable_id = NEW.receivable_id)"
_WAIVED = "(SELECT COALESCE(SUM(w.amount_fen), 0) FROM waiver_part w WHERE w.receivable_id = NEW.receivable_id)"
_OWED = "(SELECT r.amount_fen FROM receivable r WHERE r.id = NEW.receivable_id AND r.state = 'planned')"
_ABOVE = f"NEW.amount_fen + {_PAID} + {_WAIVED} > COALESCE({_OWED}, 0)"
_LOCK = (("receivable", "NEW.receivable_id"),)

RULES = (
    Rule(
        "allocation",
        "INSERT",
        "allocation_above_waived",
        f"NEW.amount_fen > 0 AND {_WAIVED} > 0 AND {_ABOVE}",
        _LOCK,
    ),
    Rule("waiver_part", "INSERT", "waiver_above_open", _ABOVE, _LOCK),
    Rule(
        "waiver_part",
        "INSERT",
        "waiver_above_request",
        "NEW.amount_fen + (SELECT COALESCE(SUM(w.amount_fen), 0) FROM waiver_part w"
        " WHERE w.waiver_id = NEW.waiver_id)"
        " > (SELECT v.amount_fen FROM waiver v WHERE v.id = NEW.waiver_id)",
        (("waiver", "NEW.waiver_id"),),
    ),
    Rule(
        "waiver_part",
        "INSERT",
        "waiver_not_granted",
        "NOT EXISTS (SELECT 1 FROM waiver_event e WHERE e.waiver_id = NEW.waiver_id AND e.kind = 'granted')",
    ),
    Rule(
        "receivable",
        "UPDATE",
        "receivable_waived",
        "NEW.state = 'superseded' AND OLD.state <> 'superseded'"
        " AND EXISTS (SELECT 1 FROM waiver_part w WHERE w.receivable_id = NEW.id)",
    ),
)

guard_tables(Base.metadata, RULES, ("interest_charge", "waiver", "waiver_event", "waiver_part"))
