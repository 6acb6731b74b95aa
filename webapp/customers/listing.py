"""The list of customers: by name, or found by part of a name, pinyin, the end of a phone or ID number."""

from __future__ import annotations

from flask import render_template, request

from ledger.customers import queries as customers
from ledger.customers.kinds import KINDS
from ledger.customers.rows import CustomerRow
from ledger.organisation.queries import list_projects
from ledger.staff import queries as staff
from ledger.staff.permissions import Permission
from webapp.acting import reading
from webapp.customers.desk import pages

SIZE = 50


@pages.get("/")
def index() -> str:
    """Customers the reader may see."""
    text, kind = request.args.get("q", "").strip(), request.args.get("kind", "")
    with reading() as (session, actor):
        projects = {one.id: one.name for one in list_projects(session, actor, Permission.CUSTOMERS_VIEW)}
        if text:
            rows = customers.search(session, actor, text, limit=SIZE)
        else:
            rows = customers.list_customers(
                session, actor, kind=kind if kind in KINDS else None, after=_after(), limit=SIZE + 1
            )
        return render_template(
            "customers/index.html",
            rows=rows[:SIZE],
            last=_cursor(rows) if not text and len(rows) > SIZE else None,
            text=text,
            kind=kind,
            kinds=KINDS,
            projects=projects,
            names=staff.names(session, {row.owner_id for row in rows if row.owner_id}),
            may_register=actor.may_anywhere(Permission.CUSTOMERS_EDIT),
        )


def _after() -> tuple[str, str] | None:
    name, last = request.args.get("after_name"), request.args.get("after_id")
    return (name, last) if name and last else None


def _cursor(rows: list[CustomerRow]) -> tuple[str, str]:
    return rows[SIZE - 1].name, rows[SIZE - 1].id
