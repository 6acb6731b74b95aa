"""Counting receipts towards receivables: suggested by the law's order; taken back by negative rows.

Only the buyer's money settles the buyer's debts and only the bank's the bank's; and a receipt settles only what
belongs to the money account that it reached.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import Actor
from kernel.clock import Clock
from kernel.facts import tell
from ledger.accounting.periods import booking_day
from ledger.finance import journal
from ledger.finance.accounts import accounts_of, free_fen, home_of, settled_by_receivable
from ledger.finance.amounts import require_amount
from ledger.finance.errors import AllocationRefused, ReceivableMissing
from ledger.finance.facts import DepositPaid, ReceivableSettled
from ledger.finance.interest_transfers import order_interest_transfer
from ledger.finance.journal import Party, Place
from ledger.finance.kinds import (
    MONEY_ACCOUNT_OF,
    Account,
    ReceivableClass,
    ReceivableKind,
    ReceivableState,
    TodoKind,
)
from ledger.finance.late_clauses import late_clause
from ledger.finance.law_order import Debt, allocate_by_law
from ledger.finance.models import Allocation, Receipt, Receivable
from ledger.finance.parties import party_of, today_at
from ledger.finance.refusals import typed_refusals
from ledger.finance.todos import close_todo, open_todos_of
from ledger.locking import locked

ACCRUED = "interest"
"""Stands among receivables for the late interest that has accrued by the day of payment and is not charged yet."""


def suggest(
    session: Session, receipt: Receipt, amount_fen: int, on: date, *, accrued_fen: int = 0
) -> dict[str, int]:
    """Fen per receivable for an amount of a receipt, in the order that the contract or the law prescribes.

    By the law, late interest that had accrued by the day of payment comes first (Civil Code 561), then what the
    payer named, then the rest in the order of the law (560). Where the contract puts principal first, that
    interest comes after the principal that is due. Interest of later days comes last either way. Who names
    something else than the price, such as deed tax, pays for that first: it is another debt. ``accrued_fen`` is
    interest that would be charged first, under the id `ACCRUED`.
    """
    lines = payable(session, receipt)
    if accrued_fen:
        lines.append(_accrued_line(session, receipt, accrued_fen))
    settled = settled_by_receivable(session, [line.id for line in lines])
    opened = {line.id: line.amount_fen - settled.get(line.id, 0) for line in lines}
    allocated: dict[str, int] = {}
    for tier in _tiers(session, receipt, lines, on):
        debts = [Debt(line.id, opened[line.id], line.due_on) for line in tier if line.id not in allocated]
        allocated |= allocate_by_law(debts, amount_fen - sum(allocated.values()), on)
    return allocated


def _accrued_line(session: Session, receipt: Receipt, fen: int) -> Receivable:
    """The receivable that interest would be if it were charged; it is never stored."""
    return Receivable(
        id=ACCRUED,
        sale_id=home_of(session, receipt),
        kind=ReceivableKind.LATE_INTEREST,
        class_=ReceivableClass.SEPARATE,
        amount_fen=fen,
        due_on=receipt.paid_on,
    )


def _tiers(session: Session, receipt: Receipt, lines: list[Receivable], on: date) -> list[list[Receivable]]:
    """The lines in groups that are settled one after the other; a line may stand in several."""
    named = [line for line in lines if line.id == receipt.receivable_id]
    interest = [line for line in lines if line.kind is ReceivableKind.LATE_INTEREST]
    if not interest:
        return [named, lines]
    sale_id = interest[0].sale_id
    assert sale_id is not None  # noqa: S101 - only a sale's instalments bear interest
    accrued = [line for line in interest if line.due_on is not None and line.due_on <= receipt.paid_on]
    others = [line for line in lines if line not in interest]
    if named and named[0].class_ is not ReceivableClass.PRICE:
        return [named, accrued, others, interest]
    if late_clause(session, sale_id).statutory:
        return [accrued, named, others, interest]
    due = [line for line in others if line.due_on is not None and line.due_on <= on]
    return [named, due, accrued, others, interest]


def payable(session: Session, receipt: Receipt) -> list[Receivable]:
    """The live receivables that money of this receipt may settle, in the order of the schedule."""
    query = select(Receivable).where(
        Receivable.state == ReceivableState.PLANNED,
        Receivable.debtor == receipt.payer_role,
        Receivable.amount_fen > 0,
    )
    sale_id = home_of(session, receipt)
    if sale_id is not None:
        query = query.where(Receivable.sale_id == sale_id)
    else:
        # A customer may queue at several projects; the money of one never settles what is owed at another.
        query = query.where(
            Receivable.customer_id == receipt.customer_id,
            Receivable.project_id == receipt.project_id,
            Receivable.sale_id.is_(None),
        )
    accounts = accounts_of(session, receipt)
    lines = session.scalars(query.order_by(Receivable.sequence, Receivable.id))
    return [line for line in lines if money_fits(accounts, line)]


def money_fits(accounts: Iterable[Account], receivable: Receivable) -> bool:
    """Whether money in one of these accounts may settle the receivable. A forfeit keeps what is already held.

    Late interest is paid with the instalment that is late, into the supervised account (监管账户); what is settled
    of it there is ordered to be carried to the general account (`interest_transfers`).
    """
    if receivable.kind is ReceivableKind.FORFEIT:
        return True
    if receivable.kind is ReceivableKind.LATE_INTEREST and Account.SUPERVISED in accounts:
        return True
    return MONEY_ACCOUNT_OF[receivable.class_] in accounts


def apply(session: Session, actor: Actor, clock: Clock, receipt: Receipt, allocations: Mapping[str, int]) -> None:
    """Write allocations of a locked, confirmed receipt with their journal entries and facts."""
    if not allocations:
        return
    for receivable_id, fen in allocations.items():
        require_amount(fen, f"allocations.{receivable_id}")
    if sum(allocations.values()) > free_fen(session, receipt):
        raise AllocationRefused(
            "allocation_above_receipt", field="allocations", free_fen=free_fen(session, receipt)
        )
    lines = _lock_lines(session, allocations)
    _check_lines(session, receipt, lines, allocations)
    for line in lines:
        _write(session, actor, clock, receipt, line, allocations[line.id])
    if any(line.kind is ReceivableKind.LATE_INTEREST for line in lines):
        order_interest_transfer(session, actor, clock, receipt)
    _tell_settled(session, actor, clock, lines)


def _lock_lines(session: Session, allocations: Mapping[str, int]) -> list[Receivable]:
    query = select(Receivable).where(Receivable.id.in_(allocations)).order_by(Receivable.id)
    lines = list(session.scalars(locked(query, Receivable)))
    if missing := set(allocations) - {line.id for line in lines}:
        raise ReceivableMissing(field=f"allocations.{min(missing)}", id=min(missing))
    return sorted(lines, key=lambda line: (line.sequence, line.id))


def _check_lines(
    session: Session, receipt: Receipt, lines: list[Receivable], allocations: Mapping[str, int]
) -> None:
    settled = settled_by_receivable(session, allocations)
    accounts = accounts_of(session, receipt)
    sale_id = home_of(session, receipt)
    for line in lines:
        field = f"allocations.{line.id}"
        theirs = (line.customer_id, line.project_id) == (receipt.customer_id, receipt.project_id)
        if line.sale_id != sale_id or (sale_id is None and not theirs):
            raise AllocationRefused("allocation_to_another_sale", field=field)
        if line.state is not ReceivableState.PLANNED:
            state = f"receivable.{line.state}"
            raise AllocationRefused("allocation_to_closed_receivable", field=field, state=state)
        if not money_fits(accounts, line):
            words = {"account": f"account.{receipt.account}", "needed": f"account.{MONEY_ACCOUNT_OF[line.class_]}"}
            raise AllocationRefused("allocation_wrong_account", field=field, **words)
        left = line.amount_fen - settled.get(line.id, 0)
        if allocations[line.id] > left:
            raise AllocationRefused("allocation_above_receivable", field=field, open_fen=left)


def take_back(
    session: Session, actor: Actor, clock: Clock, receipt: Receipt, *, only: Receivable | None = None
) -> int:
    """Take a locked receipt's allocations back (all, or those to one receivable); returns the fen freed."""
    total = func.sum(Allocation.amount_fen)
    query = select(Allocation.receivable_id, total).where(Allocation.receipt_id == receipt.id)
    if only is not None:
        query = query.where(Allocation.receivable_id == only.id)
    # What was freed against a line below zero is taken back only with that line (`give_back`).
    has_money = total > 0 if only is None or only.amount_fen > 0 else total != 0
    query = query.group_by(Allocation.receivable_id).having(has_money).order_by(Allocation.receivable_id)
    freed, lines = 0, []
    for receivable_id, fen in session.execute(query).all():
        lines.append(session.get_one(Receivable, receivable_id))
        _write(session, actor, clock, receipt, lines[-1], -int(fen))
        freed += int(fen)
    if any(line.kind is ReceivableKind.LATE_INTEREST for line in lines):
        order_interest_transfer(session, actor, clock, receipt)
    return freed


