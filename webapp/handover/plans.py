"""What is looked at, by layout: rooms and parts as plain lines that a planner edits."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from kernel.errors import Invalid
from ledger.handover import plans
from ledger.inventory.models import Unit
from ledger.organisation.queries import list_projects
from ledger.staff.permissions import Permission
from webapp.acting import acting, clock, reading
from webapp.entries import Entries, filled
from webapp.handover.desk import pages

Answer = str | tuple[str, int] | Response


@pages.get("/plans")
def inspection_plan() -> str:
    """Rooms and parts of a layout of a project."""
    return _page(Entries())


def _page(entries: Entries) -> str:
    with reading() as (session, actor):
        projects = list_projects(session, actor, Permission.HANDOVER_PLAN)
        if not projects:
            actor.require(Permission.HANDOVER_PLAN, "/")
        chosen = request.values.get("project", "")
        project = next((one for one in projects if one.id == chosen), projects[0])
        layout = request.values.get("layout", "")
        known = plans.plans_of(session, project.id)
        used = select(Unit.layout).where(Unit.project_id == project.id).distinct().order_by(Unit.layout)
        layouts = sorted({"", *known, *session.scalars(used)})
    text = plans.rooms_as_text(plans.rooms_for(known, layout))
    fields = [
        {"name": "rooms", "kind": "textarea", "label": _("Rooms and parts"), "value": text, "required": True,
         "lines": 24, "help": _("A room: code | English | Chinese. A part below it: - code | English | Chinese.")}
    ]  # fmt: skip
    return render_template(
        "handover/plan.html",
        fields=filled(fields, entries),
        project=project,
        projects=projects,
        layout=layout,
        layouts=layouts,
        version=known[layout].version if layout in known else 0,
    )


@pages.post("/plans")
def save_inspection_plan() -> Answer:
    """Keep a new version."""
    entries = Entries()
    project_id, layout = request.form.get("project", ""), request.form.get("layout", "")
    try:
        rooms = plans.read_rooms(request.form.get("rooms", ""))
        with acting() as (session, actor):
            plans.save_plan(session, actor, clock(), project_id=project_id, layout=layout, rooms=rooms)
    except Invalid as refused:
        entries.refuse(refused)
        return _page(entries), 422
    flash(_("From now on this is looked at."), "success")
    return redirect(url_for("handover.inspection_plan", project=project_id, layout=layout))
