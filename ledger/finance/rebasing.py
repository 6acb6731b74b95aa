"""Deed tax and maintenance fund that the project collects, on another price or area, at the rates of signing.

An area that is settled and a price that changes after signing move them in the same way (DOMAIN §5).
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import Clock
from ledger.accounting.periods import booking_today
from ledger.finance.allocating import allocate_credit
from ledger.finance.allocation import apply
from ledger.finance.charges import Charge, parameter_charges
from ledger.finance.kinds import Debtor, ReceivableState, TriggerKind
from ledger.finance.models import Receipt, Receivable
from ledger.finance.parties import AccountHolder, lock_sale
from ledger.finance.plans import PlannedLine, Trigger
from ledger.finance.raising import next_sequence, receivable_row
from ledger.finance.superseding import free_line, supersede
from ledger.staff.permissions import Permission

REASON = "rebased"


def moved_charges(
    session: Session, *, sale_id: str, path: str, price_fen: int, area_hundredths: int, signed_on: date
) -> list[tuple[Receivable, Charge]]:
    """The charges in force that come out otherwise on a price and an area, each with what takes its place."""
    charges = parameter_charges(session, path, on=signed_on, price_fen=price_fen, area_hundredths=area_hundredths)
    wanted = {charge.kind: charge for charge in charges}
    query = select(Receivable).where(
        Receivable.sale_id == sale_id,
        Receivable.kind.in_(wanted),
        Receivable.state == ReceivableState.PLANNED,
    )
    lines = session.scalars(query.order_by(Receivable.sequence)).all()
    return [(old, wanted[old.kind]) for old in lines if wanted[old.kind].amount_fen != old.amount_fen]


def rebase_charges(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    sale_id: str,
    price_fen: int,
    area_hundredths: int,
    signed_on: date,
) -> list[Receivable]:
    """Tax and maintenance fund on a price and an area, at the rates of signing; returns what is raised.

    A charge that comes out as before stays; what was paid on one that goes pays the new one; the rest is credit.
    """
    holder = lock_sale(session, actor, Permission.FINANCE_RAISE, sale_id)
    moved = moved_charges(
        session,
        sale_id=sale_id,
        path=holder.place.path,
        price_fen=price_fen,
        area_hundredths=area_hundredths,
        signed_on=signed_on,
    )
    raised = []
    for old, charge in moved:
        fresh = _raise_anew(session, clock, holder, old, charge)
        freed = free_line(session, actor, clock, old)
        supersede(session, actor, clock, old, REASON)
        _count_towards(session, actor, clock, fresh, freed)
        raised.append(fresh)
    if raised:
        session.flush()  # What comes free is counted towards the new lines.
        allocate_credit(session, actor, clock, sale_id=sale_id)
    return raised


def _count_towards(session: Session, actor: Actor, clock: Clock, line: Receivable, freed: dict[str, int]) -> None:
    """Money that was paid on the charge pays the one in its place, before the law's order asks who is next."""
    left = line.amount_fen
    for receipt_id, fen in freed.items():
        if part := min(left, fen):
            apply(session, actor, clock, session.get_one(Receipt, receipt_id), {line.id: part})
            left -= part


def _raise_anew(
    session: Session, clock: Clock, holder: AccountHolder, old: Receivable, charge: Charge
) -> Receivable:
    trigger = Trigger(TriggerKind(old.trigger_kind), milestone=old.milestone, on=old.due_on)
    line = PlannedLine(charge.kind, Debtor.BUYER, charge.amount_fen, old.due_on, trigger)
    row = receivable_row(clock, holder, line, f"rebased:{old.id}", next_sequence(session, holder))
    row.milestone_days, row.raised_on = old.milestone_days, booking_today(session, clock, row.project_id)
    session.add(row)
    session.flush()  # The next line takes the place after it.
    return row
