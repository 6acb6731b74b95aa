"""What the verbs of this process look up: units, batches, customers and sales, with words for the inbox."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import select

from engine.api import Context, Missing
from kernel.database import Base
from ledger.customers.models import Customer
from ledger.inventory.models import Building, Unit
from ledger.sales.models import QueueBatch, Sale
from ledger.scope import visible
from ledger.staff.permissions import Permission

M = TypeVar("M", bound=Base)


def found(ctx: Context, model: type[M], row_id: str, field: str) -> M:
    """A row by id. Raises `Missing` naming the field."""
    row = ctx.session.get(model, row_id, populate_existing=True)
    if row is None:
        raise Missing(f"{model.__tablename__}_missing", field=field, id=row_id)
    return row


def labels_of_unit(ctx: Context, unit_id: str) -> tuple[Unit, str]:
    """A unit and what people call it: building and number."""
    unit = found(ctx, Unit, unit_id, "unit_id")
    building = found(ctx, Building, unit.building_id, "unit_id")
    return unit, f"{building.name}-{unit.unit_no}"


def queue_batch(ctx: Context, batch_id: str) -> QueueBatch:
    """A queue batch."""
    return found(ctx, QueueBatch, batch_id, "batch_id")


def customer_name(ctx: Context, customer_id: str) -> str:
    """What a customer is called."""
    return found(ctx, Customer, customer_id, "customer_id").name


def known_customers(ctx: Context, path: str, ids: Iterable[str]) -> dict[str, str]:
    """The names of those customers whom the project at ``path`` or the person who acts know.

    Every warning of a possible double tells an id, so an id alone gives no right to name or sell to somebody.
    """
    known = Customer.in_scope(path, None) | visible(ctx.actor, Customer, Permission.CUSTOMERS_VIEW)
    rows = ctx.session.execute(select(Customer.id, Customer.name).where(Customer.id.in_(set(ids)), known))
    return {row.id: row.name for row in rows}


def sale_of(ctx: Context, sale_id: str) -> Sale:
    """A sale as it stands."""
    return found(ctx, Sale, sale_id, "sale_id")


@dataclass(frozen=True)
class OpenedSale:
    """A sale that has taken its unit. Prices are fen; the floor price (底价) stays in the ledger."""

    sale_id: str
    sale_no: str
    unit_id: str
    unit_label: str
    list_price_fen: int


def opened(ctx: Context, sale: Sale) -> OpenedSale:
    """The data of a sale that was just opened; the inbox rows get its number and price."""
    _, label = labels_of_unit(ctx, sale.unit_id)
    ctx.set_facts(sale_no=sale.no, unit=label, amount_fen=sale.list_price_fen)
    return OpenedSale(sale.id, sale.no, sale.unit_id, label, sale.list_price_fen)
