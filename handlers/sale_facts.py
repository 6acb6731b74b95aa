"""The facts by which the case of a sale is found in lists: project, home, buyers, number."""

from __future__ import annotations

from dataclasses import dataclass

from engine.api import Context
from ledger.finance.sale_labels import label_sales

_PEOPLE_NAMED = 3


@dataclass(frozen=True)
class SaleFacts:
    """What the tasks of a case say of its sale."""

    no: str
    project: str
    unit: str
    customer: str


def set_sale_facts(ctx: Context, sale_id: str) -> SaleFacts:
    """Set the facts of a case from its sale as it stands, and return them."""
    sale = label_sales(ctx.session, [sale_id])[sale_id]
    facts = SaleFacts(sale.no, sale.project_name, sale.unit_label, "、".join(sale.buyer_names[:_PEOPLE_NAMED]))
    ctx.set_facts(project=facts.project, unit=facts.unit, customer=facts.customer, sale_no=facts.no)
    return facts
