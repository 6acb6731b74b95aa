"""Finding another sale for a line by hand: by home, buyer's name or sale number."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from ledger.banking.debts import sales_of_homes
from ledger.banking.memos import read_memo
from ledger.customers.models import Customer
from ledger.finance.sale_labels import SaleLabel, label_sales
from ledger.inventory.models import Unit
from ledger.sales.models import Sale, SaleBuyer
from ledger.scope import visible
from ledger.staff.permissions import Permission

MOST = 12


def find_owing_sales(
    session: Session, actor: Actor, project_id: str, *, words: str = "", sale_ids: Sequence[str] | None = None
) -> list[SaleLabel]:
    """Live sales of a project that the actor may take money for: those named, or those that the words find."""
    query = select(Sale.id).where(
        visible(actor, Sale, Permission.FINANCE_RECEIVE), Sale.project_id == project_id, Sale.state == "live"
    )
    if sale_ids is not None:
        ids = list(session.scalars(query.where(Sale.id.in_(sale_ids))))
        labels = label_sales(session, ids)
        return [labels[sale_id] for sale_id in dict.fromkeys(sale_ids) if sale_id in labels]
    memo = read_memo(words)
    homes = sales_of_homes(session, project_id, memo.homes) if memo.homes else {}
    named = {sale_id for found in homes.values() for sale_id in found}
    if named:
        query = query.where(Sale.id.in_(named))
    else:
        buyer = exists().where(
            SaleBuyer.sale_id == Sale.id,
            SaleBuyer.version == Sale.terms_version,
            SaleBuyer.customer_id == Customer.id,
            Customer.name.icontains(words, autoescape=True),
        )
        customer = exists().where(Customer.id == Sale.customer_id, Customer.name.icontains(words, autoescape=True))
        unit = exists().where(Unit.id == Sale.unit_id, Unit.unit_no.icontains(words, autoescape=True))
        query = query.where(Sale.no.icontains(words, autoescape=True) | buyer | customer | unit)
    labels = label_sales(session, list(session.scalars(query.order_by(Sale.no).limit(MOST))))
    return sorted(labels.values(), key=lambda label: label.no)
