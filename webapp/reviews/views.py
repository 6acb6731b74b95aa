"""The list of proposed changes, the page of one, and taking one's own back."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine.api import Page as PageNumber
from engine.api import TaskFilter
from kernel.actor import Actor
from kernel.clock import business_date
from ledger.reviews.models import STATES
from ledger.reviews.operations import withdraw_change
from ledger.reviews.queries import ChangeFilter, ChangeRow, count_changes, find_changes, get_change, seen_kinds
from ledger.reviews.second_person import has_second_person, missing_reviewer
from ledger.staff import queries as staff
from webapp.acting import acting, clock, reading
from webapp.engine_room import engine_for
from webapp.page import asked_page
from webapp.reviews.desk import pages
from webapp.reviews.words import fields_of, inherited_by, records_of
from webapp.wording import word

SIZE = 50


@pages.get("/")
def index() -> str:
    """Changes the reader may see: those that wait, unless another state is asked for."""
    state, kind, mine = request.args.get("state", STATES[0]), request.args.get("kind", ""), "mine" in request.args
    number = asked_page()
    with reading() as (session, actor):
        kinds = seen_kinds(actor)
        where = ChangeFilter(state if state in STATES else None, kind if kind in kinds else None, mine=mine)
        found = find_changes(session, actor, where, limit=SIZE + 1, offset=(number - 1) * SIZE)
        rows = found[:SIZE]
        return render_template(
            "reviews/index.html",
            rows=rows,
            more=len(found) > SIZE,
            number=number,
            size=SIZE,
            state=where.state,
            kind=where.kind,
            kinds=kinds,
            counts=count_changes(session, actor, ChangeFilter(kind=where.kind, mine=mine)),
            states=STATES,
            records=records_of(session, actor, rows),
            fields={row.id: fields_of(row) for row in rows},
            people=staff.names(session, people_in(rows)),
        )


def people_in(rows: list[ChangeRow]) -> set[str]:
    """The staff ids of those who proposed and decided."""
    found = {(row.proposed_by, row.proposed_for, row.decided_by, row.decided_for) for row in rows}
    return {person for people in found for person in people if person}


@pages.get("/<change_id>")
def show(change_id: str) -> str:
    """A change with every field before and after, and what differs from the record by now."""
    with reading() as (session, actor):
        change = get_change(session, actor, change_id)
        return render_template(
            "reviews/show.html",
            change=change,
            record=records_of(session, actor, [change])[change.id],
            change_fields=fields_of(change, inherited_by(session, change, business_date(clock()))),
            people=staff.names(session, people_in([change])),
            task_id=_task(session, actor, change),
            is_mine=actor.id in (change.proposed_by, change.proposed_for),
            alone=_alone(session, change),
        )


def _alone(session: Session, change: ChangeRow) -> str | None:
    """What is to be done when nobody is left who may review a change that waits."""
    without = (change.proposed_by, change.proposed_for)
    if change.state != "pending" or has_second_person(session, clock(), change.kind, change.path, without):
        return None
    lacking = missing_reviewer(session, change.kind, change.path)
    return word("reviewer_left", lacking.params)


def _task(session: Session, actor: Actor, change: ChangeRow) -> str | None:
    """The task of the review, if the reader may do it."""
    if change.state != "pending" or change.instance_id is None:
        return None
    wanted = TaskFilter(box="work", instance_id=change.instance_id)
    engine = engine_for(session, actor, clock())
    found = engine.find_tasks(wanted, PageNumber(1, 1)).rows
    return next(
        (task.id for task, may in zip(found, engine.rights_on(found), strict=True) if not may.barred), None
    )


@pages.post("/<change_id>/withdraw")
def withdraw(change_id: str) -> Response:
    """Take one's own change back."""
    with acting() as (session, actor):
        withdraw_change(session, actor, clock(), change_id=change_id)
    flash(_("The change is withdrawn."), "success")
    return redirect(url_for("reviews.show", change_id=change_id))
