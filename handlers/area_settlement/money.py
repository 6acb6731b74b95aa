"""The facts that say that the money of a settlement is done."""

from __future__ import annotations

import dataclasses

from handlers.subscriptions import engine_of_system
from kernel.facts import Telling, on, tell
from ledger.finance.facts import (
    BuyerLetOff,
    CompensationPaid,
    PayoutCancelled,
    ReceivableSettled,
    RefundPaid,
)
from ledger.finance.models import Refund
from ledger.finance.payout_models import Compensation
from ledger.surveys.facts import AreaMoneyDone
from ledger.surveys.queries import money_is_done
from ledger.surveys.rest import settle_rest


@on(ReceivableSettled)
def line_settled(fact: ReceivableSettled, telling: Telling) -> None:
    """A line is paid: what waited for money is ordered back, and the settlement's money may be done."""
    if fact.sale_id is not None:
        system = dataclasses.replace(telling.actor, is_system=True)
        settle_rest(telling.session, system, telling.clock, fact.sale_id)
    _look(fact.sale_id, telling)


@on(BuyerLetOff)
def let_off(fact: BuyerLetOff, telling: Telling) -> None:
    """The rest of a line is written off."""
    _look(fact.sale_id, telling)


@on(RefundPaid)
def refunded(fact: RefundPaid, telling: Telling) -> None:
    """Money went back."""
    _look(fact.sale_id, telling)


@on(CompensationPaid)
def compensated(fact: CompensationPaid, telling: Telling) -> None:
    """Compensation was paid."""
    _look(fact.sale_id, telling)


@on(PayoutCancelled)
def called_off(fact: PayoutCancelled, telling: Telling) -> None:
    """A payout was withdrawn at the desk."""
    payout = telling.session.get(Refund, fact.payout_id) or telling.session.get(Compensation, fact.payout_id)
    _look(payout.sale_id if payout else None, telling)


def _look(sale_id: str | None, telling: Telling) -> None:
    row = money_is_done(telling.session, sale_id) if sale_id else None
    if row is not None:
        tell(telling.session, AreaMoneyDone(row.sale_id, row.id, row.path))


@on(AreaMoneyDone)
def money_done(fact: AreaMoneyDone, telling: Telling) -> None:
    """The case that waits for the money goes on."""
    engine_of_system(telling).publish("area_money_done", {"sale_id": fact.sale_id}, {})
