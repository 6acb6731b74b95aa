"""The contract (签约): carried over from the subscription, with the receivables that sum to its total."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from engine.api import Context, handler
from handlers.booking_to_contract.facts import sale_of
from handlers.booking_to_contract.money import collect
from handlers.booking_to_contract.people import buyers_of, issue_paper, words_of
from handlers.shared import end_of_day, instant_text
from handlers.telling import tell_customers
from ledger.finance.accounts import allocated_by_receivable
from ledger.finance.kinds import ReceivableClass, ReceivableState
from ledger.finance.models import Receivable
from ledger.finance.operations import build_receivables
from ledger.sales.models import Sale
from ledger.sales.operations import sign_contract
from ledger.sales.stage_models import Filing


@dataclass(frozen=True)
class RecordContractIn:
    """The day of signing, and the agreed days of hand-over and certificate if there are such."""

    sale_id: str
    plan_id: str
    signed_on: date
    zone: str
    filing_reminder_days: int
    delivery_on: date | None = None
    title_on: date | None = None


@dataclass(frozen=True)
class RecordContractOut:
    """The contract's number and total in fen; the filing's deadline as a day and as instants (UTC)."""

    contract_no: str
    contract_total_fen: int
    filing_deadline: date
    filing_deadline_at: str
    filing_escalation_at: str


@handler("booking_to_contract.record_contract")
def record_contract(data: RecordContractIn, ctx: Context) -> RecordContractOut:
    """Conclude the contract, turn the deposit into price, make and seal the receivables, tell everybody."""
    contract = sign_contract(
        ctx.session,
        ctx.ledger_actor,
        ctx.clock,
        sale_id=data.sale_id,
        signed_on=data.signed_on,
        delivery_on=data.delivery_on,
        title_on=data.title_on,
        key=ctx.idempotency_key,
    )
    build_receivables(
        ctx.session,
        ctx.ledger_actor,
        ctx.clock,
        sale_id=data.sale_id,
        template_id=data.plan_id,
        total_fen=contract.total_fen,
        signed_on=data.signed_on,
    )
    sale = sale_of(ctx, data.sale_id)
    _ask_for_the_price(ctx, sale)
    buyers = buyers_of(ctx, sale)
    issue_paper(ctx, "contract", sale)
    params = {**words_of(ctx, sale), "number": contract.no, "total_fen": contract.total_fen}
    tell_customers(ctx, "contract_signed", buyers, sale.path, params)
    deadline = ctx.session.scalars(select(Filing.deadline).where(Filing.sale_id == sale.id)).one()
    ctx.set_facts(contract_no=contract.no, due=deadline.isoformat())
    nears = deadline - timedelta(days=data.filing_reminder_days + 1)
    return RecordContractOut(
        contract_no=contract.no,
        contract_total_fen=contract.total_fen,
        filing_deadline=deadline,
        filing_deadline_at=instant_text(end_of_day(deadline, data.zone)),
        filing_escalation_at=instant_text(end_of_day(nears, data.zone)),
    )


def _ask_for_the_price(ctx: Context, sale: Sale) -> None:
    """A collect to-do for every price line that is dated and not yet paid; others follow when they fall due."""
    query = select(Receivable).where(
        Receivable.sale_id == sale.id,
        Receivable.class_ == ReceivableClass.PRICE,
        Receivable.state == ReceivableState.PLANNED,
        Receivable.due_on.is_not(None),
    )
    lines = list(ctx.session.scalars(query.order_by(Receivable.sequence)))
    paid = allocated_by_receivable(ctx.session, [line.id for line in lines])
    for line in lines:
        collect(ctx, line, amount_fen=line.amount_fen - paid.get(line.id, 0))
