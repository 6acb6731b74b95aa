"""The finance desk (财务): to-dos, receipts, accounts of sales, journal, arrears, totals of projects."""

from __future__ import annotations

from flask import Flask

from ledger.finance.todo_queries import count_open
from webapp.acting import reading
from webapp.elsewhere import OtherList, Waiting, add_list
from webapp.finance import (
    accounts,
    allocation_desk,
    arrears,
    arrears_cases,
    arrears_proposals,
    chart,
    closing,
    interest,
    journal,
    papers,
    projects,
    ranges,
    receipts,
    reports,
    statement_accounts,
    statement_matching,
    statements,
    taking,
    todo,
    todos,
    vouchers,
)
from webapp.finance.desk import pages, today, works_with_money
from webapp.finance.reports.exporting import may_export
from webapp.language import N_
from webapp.navigation import NavEntry, add_entry

__all__ = [
    "accounts",
    "allocation_desk",
    "arrears",
    "arrears_cases",
    "arrears_proposals",
    "chart",
    "closing",
    "install",
    "interest",
    "journal",
    "pages",
    "papers",
    "projects",
    "ranges",
    "receipts",
    "reports",
    "statement_accounts",
    "statement_matching",
    "statements",
    "taking",
    "todo",
    "todos",
    "vouchers",
]


def install(app: Flask) -> None:
    """Serve these pages and offer them in the navigation."""
    app.register_blueprint(pages)
    app.add_template_global(may_export)
    add_entry(
        app,
        NavEntry(
            "finance.index",
            N_("Finance"),
            "coin-yuan",
            group="business",
            order=40,
            permission="finance:view",
            count=_open_todos,
            desk_of="finance:receive",
        ),
    )
    add_list(app, OtherList(N_("Money to-dos"), "finance.index", "coin-yuan", _waiting))


def _waiting() -> Waiting | None:
    """The open to-dos, for those whose work they are."""
    if not works_with_money():
        return None
    with reading() as (session, actor):
        return Waiting(*count_open(session, actor, today()))


def _open_todos() -> int | None:
    """The number beside the desk's name."""
    waiting = _waiting()
    return (waiting.count or None) if waiting else None
