"""A sale as it stood at the end of any day."""

from __future__ import annotations

from datetime import date

from flask import render_template, request

from kernel.clock import business_date
from ledger.changes.history import sale_as_of
from ledger.changes.queries import orders_of_sale
from ledger.finance.sale_labels import label_sales
from ledger.organisation.models import Project
from ledger.sales.models import Sale
from ledger.scope import get_scoped
from ledger.staff import queries as staff
from ledger.staff.permissions import Permission
from webapp.acting import clock, reading
from webapp.changes.desk import pages


@pages.get("/sales/<sale_id>")
def sale_then(sale_id: str) -> str:
    """The sale on the day of the address, today without one."""
    with reading() as (session, actor):
        sale = get_scoped(session, actor, Sale, Permission.SALES_VIEW, sale_id)
        today = business_date(clock(), session.get_one(Project, sale.project_id).zone)
        on = min(_asked_day() or today, today)
        then = sale_as_of(session, actor, sale_id, on)
        orders = orders_of_sale(session, actor, sale_id)
        return render_template(
            "changes/as_of.html",
            then=then,
            sale=sale,
            today=today,
            label=label_sales(session, [sale_id])[sale_id],
            orders=orders,
            names=staff.names(session, {one.executed_by for one in then.orders if one.executed_by}),
            sees_floor=actor.may(Permission.UNITS_VIEW_FLOOR_PRICE, sale.path),
        )


def _asked_day() -> date | None:
    try:
        return date.fromisoformat(request.args.get("on", ""))
    except ValueError:
        return None
