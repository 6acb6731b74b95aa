"""Tax, fund and registration fee of a sale (契税、维修基金、登记费): what is open before submission."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import Clock
from kernel.facts import tell
from ledger.finance.accounts import settled_by_receivable
from ledger.finance.kinds import ReceivableKind, ReceivableState, TodoKind
from ledger.finance.models import Receivable
from ledger.finance.parties import today_at
from ledger.finance.todos import ask_for, open_todos_of
from ledger.organisation.parameters import TITLE_PAPERS_DAYS
from ledger.organisation.queries import parameter
from ledger.titles.facts import ChargesPaid
from ledger.titles.kinds import TitleState
from ledger.titles.moving import case_of

KINDS = (ReceivableKind.DEED_TAX, ReceivableKind.MAINTENANCE_FUND, ReceivableKind.REGISTRATION_FEE)


def open_charges(session: Session, sale_id: str) -> dict[str, int]:
    """Open fen by receivable of what is collected; nothing where the buyer pays the authority himself."""
    query = select(Receivable).where(
        Receivable.sale_id == sale_id,
        Receivable.kind.in_(KINDS),
        Receivable.state == ReceivableState.PLANNED,
    )
    lines = list(session.scalars(query.order_by(Receivable.sequence)))
    settled = settled_by_receivable(session, [line.id for line in lines])
    found = {line.id: line.amount_fen - settled.get(line.id, 0) for line in lines}
    return {line_id: fen for line_id, fen in found.items() if fen > 0}


def ask_charges(session: Session, actor: Actor, clock: Clock, *, sale_id: str) -> int:
    """Let finance collect what is open and asked of nobody yet; returns the open fen."""
    found = open_charges(session, sale_id)
    for line_id, fen in found.items():
        line = session.get_one(Receivable, line_id)
        if open_todos_of(session, TodoKind.COLLECT, receivable_id=line_id):
            continue
        today = today_at(session, clock, line.project_id)
        due_on = line.due_on or today + timedelta(days=parameter(session, line.path, TITLE_PAPERS_DAYS, today))
        ask_for(session, actor, clock, line, key=f"title:{line_id}", fen=fen, due_on=due_on, note="title_charges")
    return sum(found.values())


def tell_if_paid(session: Session, sale_id: str) -> None:
    """Tell that nothing is open any more, if a case of the sale waits for it."""
    case = case_of(session, sale_id)
    if case is not None and case.state is TitleState.PAPERS and not open_charges(session, sale_id):
        tell(session, ChargesPaid(case.sale_id, case.id, case.path))
