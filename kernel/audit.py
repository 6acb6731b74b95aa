"""One audit table for engine and ledger: who did what to which row, when, and what it was before and after.

Values of personal data are never written here in the clear; callers pass masked ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, Table, insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from kernel.actor import Actor
from kernel.append_only import keep_append_only
from kernel.clock import Clock
from kernel.columns import Id, Json, Path, UtcDateTime
from kernel.database import Base
from kernel.ids import new_id


class AuditRow(Base):
    """One act. ``action`` is ``noun:verb``; ``subject`` a noun, ``subject_id`` its id."""

    __tablename__ = "audit"

    id: Mapped[Id]
    at: Mapped[datetime] = mapped_column(UtcDateTime())
    actor_id: Mapped[str] = mapped_column(String(36))
    on_behalf_of: Mapped[str | None] = mapped_column(String(36))
    action: Mapped[str] = mapped_column(String(80))
    subject: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[str] = mapped_column(String(80))
    path: Mapped[Path]
    before: Mapped[dict[str, Any] | None] = mapped_column(Json)
    after: Mapped[dict[str, Any] | None] = mapped_column(Json)
    reason: Mapped[str | None] = mapped_column(String(500))
    request_id: Mapped[str | None] = mapped_column(String(36))

    __table_args__ = (
        Index("ix_audit_subject_subject_id_at", "subject", "subject_id", "at"),
        Index("ix_audit_actor_id_at", "actor_id", "at"),
    )


assert isinstance(AuditRow.__table__, Table)  # noqa: S101 - tells mypy what the mapper made
keep_append_only(AuditRow.__table__)
_INSERT = insert(AuditRow.__table__)


def record(
    session: Session,
    actor: Actor,
    clock: Clock,
    action: str,
    subject: str,
    subject_id: str,
    *,
    path: str = "/",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str | None = None,
) -> None:
    """Write the audit row of an act into the transaction that does it."""
    row = {
        "id": new_id(),
        "at": clock.now(),
        "actor_id": actor.id,
        "on_behalf_of": actor.on_behalf_of,
        "action": action,
        "subject": subject,
        "subject_id": subject_id,
        "path": path,
        "before": dict(before) if before is not None else None,
        "after": dict(after) if after is not None else None,
        "reason": reason,
        "request_id": session.info.get("request_id"),
    }
    session.execute(_INSERT, row)
