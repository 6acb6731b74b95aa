"""An order that an actor may reach, locked for an act."""

from __future__ import annotations

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from ledger.changes.errors import ChangeNotReady, ChangeOrderMissing
from ledger.changes.models import ChangeOrder
from ledger.locking import locked
from ledger.scope import visible
from ledger.staff.permissions import Permission


def lock_order(session: Session, actor: Actor, order_id: str, *states: str) -> ChangeOrder:
    """The order, read afresh and locked. Raises `ChangeOrderMissing`, and `ChangeNotReady` in another state."""
    selves = [one for one in (actor.id, actor.on_behalf_of) if one]
    reach = or_(
        visible(actor, ChangeOrder, Permission.CHANGES_VIEW),
        visible(actor, ChangeOrder, Permission.CHANGES_EXECUTE),
        ChangeOrder.applied_by.in_(selves),
    )
    query = select(ChangeOrder).where(ChangeOrder.id == order_id, reach)
    order = session.scalars(locked(query, ChangeOrder)).one_or_none()
    if order is None:
        raise ChangeOrderMissing(field="order_id", id=order_id)
    if states and order.state not in states:
        raise ChangeNotReady(no=order.no, state=f"change_order.{order.state}")
    return order
