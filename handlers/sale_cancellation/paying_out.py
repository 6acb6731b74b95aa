"""A cancelled sale is over when all that is owed is paid: refunds to buyer and bank, compensation."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from engine.api import Context, handler
from handlers.subscriptions import engine_of_system
from kernel.facts import Telling, on
from ledger.finance.accounts import refund_stands
from ledger.finance.facts import CompensationPaid, PayoutCancelled, RefundPaid
from ledger.finance.models import Refund
from ledger.finance.payout_queries import owes_payouts, sale_of_payout
from ledger.sales.models import Sale
from ledger.templates.models import MadePaper

NOTE = "refund_note"


@dataclass(frozen=True)
class LookIn:
    """The sale that may have ended."""

    sale_id: str


@dataclass(frozen=True)
class LookOut:
    """Whether money is ordered to be paid out that is not paid yet; the refunds that have no note on paper yet."""

    owes: bool
    refund_ids: list[str]


@handler("sale_cancellation.look_at_payouts", again=True)
def look_at_payouts(data: LookIn, ctx: Context) -> LookOut:
    """Look whether a closed sale's money still has to be paid out."""
    closed = ctx.session.get_one(Sale, data.sale_id).state == "closed"
    owes = closed and owes_payouts(ctx.session, data.sale_id)
    return LookOut(owes, _without_note(ctx, data.sale_id) if owes else [])


def _without_note(ctx: Context, sale_id: str) -> list[str]:
    noted = select(MadePaper.about_id).where(
        MadePaper.kind == NOTE, MadePaper.subject_id == sale_id, MadePaper.about_id.is_not(None)
    )
    query = select(Refund.id).where(Refund.sale_id == sale_id, refund_stands(), Refund.id.not_in(noted))
    return list(ctx.session.scalars(query.order_by(Refund.key)))


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
