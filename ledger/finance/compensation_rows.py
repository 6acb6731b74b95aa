"""The rows of a compensation: its content, its events, and the to-do that orders the payment."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import Clock
from ledger.finance.errors import CompensationMissing
from ledger.finance.kinds import RefundEventKind, TodoKind
from ledger.finance.models import MoneyTodo
from ledger.finance.payout_models import Compensation, CompensationEvent
from ledger.finance.payouts import content_hash
from ledger.finance.refusals import typed_refusals
from ledger.finance.todos import add_todo
from ledger.locking import locked
from ledger.scope import scoped


def compensation_hash(row: Compensation) -> str:
    """The content that approvers approve: for which sale, what, how much, to whom and why."""
    return content_hash(
        sale_id=row.sale_id,
        kind=str(row.kind),
        amount_fen=row.amount_fen,
        basis=row.basis,
        payee=row.payee,
        payee_role=str(row.payee_role),
        payee_reason=row.payee_reason,
        reason=row.reason,
    )


def order_compensation(session: Session, actor: Actor, clock: Clock, row: Compensation, due_on: date) -> MoneyTodo:
    """Ask finance to pay a compensation; once, however often the step is retried."""
    todo = MoneyTodo(
        key=f"compensate:{row.id}",
        kind=TodoKind.COMPENSATE,
        project_id=row.project_id,
        path=row.path,
        sale_id=row.sale_id,
        compensation_id=row.id,
        debtor=row.payee_role,
        amount_fen=row.amount_fen,
        due_on=due_on,
        instance_id=row.instance_id,
        created_at=clock.now(),
    )
    return add_todo(session, actor, clock, todo)


def add_compensation_event(
    session: Session,
    actor: Actor,
    clock: Clock,
    row: Compensation,
    kind: RefundEventKind,
    on_date: date,
    reason: str | None = None,
) -> None:
    """Write an event; a rule of the database may refuse it."""
    event = CompensationEvent(
        compensation_id=row.id, kind=kind, on_date=on_date, at=clock.now(), by=actor.id, reason=reason
    )
    with typed_refusals():
        session.add(event)
        session.flush()  # Paid and cancelled exclude each other; the rule must speak before anything is posted.


def compensation_event_of(session: Session, row: Compensation, kind: RefundEventKind) -> CompensationEvent | None:
    """The event of a kind, if it happened."""
    query = select(CompensationEvent).where(
        CompensationEvent.compensation_id == row.id, CompensationEvent.kind == kind
    )
    return session.scalars(query).one_or_none()


def lock_compensation(session: Session, actor: Actor, permission: str, compensation_id: str) -> Compensation:
    """A compensation, locked; raises `CompensationMissing` outside the actor's scope."""
    query = scoped(actor, Compensation, permission).where(Compensation.id == compensation_id)
    row = session.scalars(locked(query, Compensation)).one_or_none()
    if row is None:
        raise CompensationMissing(field="compensation_id", id=compensation_id)
    return row
