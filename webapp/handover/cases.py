"""One hand-over: where it stands, the appointment, what was found, two versions to decide on, what happened."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from kernel.actor import Actor
from kernel.errors import Invalid, Stale
from ledger.documents.queries import find_documents
from ledger.handover import appointments, defects, inspecting, keys, queries, signing
from ledger.handover.cases import get_case
from ledger.handover.inspection_models import InspectionItem, InspectionPhoto, InspectionVisit
from ledger.handover.kinds import CaseState, Choice
from ledger.handover.models import MoveInBatch, MoveInCase, MoveInSlot
from ledger.handover.plans import plans_of, rooms_for
from ledger.handover.warranty import warranties
from ledger.inventory.models import Unit
from ledger.staff import queries as staff
from ledger.staff.permissions import Permission
from webapp.acting import acting, clock, reading
from webapp.carrying_out import carried_out
from webapp.engine_room import opens_case
from webapp.entries import posted_day
from webapp.handover.desk import labels_of, pages, today_at
from webapp.sales.sale import open_tasks
from webapp.wording import word

Answer = str | tuple[str, int] | Response
_PAPERS = ("move_in_notice", "key_form")


@pages.get("/cases/<case_id>")
def case(case_id: str) -> str:
    """The hand-over of a home."""
    return _page(case_id)


def _page(case_id: str, problem: str = "") -> str:
    with reading() as (session, actor):
        row = get_case(session, actor, case_id)
        return render_template("handover/case.html", problem=problem, **_told(session, actor, row))


def _told(session: Session, actor: Actor, row: MoveInCase) -> dict[str, Any]:
    held = appointments.booked_of(session, row.id)
    layout = session.get_one(Unit, row.unit_id).layout
    rooms = rooms_for(plans_of(session, row.project_id), layout)
    items = {
        (one.room, one.part): one
        for one in session.scalars(select(InspectionItem).where(InspectionItem.case_id == row.id))
    }
    photos = session.scalars(select(InspectionPhoto).where(InspectionPhoto.case_id == row.id)).all()
    visits = session.scalars(select(InspectionVisit).where(InspectionVisit.case_id == row.id)).all()
    conflicts = inspecting.open_conflicts(session, [row.id])
    entries = inspecting.entries_by_id(
        session, [one for c in conflicts for one in (c.entry_id, c.standing_entry_id)]
    )
    events = queries.events_of(session, row.id)
    ids = {one.actor_id for one in events} | {e.by for e in entries.values()} | {v.by for v in visits}
    books = actor.may(Permission.HANDOVER_WORK, row.path)
    may_book = books and row.state in (CaseState.NOTIFIED, CaseState.APPOINTED) and not row.on_hold
    today = today_at(session, row.project_id)
    slots = queries.slots_with_room(session, row.batch_id, today) if may_book else []
    tasks = open_tasks(session, actor, [row.instance_id] if row.instance_id else [])
    ids |= {one.task.assignee for one in tasks if one.task.assignee}
    return {
        "case": row,
        "tasks": tasks,
        "batch": session.get_one(MoveInBatch, row.batch_id),
        "label": labels_of(session, actor, [row])[row.sale_id],
        "slot": session.get(MoveInSlot, held.slot_id) if held else None,
        "slots": slots,
        "rooms": rooms,
        "items": items,
        "photos": photos,
        "visits": visits,
        "conflicts": [(one, entries[one.standing_entry_id], entries[one.entry_id]) for one in conflicts],
        "defects": signing.defects_of(session, row.id),
        "events": events,
        "people": staff.names(session, ids | {slot.staff_id for slot in slots}),
        "papers": [
            paper
            for paper in find_documents(session, actor, subject="sale", subject_ids=[row.sale_id])
            if paper.kind in _PAPERS
        ],
        "warranties": warranties(session, row.path, row.handed_over_on) if row.handed_over_on else [],
        "may_book": may_book,
        "may_work": books,
        "may_inspect": actor.may(Permission.HANDOVER_INSPECT, row.path),
        "opens_sale": actor.may(Permission.SALES_VIEW, row.path),
        "opens_case": opens_case(session, actor, clock(), row.instance_id),
        "today": today,
        "tomorrow": today + timedelta(days=1),
    }


@pages.post("/cases/<case_id>/book")
def book(case_id: str) -> Answer:
    """A clerk books or moves the appointment."""
    slot_id = request.form.get("slot_id", "")
    try:
        return carried_out(
            lambda s, a: appointments.book(s, a, clock(), case_id=case_id, slot_id=slot_id),
            leads_to=url_for("handover.case", case_id=case_id),
            done=_("The appointment is booked."),
        )
    except (Invalid, Stale) as refused:
        status = 409 if isinstance(refused, Stale) else 422
        return _page(case_id, word(refused.code, refused.params, field=refused.field)), status


@pages.post("/cases/<case_id>/arrive")
def arrive(case_id: str) -> Answer:
    """The buyer is here."""
    back = request.form.get("back", "")
    batch_id = ""
    try:
        with acting() as (session, actor):
            batch_id = appointments.arrive(session, actor, clock(), case_id=case_id).batch_id
    except Invalid as refused:
        return _page(case_id, word(refused.code, refused.params, field=refused.field)), 422
    flash(_("The buyer is here."), "success")
    if back == "board":
        return redirect(url_for("handover.board", batch_id=batch_id))
    return redirect(url_for("handover.case", case_id=case_id))


@pages.post("/cases/<case_id>/rate")
def rate(case_id: str) -> Answer:
    """The buyer's opinion, told to a clerk."""
    score = request.form.get("satisfaction", type=int) or 0
    try:
        return carried_out(
            lambda s, a: keys.rate(s, a, clock(), case_id=case_id, satisfaction=score),
            leads_to=url_for("handover.case", case_id=case_id),
            done=_("The opinion is noted."),
        )
    except Invalid as refused:
        return _page(case_id, word(refused.code, refused.params, field=refused.field)), 422


@pages.post("/defects/<defect_id>/assign")
def assign_defect(defect_id: str) -> Answer:
    """Give a repair to a contractor until a day."""
    case_id = ""
    try:
        due = posted_day("due_on")
        if due is None:
            raise Invalid("not_a_date", field="due_on")
        with acting() as (session, actor):
            case_id = defects.assign_defect(
                session, actor, clock(), defect_id=defect_id, contractor=request.form.get("contractor", ""),
                due_on=due,
            ).case_id  # fmt: skip
    except Invalid as refused:
        flash(word(refused.code, refused.params, field=refused.field), "danger")
        return redirect(request.referrer or url_for("handover.index"))
    flash(_("The repair is given."), "success")
    return redirect(url_for("handover.case", case_id=case_id))


@pages.post("/conflicts/<entry_id>")
def decide_conflict(entry_id: str) -> Answer:
    """Say which of two versions stands."""
    given = request.form.get("choice", "")
    case_id = request.form.get("case_id", "")
    try:
        if given not in list(Choice):
            raise Invalid("inspection_no_conflict", field="choice")
        return carried_out(
            lambda s, a: inspecting.decide_conflict(s, a, clock(), entry_id=entry_id, choice=Choice(given)),
            leads_to=url_for("handover.case", case_id=case_id),
            done=_("It is decided which version stands."),
        )
    except Invalid as refused:
        return _page(case_id, word(refused.code, refused.params, field=refused.field)), 422