def give_back(session: Session, actor: Actor, clock: Clock, receipt: Receipt, line: Receivable, fen: int) -> None:
    """Free money of a locked receipt against a line below zero: the price went down by what was paid too much."""
    require_amount(fen)
    _write(session, actor, clock, receipt, line, -fen)


def _write(session: Session, actor: Actor, clock: Clock, receipt: Receipt, line: Receivable, fen: int) -> None:
    today = today_at(session, clock, receipt.project_id)
    row = Allocation(
        receipt_id=receipt.id,
        receivable_id=line.id,
        amount_fen=fen,
        on_date=receipt.paid_on if fen > 0 else today,
        at=clock.now(),
        by=actor.id,
        booked_on=booking_day(session, receipt.project_id, today),
    )
    with typed_refusals():
        session.add(row)
        session.flush()  # The rules over the sums must speak before the journal is written.
    holder = party_of(session, receipt)
    debtor = Party(line.sale_id, None if line.sale_id else line.customer_id)
    journal.post(
        session,
        actor,
        clock,
        place=Place(receipt.project_id, receipt.path),
        kind="allocate" if fen > 0 else "take_back",
        booked_on=today,
        subject=("receipt", receipt.id),
        entries=journal.allocated(line.kind, line.id, fen, holder=holder, debtor=debtor),
    )
    after = {"receivable_id": line.id, "amount_fen": fen}
    audit.record(session, actor, clock, "finance:allocate", "receipt", receipt.id, path=receipt.path, after=after)


def _tell_settled(session: Session, actor: Actor, clock: Clock, lines: list[Receivable]) -> None:
    settled = settled_by_receivable(session, [line.id for line in lines])
    for line in lines:
        if settled.get(line.id, 0) < line.amount_fen:
            continue
        for todo in open_todos_of(session, TodoKind.COLLECT, receivable_id=line.id):
            close_todo(session, actor, clock, todo)
        tell(session, ReceivableSettled(line.sale_id, line.id, line.kind, line.origin, line.path))
        if line.kind is ReceivableKind.DEPOSIT and line.sale_id:
            tell(session, DepositPaid(line.sale_id, line.id))


def live_price_lines(session: Session, sale_id: str) -> list[Receivable]:
    """A sale's price-class receivables that are not superseded, in order."""
    query = select(Receivable).where(
        Receivable.sale_id == sale_id,
        Receivable.class_ == ReceivableClass.PRICE,
        Receivable.state != ReceivableState.SUPERSEDED,
    )
    return list(session.scalars(query.order_by(Receivable.sequence, Receivable.id)))
