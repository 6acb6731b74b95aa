"""The rows of a refund: the request, its events, and the to-do that orders the payment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import Actor
from kernel.clock import Clock
from ledger.finance.accounts import account_now, home_of
from ledger.finance.errors import RefundMissing
from ledger.finance.kinds import RefundEventKind, TodoKind
from ledger.finance.models import MoneyTodo, Receipt, Refund, RefundEvent
from ledger.finance.parties import today_at
from ledger.finance.payouts import content_hash
from ledger.finance.refusals import typed_refusals
from ledger.finance.todos import add_todo
from ledger.scope import scoped


@dataclass(frozen=True)
class Wish:
    """What is asked for: fen, why, under which key, payable by when.

    ``payee`` is given only when the money is to go to somebody else than the payer, with ``payee_reason``.
    """

    key: str
    amount_fen: int
    reason: str
    due_on: date
    payee: str | None = None
    payee_reason: str | None = None
    needs_approval: bool = False
    instance_id: str | None = None


def write_refund(session: Session, actor: Actor, clock: Clock, wish: Wish, receipt: Receipt) -> Refund:
    """Reserve money of a receipt; the database refuses more than it holds."""
    home = home_of(session, receipt)
    refund = Refund(
        key=wish.key,
        receipt_id=receipt.id,
        sale_id=home,
        customer_id=None if home else receipt.customer_id,
        project_id=receipt.project_id,
        path=receipt.path,
        amount_fen=wish.amount_fen,
        payee=wish.payee or receipt.payer,
        payee_role=receipt.payer_role,
        account=account_now(session, receipt),
        reason=wish.reason,
        payee_reason=wish.payee_reason,
        needs_approval=wish.needs_approval,
        instance_id=wish.instance_id,
        requested_at=clock.now(),
        requested_by=actor.id,
    )
    refund.content_hash = refund_hash(refund)
    with typed_refusals():
        session.add(refund)
        session.flush()  # The rule over the receipt must speak; the event needs the id.
    add_refund_event(
        session, actor, clock, refund, RefundEventKind.REQUESTED, today_at(session, clock, refund.project_id)
    )
    after = {"amount_fen": refund.amount_fen, "receipt_id": receipt.id}
    act = "finance:request_refund"
    audit.record(
        session, actor, clock, act, "refund", refund.id, path=refund.path, after=after, reason=wish.reason
    )
    return refund


def refund_hash(refund: Refund) -> str:
    """The content that approvers approve: which money, how much, to whom and why."""
    return content_hash(
        receipt_id=refund.receipt_id,
        amount_fen=refund.amount_fen,
        payee=refund.payee,
        payee_role=str(refund.payee_role),
        reason=refund.reason,
        payee_reason=refund.payee_reason,
    )


def order_refund(session: Session, actor: Actor, clock: Clock, refund: Refund, due_on: date) -> MoneyTodo:
    """Ask finance to pay a refund; once, however often the step is retried."""
    todo = MoneyTodo(
        key=f"refund:{refund.id}",
        kind=TodoKind.REFUND,
        project_id=refund.project_id,
        path=refund.path,
        sale_id=refund.sale_id,
        customer_id=refund.customer_id,
        receipt_id=refund.receipt_id,
        refund_id=refund.id,
        debtor=refund.payee_role,
        amount_fen=refund.amount_fen,
        due_on=due_on,
        instance_id=refund.instance_id,
        created_at=clock.now(),
    )
    return add_todo(session, actor, clock, todo)


def add_refund_event(
    session: Session,
    actor: Actor,
    clock: Clock,
    refund: Refund,
    kind: RefundEventKind,
    on_date: date,
    reason: str | None = None,
) -> None:
    """Write an event; a rule of the database may refuse it."""
    event = RefundEvent(
        refund_id=refund.id, kind=kind, on_date=on_date, at=clock.now(), by=actor.id, reason=reason
    )
    with typed_refusals():
        session.add(event)
        session.flush()  # Paid and cancelled exclude each other; the rule must speak before anything is posted.


def refund_event_of(session: Session, refund: Refund, kind: RefundEventKind) -> RefundEvent | None:
    """The event of a kind, if it happened."""
    query = select(RefundEvent).where(RefundEvent.refund_id == refund.id, RefundEvent.kind == kind)
    return session.scalars(query).one_or_none()


def lock_refund(session: Session, actor: Actor, permission: str, refund_id: str) -> Refund:
    """A refund, locked; raises `RefundMissing` outside the actor's scope."""
    query = scoped(actor, Refund, permission).where(Refund.id == refund_id)
    refund = session.scalars(query.with_for_update(of=Refund, key_share=True)).one_or_none()
    if refund is None:
        raise RefundMissing(field="refund_id", id=refund_id)
    return refund
