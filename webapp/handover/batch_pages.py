"""Batches: the buildings that are handed over, beginning one, its notices under way, its slots, its cases."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from kernel.actor import Actor
from kernel.errors import Invalid
from ledger.finance.sale_labels import label_sales
from ledger.handover import appointments, batches, queries
from ledger.handover.appointments import Hours
from ledger.handover.errors import SlotRefused
from ledger.handover.kinds import CaseState
from ledger.handover.models import MoveInBatch
from ledger.inventory.models import Building
from ledger.organisation.models import Project
from ledger.organisation.parameters import MOVE_IN_NOTICE_DAYS
from ledger.organisation.queries import parameter
from ledger.staff import queries as staff
from ledger.staff.permissions import Permission
from ledger.worklists import ItemState, RunState
from webapp.acting import acting, clock, database, reading
from webapp.carrying_out import carried_out
from webapp.current import may
from webapp.entries import Entries, filled, posted_day
from webapp.handover.desk import PAGE_SIZE, labels_of, pages, today_at
from webapp.handover.running import order_portion
from webapp.once import once
from webapp.page import asked_page
from webapp.wording import word

Answer = str | tuple[str, int] | Response
_USUAL_HOURS = "09:00-10:30\n10:30-12:00\n13:30-15:00\n15:00-16:30"


@pages.get("/")
def index() -> str:
    """The batches, the latest first."""
    with reading() as (session, actor):
        offset = (asked_page() - 1) * PAGE_SIZE
        rows = batches.list_batches(session, actor, limit=PAGE_SIZE + 1, offset=offset)
        return render_template(
            "handover/index.html",
            rows=rows[:PAGE_SIZE],
            more=len(rows) > PAGE_SIZE,
            number=asked_page(),
            size=PAGE_SIZE,
            names=_names(session, rows),
            may_plan=may(Permission.HANDOVER_PLAN),
            may_inspect=may(Permission.HANDOVER_INSPECT),
        )


def _names(session: Session, rows: list[MoveInBatch]) -> dict[str, str]:
    ids = {row.building_id for row in rows}
    query = select(Building.id, Project.name, Building.name).join(Project, Project.id == Building.project_id)
    found = session.execute(query.where(Building.id.in_(ids)))
    return {building_id: f"{project} {building}" for building_id, project, building in found}


@pages.get("/new")
def new_batch() -> str:
    """The form of a batch."""
    return _form(Entries())


def _form(entries: Entries) -> str:
    with reading() as (session, actor):
        actor_plans = may(Permission.HANDOVER_PLAN)
        if not actor_plans:
            actor.require(Permission.HANDOVER_PLAN, "/")
        buildings = batches.buildings_to_hand_over(session, actor)
        first = None
        if buildings:
            building = session.get_one(Building, next(iter(buildings)))
            today = today_at(session, building.project_id)
            first = today + timedelta(days=parameter(session, building.path, MOVE_IN_NOTICE_DAYS, today))
        fields = filled(_fields(buildings, first), entries)
    return render_template("handover/new.html", fields=fields, buildings=buildings)


def _fields(buildings: dict[str, tuple[str, int]], first: date | None) -> list[dict[str, Any]]:
    told = [
        (building_id, _("%(building)s (%(count)s homes)", building=name, count=count))
        for building_id, (name, count) in buildings.items()
    ]
    last = first + timedelta(days=2) if first else None
    return [
        {"name": "building_id", "kind": "select", "label": _("Building"), "required": True, "options": told,
         "value": told[0][0] if told else ""},
        {"name": "completion_no", "kind": "text", "label": _("Completion filing no."), "required": True,
         "max_length": 60, "help": _("Nothing may be handed over before its completion is accepted and filed.")},
        {"name": "place", "kind": "text", "label": _("Place"), "required": True, "max_length": 120},
        {"name": "first_on", "kind": "date", "label": _("First day"), "required": True,
         "value": first.isoformat() if first else ""},
        {"name": "last_on", "kind": "date", "label": _("Last day"), "required": True,
         "value": last.isoformat() if last else ""},
    ]  # fmt: skip


@pages.post("/new")
def begin_batch() -> Answer:
    """Order the notices; the page of the batch shows how far they are."""
    entries = Entries()
    first, last = entries.read("first_on", posted_day), entries.read("last_on", posted_day)
    for name, value in (("first_on", first), ("last_on", last)):
        if value is None and name not in entries.errors:
            entries.refuse(Invalid("not_a_date", field=name))
    if entries.errors or first is None or last is None:
        return _form(entries), 422
    try:
        with acting() as (session, actor):
            address = once(session, actor, clock(), lambda: _begin(session, actor, first, last))
    except Invalid as refused:
        entries.refuse(refused)
        return _form(entries), 422
    return redirect(address)


def _begin(session: Session, actor: Actor, first: date, last: date) -> str:
    batch = batches.begin_batch(
        session,
        actor,
        clock(),
        building_id=request.form.get("building_id", ""),
        completion_no=request.form.get("completion_no", ""),
        place=request.form.get("place", ""),
        first_on=first,
        last_on=last,
    )
    order_portion(session, database(), batch.id)
    return url_for("handover.batch", batch_id=batch.id)


@pages.get("/batches/<batch_id>")
def batch(batch_id: str) -> str:
    """A batch: its notices, its slots, its cases; only the notices when asked for them alone."""
    only_run = bool(request.headers.get("HX-Request"))
    return render_template(
        "handover/_run.html" if only_run else "handover/batch.html", **_told(batch_id, Entries())
    )


def _told(batch_id: str, entries: Entries) -> dict[str, Any]:
    asked = request.args.get("state", "")
    state = CaseState(asked) if asked in list(CaseState) else None
    with reading() as (session, actor):
        row = batches.get_batch(session, actor, batch_id)
        offset = (asked_page() - 1) * PAGE_SIZE
        cases = queries.list_cases(
            session, actor, batch_id=batch_id, state=state, limit=PAGE_SIZE + 1, offset=offset
        )
        failed = batches.NOTICES.items(session, batch_id, ItemState.FAILED, limit=100)
        slots = queries.slots_of(session, batch_id)
        people = staff.names(session, {row.begun_by} | {slot.staff_id for slot in slots})
        may_plan = actor.may(Permission.HANDOVER_PLAN, row.path)
        agents = _agents(session, row, today_at(session, row.project_id)) if may_plan else {}
        return {
            "batch": row,
            "name": _names(session, [row])[row.building_id],
            "cases": cases[:PAGE_SIZE],
            "more": len(cases) > PAGE_SIZE,
            "number": asked_page(),
            "size": PAGE_SIZE,
            "contractors": queries.contractors_of(session, batch_id, today_at(session, row.project_id)),
            "counts": queries.count_states(session, actor, batch_id),
            "state": state,
            "labels": labels_of(session, actor, cases),
            "failed": failed,
            "failed_labels": label_sales(session, [item.sale_id for item in failed]),
            "slots": slots,
            "days": queries.days_of(session, batch_id),
            "people": people,
            "agents": agents,
            "may_plan": may_plan,
            "goes_on": row.state is RunState.RUNNING,
            "slot_fields": filled(_slot_fields(row, agents), entries),
            "today": today_at(session, row.project_id),
            "wording": word,
        }


def _agents(session: Session, row: MoveInBatch, on: date) -> dict[str, str]:
    return staff.names(session, staff.holders(session, "service_agent", row.path, on))


def _slot_fields(row: MoveInBatch, agents: dict[str, str]) -> list[dict[str, Any]]:
    days = [row.first_on + timedelta(days=n) for n in range((row.last_on - row.first_on).days + 1)]
    return [
        {"name": "from", "kind": "date", "label": _("From day"), "value": days[0].isoformat(), "required": True},
        {"name": "until", "kind": "date", "label": _("Until day"), "value": days[-1].isoformat(),
         "required": True},
        {"name": "staff", "kind": "checkboxes", "label": _("Who receives"), "options": list(agents.items()),
         "value": list(agents), "multiple": True},
        {"name": "hours", "kind": "textarea", "label": _("Hours"), "value": _USUAL_HOURS, "required": True,
         "help": _("One slot per line, such as 09:00-10:30.")},
        {"name": "capacity", "kind": "number", "label": _("Buyers per slot"), "value": "2", "required": True},
        {"name": "day_capacity", "kind": "number", "label": _("Buyers per day, over all staff"), "value": "20",
         "required": True},
    ]  # fmt: skip


@pages.post("/batches/<batch_id>/slots")
def offer_slots(batch_id: str) -> Answer:
    """Offer hours of staff on days."""
    entries = Entries({"days": "from"})
    first, last = entries.read("from", posted_day), entries.read("until", posted_day)
    try:
        if entries.errors or first is None or last is None:
            raise Invalid("not_a_date", field="from")
        days = [first + timedelta(days=n) for n in range(min(max((last - first).days, 0), 90) + 1)]
        with acting() as (session, actor):
            count = appointments.offer_slots(
                session,
                actor,
                clock(),
                batch_id=batch_id,
                days=days,
                staff_ids=request.form.getlist("staff"),
                hours=_hours(),
                day_capacity=_number("day_capacity"),
            )
    except Invalid as refused:
        entries.refuse(refused)
        return render_template("handover/batch.html", **_told(batch_id, entries), slots_open=True), 422
    flash(_("%(count)s slots are new.", count=count), "success")
    return redirect(url_for("handover.batch", batch_id=batch_id) + "#slots")


def _hours() -> list[Hours]:
    found = []
    for line in request.form.get("hours", "").replace("—", "-").replace("–", "-").splitlines():
        begins, _dash, ends = line.partition("-")
        if line.strip():
            found.append(Hours(begins.strip(), ends.strip(), _number("capacity")))
    return found


def _number(name: str) -> int:
    text = request.form.get(name, "").strip()
    if not text.isdecimal():
        raise SlotRefused("move_in_slot_capacity", field=name)
    return int(text)


@pages.post("/batches/<batch_id>/stop")
def stop_batch(batch_id: str) -> Response:
    """Send no further notice."""
    return carried_out(
        lambda s, a: batches.stop_batch(s, a, clock(), batch_id=batch_id),
        leads_to=url_for("handover.batch", batch_id=batch_id),
        done=_("No further notice is sent."),
    )


@pages.post("/batches/<batch_id>/go")
def resume_batch(batch_id: str) -> Response:
    """Go on with what waits or failed."""

    def act(session: Session, actor: Actor) -> None:
        row = batches.resume_batch(session, actor, clock(), batch_id=batch_id)
        if row.state is RunState.RUNNING:
            order_portion(session, database(), row.id)

    leads_to = url_for("handover.batch", batch_id=batch_id)
    return carried_out(act, leads_to=leads_to, done=_("The rest of the notices go out."))
