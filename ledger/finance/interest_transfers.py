"""Late interest that was paid into the supervised account (监管账户) is ordered to be carried to the general one.

Buyers pay what is late and its interest in one sum, to the account of their contract. The supervised account holds
the price alone; interest is the developer's own income. So whatever a receipt there settles of interest gets a
transfer to-do, and when that is taken back after it was carried, a to-do to carry it back.
"""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import Clock
from ledger.finance.accounts import BACK_TO_SUPERVISED, TO_GENERAL, accounts_of, home_of
from ledger.finance.kinds import Account, ReceivableKind, TodoKind, TodoState
from ledger.finance.models import Allocation, MoneyTodo, Receipt, Receivable
from ledger.finance.parties import today_at
from ledger.finance.todos import add_todo, void_todo


def order_interest_transfer(session: Session, actor: Actor, clock: Clock, receipt: Receipt) -> None:
    """Bring the orders to carry a receipt's interest over into line with what it has settled of it by now."""
    if Account.SUPERVISED not in accounts_of(session, receipt):
        return
    orders = _orders(session, receipt)
    carried = sum(_signed(order) for order in orders if order.state is TodoState.DONE)
    wanted = _interest_fen(session, receipt) - carried
    waiting = [order for order in orders if order.state is TodoState.OPEN]
    if sum(_signed(order) for order in waiting) == wanted:
        return
    for order in waiting:
        void_todo(session, actor, clock, order, "interest_changed")
    if wanted:
        add_todo(session, actor, clock, _order(session, clock, receipt, wanted, len(orders) + 1))


def _orders(session: Session, receipt: Receipt) -> list[MoneyTodo]:
    query = select(MoneyTodo).where(
        MoneyTodo.receipt_id == receipt.id,
        MoneyTodo.kind == TodoKind.TRANSFER,
        MoneyTodo.note.in_((TO_GENERAL, BACK_TO_SUPERVISED)),
    )
    return list(session.scalars(query.order_by(MoneyTodo.id)))


def _signed(order: MoneyTodo) -> int:
    return order.amount_fen if order.note == TO_GENERAL else -order.amount_fen


def _interest_fen(session: Session, receipt: Receipt) -> int:
    query = (
        select(func.coalesce(func.sum(Allocation.amount_fen), 0))
        .join(Receivable, Receivable.id == Allocation.receivable_id)
        .where(Allocation.receipt_id == receipt.id, Receivable.kind == ReceivableKind.LATE_INTEREST)
    )
    return int(session.scalar(query) or 0)


def _order(session: Session, clock: Clock, receipt: Receipt, fen: int, number: int) -> MoneyTodo:
    return MoneyTodo(
        key=f"transfer:{receipt.id}:interest:{number}",
        kind=TodoKind.TRANSFER,
        project_id=receipt.project_id,
        path=receipt.path,
        sale_id=home_of(session, receipt),
        receipt_id=receipt.id,
        debtor=receipt.payer_role,
        amount_fen=abs(fen),
        due_on=today_at(session, clock, receipt.project_id),
        note=TO_GENERAL if fen > 0 else BACK_TO_SUPERVISED,
        created_at=clock.now(),
    )
