"""Compensation (赔偿): money the developer pays beyond what it received, with its own entries (DOMAIN §10.5).

It is asked for, approved where a person asks, ordered by a to-do and paid, as a refund is; but it comes out of the
developer's general account and is an expense, so it never counts against what a receipt holds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import Actor
from kernel.clock import Clock
from kernel.errors import Invalid
from kernel.facts import tell
from ledger.finance import journal
from ledger.finance.amounts import require_amount
from ledger.finance.compensation_rows import (
    add_compensation_event,
    compensation_event_of,
    compensation_hash,
    lock_compensation,
    order_compensation,
)
from ledger.finance.deposits import deposit_cap
from ledger.finance.errors import AlreadyDone, CompensationRefused, KeyReused
from ledger.finance.facts import CompensationPaid, PayoutCancelled
from ledger.finance.journal import Party, Place
from ledger.finance.kinds import Account, CompensationKind, Debtor, RefundEventKind, TodoKind
from ledger.finance.models import Receipt, ReceiptMove
from ledger.finance.parties import AccountHolder, lock_sale, today_at
from ledger.finance.payout_models import Compensation, CompensationEvent
from ledger.finance.payouts import (
    note_approval,
    require_approved,
    require_day_of_payment,
    require_other_payer,
    require_words,
)
from ledger.finance.sale_labels import label_sales
from ledger.finance.todos import close_todo, open_todos_of, void_todo
from ledger.staff.permissions import Permission

_PENALTIES = (CompensationKind.LATE_DELIVERY, CompensationKind.LATE_TITLE)


def ask_compensation(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    key: str,
    sale_id: str,
    kind: CompensationKind | str,
    amount_fen: int,
    reason: str,
    payee: str | None = None,
    payee_role: Debtor = Debtor.BUYER,
    payee_reason: str | None = None,
    basis: Mapping[str, object] | None = None,
    needs_approval: bool = True,
    instance_id: str | None = None,
    due_on: date | None = None,
) -> Compensation:
    """Owe a sale's buyer (or bank) money beyond refunds; the same ``key`` again returns the first.

    One that needs no approval, because a process has decided it, is ordered at once. Somebody who neither buys nor
    has paid for the sale needs ``payee_reason``. Raises `CompensationRefused` for a doubled deposit above 20 % of
    the price or beside a penalty (Civil Code 586, 588), `AmountInvalid`, `KeyReused`.
    """
    right = Permission.REFUND_START if needs_approval else Permission.FINANCE_REFUND
    holder = lock_sale(session, actor, right, sale_id)
    if kind not in list(CompensationKind):
        raise CompensationRefused("compensation_kind_unknown", field="compensation_kind")
    kind = CompensationKind(kind)
    require_amount(amount_fen)
    existing = session.scalars(select(Compensation).where(Compensation.key == key)).one_or_none()
    if existing is not None:
        if (existing.sale_id, existing.kind, existing.amount_fen) != (sale_id, kind, amount_fen):
            raise KeyReused(field="key", compensation_id=existing.id)
        return existing
    _require_lawful(session, holder, kind, amount_fen)
    name, why = _payee(session, sale_id, payee, payee_reason)
    row = Compensation(
        key=key,
        sale_id=sale_id,
        project_id=holder.place.project_id,
        path=holder.place.path,
        kind=kind,
        amount_fen=amount_fen,
        basis=dict(basis or {}),
        payee=name,
        payee_role=payee_role,
        payee_reason=why,
        reason=require_words(reason, "reason"),
        needs_approval=needs_approval,
        instance_id=instance_id,
        requested_at=clock.now(),
        requested_by=actor.id,
    )
    row.content_hash = compensation_hash(row)
    session.add(row)
    session.flush()  # The event and the to-do need the id.
    today = holder.today(clock)
    add_compensation_event(session, actor, clock, row, RefundEventKind.REQUESTED, today)
    after = {"kind": kind, "amount_fen": amount_fen, "basis": dict(basis or {})}
    act = "finance:ask_compensation"
    audit.record(session, actor, clock, act, "compensation", row.id, path=row.path, after=after, reason=reason)
    if not needs_approval:
        order_compensation(session, actor, clock, row, due_on or today)
    return row


def _require_lawful(session: Session, holder: AccountHolder, kind: CompensationKind, amount_fen: int) -> None:
    sale = holder.sale
    price = (sale.deal_price_fen or sale.list_price_fen) if sale else None
    if kind is CompensationKind.DEPOSIT_DOUBLE and price is not None and amount_fen > deposit_cap(price):
        raise CompensationRefused("compensation_above_cap", field="amount_fen", cap_fen=deposit_cap(price))
    others = _PENALTIES if kind is CompensationKind.DEPOSIT_DOUBLE else (CompensationKind.DEPOSIT_DOUBLE,)
    if kind is not CompensationKind.DEPOSIT_DOUBLE and kind not in _PENALTIES:
        return
    withdrawn = exists().where(
        CompensationEvent.compensation_id == Compensation.id, CompensationEvent.kind == RefundEventKind.CANCELLED
    )
    query = select(Compensation.id).where(
        Compensation.sale_id == holder.party.sale_id, Compensation.kind.in_(others), ~withdrawn
    )
    if session.scalar(query.limit(1)) is not None:
        raise CompensationRefused("compensation_deposit_or_penalty", field="compensation_kind")


def _payee(session: Session, sale_id: str, payee: str | None, why: str | None) -> tuple[str, str | None]:
    """Who gets it, and why if he neither buys nor has paid. Raises `CompensationRefused` when nobody is named."""
    buyers = label_sales(session, [sale_id])[sale_id].buyer_names
    name = " ".join((payee or "").split()) or "、".join(buyers)
    if not name:
        raise CompensationRefused("compensation_payee_missing", field="payee")
    moved_here = select(ReceiptMove.receipt_id).where(ReceiptMove.sale_id == sale_id)
    theirs = (Receipt.sale_id == sale_id) | Receipt.id.in_(moved_here)
    payers = session.scalars(select(Receipt.payer).where(theirs, Receipt.payer == name))
    known = name in buyers or name == "、".join(buyers) or payers.first() is not None
    return require_words(name, "payee"), None if known else require_words(why, "payee_reason")


def approve_compensation(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    compensation_id: str,
    approved_hash: str,
    approvers: Sequence[str],
    reference: str,
    due_on: date | None = None,
) -> Compensation:
    """Note the approval of this very content and order the payment; doing it again changes nothing.

    Raises `PayoutStale`, `OwnAct`, `AlreadyDone` if it was withdrawn meanwhile.
    """
    row = lock_compensation(session, actor, Permission.FINANCE_REFUND, compensation_id)
    if cancelled := compensation_event_of(session, row, RefundEventKind.CANCELLED):
        raise AlreadyDone("refund_cancelled", by=cancelled.by, at=cancelled.at)
    note_approval(
        session,
        actor,
        clock,
        subject={"compensation_id": row.id},
        requested_by=row.requested_by,
        standing_hash=compensation_hash(row),
        approved_hash=approved_hash,
        approvers=approvers,
        reference=reference,
    )
    order_compensation(session, actor, clock, row, due_on or today_at(session, clock, row.project_id))
    after = {"content_hash": approved_hash, "approvers": list(approvers), "reference": reference}
    act = "finance:approve_compensation"
    audit.record(session, actor, clock, act, "compensation", row.id, path=row.path, after=after)
    return row


def pay_compensation(
    session: Session, actor: Actor, clock: Clock, *, compensation_id: str, paid_on: date
) -> Compensation:
    """It was paid out of the general account: post the expense and close the to-do. Paying twice is once.

    Raises `DateInvalid` for a future date, `AlreadyDone` if it was withdrawn, `PayoutUnapproved`, `PayoutStale`,
    `OwnAct` for whoever asked for it.
    """
    row = lock_compensation(session, actor, Permission.FINANCE_PAY, compensation_id)
    if compensation_event_of(session, row, RefundEventKind.PAID):
        return row
    if cancelled := compensation_event_of(session, row, RefundEventKind.CANCELLED):
        raise AlreadyDone("refund_cancelled", by=cancelled.by, at=cancelled.at)
    today = require_day_of_payment(session, clock, row.project_id, paid_on)
    subject = {"compensation_id": row.id}
    require_approved(session, subject, compensation_hash(row), row.content_hash, needed=row.needs_approval)
    if row.needs_approval:
        require_other_payer(actor, row.requested_by)
    add_compensation_event(session, actor, clock, row, RefundEventKind.PAID, paid_on)
    journal.post(
        session,
        actor,
        clock,
        place=Place(row.project_id, row.path),
        kind="compensate",
        booked_on=today,
        subject=("compensation", row.id),
        entries=journal.spent(Account.GENERAL, Account.COMPENSATION, row.amount_fen, Party(row.sale_id)),
    )
    for todo in open_todos_of(session, TodoKind.COMPENSATE, compensation_id=row.id):
        close_todo(session, actor, clock, todo)
    audit.record(session, actor, clock, "finance:pay_compensation", "compensation", row.id, path=row.path)
    tell(session, CompensationPaid(row.sale_id, row.id, row.amount_fen, row.path))
    return row


def cancel_compensation(
    session: Session, actor: Actor, clock: Clock, *, compensation_id: str, reason: str
) -> Compensation:
    """Withdraw an unpaid compensation. Twice is once. Raises `AlreadyDone` if it was paid."""
    row = lock_compensation(session, actor, Permission.FINANCE_REFUND, compensation_id)
    if not reason.strip():
        raise Invalid("reason_missing", field="reason")
    if paid := compensation_event_of(session, row, RefundEventKind.PAID):
        raise AlreadyDone("refund_paid", by=paid.by, at=paid.at)
    if compensation_event_of(session, row, RefundEventKind.CANCELLED):
        return row
    today = today_at(session, clock, row.project_id)
    add_compensation_event(session, actor, clock, row, RefundEventKind.CANCELLED, today, reason)
    for todo in open_todos_of(session, TodoKind.COMPENSATE, compensation_id=row.id):
        void_todo(session, actor, clock, todo, reason)
    act = "finance:cancel_compensation"
    audit.record(session, actor, clock, act, "compensation", row.id, path=row.path, reason=reason)
    tell(session, PayoutCancelled(row.id, row.path))
    return row
