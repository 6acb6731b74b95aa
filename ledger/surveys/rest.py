"""What of a posted area refund waited, because it was larger than all that the buyer pays himself."""

from __future__ import annotations

from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import Clock
from ledger.finance.operations import give_rest_back
from ledger.finance.parties import today_at
from ledger.surveys.kinds import SettlementState
from ledger.surveys.settling import settlement_of


def settle_rest(session: Session, actor: Actor, clock: Clock, sale_id: str) -> None:
    """Money has come: what of a posted refund was larger than all that the buyer pays himself is ordered back."""
    row = settlement_of(session, sale_id)
    if row is None or row.state is not SettlementState.POSTED:
        return
    today = today_at(session, clock, row.project_id)
    refunds = give_rest_back(session, actor, clock, key=f"area:{row.id}:rest", sale_id=sale_id, due_on=today)
    if refunds:
        ids = [*row.money["refund_ids"], *(one.id for one in refunds)]
        back = row.money["refunded_fen"] + sum(one.amount_fen for one in refunds)
        row.money = {**row.money, "refund_ids": ids, "refunded_fen": back}
        session.flush()  # Whether the money is done is read from the database.
