"""The whole line of a sale on one page (一条线串联): what was, what goes on, what is late, and whose it is."""

from __future__ import annotations

from flask import render_template

from ledger.organisation.models import Project
from ledger.progress.line import whole_line
from ledger.staff import queries as staff
from webapp.acting import clock, reading
from webapp.sales.desk import pages


@pages.get("/<sale_id>/line")
def line(sale_id: str) -> str:
    """The line, from the first contact to the certificate."""
    with reading() as (session, actor):
        view, groups = whole_line(session, actor, clock(), sale_id)
        people = {one.staff_id for group in groups for one in group.stations if one.staff_id}
        return render_template(
            "sales/line.html",
            view=view,
            groups=groups,
            project=session.get_one(Project, view.sale.project_id),
            names=staff.names(session, people),
        )
