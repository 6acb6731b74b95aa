"""What must happen before an approved change of a whole sale is executed: asked when it is approved."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from engine.api import Context, handler
from ledger.finance.kinds import Debtor, ReceivableClass, ReceivableState
from ledger.finance.models import Receivable
from ledger.sales.stage_models import Contract, Filing


@dataclass(frozen=True)
class LookIn:
    """The sale that is about to end or to move."""

    sale_id: str


@dataclass(frozen=True)
class LookOut:
    """Whether the authority has the contract, whether a bank or fund lends for it, whether there is one."""

    filing_stands: bool
    has_loan: bool
    has_contract: bool


@handler("changes.look_ahead", again=True)
def look_ahead(data: LookIn, ctx: Context) -> LookOut:
    """Look at filing, loan and contract as they stand now."""
    filing = ctx.session.scalars(select(Filing.state).where(Filing.sale_id == data.sale_id)).one_or_none()
    contract = ctx.session.scalars(select(Contract.id).where(Contract.sale_id == data.sale_id)).one_or_none()
    loan = select(Receivable.id).where(
        Receivable.sale_id == data.sale_id,
        Receivable.class_ == ReceivableClass.PRICE,
        Receivable.debtor != Debtor.BUYER,
        Receivable.state == ReceivableState.PLANNED,
    )
    return LookOut(
        filing_stands=filing in ("submitted", "accepted", "cancelling"),
        has_loan=ctx.session.scalar(loan.limit(1)) is not None,
        has_contract=contract is not None,
    )
