"""What finance calls a sale in its lists: its number, the home (房号), the buyers; for many sales at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from ledger.customers.models import Customer
from ledger.inventory.models import Building, Unit
from ledger.organisation.models import Project
from ledger.sales.models import Sale, SaleBuyer
from ledger.scope import scoped
from ledger.staff.permissions import Permission


@dataclass(frozen=True)
class SaleLabel:
    """A sale in words. ``deal_price_fen`` is None before there are terms."""

    sale_id: str
    no: str
    stage: str
    project_id: str
    project_name: str
    path: str
    unit_label: str
    buyer_names: tuple[str, ...]
    deal_price_fen: int | None


def find_sales(
    session: Session, actor: Actor, words: str, *, path: str = "/", live_only: bool = False, limit: int = 12
) -> list[SaleLabel]:
    """Sales whose money the actor sees, by sale number, unit number (with its building or not) or buyer's name."""
    building, _, unit_no = words.replace("-", " ").strip().rpartition(" ")
    query = (
        scoped(actor, Sale, Permission.FINANCE_VIEW)
        .join(Unit, Unit.id == Sale.unit_id)
        .join(Building, Building.id == Unit.building_id)
        .outerjoin(Customer, Customer.id == Sale.customer_id)
        .where(Sale.path.startswith(path, autoescape=True))
    )
    if live_only:
        query = query.where(Sale.state == "live")
    if words.strip():
        home = Unit.unit_no.startswith(unit_no, autoescape=True) & Building.name.icontains(
            building.strip(), autoescape=True
        )
        told = Sale.no.icontains(words.strip(), autoescape=True) | Customer.name.icontains(
            words.strip(), autoescape=True
        )
        query = query.where(told | home)
    ids = list(session.scalars(query.with_only_columns(Sale.id).order_by(Sale.no.desc()).limit(limit)))
    labels = label_sales(session, ids)
    return [labels[sale_id] for sale_id in ids]


def label_sales(session: Session, sale_ids: Iterable[str]) -> dict[str, SaleLabel]:
    """The labels of sales that the caller may show, in two queries."""
    wanted = list(set(sale_ids))
    if not wanted:
        return {}
    query = (
        select(Sale, Project.name, Building.name, Unit.unit_no)
        .join(Project, Project.id == Sale.project_id)
        .join(Unit, Unit.id == Sale.unit_id)
        .join(Building, Building.id == Unit.building_id)
        .where(Sale.id.in_(wanted))
    )
    names = _buyer_names(session, wanted)
    return {
        sale.id: SaleLabel(
            sale.id,
            sale.no,
            sale.stage,
            sale.project_id,
            project,
            sale.path,
            f"{building}-{unit_no}",
            tuple(names.get(sale.id, ())),
            sale.deal_price_fen,
        )
        for sale, project, building, unit_no in session.execute(query)
    }


def _buyer_names(session: Session, sale_ids: list[str]) -> dict[str, list[str]]:
    """The buyers of each sale in order, or the customer while none has bought yet."""
    query = (
        select(Sale.id, Customer.name)
        .outerjoin(SaleBuyer, (SaleBuyer.sale_id == Sale.id) & (SaleBuyer.version == Sale.terms_version))
        .join(Customer, Customer.id == func.coalesce(SaleBuyer.customer_id, Sale.customer_id))
        .where(Sale.id.in_(sale_ids))
        .order_by(Sale.id, SaleBuyer.position)
    )
    names: dict[str, list[str]] = defaultdict(list)
    for sale_id, name in session.execute(query):
        names[sale_id].append(name)
    return names
