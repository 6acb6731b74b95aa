"""Refunds (退款) and forfeits: out of unallocated money, never more than was received, back to whoever paid.

What the buyer paid goes to the buyer and what the bank paid to the bank (DOMAIN §10.5). Allocated money is freed
first: by closing the account, by ending an earnest receivable, by allocating anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import Actor
from kernel.clock import Clock
from kernel.errors import Invalid
from kernel.facts import tell
from ledger.accounting.periods import booking_today
from ledger.finance import journal
from ledger.finance.accounts import account_now, free_fen, home_of, receipts_at_home
from ledger.finance.allocation import apply
from ledger.finance.amounts import require_amount
from ledger.finance.deposits import deposit_cap
from ledger.finance.errors import AlreadyDone, DateInvalid, KeyReused, RefundMissing, RefundRefused
from ledger.finance.facts import RefundPaid
from ledger.finance.journal import Party, Place
from ledger.finance.kinds import (
    CLASS_OF,
    Debtor,
    ReceivableKind,
    ReceivableState,
    RefundEventKind,
    TodoKind,
    TriggerKind,
)
from ledger.finance.models import Allocation, MoneyTodo, Receipt, Receivable, Refund, RefundEvent
from ledger.finance.moves import lock_earnest
from ledger.finance.parties import AccountHolder, lock_sale, today_at
from ledger.finance.raising import next_sequence
from ledger.finance.refusals import typed_refusals
from ledger.finance.superseding import supersede
from ledger.finance.todos import add_todo, close_todo, open_todos_of, void_todo
from ledger.scope import scoped
from ledger.staff.permissions import Permission


@dataclass(frozen=True)
class _Wish:
    """What is asked for: fen, why, under which key, payable by when."""

    key: str
    amount_fen: int
    reason: str
    due_on: date


def request_refunds(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    key: str,
    sale_id: str,
    amount_fen: int,
    reason: str,
    due_on: date | None = None,
    payee_role: Debtor | None = None,
) -> list[Refund]:
    """Ask for money back out of a sale's credit, latest receipts first; one refund and one to-do per receipt.

    ``payee_role`` limits it to what the buyer, the bank or the fund centre paid. The same ``key`` again returns
    the first refunds. Raises `RefundRefused` when the sale holds less credit, `KeyReused`, `AmountInvalid`.
    """
    holder = lock_sale(session, actor, Permission.FINANCE_REFUND, sale_id)
    wish = _Wish(key, require_amount(amount_fen), reason, due_on or holder.today(clock))
    if existing := _earlier(session, wish):
        return existing
    receipts = reversed(receipts_at_home(session, sale_id))
    usable = [receipt for receipt in receipts if payee_role in (None, receipt.payer_role)]
    return _spread(session, actor, clock, wish, usable)


def refund_earnest(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    receivable_id: str,
    reason: str,
    due_on: date | None = None,
) -> list[Refund]:
    """Give small-order or queue money back: its receivable ends and what was paid on it is refunded whole.

    Doing it again returns the first refunds; nothing paid means no refund.
    """
    line = lock_earnest(session, actor, receivable_id)
    actor.require(Permission.FINANCE_REFUND, line.path)
    today = today_at(session, clock, line.project_id)
    paid_by = select(Allocation.receipt_id).where(Allocation.receivable_id == line.id)
    receipts = list(session.scalars(select(Receipt).where(Receipt.id.in_(paid_by)).order_by(Receipt.id.desc())))
    key = f"earnest:{line.id}"
    if line.state is not ReceivableState.PLANNED:
        return _refunds_under(session, key)
    before = sum(free_fen(session, receipt) for receipt in receipts)
    supersede(session, actor, clock, line, "refunded")
    freed = sum(free_fen(session, receipt) for receipt in receipts) - before
    if not freed:
        return []
    return _spread(session, actor, clock, _Wish(key, freed, reason, due_on or today), receipts)


def _earlier(session: Session, wish: _Wish) -> list[Refund]:
    existing = _refunds_under(session, wish.key)
    if existing and sum(refund.amount_fen for refund in existing) != wish.amount_fen:
        raise KeyReused(field="key", refund_id=existing[0].id)
    return existing


def _refunds_under(session: Session, key: str) -> list[Refund]:
    query = select(Refund).where(Refund.key.startswith(f"{key}#", autoescape=True))
    return list(session.scalars(query.order_by(Refund.key)))


def _spread(session: Session, actor: Actor, clock: Clock, wish: _Wish, receipts: list[Receipt]) -> list[Refund]:
    refunds: list[Refund] = []
    left = wish.amount_fen
    for receipt in receipts:
        part = min(left, free_fen(session, receipt))
        if part:
            refunds.append(_request(session, actor, clock, wish, receipt, part, len(refunds)))
            left -= part
    if left:
        raise RefundRefused("refund_above_credit", field="amount_fen", credit_fen=wish.amount_fen - left)
    return refunds


def _request(
    session: Session, actor: Actor, clock: Clock, wish: _Wish, receipt: Receipt, fen: int, number: int
) -> Refund:
    home = home_of(session, receipt)
    refund = Refund(
        key=f"{wish.key}#{number:03}",
        receipt_id=receipt.id,
        sale_id=home,
        customer_id=None if home else receipt.customer_id,
        project_id=receipt.project_id,
        path=receipt.path,
        amount_fen=fen,
        payee=receipt.payer,
        payee_role=receipt.payer_role,
        account=account_now(session, receipt),
        reason=wish.reason,
        requested_at=clock.now(),
        requested_by=actor.id,
    )
    with typed_refusals():
        session.add(refund)
        session.flush()  # The rule over the receipt must speak; the event needs the id.
    _add_event(
        session, actor, clock, refund, RefundEventKind.REQUESTED, today_at(session, clock, refund.project_id)
    )
    after = {"amount_fen": fen, "receipt_id": receipt.id}
    audit.record(
        session,
        actor,
        clock,
        "finance:request_refund",
        "refund",
        refund.id,
        path=refund.path,
        after=after,
        reason=wish.reason,
    )
    todo = MoneyTodo(
        key=f"refund:{refund.id}",
        kind=TodoKind.REFUND,
        project_id=refund.project_id,
        path=refund.path,
        sale_id=refund.sale_id,
        customer_id=refund.customer_id,
        receipt_id=receipt.id,
        refund_id=refund.id,
        debtor=refund.payee_role,
        amount_fen=fen,
        due_on=wish.due_on,
        created_at=clock.now(),
    )
    add_todo(session, actor, clock, todo)
    return refund


def _add_event(
    session: Session,
    actor: Actor,
    clock: Clock,
    refund: Refund,
    kind: RefundEventKind,
    on_date: date,
    reason: str | None = None,
) -> None:
    event = RefundEvent(
        refund_id=refund.id, kind=kind, on_date=on_date, at=clock.now(), by=actor.id, reason=reason
    )
    with typed_refusals():
        session.add(event)
        session.flush()  # Paid and cancelled exclude each other; the rule must speak before anything is posted.


def pay_refund(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    refund_id: str,
    paid_on: date,
    payee: str | None = None,
) -> Refund:
    """The money went back: post it and close the to-do. Paying twice is once.

    Raises `RefundRefused` when ``payee`` is not the payer, `DateInvalid` for a future date, `AlreadyDone` if it
    was cancelled.
    """
    refund = _locked(session, actor, Permission.FINANCE_REFUND, refund_id)
    if _event_of(session, refund, RefundEventKind.PAID):
        return refund
    if cancelled := _event_of(session, refund, RefundEventKind.CANCELLED):
        raise AlreadyDone("refund_cancelled", by=cancelled.by, at=cancelled.at)
    if payee is not None and payee.strip() != refund.payee:
        raise RefundRefused("refund_not_to_payer", field="payee")
    today = today_at(session, clock, refund.project_id)
    if paid_on > today:
        raise DateInvalid("paid_in_future", field="paid_on", latest=today.isoformat())
    receipt = session.get_one(Receipt, refund.receipt_id)
    _add_event(session, actor, clock, refund, RefundEventKind.PAID, paid_on)
    journal.post(
        session,
        actor,
        clock,
        place=Place(refund.project_id, refund.path),
        kind="refund",
        booked_on=today,
        subject=("refund", refund.id),
        entries=journal.received(
            account_now(session, receipt), -refund.amount_fen, Party(refund.sale_id, refund.customer_id)
        ),
    )
    for todo in open_todos_of(session, TodoKind.REFUND, refund_id=refund.id):
        close_todo(session, actor, clock, todo)
    audit.record(session, actor, clock, "finance:pay_refund", "refund", refund.id, path=refund.path)
    tell(session, RefundPaid(refund.sale_id, refund.id, refund.amount_fen, refund.path, refund.customer_id))
    return refund


def cancel_refund(session: Session, actor: Actor, clock: Clock, *, refund_id: str, reason: str) -> Refund:
    """Withdraw an unpaid refund; the money is credit again. Twice is once. Raises `AlreadyDone` if paid."""
    refund = _locked(session, actor, Permission.FINANCE_REFUND, refund_id)
    if not reason.strip():
        raise Invalid("reason_missing", field="reason")
    if paid := _event_of(session, refund, RefundEventKind.PAID):
        raise AlreadyDone("refund_paid", by=paid.by, at=paid.at)
    if _event_of(session, refund, RefundEventKind.CANCELLED):
        return refund
    today = today_at(session, clock, refund.project_id)
    _add_event(session, actor, clock, refund, RefundEventKind.CANCELLED, today, reason)
    for todo in open_todos_of(session, TodoKind.REFUND, refund_id=refund.id):
        void_todo(session, actor, clock, todo, reason)
    audit.record(
        session, actor, clock, "finance:cancel_refund", "refund", refund.id, path=refund.path, reason=reason
    )
    return refund


def _locked(session: Session, actor: Actor, permission: str, refund_id: str) -> Refund:
    query = (
        scoped(actor, Refund, permission).where(Refund.id == refund_id).with_for_update(of=Refund, key_share=True)
    )
    refund = session.scalars(query).one_or_none()
    if refund is None:
        raise RefundMissing(field="refund_id", id=refund_id)
    return refund


def _event_of(session: Session, refund: Refund, kind: RefundEventKind) -> RefundEvent | None:
    query = select(RefundEvent).where(RefundEvent.refund_id == refund.id, RefundEvent.kind == kind)
    return session.scalars(query).one_or_none()


def forfeit_deposit(
    session: Session, actor: Actor, clock: Clock, *, sale_id: str, amount_fen: int, reason: str
) -> Receivable:
    """Keep money of a sale as forfeited deposit (没收定金), out of its credit; doing it again returns the first.

    Raises `RefundRefused` above 20 % of the price (Civil Code 586) or above the credit.
    """
    holder = lock_sale(session, actor, Permission.FINANCE_REFUND, sale_id)
    key = f"forfeit:{sale_id}"
    if existing := session.scalars(select(Receivable).where(Receivable.key == key)).one_or_none():
        if existing.amount_fen != amount_fen:
            raise KeyReused(field="amount_fen", receivable_id=existing.id)
        return existing
    require_amount(amount_fen)
    _require_cap(holder, amount_fen)
    receipts = [r for r in receipts_at_home(session, sale_id) if r.payer_role is Debtor.BUYER]
    shares = _shares(session, receipts, amount_fen)
    line = Receivable(
        sale_id=sale_id,
        key=key,
        project_id=holder.place.project_id,
        path=holder.place.path,
        sequence=next_sequence(session, holder),
        kind=ReceivableKind.FORFEIT,
        class_=CLASS_OF[ReceivableKind.FORFEIT],
        debtor=Debtor.BUYER,
        amount_fen=amount_fen,
        due_on=holder.today(clock),
        trigger_kind=TriggerKind.ON_DATE,
        created_at=clock.now(),
        raised_on=booking_today(session, clock, holder.place.project_id),
    )
    session.add(line)
    session.flush()  # The allocations name it.
    for receipt, fen in shares:
        apply(session, actor, clock, receipt, {line.id: fen})
    after = {"amount_fen": amount_fen}
    audit.record(
        session, actor, clock, "finance:forfeit", "receivable", line.id, path=line.path, after=after, reason=reason
    )
    return line


def _require_cap(holder: AccountHolder, amount_fen: int) -> None:
    price = holder.sale.deal_price_fen if holder.sale else None
    if price is not None and amount_fen > deposit_cap(price):
        raise RefundRefused("forfeit_above_cap", field="amount_fen", cap_fen=deposit_cap(price))


def _shares(session: Session, receipts: list[Receipt], amount_fen: int) -> list[tuple[Receipt, int]]:
    shares: list[tuple[Receipt, int]] = []
    left = amount_fen
    for receipt in receipts:
        if part := min(left, free_fen(session, receipt)):
            shares.append((receipt, part))
            left -= part
    if left:
        raise RefundRefused("forfeit_above_credit", field="amount_fen", credit_fen=amount_fen - left)
    return shares
