"""Receipts (收款): captured, confirmed by what the bank says, allocated; taken back only by counter-entry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import Actor
from kernel.clock import Clock
from kernel.errors import Invalid
from kernel.facts import tell
from ledger.accounting.periods import require_open_day
from ledger.documents.numbers import next_number
from ledger.finance import journal
from ledger.finance.accounts import (
    BACK_TO_SUPERVISED,
    account_now,
    free_fen,
    home_of,
    refunded_fen,
    settled_by_receivable,
)
from ledger.finance.allocating import by_hand, count_interest_anew
from ledger.finance.allocation import apply, suggest, take_back
from ledger.finance.amounts import require_amount
from ledger.finance.errors import (
    AlreadyDone,
    DateInvalid,
    KeyReused,
    OwnAct,
    ReceivableMissing,
    RefundRefused,
    TodoMissing,
)
from ledger.finance.facts import ReceiptConfirmed, ReceiptReversed
from ledger.finance.frozen_interest import reopen_frozen
from ledger.finance.interest_charges import Work, settle
from ledger.finance.journal import Place
from ledger.finance.kinds import (
    MONEY_ACCOUNT_OF,
    MONEY_ACCOUNTS,
    Account,
    Debtor,
    EventKind,
    Method,
    ReceivableState,
    TodoKind,
)
from ledger.finance.models import Allocation, MoneyTodo, Receipt, Receivable
from ledger.finance.parties import (
    AccountHolder,
    customer_account,
    lock_sale,
    party_of,
    require_open,
    require_permit,
    today_at,
)
from ledger.finance.receipt_rows import add_event, event_of, lock_receipt
from ledger.finance.refund_requests import withdraw_requests
from ledger.finance.todos import add_todo, ask_for, close_todo, get_todo, open_todos_of, void_todo
from ledger.organisation.parameters import RECEIPT_SECOND_PERSON
from ledger.organisation.queries import parameter
from ledger.staff.permissions import Permission

RECEIPT_NUMBERS = "receipt"


@dataclass(frozen=True)
class Confirmation:
    """A confirmed receipt: its paper's number, fen per receivable, and what is left as credit."""

    receipt_id: str
    number: str
    allocated: Mapping[str, int]
    credit_fen: int


def take_receipt(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    key: str,
    amount_fen: int,
    method: Method | str,
    paid_on: date,
    payer: str,
    sale_id: str | None = None,
    customer_id: str | None = None,
    project_id: str | None = None,
    todo_id: str | None = None,
    receivable_id: str | None = None,
    payer_role: Debtor | str | None = None,
    account: Account | str | None = None,
    reference: str | None = None,
    typed: bool = True,
) -> Receipt:
    """Capture money that came in; the same ``key`` again returns the first receipt.

    A day in a locked period is refused where a person typed it; ``typed=False`` is for what a bank's file says.

    A collect to-do (``todo_id``) or a receivable says what the payer means it for. Without a sale, ``customer_id``
    and ``project_id`` say whose queue fee it is. The account follows from the receivable's class unless given.
    Raises `AmountInvalid`, `DateInvalid`, `PeriodLocked`, `SaleClosed`, `NoPermit`, `KeyReused`,
    `ReceivableMissing`, and `TodoMissing` for a to-do of another sale, by field.
    """
    if todo_id is not None:
        todo = get_todo(session, actor, Permission.FINANCE_RECEIVE, todo_id)
        if sale_id not in (None, todo.sale_id):
            raise TodoMissing(field="todo_id", id=todo_id)
        sale_id, customer_id = todo.sale_id, customer_id or todo.customer_id
        project_id, receivable_id = project_id or todo.project_id, receivable_id or todo.receivable_id
    holder = _holder(session, actor, sale_id, customer_id, project_id)
    receipt = Receipt(
        key=_text(key, "key", 120),
        sale_id=holder.party.sale_id,
        customer_id=holder.party.customer_id,
        project_id=holder.place.project_id,
        path=holder.place.path,
        amount_fen=require_amount(amount_fen),
        method=_method(method),
        paid_on=paid_on,
        payer=_text(payer, "payer", 200),
        payer_role=_payer_role(payer_role, method),
        receivable_id=receivable_id,
        todo_id=todo_id,
        reference=reference,
        captured_at=clock.now(),
        captured_by=actor.id,
    )
    if existing := _by_key(session, receipt):
        return existing
    receivable = _designated(session, holder, receivable_id)
    receipt.account = _account(account, holder, receivable)
    _guard(session, clock, holder, paid_on)
    if typed:
        require_open_day(session, holder.place.project_id, paid_on, "paid_on")
    return _capture(session, actor, clock, holder, receipt)


