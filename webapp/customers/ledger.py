"""The customer ledger (客户台帐): profile, sales with their money, tasks, papers and the timeline on one page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import render_template, request
from sqlalchemy.orm import Session

import ledger.finance.timeline
import ledger.messages.queries
from kernel.actor import Actor
from kernel.clock import DEFAULT_ZONE
from ledger.customers import queries as customers
from ledger.customers.contacts import CHANNELS
from ledger.customers.rows import CustomerRow
from ledger.customers.timeline import Cursor
from ledger.documents.queries import find_documents
from ledger.finance.queries import SaleAccount
from ledger.organisation.queries import list_projects
from ledger.sales import queries as sales
from ledger.sales.queries import SaleFilter, SaleRow
from ledger.staff import queries as staff
from ledger.staff.permissions import Permission
from webapp.acting import reading
from webapp.customers.desk import pages
from webapp.reviews.marks import waits_of
from webapp.sales.money import accounts_of
from webapp.sales.sale import open_tasks

# Imported for the events that they bring to the timeline.
SOURCES = (ledger.finance.timeline, ledger.messages.queries)
MOST_SALES = 10
MOST_EVENTS = 40


@dataclass(frozen=True)
class SaleWithMoney:
    """A sale of the customer with its account, None for who may not see the money."""

    sale: SaleRow
    account: SaleAccount | None


@pages.get("/<customer_id>")
def show(customer_id: str) -> str:
    """The page of a customer."""
    with reading() as (session, actor):
        row = customers.get_customer(session, actor, customer_id)
        events = customers.timeline(session, actor, customer_id, before=_cursor(), limit=MOST_EVENTS + 1)
        bought = _sales(session, actor, customer_id)
        tasks = open_tasks(session, actor, [one.sale.instance_id for one in bought if one.sale.instance_id])
        kinds = customers.list_kinds(session, actor, customer_id)
        people = {event.actor_id for event in events} | {one.task.assignee for one in tasks}
        people |= {one.owner_id for one in row.projects} | {row.owner_id}
        projects = {one.id: one for one in list_projects(session, actor, Permission.UNITS_VIEW)}
        return render_template(
            "customers/show.html",
            customer=row,
            profile=customers.get_profile(session, actor, customer_id),
            kinds=kinds,
            bought=bought,
            tasks=tasks,
            documents=_documents(session, actor, customer_id, [one.sale for one in bought]),
            events=events[:MOST_EVENTS],
            more=events[MOST_EVENTS - 1].cursor if len(events) > MOST_EVENTS else None,
            names=staff.names(session, {one for one in people if one}),
            projects=projects,
            channels=CHANNELS,
            waits=waits_of(session, actor, "customers", customer_id),
            may_edit=_may(actor, Permission.CUSTOMERS_EDIT, row),
            may_reveal=_may(actor, Permission.CUSTOMERS_REVEAL, row),
        )


def _sales(session: Session, actor: Actor, customer_id: str) -> list[SaleWithMoney]:
    rows = sales.find_sales(session, actor, SaleFilter(customer_id=customer_id), limit=MOST_SALES)
    accounts = accounts_of(session, actor, [row.sale_id for row in rows], DEFAULT_ZONE)
    return [SaleWithMoney(row, accounts.get(row.sale_id)) for row in rows]


def _documents(session: Session, actor: Actor, customer_id: str, bought: Sequence[SaleRow]) -> Sequence[object]:
    of_sales = find_documents(session, actor, subject="sale", subject_ids=[row.sale_id for row in bought])
    return [*find_documents(session, actor, subject="customer", subject_ids=[customer_id]), *of_sales]


def _may(actor: Actor, permission: Permission, row: CustomerRow) -> bool:
    """For buttons: whether the right holds at a project that knows the customer; the command asks again."""
    return any(actor.may(permission, path) for path in {row.path, *(one.path for one in row.projects)})


def _cursor() -> Cursor | None:
    try:
        at = datetime.fromisoformat(request.args.get("before", ""))
    except ValueError:
        return None
    last = request.args.get("last", "")
    return (at, last) if at.tzinfo and last else None
