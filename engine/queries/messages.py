"""Messages that nobody waited for when they came."""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import ColumnElement, delete, or_, select
from sqlalchemy.orm import Session

from engine.errors import Invalid, NotAllowed
from engine.host import Host
from engine.queries.paging import counted, cut, part
from engine.results.messages import Message
from engine.results.paging import Page, PageOf
from engine.running.kept_messages import MESSAGES
from engine.tables.columns import AnyRow
from kernel.actor import ROOT


def find(host: Host, page: Page, *, state: str = "waiting", name: str | None = None) -> PageOf[Message]:
    """One page, the newest first, for who may operate on the whole company; two statements however many rows.

    ``state`` is waiting, expired (nobody came in time) or delivered. Raises `NotAllowed`, `Invalid`.
    """
    if not host.operates_house():
        raise NotAllowed("operate_missing", path=ROOT)
    now = host.clock.now()
    where = [_in_state(state, now)]
    if name is not None:
        where.append(MESSAGES.c.name == name)
    query = select(MESSAGES).where(*where).order_by(MESSAGES.c.created_at.desc(), MESSAGES.c.id.desc())
    rows = host.session.execute(cut(query, page))
    found = [_to_message(row, now) for row in rows]
    count = counted(host.session, select(MESSAGES.c.id).where(*where))
    return part(found, count, page)


def forget_before(session: Session, instant: datetime) -> int:
    """Drop what was delivered or expired before an instant; returns how many."""
    over = or_(MESSAGES.c.delivered_at < instant, MESSAGES.c.expires_at < instant)
    dropped = session.execute(delete(MESSAGES).where(over))
    return int(dropped.rowcount)  # type: ignore[attr-defined]


def _in_state(state: str, now: datetime) -> ColumnElement[bool]:
    undelivered = MESSAGES.c.delivered_at.is_(None)
    if state == "delivered":
        return MESSAGES.c.delivered_at.is_not(None)
    if state == "expired":
        return undelivered & (MESSAGES.c.expires_at <= now)
    if state == "waiting":
        return undelivered & (MESSAGES.c.expires_at > now)
    raise Invalid("message_state_unknown", field="state", state=state)


def _to_message(row: AnyRow, now: datetime) -> Message:
    state = "delivered" if row.delivered_at is not None else "expired" if row.expires_at <= now else "waiting"
    key = json.loads(row.correlation) if row.correlation.startswith("{") else {}
    return Message(
        row.id,
        row.name,
        key,
        dict(row.payload),
        state,
        row.created_at,
        row.expires_at,
        row.delivered_at,
        row.delivered_to,
    )
