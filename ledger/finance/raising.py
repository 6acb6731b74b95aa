"""Raising receivables (应收款) one by one: a subscription's deposit, earnest money of orders and queue numbers."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import Actor
from kernel.clock import Clock
from kernel.errors import Invalid
from ledger.accounting.periods import booking_today
from ledger.finance.amounts import require_amount
from ledger.finance.errors import KeyReused
from ledger.finance.kinds import CLASS_OF, Debtor, ReceivableKind, ReceivableState, TriggerKind
from ledger.finance.models import Receivable
from ledger.finance.parties import AccountHolder, customer_account, lock_sale, require_open
from ledger.finance.plans import PlannedLine, Trigger
from ledger.finance.refusals import typed_refusals
from ledger.staff.permissions import Permission


def raise_deposit(
    session: Session, actor: Actor, clock: Clock, *, sale_id: str, amount_fen: int, due_on: date
) -> Receivable:
    """The deposit (定金) of a subscription falls due; raising it again returns the first.

    Raises `AmountInvalid`, `SaleClosed`, and `KeyReused` when it was raised with another amount.
    """
    holder = lock_sale(session, actor, Permission.FINANCE_RAISE, sale_id)
    line = PlannedLine(ReceivableKind.DEPOSIT, Debtor.BUYER, amount_fen, due_on, Trigger(TriggerKind.ON_DATE))
    return _raise_once(session, actor, clock, holder, line, f"deposit:{sale_id}")


def raise_fee(
    session: Session, actor: Actor, clock: Clock, *, key: str, sale_id: str, amount_fen: int, due_on: date
) -> Receivable:
    """A fee (手续费) apart from the price falls due; raising it again under its ``key`` returns the first.

    Raises `AmountInvalid`, `SaleClosed`, `KeyReused`.
    """
    holder = lock_sale(session, actor, Permission.FINANCE_RAISE, sale_id)
    line = PlannedLine(ReceivableKind.FEE, Debtor.BUYER, amount_fen, due_on, Trigger(TriggerKind.ON_DATE))
    return _raise_once(session, actor, clock, holder, line, f"fee:{key}"[:120])


def raise_earnest(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    amount_fen: int,
    due_on: date,
    origin: str,
    sale_id: str | None = None,
    customer_id: str | None = None,
    project_id: str | None = None,
) -> Receivable:
    """The refundable money (诚意金) of a small order (with its sale) or a queue number (with its customer).

    ``origin`` names it, as ``small_order:<id>`` or ``queue_number:<id>``; raising it again returns the first.
    """
    if sale_id is not None:
        holder = lock_sale(session, actor, Permission.FINANCE_RAISE, sale_id)
    elif customer_id is not None and project_id is not None:
        holder = customer_account(session, actor, Permission.FINANCE_RAISE, customer_id, project_id)
    else:
        raise Invalid("payer_account_missing", field="sale_id")
    line = PlannedLine(ReceivableKind.EARNEST, Debtor.BUYER, amount_fen, due_on, Trigger(TriggerKind.ON_DATE))
    return _raise_once(session, actor, clock, holder, line, f"earnest:{origin}", origin)


def _raise_once(
    session: Session,
    actor: Actor,
    clock: Clock,
    holder: AccountHolder,
    line: PlannedLine,
    key: str,
    origin: str | None = None,
) -> Receivable:
    require_amount(line.amount_fen)
    existing = session.scalars(select(Receivable).where(Receivable.key == key)).one_or_none()
    if existing is not None:
        if existing.amount_fen != line.amount_fen:
            raise KeyReused(field="amount_fen", receivable_id=existing.id)
        return existing
    require_open(holder)
    row = receivable_row(clock, holder, line, key, next_sequence(session, holder))
    row.origin, row.raised_on = origin, booking_today(session, clock, row.project_id)
    with typed_refusals():
        session.add(row)
        session.flush()  # A deposit after signing would break the seal; the rule must speak now.
    after = {"kind": row.kind, "amount_fen": row.amount_fen}
    audit.record(session, actor, clock, "finance:raise", "receivable", row.id, path=row.path, after=after)
    return row


def next_sequence(session: Session, holder: AccountHolder) -> int:
    """The place after an account's last receivable."""
    query = select(func.coalesce(func.max(Receivable.sequence), 0))
    if holder.party.sale_id is not None:
        query = query.where(Receivable.sale_id == holder.party.sale_id)
    else:
        query = query.where(Receivable.customer_id == holder.party.customer_id)
    return int(session.scalar(query) or 0) + 1


def receivable_row(clock: Clock, holder: AccountHolder, line: PlannedLine, key: str, sequence: int) -> Receivable:
    """The row of a planned line for an account holder, not yet added."""
    return Receivable(
        sale_id=holder.party.sale_id,
        customer_id=holder.party.customer_id,
        key=key,
        project_id=holder.place.project_id,
        path=holder.place.path,
        sequence=sequence,
        kind=line.kind,
        class_=CLASS_OF[line.kind],
        debtor=line.debtor,
        amount_fen=line.amount_fen,
        due_on=line.due_on,
        trigger_kind=line.trigger.kind,
        milestone=line.trigger.milestone,
        milestone_days=line.trigger.days,
        state=ReceivableState.PLANNED,
        created_at=clock.now(),
        raised_on=holder.today(clock),
    )
