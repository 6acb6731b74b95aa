"""What happens to an order is kept: its state moves, its history and the audit grow, others are told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import Actor
from kernel.clock import Clock
from ledger.changes.models import ChangeEvent, ChangeOrder


def move(
    session: Session,
    actor: Actor,
    clock: Clock,
    order: ChangeOrder,
    kind: str,
    state: str | None = None,
    *,
    reason: str | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Note what happened and put the order into ``state``, if it moves."""
    before, after = order.state, state or order.state
    order.state = after
    session.flush()  # The database's rules about orders must speak within this act.
    event = ChangeEvent(
        order_id=order.id,
        kind=kind,
        before=before,
        after=after,
        reason=reason,
        details=dict(details or {}),
        by=actor.id,
        at=clock.now(),
    )
    session.add(event)
    audit.record(
        session,
        actor,
        clock,
        f"changes:{kind}",
        "change_order",
        order.id,
        path=order.path,
        before={"state": before},
        after={"state": after, "kind": order.kind, "content_hash": order.content_hash},
        reason=reason,
    )


def about(order: ChangeOrder) -> tuple[str, str, str, str, str | None]:
    """What each fact about an order begins with, in the order of `ChangeFact`."""
    return order.id, order.sale_id, order.kind, order.path, order.instance_id
