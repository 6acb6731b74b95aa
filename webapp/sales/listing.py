"""The list of sales, cut by stage, project, consultant and words."""

from __future__ import annotations

from dataclasses import replace
from typing import cast, get_args

from flask import render_template, request

from ledger.organisation.queries import list_projects
from ledger.sales import queries as sales
from ledger.sales.lists import Sort
from ledger.sales.queries import SaleFilter
from ledger.staff import queries as staff
from ledger.staff.permissions import Permission
from webapp.acting import reading
from webapp.page import asked_page
from webapp.sales.desk import pages

SIZE = 50
MOST = 1000
STAGES = ("held", "small_ordered", "subscribing", "subscribed", "signed", "filed")


@pages.get("/")
def index() -> str:
    """Sales the reader may see, the newest first."""
    with reading() as (session, actor):
        projects = list_projects(session, actor, Permission.SALES_VIEW)
        by_code = {project.code: project for project in projects}
        project = by_code.get(request.args.get("project", ""))
        stage = request.args.get("stage", "")
        wanted = SaleFilter(
            project_id=project.id if project else None,
            stages=(stage,) if stage else (),
            state=None if stage == "closed" else "live" if not request.args.get("q") else None,
            text=request.args.get("q", "").strip(),
            consultant_id=actor.id if request.args.get("mine") else None,
        )
        asked = request.args.get("sort", "newest")
        sort = cast(Sort, asked if asked in get_args(Sort) else "newest")
        number = asked_page()
        rows = sales.find_sales(session, actor, wanted, sort=sort, limit=SIZE, offset=(number - 1) * SIZE)
        total = sales.count_sales(session, actor, wanted, most=MOST)
        return render_template(
            "sales/index.html",
            rows=rows,
            projects=projects,
            project=project,
            names=staff.names(session, {row.consultant_id for row in rows}),
            project_names={one.id: one.name for one in projects},
            stages=sales.count_by_stage(session, actor, project_id=wanted.project_id),
            closed=sales.count_sales(session, actor, replace(wanted, stages=("closed",), state=None), most=MOST),
            stage=stage,
            sort=sort,
            number=number,
            size=SIZE,
            total=total if total <= MOST else f"{MOST:,}+",
            more=total > number * SIZE,
            all_stages=STAGES,
        )
