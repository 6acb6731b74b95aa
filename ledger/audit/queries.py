"""Who did what, when, to which row, and what it was before and after, within the actor's scope."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.audit import AuditRow
from ledger.scope import scoped
from ledger.staff.models import Staff
from ledger.staff.permissions import Permission


@dataclass(frozen=True)
class AuditFilter:
    """What the log is cut to. ``who`` is part of a name or user name, ``noun`` the first half of an action.

    ``since`` is included, ``until`` is not; both are UTC instants.
    """

    who: str = ""
    noun: str = ""
    subject_id: str = ""
    since: datetime | None = None
    until: datetime | None = None


def find_acts(
    session: Session, actor: Actor, where: AuditFilter, *, limit: int = 50, offset: int = 0
) -> list[AuditRow]:
    """Acts at the nodes that the actor may audit, the latest first, in one query."""
    query = scoped(actor, AuditRow, Permission.AUDIT_VIEW)
    if where.who.strip():
        part = where.who.strip()
        people = select(Staff.id).where(
            Staff.display_name.icontains(part, autoescape=True) | Staff.username.icontains(part, autoescape=True)
        )
        query = query.where(AuditRow.actor_id.in_(people) | AuditRow.on_behalf_of.in_(people))
    if where.noun:
        query = query.where(AuditRow.action.startswith(f"{where.noun}:", autoescape=True))
    if where.subject_id.strip():
        query = query.where(AuditRow.subject_id == where.subject_id.strip())
    if where.since is not None:
        query = query.where(AuditRow.at >= where.since)
    if where.until is not None:
        query = query.where(AuditRow.at < where.until)
    return list(
        session.scalars(query.order_by(AuditRow.at.desc(), AuditRow.id.desc()).limit(limit).offset(offset))
    )
