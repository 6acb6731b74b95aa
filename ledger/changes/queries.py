"""Reading change orders: the register (变更登记簿), one order with everything that belongs to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import DEFAULT_ZONE, start_of_day
from ledger.changes.errors import ChangeOrderMissing
from ledger.changes.models import OPEN_STATES, ChangeApproval, ChangeApprover, ChangeEvent, ChangeOrder
from ledger.changes.supplement_models import Supplement
from ledger.inventory.models import Unit
from ledger.sales.models import Sale
from ledger.scope import scoped, visible
from ledger.staff.permissions import Permission


@dataclass(frozen=True)
class OrderFilter:
    """What of the register is asked for; ``state`` may be ``open`` for all that are open.

    ``since`` and ``until`` are days on which orders were applied for, both inclusive. ``text`` is the beginning of
    an order's, a sale's or a unit's number.
    """

    kind: str | None = None
    state: str | None = None
    project_id: str | None = None
    sale_id: str | None = None
    since: date | None = None
    until: date | None = None
    text: str = ""


@dataclass(frozen=True)
class Approved:
    """An approval of one content: when, by whom in order; ``holds`` for what the order says now."""

    approval: ChangeApproval
    approvers: tuple[str, ...]
    holds: bool


@dataclass(frozen=True)
class OrderView:
    """An order with its history, the newest last, its approvals and the supplement it made."""

    order: ChangeOrder
    events: tuple[ChangeEvent, ...]
    approvals: tuple[Approved, ...]
    supplement: Supplement | None

    @property
    def people(self) -> set[str]:
        """Everybody who is named."""
        order = self.order
        found = {event.by for event in self.events} | {one for a in self.approvals for one in a.approvers}
        named = (order.applied_by, order.applied_for, order.executed_by, order.owner_id)
        return found | {one for one in named if one}


def list_orders(
    session: Session, actor: Actor, where: OrderFilter, *, limit: int, offset: int = 0
) -> Sequence[ChangeOrder]:
    """The register, the newest first, as far as the actor may see change orders."""
    query = _filtered(scoped(actor, ChangeOrder, Permission.CHANGES_VIEW), where)
    query = query.order_by(ChangeOrder.applied_at.desc(), ChangeOrder.id.desc())
    return session.scalars(query.limit(limit).offset(offset)).all()


def count_states(session: Session, actor: Actor, where: OrderFilter) -> dict[str, int]:
    """How many orders stand in each state, whatever state the filter names."""
    query = _filtered(scoped(actor, ChangeOrder, Permission.CHANGES_VIEW), where, with_state=False)
    counted = query.with_only_columns(ChangeOrder.state, func.count().label("number")).group_by(ChangeOrder.state)
    return {row.state: row.number for row in session.execute(counted)}


def get_order(session: Session, actor: Actor, order_id: str) -> OrderView:
    """One order. Raises `ChangeOrderMissing` outside the actor's scope."""
    selves = [one for one in (actor.id, actor.on_behalf_of) if one]
    reach = or_(visible(actor, ChangeOrder, Permission.CHANGES_VIEW), ChangeOrder.applied_by.in_(selves))
    order = session.scalars(select(ChangeOrder).where(ChangeOrder.id == order_id, reach)).one_or_none()
    if order is None:
        raise ChangeOrderMissing(id=order_id)
    events = select(ChangeEvent).where(ChangeEvent.order_id == order.id)
    supplement = select(Supplement).where(Supplement.change_order_id == order.id)
    return OrderView(
        order,
        tuple(session.scalars(events.order_by(ChangeEvent.at, ChangeEvent.id))),
        _approvals(session, order),
        session.scalars(supplement).one_or_none(),
    )


def orders_of_sale(session: Session, actor: Actor, sale_id: str, *, limit: int = 20) -> Sequence[ChangeOrder]:
    """A sale's change orders, the newest first."""
    return list_orders(session, actor, OrderFilter(sale_id=sale_id), limit=limit)


def _approvals(session: Session, order: ChangeOrder) -> tuple[Approved, ...]:
    people: dict[str, list[str]] = {}
    rows = select(ChangeApprover).where(ChangeApprover.order_id == order.id).order_by(ChangeApprover.position)
    for row in session.scalars(rows):
        people.setdefault(row.content_hash, []).append(row.staff_id)
    query = select(ChangeApproval).where(ChangeApproval.order_id == order.id).order_by(ChangeApproval.at)
    return tuple(
        Approved(one, tuple(people.get(one.content_hash, ())), one.content_hash == order.content_hash)
        for one in session.scalars(query)
    )


def _filtered(query: Select[ChangeOrder], where: OrderFilter, *, with_state: bool = True) -> Select[ChangeOrder]:
    if where.kind:
        query = query.where(ChangeOrder.kind == where.kind)
    if where.state and with_state:
        states = OPEN_STATES if where.state == "open" else (where.state,)
        query = query.where(ChangeOrder.state.in_(states))
    if where.project_id:
        query = query.where(ChangeOrder.project_id == where.project_id)
    if where.sale_id:
        query = query.where(ChangeOrder.sale_id == where.sale_id)
    if where.since:
        query = query.where(ChangeOrder.applied_at >= start_of_day(where.since, DEFAULT_ZONE))
    if where.until:
        query = query.where(ChangeOrder.applied_at < start_of_day(where.until + timedelta(days=1), DEFAULT_ZONE))
    if words := where.text.strip():
        unit = (
            select(Sale.id)
            .join(Unit, Unit.id == Sale.unit_id)
            .where(
                or_(Sale.no.istartswith(words, autoescape=True), Unit.unit_no.istartswith(words, autoescape=True))
            )
        )
        query = query.where(or_(ChangeOrder.no.istartswith(words, autoescape=True), ChangeOrder.sale_id.in_(unit)))
    return query
