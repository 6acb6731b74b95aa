"""One sale's certificate: its step, statutory day, liability and history; the registry answers here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from flask import render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from kernel.actor import Actor
from kernel.errors import Invalid
from ledger.finance.sale_labels import label_sales
from ledger.inventory.models import Building
from ledger.staff import queries as staff
from ledger.staff.permissions import Permission
from ledger.titles import cases, steps
from ledger.titles.charges import open_charges
from ledger.titles.errors import TitleInvalid
from ledger.titles.liability import ordered_for_late_title
from ledger.titles.queries import STEPS, get_case, liability_of, list_events
from webapp.acting import clock, reading
from webapp.carrying_out import carried_out
from webapp.engine_room import opens_case
from webapp.sales.sale import open_tasks
from webapp.titles.desk import given_day, pages, today
from webapp.wording import word


@pages.get("/cases/<title_case_id>")
def case(title_case_id: str) -> str:
    """The page of a case."""
    return _page(title_case_id)


def _page(case_id: str, error: Invalid | None = None) -> str:
    with reading() as (session, actor):
        row = get_case(session, actor, case_id)
        tasks = open_tasks(session, actor, [row.instance_id] if row.instance_id else [])
        events = list_events(session, row.id)
        people = {one.task.assignee for one in tasks if one.task.assignee} | {one.by for one in events}
        sentence = word(error.code, error.params) if error else ""
        return render_template(
            "titles/case.html",
            row=row,
            label=label_sales(session, [row.sale_id])[row.sale_id],
            building=session.get_one(Building, row.building_id),
            title=cases.title_of(session, row.building_id),
            liable=liability_of(session, row, today()),
            ordered=ordered_for_late_title(session, row.sale_id),
            charges_fen=sum(open_charges(session, row.sale_id).values()),
            events=events,
            steps=STEPS,
            tasks=tasks,
            names=staff.names(session, people),
            opens_case=opens_case(session, actor, clock(), row.instance_id),
            may_work=actor.may(Permission.TITLES_WORK, row.path),
            on=today(),
            problem=sentence,
            errors={error.field or "": sentence} if error else {},
            typed=request.form,
        )


Act = Callable[[Session, Actor, date], object]


def _noted(case_id: str, field: str, act: Act, done: str) -> Response | tuple[str, int]:
    def noted(session: Session, actor: Actor) -> None:
        day = given_day(field)
        if day is None:
            raise TitleInvalid("title_day_missing", field=field)
        act(session, actor, day)

    try:
        return carried_out(noted, leads_to=url_for("titles.case", title_case_id=case_id), done=done)
    except Invalid as error:
        return _page(case_id, error), 422


@pages.post("/cases/<title_case_id>/issued")
def issue(title_case_id: str) -> Response | tuple[str, int]:
    """The certificate was issued, with number and day."""

    def act(session: Session, actor: Actor, day: date) -> None:
        number = request.form.get("certificate_no", "")
        steps.issue_case(session, actor, clock(), case_id=title_case_id, number=number, issued_on=day)

    return _noted(title_case_id, "issued_on", act, _("The certificate is noted."))


@pages.post("/cases/<title_case_id>/returned")
def send_back(title_case_id: str) -> Response | tuple[str, int]:
    """The registry sent the papers back, with the reason."""

    def act(session: Session, actor: Actor, day: date) -> None:
        reason = request.form.get("reason", "")
        steps.return_case(session, actor, clock(), case_id=title_case_id, on=day, reason=reason)

    return _noted(title_case_id, "returned_on", act, _("The return is noted; the papers are collected anew."))
