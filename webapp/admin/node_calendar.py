"""By which calendar a node counts (项目日历): the choice, its own days, and a month as it comes out."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from kernel.clock import business_date
from ledger.calendars import operations, queries
from ledger.organisation.models import OrgNode
from ledger.organisation.queries import names_of_paths
from ledger.scope import paths_above
from webapp.acting import acting, clock, reading
from webapp.admin.calendars import day_fields, set_day_posted
from webapp.admin.organisation import managed_node, pages
from webapp.entries import Entries, filled
from webapp.month import day_name, kind_name, month_of, source_name

Answer = str | tuple[str, int] | Response


@pages.get("/<node_id>/calendar")
def node_calendar(node_id: str) -> str:
    """The calendar of a node."""
    return _page(node_id, Entries())


def _page(node_id: str, entries: Entries) -> str:
    with reading() as (session, actor):
        node = managed_node(session, actor, node_id)
        found = queries.calendar_at(session, node.path)
        places = names_of_paths(session, set(paths_above(node.path)))
        return render_template(
            "admin/node_calendar.html",
            node=node,
            found=found,
            chosen_at=places.get(found.chosen_at or ""),
            month=month_of(found.calendar, request.args.get("month"), business_date(clock())),
            days=queries.list_days(session, node.id),
            field=_choice(session, node, found),
            day_fields=filled(day_fields(), entries) if entries.errors else day_fields(),
            day_name=day_name,
            kind_name=kind_name,
            source_name=lambda source: source_name(source, places),
        )


def _choice(session: Session, node: OrgNode, found: queries.CalendarAt) -> dict[str, Any]:
    named = [(one.id, one.name) for one in queries.list_calendars(session)]
    own = found.calendar_id if found.chosen_at == node.path else ""
    options = [("", _("Like the node above")), *named]
    return {"name": "calendar", "kind": "select", "label": _("Calendar"), "options": options, "value": own}


@pages.post("/<node_id>/calendar")
def choose_calendar(node_id: str) -> Response:
    """Count by another calendar from now on."""
    with acting() as (session, actor):
        node = managed_node(session, actor, node_id)
        chosen = request.form.get("calendar") or None
        operations.choose_calendar(session, actor, clock(), path=node.path, calendar_id=chosen)
    flash(_("The calendar is chosen. Due times that stand already stay."), "success")
    return redirect(url_for("organisation.node_calendar", node_id=node_id))


@pages.post("/<node_id>/calendar/days")
def add_calendar_day(node_id: str) -> Answer:
    """Set a day of the node's own."""
    with reading() as (session, actor):
        path = managed_node(session, actor, node_id).path
    entries, address = Entries(), url_for("organisation.node_calendar", node_id=node_id)
    if set_day_posted(entries, address, path=path):
        return redirect(address)
    return _page(node_id, entries), 422
