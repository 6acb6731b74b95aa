"""Reading notices: what waits to go out, and what lies behind the notes of somebody."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ledger.notices.models import Notice, NoticeDelivery


def first_due(session: Session, now: datetime) -> bool:
    """Whether anything waits to go out now; a look at the index."""
    due = (NoticeDelivery.state == "waiting") & (NoticeDelivery.due_at <= now)
    return session.scalar(select(NoticeDelivery.id).where(due).limit(1)) is not None


def due_deliveries(session: Session, now: datetime, limit: int) -> list[tuple[NoticeDelivery, Notice]]:
    """What is to go out now, the oldest first, locked for this transaction."""
    due = (NoticeDelivery.state == "waiting") & (NoticeDelivery.due_at <= now)
    query = (
        select(NoticeDelivery, Notice)
        .join(Notice, Notice.id == NoticeDelivery.notice_id)
        .where(due)
        .order_by(NoticeDelivery.due_at, NoticeDelivery.id)
        .limit(limit)
        .with_for_update(of=NoticeDelivery, skip_locked=True)
    )
    return [(delivery, notice) for delivery, notice in session.execute(query)]


def bundle_of(session: Session, staff_id: str, now: datetime) -> list[tuple[NoticeDelivery, Notice]]:
    """All that waits for somebody's digest now, locked; the oldest first."""
    waiting = (NoticeDelivery.state == "waiting") & NoticeDelivery.bundled & (NoticeDelivery.due_at <= now)
    query = (
        select(NoticeDelivery, Notice)
        .join(Notice, Notice.id == NoticeDelivery.notice_id)
        .where(waiting, NoticeDelivery.staff_id == staff_id, NoticeDelivery.channel == "mail")
        .order_by(Notice.at, Notice.id)
        .with_for_update(of=NoticeDelivery)
    )
    return [(delivery, notice) for delivery, notice in session.execute(query)]


def notices_behind(session: Session, message_ids: Iterable[str]) -> dict[str, Notice]:
    """The notices of several notes, by the note's id."""
    rows = session.scalars(select(Notice).where(Notice.message_id.in_(list(message_ids))))
    return {str(row.message_id): row for row in rows}
