"""The tables of change orders: the order, who approved which content of it, and what happened to it.

The database itself holds that nothing executes without a valid approval of the same content hash (DOMAIN §10.6),
that the applicant neither approves nor executes, that who approved does not execute, and that a sale has one open
order.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from kernel.append_only import keep_append_only
from kernel.columns import Id, Instant, JsonList, JsonMap, Path, Ref, UtcDateTime
from kernel.database import Base
from ledger.changes.triggers import guard_changes
from ledger.inventory.models import table_of

KINDS = (
    "discount",
    "payment_plan_change",
    "room_change",
    "sale_cancellation",
    "rights_transfer",
    "supplement",
)
OPEN_STATES = ("submitted", "approving", "approved", "waiting", "executing", "returned")
END_STATES = ("executed", "rejected", "withdrawn", "expired", "failed")
MODES = ("none", "simple", "process")


def _one_of(column: str, words: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(word) for word in words)})"


class ChangeOrder(Base):
    """A change of one sale that is asked for (变更单).

    ``wanted`` are the values asked for; ``before`` and ``after`` map fields to what stands and what would stand;
    ``money`` are lines of what becomes due, ends, stays, is credited, refunded or kept, in fen. ``route`` is what
    the approval matrix is asked with. ``owner_id`` is the sale's consultant, so that scopes of one's own work.
    ``applied_for`` is whom a substitute acted for, ``mode_version`` the setting that gave the mode.
    """

    __tablename__ = "change_order"

    id: Mapped[Id]
    no: Mapped[str] = mapped_column(String(60), unique=True)
    sale_id: Mapped[Ref] = mapped_column(ForeignKey("sale.id"), index=True)
    project_id: Mapped[Ref] = mapped_column(ForeignKey("project.id"))
    path: Mapped[Path] = mapped_column(index=True)
    owner_id: Mapped[Ref]
    kind: Mapped[str] = mapped_column(String(30))
    fault: Mapped[str | None] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(500))
    wanted: Mapped[JsonMap]
    before: Mapped[JsonMap]
    after: Mapped[JsonMap]
    money: Mapped[JsonList]
    route: Mapped[JsonMap]
    files: Mapped[JsonList]
    content_hash: Mapped[str] = mapped_column(String(64))
    mode: Mapped[str] = mapped_column(String(10))
    mode_version: Mapped[str] = mapped_column(String(300))
    state: Mapped[str] = mapped_column(String(10))
    instance_id: Mapped[str | None] = mapped_column(String(36), index=True)
    applied_by: Mapped[Ref]
    applied_for: Mapped[str | None] = mapped_column(String(36))
    applied_at: Mapped[Instant]
    executed_by: Mapped[str | None] = mapped_column(String(36))
    executed_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    ended_because: Mapped[str | None] = mapped_column(String(500))
    result: Mapped[JsonMap]

    __table_args__ = (
        Index(
            "uq_change_order_open_sale",
            "sale_id",
            unique=True,
            sqlite_where=text(_one_of("state", OPEN_STATES)),
            postgresql_where=text(_one_of("state", OPEN_STATES)),
        ),
        Index("ix_change_order_path_applied_at", "path", "applied_at"),
        CheckConstraint(_one_of("kind", KINDS), name="kind"),
        CheckConstraint(_one_of("mode", MODES), name="mode"),
        CheckConstraint(_one_of("state", OPEN_STATES + END_STATES), name="state"),
        CheckConstraint(f"({_one_of('state', END_STATES)}) = (ended_at IS NOT NULL)", name="ended_when"),
        CheckConstraint("(state = 'executed') = (executed_by IS NOT NULL)", name="executed_by_whom"),
        CheckConstraint("(executed_by IS NULL) = (executed_at IS NULL)", name="executed_when"),
        CheckConstraint("executed_by IS NULL OR executed_by <> applied_by", name="executor_is_not_applicant"),
    )


class ChangeApprover(Base):
    """Somebody who approved one content of an order; written before the approval that seals it."""

    __tablename__ = "change_approver"

    id: Mapped[Id]
    order_id: Mapped[Ref] = mapped_column(ForeignKey("change_order.id"))
    content_hash: Mapped[str] = mapped_column(String(64))
    position: Mapped[int] = mapped_column(Integer)
    staff_id: Mapped[Ref]

    __table_args__ = (UniqueConstraint("order_id", "content_hash", "staff_id"),)


class ChangeApproval(Base):
    """The approval of one content of an order; ``reference`` is the case that asked. Sealed over its approvers."""

    __tablename__ = "change_approval"

    id: Mapped[Id]
    order_id: Mapped[Ref] = mapped_column(ForeignKey("change_order.id"))
    content_hash: Mapped[str] = mapped_column(String(64))
    mode: Mapped[str] = mapped_column(String(10))
    reference: Mapped[str] = mapped_column(String(80))
    at: Mapped[Instant]

    __table_args__ = (UniqueConstraint("order_id", "content_hash"),)


class ChangeEvent(Base):
    """What happened to an order; ``details`` holds what it said then, when it was mended."""

    __tablename__ = "change_event"

    id: Mapped[Id]
    order_id: Mapped[Ref] = mapped_column(ForeignKey("change_order.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    before: Mapped[str | None] = mapped_column(String(10))
    after: Mapped[str | None] = mapped_column(String(10))
    reason: Mapped[str | None] = mapped_column(String(500))
    details: Mapped[JsonMap]
    by: Mapped[Ref]
    at: Mapped[Instant]


for _model in (ChangeApprover, ChangeApproval, ChangeEvent):
    keep_append_only(table_of(_model))
guard_changes(Base.metadata)
