"""The card of a sale's mortgage on the sale's page."""

from __future__ import annotations

from typing import Any

from flask import render_template
from markupsafe import Markup

from ledger.mortgages.queries import cases_of_sale
from ledger.sales.models import Sale
from webapp.acting import reading
from webapp.mortgages.desk import today


def mortgage_card(sale: Sale) -> Markup:
    """The newest case of a sale with its loans; nothing where there is none."""
    with reading() as (session, actor):
        found = cases_of_sale(session, actor, sale.id)
        values: dict[str, Any] = {"found": found[0] if found else None, "on": today()}
        return Markup(render_template("mortgages/_card.html", **values)) if found else Markup()  # noqa: S704 - ours
