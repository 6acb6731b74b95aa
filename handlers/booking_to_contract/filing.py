"""Online filing (网签备案): submitted, returned or accepted, escalated when its deadline is near (FEATURES C6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from engine.api import Context, handler
from handlers.booking_to_contract.facts import sale_of
from handlers.booking_to_contract.people import buyers_of, words_of
from handlers.telling import tell_customers, tell_staff
from ledger.sales.operations import accept_filing, return_filing, submit_filing
from ledger.sales.stage_models import Filing


@dataclass(frozen=True)
class SubmissionIn:
    """The day on which the contract was handed to the authority."""

    sale_id: str
    submitted_on: date


@handler("booking_to_contract.record_submission")
def record_submission(data: SubmissionIn, ctx: Context) -> None:
    """Note that the contract was submitted, for the first time or again."""
    submit_filing(
        ctx.session,
        ctx.ledger_actor,
        ctx.clock,
        sale_id=data.sale_id,
        submitted_on=data.submitted_on,
        key=ctx.idempotency_key,
    )


@dataclass(frozen=True)
class AcceptanceIn:
    """The authority's number and the day of its answer."""

    sale_id: str
    filing_no: str
    answered_on: date


@handler("booking_to_contract.record_acceptance")
def record_acceptance(data: AcceptanceIn, ctx: Context) -> None:
    """Note that the contract is filed and tell the buyers."""
    accept_filing(
        ctx.session,
        ctx.ledger_actor,
        ctx.clock,
        sale_id=data.sale_id,
        no=data.filing_no,
        accepted_on=data.answered_on,
        key=ctx.idempotency_key,
    )
    sale = sale_of(ctx, data.sale_id)
    params = {**words_of(ctx, sale), "number": data.filing_no, "accepted_on": data.answered_on.isoformat()}
    tell_customers(ctx, "filing_accepted", buyers_of(ctx, sale), sale.path, params)
    ctx.set_facts(filing_no=data.filing_no)


@dataclass(frozen=True)
class ReturnIn:
    """Why the authority returned the filing: as the clerk entered it, or as the ledger has it already."""

    sale_id: str
    returned_reason_given: str | None = None
    answered_on: date | None = None


@dataclass(frozen=True)
class ReturnOut:
    """The reason, for the next submission."""

    returned_reason: str


@handler("booking_to_contract.record_return")
def record_return(data: ReturnIn, ctx: Context) -> ReturnOut:
    """Note the return and tell the filing clerks; one that the authority's own message told is noted already."""
    filing = _filing(ctx, data.sale_id)
    if filing.state == "submitted":
        filing = return_filing(
            ctx.session,
            ctx.ledger_actor,
            ctx.clock,
            sale_id=data.sale_id,
            reason=data.returned_reason_given or "",
            returned_on=data.answered_on,
            key=ctx.idempotency_key,
        )
    sale = sale_of(ctx, data.sale_id)
    reason = filing.returned_reason or ""
    params = {**words_of(ctx, sale), "reason": reason, "deadline_on": filing.deadline.isoformat()}
    tell_staff(ctx, "filing_returned", "filing_clerk", sale.path, params)
    return ReturnOut(reason)


@dataclass(frozen=True)
class EscalateIn:
    """A filing whose deadline is near."""

    sale_id: str
    contract_no: str
    filing_deadline: date


@handler("booking_to_contract.escalate_filing")
def escalate_filing(data: EscalateIn, ctx: Context) -> None:
    """Tell the sales manager and legal that a filing is late."""
    sale = sale_of(ctx, data.sale_id)
    deadline = data.filing_deadline.isoformat()
    params = {**words_of(ctx, sale), "number": data.contract_no, "deadline_on": deadline}
    for role in ("sales_manager", "legal"):
        tell_staff(ctx, "filing_late", role, sale.path, params)
    ctx.set_facts(escalated=True)


def _filing(ctx: Context, sale_id: str) -> Filing:
    query = select(Filing).where(Filing.sale_id == sale_id).execution_options(populate_existing=True)
    return ctx.session.scalars(query).one()
