"""The finance desk (财务): to-dos, receipts, accounts of sales, journal, arrears, totals of projects."""

from __future__ import annotations

from flask import Flask

from ledger.finance.todo_queries import count_todos
from webapp.acting import reading
from webapp.finance import accounts, arrears, journal, projects, receipts, taking, todos
from webapp.finance.desk import pages, works_with_money
from webapp.language import N_
from webapp.navigation import NavEntry, add_entry

__all__ = ["accounts", "arrears", "install", "journal", "pages", "projects", "receipts", "taking", "todos"]


def install(app: Flask) -> None:
    """Serve these pages and offer them in the navigation."""
    app.register_blueprint(pages)
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


def _open_todos() -> int | None:
    """The number beside the desk's name, for those whose work it is."""
    if not works_with_money():
        return None
    with reading() as (session, actor):
        return sum(count_todos(session, actor).values()) or None