def _holder(
    session: Session, actor: Actor, sale_id: str | None, customer_id: str | None, project_id: str | None
) -> AccountHolder:
    if sale_id is not None:
        return lock_sale(session, actor, Permission.FINANCE_RECEIVE, sale_id)
    if customer_id is None or project_id is None:
        raise Invalid("payer_account_missing", field="sale_id")
    return customer_account(session, actor, Permission.FINANCE_RECEIVE, customer_id, project_id)


def _text(text: str, field: str, longest: int) -> str:
    text = text.strip()
    if not text or len(text) > longest:
        raise Invalid("text_missing_or_long", field=field, longest=longest)
    return text


def _method(method: Method | str) -> Method:
    if method not in list(Method):
        raise Invalid("method_unknown", field="method")
    return Method(method)


def _payer_role(role: Debtor | str | None, method: Method | str) -> Debtor:
    if role is None:
        return Debtor.BANK if method == Method.BANK_LOAN else Debtor.BUYER
    if role not in list(Debtor):
        raise Invalid("payer_role_unknown", field="payer_role")
    return Debtor(role)


def _designated(session: Session, holder: AccountHolder, receivable_id: str | None) -> Receivable | None:
    if receivable_id is None:
        return None
    line = session.get(Receivable, receivable_id)
    theirs = (holder.party.sale_id, holder.party.customer_id, holder.place.project_id)
    if line is None or (line.sale_id, None if line.sale_id else line.customer_id, line.project_id) != theirs:
        raise ReceivableMissing(field="receivable_id", id=receivable_id)
    return line


def _account(account: Account | str | None, holder: AccountHolder, receivable: Receivable | None) -> Account:
    if account is not None:
        if account not in MONEY_ACCOUNTS:
            raise Invalid("account_holds_no_money", field="account")
        return Account(account)
    if receivable is not None:
        return MONEY_ACCOUNT_OF[receivable.class_]
    return Account.SUPERVISED if holder.sale is not None else Account.GENERAL


def _guard(session: Session, clock: Clock, holder: AccountHolder, paid_on: date) -> None:
    today = holder.today(clock)
    if paid_on > today:
        raise DateInvalid("paid_in_future", field="paid_on", latest=today.isoformat())
    require_open(holder)
    require_permit(session, holder, paid_on)


def _by_key(session: Session, receipt: Receipt) -> Receipt | None:
    existing = session.scalars(select(Receipt).where(Receipt.key == receipt.key)).one_or_none()
    same = ("sale_id", "customer_id", "amount_fen", "method", "paid_on", "payer", "receivable_id")
    if existing and any(getattr(existing, name) != getattr(receipt, name) for name in same):
        raise KeyReused(field="key", receipt_id=existing.id)
    return existing


