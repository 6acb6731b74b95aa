"""The buyers of a sale, what messages say of it, and the papers made for them."""

from __future__ import annotations

from sqlalchemy import select

from engine.api import Context
from handlers.looking_up import customer_name, labels_of_unit
from handlers.making_papers import order
from ledger.organisation.models import Project
from ledger.sales.models import Sale, SaleBuyer
from ledger.staff.queries import names


def buyers_of(ctx: Context, sale: Sale) -> list[str]:
    """The customer ids of a sale's buyers in their order; before there are terms, whoever asks."""
    query = select(SaleBuyer.customer_id).where(
        SaleBuyer.sale_id == sale.id, SaleBuyer.version == sale.terms_version
    )
    return list(ctx.session.scalars(query.order_by(SaleBuyer.position))) or [sale.customer_id]


def words_of(ctx: Context, sale: Sale) -> dict[str, object]:
    """What messages about a sale say: customer, project, unit, consultant, and the number of the sale."""
    _, unit = labels_of_unit(ctx, sale.unit_id)
    return {
        "customer": customer_name(ctx, sale.customer_id),
        "project": ctx.session.get_one(Project, sale.project_id).name,
        "unit": unit,
        "number": sale.no,
        "consultant": names(ctx.session, [sale.owner_id]).get(sale.owner_id, ""),
    }


def issue_paper(ctx: Context, kind: str, sale: Sale) -> None:
    """Order a paper about a sale; it is set and stored after the commit, once."""
    order(ctx, kind=kind, sale_id=sale.id, key=f"papers.issue:{kind}:{sale.id}")
