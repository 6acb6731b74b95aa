"""The verb of filing a contract again (重新备案) whose filing was cancelled for a change."""

from __future__ import annotations

from dataclasses import dataclass

from engine.api import Context, handler
from handlers.looking_up import customer_name, found, labels_of_unit
from handlers.shared import end_of_day, instant_text
from ledger.organisation.models import Project
from ledger.organisation.queries import get_node
from ledger.sales.models import Sale
from ledger.sales.operations import reopen_filing
from ledger.sales.stage_models import Contract


@dataclass(frozen=True)
class ReopenIn:
    """The sale, and the change order for which its filing was cancelled."""

    sale_id: str
    order_no: str


@dataclass(frozen=True)
class ReopenOut:
    """The contract, the filing's new deadline (UTC) and the words of the task's columns."""

    contract_no: str
    filing_deadline_at: str
    project: str
    unit: str
    customer: str
    zone: str
    returned_reason: str | None = None


@handler("filing_again.reopen")
def reopen(data: ReopenIn, ctx: Context) -> ReopenOut:
    """The contract stands and is to be filed, with a new deadline."""
    sale = found(ctx, Sale, data.sale_id, "sale_id")
    filing = reopen_filing(
        ctx.session,
        ctx.ledger_actor,
        ctx.clock,
        sale_id=sale.id,
        reason=data.order_no,
        key=ctx.idempotency_key,
    )
    project = ctx.session.get_one(Project, sale.project_id)
    out = ReopenOut(
        contract_no=ctx.session.get_one(Contract, filing.contract_id).no,
        filing_deadline_at=instant_text(end_of_day(filing.deadline, project.zone)),
        project=get_node(ctx.session, project.path).name,
        unit=labels_of_unit(ctx, sale.unit_id)[1],
        customer=customer_name(ctx, sale.customer_id),
        zone=project.zone,
    )
    ctx.set_facts(project=out.project, unit=out.unit, customer=out.customer, sale_no=sale.no)
    return out
