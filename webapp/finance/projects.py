"""The money of projects: signed (合同额), collected (回款), receivable, overdue, and the sales behind each sum."""

from __future__ import annotations

from flask import render_template

from ledger.finance.sale_labels import label_sales
from ledger.finance.totals import list_project_totals, list_sale_totals, project_totals
from ledger.organisation.queries import get_project
from ledger.staff.permissions import Permission
from webapp.acting import reading
from webapp.finance.desk import PAGE_SIZE, asked_date, page_offset, pages, today
from webapp.page import asked_page


@pages.get("/projects", endpoint="projects")
def projects_page() -> str:
    """Every project's totals; the collected may be limited to a period."""
    day, booked_from = asked_date("to") or today(), asked_date("from")
    with reading() as (session, actor):
        totals = list_project_totals(session, actor, on=day, booked_from=booked_from)
    return render_template("finance/projects.html", totals=totals, on=day, booked_from=booked_from)


@pages.get("/projects/<project_id>")
def project(project_id: str) -> str:
    """One project's totals and the sales they are made of, the largest debt first."""
    day, booked_from = asked_date("to") or today(), asked_date("from")
    with reading() as (session, actor):
        rows = list_sale_totals(
            session,
            actor,
            project_id,
            on=day,
            booked_from=booked_from,
            limit=PAGE_SIZE + 1,
            offset=page_offset(),
        )
        return render_template(
            "finance/project.html",
            project=get_project(session, actor, project_id, Permission.FINANCE_VIEW),
            totals=project_totals(session, actor, project_id, on=day, booked_from=booked_from),
            rows=rows[:PAGE_SIZE],
            more=len(rows) > PAGE_SIZE,
            number=asked_page(),
            size=PAGE_SIZE,
            labels=label_sales(session, [row.sale_id for row in rows]),
            on=day,
            booked_from=booked_from,
        )