def _capture(session: Session, actor: Actor, clock: Clock, holder: AccountHolder, receipt: Receipt) -> Receipt:
    try:
        with session.begin_nested():
            session.add(receipt)
            session.flush()  # The unique key must speak now: the same form may have been first.
    except IntegrityError:
        existing = _by_key(session, receipt)
        if existing is None:
            raise
        return existing
    today = holder.today(clock)
    add_event(session, actor, clock, receipt, EventKind.CAPTURED, today)
    after = {"amount_fen": receipt.amount_fen, "method": receipt.method, "account": receipt.account}
    audit.record(session, actor, clock, "finance:receive", "receipt", receipt.id, path=receipt.path, after=after)
    todo = MoneyTodo(
        key=f"confirm:{receipt.id}",
        kind=TodoKind.CONFIRM,
        project_id=receipt.project_id,
        path=receipt.path,
        sale_id=receipt.sale_id,
        customer_id=receipt.customer_id,
        receipt_id=receipt.id,
        debtor=receipt.payer_role,
        amount_fen=receipt.amount_fen,
        due_on=today,
        created_at=clock.now(),
    )
    add_todo(session, actor, clock, todo)
    return receipt


def confirm_receipt(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    receipt_id: str,
    allocations: Mapping[str, int] | None = None,
) -> Confirmation:
    """Confirm that the money arrived: number the paper, post, allocate (by the law's order unless given).

    Confirming twice changes nothing. Raises `AlreadyDone` if it was reversed, `AllocationRefused`, and `OwnAct`
    for whoever captured it where the parameter `RECEIPT_SECOND_PERSON` asks for a second person.
    """
    receipt = lock_receipt(session, actor, Permission.FINANCE_CONFIRM, receipt_id)
    if reversal := event_of(session, receipt, EventKind.REVERSED):
        raise AlreadyDone("receipt_reversed", by=reversal.by, at=reversal.at)
    if earlier := event_of(session, receipt, EventKind.CONFIRMED):
        return _confirmation(session, receipt, earlier.number or "")
    today = today_at(session, clock, receipt.project_id)
    if needs_second_person(session, receipt.path, today) and receipt.captured_by in (actor.id, actor.on_behalf_of):
        raise OwnAct("receipt_own")
    number = next_number(session, RECEIPT_NUMBERS, receipt.path, today)
    add_event(session, actor, clock, receipt, EventKind.CONFIRMED, today, number=number)
    _post_received(session, actor, clock, receipt, receipt.amount_fen, today)
    if allocations is None:
        allocations = _by_the_order(session, actor, clock, receipt)
    else:
        by_hand(session, actor, clock, receipt, allocations)
    _close_todos(session, actor, clock, receipt)
    after = {"number": number, "allocated_fen": sum(allocations.values())}
    audit.record(session, actor, clock, "finance:confirm", "receipt", receipt.id, path=receipt.path, after=after)
    tell(
        session,
        ReceiptConfirmed(receipt.sale_id, receipt.id, receipt.amount_fen, receipt.path, receipt.customer_id),
    )
    return _confirmation(session, receipt, number)


def _by_the_order(session: Session, actor: Actor, clock: Clock, receipt: Receipt) -> dict[str, int]:
    """Count a receipt as contract or law prescribe; the late interest of a sale is charged for it."""
    if sale_id := home_of(session, receipt):
        return settle(session, actor, clock, sale_id, [Work(receipt, receipt.amount_fen)])
    shares = suggest(session, receipt, receipt.amount_fen, receipt.paid_on)
    apply(session, actor, clock, receipt, shares)
    return shares


def needs_second_person(session: Session, path: str, on: date) -> bool:
    """Whether somebody else than who captured a receipt must confirm it at a node."""
    return parameter(session, path, RECEIPT_SECOND_PERSON, on)


def _close_todos(session: Session, actor: Actor, clock: Clock, receipt: Receipt) -> None:
    """The confirmation is done; so is a collection that no receivable measures."""
    for todo in open_todos_of(session, TodoKind.CONFIRM, receipt_id=receipt.id):
        close_todo(session, actor, clock, todo)
    collect = session.get(MoneyTodo, receipt.todo_id) if receipt.todo_id else None
    if collect and collect.kind is TodoKind.COLLECT and collect.receivable_id is None:
        close_todo(session, actor, clock, collect)


