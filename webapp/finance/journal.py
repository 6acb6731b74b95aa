"""The journal (日记账): balanced transactions, latest first, with what they moved on each account."""

from __future__ import annotations

from flask import render_template, request

from ledger.finance.journal_queries import JournalFilter, account_totals, list_transactions
from ledger.finance.kinds import Account
from ledger.organisation.queries import list_projects
from ledger.staff import queries as staff
from ledger.staff.permissions import Permission
from webapp.acting import reading
from webapp.finance.desk import PAGE_SIZE, asked, asked_date, page_offset, pages
from webapp.page import asked_page


@pages.get("/journal", endpoint="journal")
def journal_page() -> str:
    """Transactions cut by account, date, project and sale."""
    account = asked("account", Account)
    where = JournalFilter(
        project_id=request.args.get("project") or None,
        sale_id=request.args.get("sale") or None,
        account=Account(account) if account else None,
        booked_from=asked_date("from"),
        booked_to=asked_date("to"),
    )
    with reading() as (session, actor):
        rows = list_transactions(session, actor, where, limit=PAGE_SIZE + 1, offset=page_offset())
        return render_template(
            "finance/journal.html",
            rows=rows[:PAGE_SIZE],
            more=len(rows) > PAGE_SIZE,
            number=asked_page(),
            size=PAGE_SIZE,
            where=where,
            totals=account_totals(session, actor, where),
            people=staff.names(session, {row.by for row in rows}),
            accounts=list(Account),
            projects={p.id: p.name for p in list_projects(session, actor, Permission.FINANCE_VIEW)},
        )
