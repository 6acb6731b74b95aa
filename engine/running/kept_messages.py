"""Messages that came before anybody waited: kept for a time, delivered once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, select, update

from engine.correlation import canonical
from engine.host import Host
from engine.tables.columns import table_of
from engine.tables.work import MessageRow
from kernel.ids import new_id

MESSAGES = table_of(MessageRow)


def keep_message(host: Host, name: str, correlation: str, payload: dict[str, Any], ttl: timedelta) -> str:
    """Keep a message until somebody waits for it or its time is over."""
    now = host.clock.now()
    row = {
        "id": new_id(),
        "name": name,
        "correlation": correlation,
        "payload": payload,
        "created_at": now,
        "expires_at": now + ttl,
        "delivered_at": None,
        "delivered_to": None,
    }
    host.session.execute(insert(MESSAGES).values(row))
    return str(row["id"])


def take_kept_message(
    host: Host, name: str, correlation: Mapping[str, Any], instance_id: str
) -> dict[str, Any] | None:
    """The payload of the oldest fitting message, now delivered; None when there is none."""
    now = host.clock.now()
    query = (
        select(MESSAGES.c.id, MESSAGES.c.payload)
        .where(MESSAGES.c.name == name, MESSAGES.c.correlation == canonical(correlation))
        .where(MESSAGES.c.delivered_at.is_(None), MESSAGES.c.expires_at > now)
        .order_by(MESSAGES.c.created_at, MESSAGES.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    found = host.session.execute(query).first()
    if found is None:
        return None
    delivered = {"delivered_at": now, "delivered_to": instance_id}
    host.session.execute(update(MESSAGES).where(MESSAGES.c.id == found.id).values(delivered))
    return dict(found.payload)