def _confirmation(session: Session, receipt: Receipt, number: str) -> Confirmation:
    rows = session.scalars(select(Allocation).where(Allocation.receipt_id == receipt.id).order_by(Allocation.id))
    allocated: dict[str, int] = {}
    for row in rows:
        allocated[row.receivable_id] = allocated.get(row.receivable_id, 0) + row.amount_fen
    held = {line: fen for line, fen in allocated.items() if fen}
    return Confirmation(receipt.id, number, held, free_fen(session, receipt))


def _post_received(
    session: Session, actor: Actor, clock: Clock, receipt: Receipt, fen: int, booked_on: date
) -> None:
    journal.post(
        session,
        actor,
        clock,
        place=Place(receipt.project_id, receipt.path),
        kind="receive" if fen > 0 else "reverse",
        booked_on=booked_on,
        subject=("receipt", receipt.id),
        entries=journal.received(account_now(session, receipt), fen, party_of(session, receipt)),
    )


def reverse_receipt(session: Session, actor: Actor, clock: Clock, *, receipt_id: str, reason: str) -> Receipt:
    """Take a receipt back by counter-entries: a bounced transfer, a slip of the keyboard. Twice is once.

    What it had settled is open again and gets a new collect to-do; a refund out of it that is asked for and not
    approved yet is withdrawn. Raises `RefundRefused` while one stands that is to be paid or was, and `Invalid`
    without a reason.
    """
    receipt = lock_receipt(session, actor, Permission.FINANCE_REVERSE, receipt_id)
    if event_of(session, receipt, EventKind.REVERSED):
        return receipt
    reason = _text(reason, "reason", 500)
    withdraw_requests(session, actor, clock, receipt_id=receipt.id, reason=reason)
    if refunded := refunded_fen(session, receipt):
        raise RefundRefused("receipt_refunded", field="receipt_id", refunded_fen=refunded)
    today = today_at(session, clock, receipt.project_id)
    settled = _settled_by(session, receipt)
    take_back(session, actor, clock, receipt)
    count_interest_anew(session, actor, clock, receipt)
    if event_of(session, receipt, EventKind.CONFIRMED):
        _post_received(session, actor, clock, receipt, -receipt.amount_fen, today)
    add_event(session, actor, clock, receipt, EventKind.REVERSED, today, reason=reason)
    for kind in (TodoKind.CONFIRM, TodoKind.TRANSFER):
        for todo in open_todos_of(session, kind, receipt_id=receipt.id):
            if todo.note != BACK_TO_SUPERVISED:
                void_todo(session, actor, clock, todo, reason)
    reopen_frozen(session, actor, clock, receipt)
    for line in settled:
        _collect_again(session, actor, clock, receipt, line, today)
    audit.record(session, actor, clock, "finance:reverse", "receipt", receipt.id, path=receipt.path, reason=reason)
    tell(session, ReceiptReversed(home_of(session, receipt), receipt.id, receipt.amount_fen, receipt.path))
    return receipt


def _settled_by(session: Session, receipt: Receipt) -> list[Receivable]:
    """The live receivables that are paid in full with money of this receipt."""
    part = select(Allocation.receivable_id).where(Allocation.receipt_id == receipt.id)
    lines = session.scalars(
        select(Receivable).where(Receivable.id.in_(part), Receivable.state == ReceivableState.PLANNED)
    ).all()
    settled = settled_by_receivable(session, [line.id for line in lines])
    return [line for line in lines if settled.get(line.id, 0) == line.amount_fen]


def _collect_again(
    session: Session, actor: Actor, clock: Clock, receipt: Receipt, line: Receivable, today: date
) -> None:
    settled = settled_by_receivable(session, [line.id]).get(line.id, 0)
    if settled >= line.amount_fen or line.state is not ReceivableState.PLANNED:
        return
    ask_for(
        session,
        actor,
        clock,
        line,
        key=f"collect:{line.id}:after:{receipt.id}",
        fen=line.amount_fen - settled,
        due_on=max(line.due_on or today, today),
        note="receipt_reversed",
    )
