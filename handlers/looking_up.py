"""What the verbs of several processes look up: rows by id, units and customers, with words for the inbox."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from sqlalchemy import select

from engine.api import Context, Missing
from kernel.database import Base
from ledger.customers.models import Customer
from ledger.inventory.models import Building, Unit
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
