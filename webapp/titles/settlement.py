"""One sale's area settlement: what was measured, how it was reckoned, what the buyer chose, where its money is."""

from __future__ import annotations

from flask import render_template

from ledger.finance.sale_labels import label_sales
from ledger.inventory.models import Building
from ledger.sales.models import Sale
from ledger.staff import queries as staff
from ledger.surveys.models import Survey
from ledger.surveys.queries import get_settlement, unit_history
from ledger.surveys.reckoning import Reckoned
from webapp.acting import clock, reading
from webapp.engine_room import opens_case
from webapp.sales.sale import open_tasks
from webapp.titles.desk import pages


@pages.get("/settlements/<settlement_id>")
def settlement(settlement_id: str) -> str:
    """The page of a settlement."""
    with reading() as (session, actor):
        row = get_settlement(session, actor, settlement_id)
        sale = session.get_one(Sale, row.sale_id)
        tasks = open_tasks(session, actor, [row.instance_id] if row.instance_id else [])
        people = {one.task.assignee for one in tasks if one.task.assignee}
        return render_template(
            "titles/settlement.html",
            row=row,
            reckoned=Reckoned(
                row.ratio, row.verdict, row.difference_fen, row.compensation_fen, row.borne_fen, row.final_fen
            ),
            label=label_sales(session, [row.sale_id])[row.sale_id],
            building=session.get_one(Building, row.building_id),
            survey=session.get_one(Survey, row.survey_id),
            history=unit_history(session, sale.unit_id),
            tasks=tasks,
            names=staff.names(session, people | ({row.choice_by} if row.choice_by else set())),
            opens_case=opens_case(session, actor, clock(), row.instance_id),
        )
