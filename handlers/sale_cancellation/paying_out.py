"""A cancelled sale is over when all that is owed is paid: refunds to buyer and bank, compensation."""

from __future__ import annotations

from dataclasses import dataclass

from engine.api import Context, handler
from handlers.subscriptions import engine_of_system
from kernel.facts import Telling, on
from ledger.finance.facts import CompensationPaid, PayoutCancelled, RefundPaid
from ledger.finance.payout_queries import owes_payouts, sale_of_payout
from ledger.sales.models import Sale


@dataclass(frozen=True)
class LookIn:
    """The sale that may have ended."""

    sale_id: str


@dataclass(frozen=True)
class LookOut:
    """Whether money is ordered to be paid out that is not paid yet."""

    owes: bool


@handler("sale_cancellation.look_at_payouts", again=True)
def look_at_payouts(data: LookIn, ctx: Context) -> LookOut:
    """Look whether a closed sale's money still has to be paid out."""
    closed = ctx.session.get_one(Sale, data.sale_id).state == "closed"
    return LookOut(closed and owes_payouts(ctx.session, data.sale_id))


@on(RefundPaid)
def refund_paid(fact: RefundPaid, telling: Telling) -> None:
    """Money went back."""
    _paid_out(telling, fact.sale_id)


@on(CompensationPaid)
def compensation_paid(fact: CompensationPaid, telling: Telling) -> None:
    """Compensation was paid."""
    _paid_out(telling, fact.sale_id)


@on(PayoutCancelled)
def payout_cancelled(fact: PayoutCancelled, telling: Telling) -> None:
    """A payment was withdrawn at the desk: it is waited for no longer."""
    _paid_out(telling, sale_of_payout(telling.session, fact.payout_id))


def _paid_out(telling: Telling, sale_id: str | None) -> None:
    """Tell the case of a closed sale once nothing is left to be paid."""
    if sale_id is None or telling.session.get_one(Sale, sale_id).state != "closed":
        return
    if not owes_payouts(telling.session, sale_id):
        engine_of_system(telling).publish("sale_paid_out", {"sale_id": sale_id}, {})
