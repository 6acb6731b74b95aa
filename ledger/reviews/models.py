"""The table of proposed changes: what is to become of a record, who asked, who decided."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from kernel.columns import Id, Instant, Json, Path, Ref, UtcDateTime
from kernel.database import Base

STATES = ("pending", "accepted", "refused", "withdrawn")


class ProposedChange(Base):
    """A change of one record. A record has at most one that waits; what was decided stays for ever.

    ``fields`` holds before and after by field; what a customer's record would become is ``sealed`` under the
    customer's own key instead. ``proposed_for`` and ``decided_for`` name whom a substitute acted for. The database
    itself refuses a change that its proposer decides.
    """

    __tablename__ = "proposed_change"

    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(String(20))
    record_id: Mapped[str] = mapped_column(String(160))
    customer_id: Mapped[str | None] = mapped_column(String(36), ForeignKey("customer.id"), index=True)
    path: Mapped[Path] = mapped_column(index=True)
    fields: Mapped[dict[str, Any] | None] = mapped_column(Json)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    confirmed: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(String(500))
    state: Mapped[str] = mapped_column(String(10), default="pending")
    proposed_by: Mapped[Ref] = mapped_column(index=True)
    proposed_for: Mapped[str | None] = mapped_column(String(36))
    proposed_at: Mapped[Instant]
    decided_by: Mapped[str | None] = mapped_column(String(36))
    decided_for: Mapped[str | None] = mapped_column(String(36))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    opinion: Mapped[str | None] = mapped_column(String(500))
    instance_id: Mapped[str | None] = mapped_column(String(36))

    __table_args__ = (
        CheckConstraint("state IN ('pending', 'accepted', 'refused', 'withdrawn')", name="state"),
        CheckConstraint("(state = 'pending') = (decided_by IS NULL)", name="decided_once"),
        CheckConstraint(
            "state NOT IN ('accepted', 'refused') OR (decided_by <> proposed_by"
            " AND (proposed_for IS NULL OR decided_by <> proposed_for)"
            " AND (decided_for IS NULL OR decided_for <> proposed_by))",
            name="four_eyes",
        ),
        Index(
            "uq_proposed_change_pending",
            "kind",
            "record_id",
            unique=True,
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
        Index("ix_proposed_change_kind_record_id", "kind", "record_id"),
    )
