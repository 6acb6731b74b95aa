"""Money that goes over to another sale or account: a queue fee to its sale, small-order money to the price."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import Actor
from kernel.clock import Clock
from kernel.errors import Invalid
from ledger.accounting.periods import require_open_day
from ledger.finance import journal
from ledger.finance.accounts import (
    BACK_TO_SUPERVISED,
    TO_GENERAL,
    allocated_fen,
    free_fen,
    home_of,
    is_usable,
)
from ledger.finance.allocating import allocate_credit
from ledger.finance.errors import AllocationRefused, AlreadyDone, DateInvalid, ReceivableMissing
from ledger.finance.journal import Party, Place
from ledger.finance.kinds import Account, ReceivableKind, ReceivableState, TodoKind, TodoState
from ledger.finance.models import Allocation, MoneyTodo, Receipt, ReceiptMove, Receivable
from ledger.finance.parties import lock_sale, lock_sale_row, require_open, today_at
from ledger.finance.receipt_rows import lock_receipt
from ledger.finance.refusals import typed_refusals
from ledger.finance.superseding import supersede
from ledger.finance.todos import add_todo, close_todo, get_todo, lock_todo
from ledger.locking import locked
from ledger.staff.permissions import Permission


def move_receipt(session: Session, actor: Actor, clock: Clock, *, receipt_id: str, sale_id: str) -> Receipt:
    """A wholly unallocated receipt now belongs to another sale; moving it there again changes nothing.

    Raises `AllocationRefused` while any of it is allocated, `SaleClosed`, `SaleMissing`.
    """
    receipt = lock_receipt(session, actor, Permission.FINANCE_ALLOCATE, receipt_id)
    holder = lock_sale(session, actor, Permission.FINANCE_ALLOCATE, sale_id)
    home = home_of(session, receipt)
    if home == sale_id:
        return receipt
    require_open(holder)
    if holder.place.project_id != receipt.project_id:
        raise AllocationRefused("move_to_other_project", field="sale_id")
    if allocated_fen(session, receipt) or not is_usable(session, receipt):
        raise AllocationRefused("receipt_in_use", field="receipt_id")
    free = free_fen(session, receipt)
    number = session.scalar(select(func.count()).where(ReceiptMove.receipt_id == receipt.id)) or 0
    with typed_refusals():
        session.add(
            ReceiptMove(receipt_id=receipt.id, number=number + 1, sale_id=sale_id, at=clock.now(), by=actor.id)
        )
        session.flush()  # Later reads ask where the receipt belongs.
    if free:
        old = Party(home, None if home else receipt.customer_id)
        journal.post(
            session,
            actor,
            clock,
            place=Place(receipt.project_id, receipt.path),
            kind="move",
            booked_on=today_at(session, clock, receipt.project_id),
            subject=("receipt", receipt.id),
            entries=journal.credit_moved(free, old, Party(sale_id)),
        )
    after = {"sale_id": sale_id, "amount_fen": free}
    audit.record(session, actor, clock, "finance:move", "receipt", receipt.id, path=receipt.path, after=after)
    return receipt


def convert_earnest(session: Session, actor: Actor, clock: Clock, *, receivable_id: str, sale_id: str) -> int:
    """Small-order or queue money becomes part of the sale's price: counted towards its deposit (小订转定金).

    The earnest receivable ends; its receipts go over to the sale; a to-do orders the money to be carried to the
    supervised account. Returns the fen converted; doing it again returns 0.
    """
    line = lock_earnest(session, actor, receivable_id)
    holder = lock_sale(session, actor, Permission.FINANCE_RAISE, sale_id)
    require_open(holder)
    if line.state is not ReceivableState.PLANNED:
        return 0
    held = select(Allocation.receipt_id, func.sum(Allocation.amount_fen)).where(
        Allocation.receivable_id == line.id
    )
    amounts = {
        receipt_id: int(fen) for receipt_id, fen in session.execute(held.group_by(Allocation.receipt_id)) if fen
    }
    supersede(session, actor, clock, line, "converted")
    for receipt_id in sorted(amounts):
        receipt = move_receipt(session, actor, clock, receipt_id=receipt_id, sale_id=sale_id)
        if receipt.account is not Account.SUPERVISED:
            _order_transfer(session, actor, clock, receipt, sale_id)
    allocate_credit(session, actor, clock, sale_id=sale_id)
    return sum(amounts.values())


def lock_earnest(session: Session, actor: Actor, receivable_id: str) -> Receivable:
    """An earnest receivable, locked; raises `ReceivableMissing`, `Invalid` for another kind, `NotAllowed`."""
    query = select(Receivable).where(Receivable.id == receivable_id)
    line = session.scalars(query).one_or_none()
    if line is None:
        raise ReceivableMissing(field="receivable_id", id=receivable_id)
    lock_sale_row(session, line.sale_id)
    session.scalars(locked(query, Receivable)).one()
    actor.require(Permission.FINANCE_RAISE, line.path)
    if line.kind is not ReceivableKind.EARNEST:
        raise Invalid("receivable_not_earnest", field="receivable_id", kind=f"receivable_kind.{line.kind}")
    return line


def _order_transfer(session: Session, actor: Actor, clock: Clock, receipt: Receipt, sale_id: str) -> None:
    todo = MoneyTodo(
        key=f"transfer:{receipt.id}",
        kind=TodoKind.TRANSFER,
        project_id=receipt.project_id,
        path=receipt.path,
        sale_id=sale_id,
        receipt_id=receipt.id,
        debtor=receipt.payer_role,
        amount_fen=free_fen(session, receipt),
        due_on=today_at(session, clock, receipt.project_id),
        note="to_supervised",
        created_at=clock.now(),
    )
    add_todo(session, actor, clock, todo)


def complete_transfer(
    session: Session, actor: Actor, clock: Clock, *, todo_id: str, carried_on: date
) -> MoneyTodo:
    """The money of a transfer to-do has reached its account: post it. Twice is once.

    A receipt's money goes to the supervised account (监管账户), the part of it that is late interest from there to
    the general one, or back.

    Raises `Invalid` for another kind of to-do, `DateInvalid` for a future date, `PeriodLocked` for one in a locked
    period, `AlreadyDone` if cancelled.
    """
    todo = get_todo(session, actor, Permission.FINANCE_CONFIRM, todo_id)
    if todo.kind is not TodoKind.TRANSFER or todo.receipt_id is None:
        raise Invalid("todo_is_no_transfer", field="todo_id", kind=f"todo_kind.{todo.kind}")
    receipt = lock_receipt(session, actor, Permission.FINANCE_CONFIRM, todo.receipt_id)
    todo = lock_todo(session, actor, Permission.FINANCE_CONFIRM, todo_id)
    if todo.state is TodoState.DONE:
        return todo
    if todo.state is TodoState.CANCELLED:
        raise AlreadyDone("todo_cancelled", by=todo.closed_by, at=todo.closed_at)
    today = today_at(session, clock, todo.project_id)
    if carried_on > today:
        raise DateInvalid("date_in_future", field="carried_on", latest=today.isoformat())
    require_open_day(session, todo.project_id, carried_on, "carried_on")
    journal.post(
        session,
        actor,
        clock,
        place=Place(receipt.project_id, receipt.path),
        kind="transfer",
        booked_on=today,
        subject=("receipt", receipt.id),
        entries=journal.money_moved(todo.amount_fen, *_way(todo, receipt), Party(home_of(session, receipt))),
    )
    close_todo(session, actor, clock, todo)
    return todo


def _way(todo: MoneyTodo, receipt: Receipt) -> tuple[Account, Account]:
    """From which account to which a transfer to-do carries money."""
    if todo.note == TO_GENERAL:
        return Account.SUPERVISED, Account.GENERAL
    if todo.note == BACK_TO_SUPERVISED:
        return Account.GENERAL, Account.SUPERVISED
    return receipt.account, Account.SUPERVISED
