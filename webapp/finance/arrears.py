"""Arrears (逾期): late instalments, the oldest first, with their age."""

from __future__ import annotations

from flask import render_template, request

from ledger.finance.arrears import OverdueFilter, list_overdue, overdue_buckets
from ledger.finance.kinds import Debtor
from ledger.organisation.queries import list_projects
from ledger.staff.permissions import Permission
from webapp.acting import reading
from webapp.finance.desk import PAGE_SIZE, asked, page_offset, pages, today
from webapp.page import asked_page


@pages.get("/arrears", endpoint="arrears")
def arrears_page() -> str:
    """What is late today, by instalment."""
    debtor = asked("debtor", Debtor)
    where = OverdueFilter(
        project_id=request.args.get("project") or None,
        debtor=Debtor(debtor) if debtor else None,
        days_from=max(request.args.get("from", 1, type=int), 1),
        days_to=request.args.get("to", type=int),
    )
    with reading() as (session, actor):
        rows = list_overdue(session, actor, where, on=today(), limit=PAGE_SIZE + 1, offset=page_offset())
        buckets = overdue_buckets(session, actor, where, on=today())
        projects = list_projects(session, actor, Permission.FINANCE_VIEW)
    return render_template(
        "finance/arrears.html",
        rows=rows[:PAGE_SIZE],
        more=len(rows) > PAGE_SIZE,
        number=asked_page(),
        size=PAGE_SIZE,
        where=where,
        buckets=buckets,
        on=today(),
        projects={project.id: project.name for project in projects},
    )
