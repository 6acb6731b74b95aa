"""Refunds (退款) and forfeits: out of unallocated money, never more than was received, back to whoever paid.

What the buyer paid goes to the buyer and what the bank paid to the bank (DOMAIN §10.5). Allocated money is freed
first: by closing the account, by ending an earnest receivable, by allocating anew.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import Actor
from kernel.clock import Clock
from ledger.accounting.periods import booking_today
from ledger.finance.accounts import accounts_of, free_fen, receipts_at_home
from ledger.finance.allocation import apply
from ledger.finance.amounts import require_amount
from ledger.finance.deposits import deposit_cap
from ledger.finance.errors import KeyReused, RefundRefused
from ledger.finance.kinds import (
    CLASS_OF,
    Account,
    Debtor,
    ReceivableKind,
    ReceivableState,
    TriggerKind,
)
from ledger.finance.models import Allocation, Receipt, Receivable, Refund
from ledger.finance.moves import lock_earnest
from ledger.finance.parties import AccountHolder, lock_sale, today_at
from ledger.finance.raising import next_sequence
from ledger.finance.refund_rows import Wish, order_refund, write_refund
from ledger.finance.superseding import supersede
from ledger.staff.permissions import Permission


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
    account: Account | None = None,
) -> list[Refund]:
    """Ask for money back out of a sale's credit, latest receipts first; one refund and one to-do per receipt.

    ``payee_role`` limits it to what the buyer, the bank or the fund centre paid, ``account`` to what is in one
    money account. The same ``key`` again returns
    the first refunds. Raises `RefundRefused` when the sale holds less credit, `KeyReused`, `AmountInvalid`.
    """
    holder = lock_sale(session, actor, Permission.FINANCE_REFUND, sale_id)
    wish = Wish(key, require_amount(amount_fen), reason, due_on or holder.today(clock))
    if existing := _earlier(session, wish):
        return existing
    receipts = reversed(receipts_at_home(session, sale_id))
    usable = [
        receipt
        for receipt in receipts
        if payee_role in (None, receipt.payer_role)
        and (account is None or account in accounts_of(session, receipt))
    ]
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
    return _spread(session, actor, clock, Wish(key, freed, reason, due_on or today), receipts)


def _earlier(session: Session, wish: Wish) -> list[Refund]:
    existing = _refunds_under(session, wish.key)
    if existing and sum(refund.amount_fen for refund in existing) != wish.amount_fen:
        raise KeyReused(field="key", refund_id=existing[0].id)
    return existing


def _refunds_under(session: Session, key: str) -> list[Refund]:
    query = select(Refund).where(Refund.key.startswith(f"{key}#", autoescape=True))
    return list(session.scalars(query.order_by(Refund.key)))


def _spread(session: Session, actor: Actor, clock: Clock, wish: Wish, receipts: list[Receipt]) -> list[Refund]:
    refunds: list[Refund] = []
    left = wish.amount_fen
    for receipt in receipts:
        part = min(left, free_fen(session, receipt))
        if part:
            share = replace(wish, key=f"{wish.key}#{len(refunds):03}", amount_fen=part)
            refund = write_refund(session, actor, clock, share, receipt)
            order_refund(session, actor, clock, refund, wish.due_on)
            refunds.append(refund)
            left -= part
    if left:
        raise RefundRefused("refund_above_credit", field="amount_fen", credit_fen=wish.amount_fen - left)
    return refunds


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
