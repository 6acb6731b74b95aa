"""One receipt's refund (退款) by request: asked for, approved, paid or withdrawn.

Asking reserves the money, so that nobody allocates it meanwhile; the to-do to pay opens with the approval.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import Actor
from kernel.clock import Clock
from kernel.errors import Invalid
from kernel.facts import tell
from ledger.finance import journal
from ledger.finance.accounts import account_now, free_fen, is_usable
from ledger.finance.amounts import require_amount
from ledger.finance.errors import AlreadyDone, KeyReused, PayoutStale, RefundRefused
from ledger.finance.facts import PayoutCancelled, RefundPaid
from ledger.finance.journal import Party, Place
from ledger.finance.kinds import Debtor, RefundEventKind, TodoKind
from ledger.finance.models import Receipt, Refund, RefundEvent
from ledger.finance.parties import today_at
from ledger.finance.payout_models import PayoutApproval
from ledger.finance.payouts import (
    note_approval,
    require_approved,
    require_day_of_payment,
    require_other_payer,
    require_words,
)
from ledger.finance.receipt_rows import lock_receipt
from ledger.finance.refund_rows import (
    Wish,
    add_refund_event,
    lock_refund,
    order_refund,
    refund_event_of,
    refund_hash,
    write_refund,
)
from ledger.finance.todos import close_todo, open_todos_of, void_todo
from ledger.staff.permissions import Permission


def ask_refund(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    key: str,
    receipt_id: str,
    amount_fen: int,
    reason: str,
    payee: str | None = None,
    payee_reason: str | None = None,
    instance_id: str | None = None,
) -> Refund:
    """Ask for free money of a receipt back; it is reserved, and paid only once it is approved.

    The payee is the payer. Somebody else, for a buyer's money alone, needs ``payee_reason``; the bank's part goes
    to the bank. The same ``key`` again returns the first. Raises `RefundRefused`, `AmountInvalid`, `KeyReused`.
    """
    receipt = lock_receipt(session, actor, Permission.REFUND_START, receipt_id)
    require_amount(amount_fen)
    reason = require_words(reason, "reason")
    other = _other_payee(receipt, payee)
    why = require_words(payee_reason, "payee_reason") if other else None
    existing = session.scalars(select(Refund).where(Refund.key == key)).one_or_none()
    if existing is not None:
        if (existing.receipt_id, existing.amount_fen) != (receipt.id, amount_fen):
            raise KeyReused(field="key", refund_id=existing.id)
        return existing
    if not is_usable(session, receipt):
        raise RefundRefused("refund_unconfirmed", field="receipt_id")
    free = free_fen(session, receipt)
    if amount_fen > free:
        raise RefundRefused("refund_above_credit", field="amount_fen", credit_fen=free)
    today = today_at(session, clock, receipt.project_id)
    wish = Wish(key, amount_fen, reason, today, other, why, needs_approval=True, instance_id=instance_id)
    return write_refund(session, actor, clock, wish, receipt)


def _other_payee(receipt: Receipt, payee: str | None) -> str | None:
    """The payee when it is not the payer. Raises `RefundRefused` for a bank's or a fund's money."""
    name = " ".join((payee or "").split())
    if not name or name == " ".join(receipt.payer.split()):
        return None
    if receipt.payer_role is not Debtor.BUYER:
        raise RefundRefused("refund_bank_to_bank", field="payee")
    return require_words(name, "payee")


def approve_refund(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    refund_id: str,
    approved_hash: str,
    approvers: Sequence[str],
    reference: str,
    due_on: date | None = None,
) -> Refund:
    """Note the approval of this very content and order the payment by a to-do; doing it again changes nothing.

    Raises `PayoutStale` when the content is another, `OwnAct` for whoever asked,
    `AlreadyDone` if it was withdrawn meanwhile.
    """
    refund = lock_refund(session, actor, Permission.FINANCE_REFUND, refund_id)
    if cancelled := refund_event_of(session, refund, RefundEventKind.CANCELLED):
        raise AlreadyDone("refund_cancelled", by=cancelled.by, at=cancelled.at)
    if not is_usable(session, session.get_one(Receipt, refund.receipt_id)):
        raise PayoutStale(refund_id=refund.id)
    note_approval(
        session,
        actor,
        clock,
        subject={"refund_id": refund.id},
        requested_by=refund.requested_by,
        standing_hash=refund_hash(refund),
        approved_hash=approved_hash,
        approvers=approvers,
        reference=reference,
    )
    order_refund(session, actor, clock, refund, due_on or today_at(session, clock, refund.project_id))
    after = {"content_hash": approved_hash, "approvers": list(approvers), "reference": reference}
    act = "finance:approve_refund"
    audit.record(session, actor, clock, act, "refund", refund.id, path=refund.path, after=after)
    return refund


def withdraw_requests(session: Session, actor: Actor, clock: Clock, *, receipt_id: str, reason: str) -> None:
    """Withdraw what is asked for out of a receipt that does not stand: asked, but not approved by anybody yet."""
    ended = select(RefundEvent.id).where(
        RefundEvent.refund_id == Refund.id, RefundEvent.kind == RefundEventKind.CANCELLED
    )
    approved = select(PayoutApproval.id).where(PayoutApproval.refund_id == Refund.id)
    asked = select(Refund.id).where(
        Refund.receipt_id == receipt_id, Refund.needs_approval, ~ended.exists(), ~approved.exists()
    )
    for refund_id in session.scalars(asked).all():
        cancel_refund(session, actor, clock, refund_id=refund_id, reason=reason)


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

    Raises `RefundRefused` when ``payee`` is not whom the refund names, `DateInvalid` for a future date,
    `AlreadyDone` if it was cancelled, `PayoutUnapproved` and `PayoutStale` when it lacks the approval it needs,
    `OwnAct` for whoever asked for it.
    """
    refund = lock_refund(session, actor, Permission.FINANCE_PAY, refund_id)
    if refund_event_of(session, refund, RefundEventKind.PAID):
        return refund
    if cancelled := refund_event_of(session, refund, RefundEventKind.CANCELLED):
        raise AlreadyDone("refund_cancelled", by=cancelled.by, at=cancelled.at)
    if payee is not None and payee.strip() != refund.payee:
        raise RefundRefused("refund_not_to_payer", field="payee")
    today = require_day_of_payment(session, clock, refund.project_id, paid_on)
    subject = {"refund_id": refund.id}
    require_approved(session, subject, refund_hash(refund), refund.content_hash, needed=refund.needs_approval)
    if refund.needs_approval:
        require_other_payer(actor, refund.requested_by)
    receipt = session.get_one(Receipt, refund.receipt_id)
    add_refund_event(session, actor, clock, refund, RefundEventKind.PAID, paid_on)
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
    refund = lock_refund(session, actor, Permission.FINANCE_REFUND, refund_id)
    if not reason.strip():
        raise Invalid("reason_missing", field="reason")
    if paid := refund_event_of(session, refund, RefundEventKind.PAID):
        raise AlreadyDone("refund_paid", by=paid.by, at=paid.at)
    if refund_event_of(session, refund, RefundEventKind.CANCELLED):
        return refund
    today = today_at(session, clock, refund.project_id)
    add_refund_event(session, actor, clock, refund, RefundEventKind.CANCELLED, today, reason)
    for todo in open_todos_of(session, TodoKind.REFUND, refund_id=refund.id):
        void_todo(session, actor, clock, todo, reason)
    audit.record(
        session, actor, clock, "finance:cancel_refund", "refund", refund.id, path=refund.path, reason=reason
    )
    tell(session, PayoutCancelled(refund.id, refund.path))
    return refund
