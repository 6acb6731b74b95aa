"""Certificates (产权) by building: the board by step with days, first registration, cases in batch, submission."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from handlers.jobs import BUILDINGS
from kernel.actor import Actor
from kernel.errors import Invalid, Stale
from ledger.finance.sale_labels import label_sales
from ledger.staff import queries as staff
from ledger.staff.permissions import Permission
from ledger.surveys import runs
from ledger.surveys.importing import find_building
from ledger.surveys.kinds import RunKind
from ledger.surveys.models import BuildingRun
from ledger.surveys.queries import survey_in_force
from ledger.titles.buildings import register_building
from ledger.titles.cases import title_of
from ledger.titles.errors import TitleInvalid
from ledger.titles.kinds import TitleState
from ledger.titles.queries import STEPS, list_board, list_cases, untitled_sales
from webapp.acting import clock, database, reading
from webapp.portions import order_portion
from webapp.titles.desk import begun, given_day, pages, today
from webapp.wording import word


@pages.get("/")
def board() -> str:
    """The board by building and step."""
    with reading() as (session, actor):
        rows = list_board(session, actor, on=today())
        return render_template("titles/board.html", rows=rows, steps=STEPS, on=today())


@pages.get("/buildings/<building_id>")
def building_titles(building_id: str) -> str:
    """One building: its first registration and its cases by step."""
    return _page(building_id)


def _page(building_id: str, error: Invalid | Stale | None = None) -> str:
    asked = request.args.get("step", "")
    state = TitleState(asked) if asked in [step.value for step in STEPS] else None
    with reading() as (session, actor):
        building = find_building(session, actor, building_id, Permission.SALES_VIEW)
        everything = list_cases(session, actor, building_id)
        rows = [row for row in everything if state is None or row.case.state is state]
        found = [run for run in runs.list_runs(session, actor, building_id) if run.kind is not RunKind.AREA]
        sentence = word(error.code, error.params) if error else ""
        return render_template(
            "titles/building_titles.html",
            building=building,
            title=title_of(session, building_id),
            survey=survey_in_force(session, building_id),
            rows=rows,
            labels=label_sales(session, [row.case.sale_id for row in rows]),
            counts={step: sum(row.case.state is step for row in everything) for step in STEPS},
            steps=STEPS,
            state=state,
            waiting=untitled_sales(session, building_id),
            ready=[row for row in everything if row.case.state is TitleState.PAID],
            runs=found,
            names=staff.names(session, {run.begun_by for run in found}),
            may_start=actor.may(Permission.TITLE_START, building.path),
            may_work=actor.may(Permission.TITLES_WORK, building.path),
            on=today(),
            problem=sentence,
            errors={error.field or "": sentence} if error else {},
            typed=request.form,
        )


@pages.post("/buildings/<building_id>/registration")
def register(building_id: str) -> Response | tuple[str, int]:
    """Note the first registration; the cases of the building go on in a run."""

    def act(session: Session, actor: Actor) -> BuildingRun | None:
        building = find_building(session, actor, building_id, Permission.SALES_VIEW)
        actor.require(Permission.TITLES_WORK, building.path)
        day = given_day("registered_on")
        if day is None:
            raise TitleInvalid("title_day_missing", field="registered_on")
        register_building(
            session,
            actor,
            clock(),
            building_id=building_id,
            number=request.form.get("number", ""),
            registered_on=day,
        )
        session.flush()  # The run looks for what waits for it.
        waiting = untitled_sales(session, building_id)
        return _begin(session, actor, RunKind.TITLE, building_id, waiting) if waiting else None

    try:
        return begun(act, else_to=_here(building_id), done=_("The first registration is noted."))
    except (Invalid, Stale) as error:
        return _page(building_id, error), 422


@pages.post("/buildings/<building_id>/run")
def begin_titles(building_id: str) -> Response | tuple[str, int]:
    """Begin a case for every contracted sale that has none."""
    try:
        return begun(
            lambda session, actor: _begin(
                session, actor, RunKind.TITLE, building_id, untitled_sales(session, building_id)
            ),
            else_to=_here(building_id),
            done=_("The cases are begun."),
        )
    except Invalid as error:
        return _page(building_id, error), 422


@pages.post("/buildings/<building_id>/submission")
def submit_titles(building_id: str) -> Response | tuple[str, int]:
    """Hand the papers of the ticked cases to the registry together."""

    def act(session: Session, actor: Actor) -> BuildingRun:
        day, number = given_day("submitted_on"), " ".join(request.form.get("number", "").split())
        building = find_building(session, actor, building_id, Permission.SALES_VIEW)
        actor.require(Permission.TITLES_WORK, building.path)
        if day is None or day > today():
            raise TitleInvalid("title_day_missing", field="submitted_on")
        if not 0 < len(number) <= 60:
            raise TitleInvalid("title_words", field="submission_number", longest=60)
        ready = {row.case.sale_id for row in list_cases(session, actor, building_id, state=TitleState.PAID)}
        wanted = [one for one in request.form.getlist("id") if one in ready]
        details = {"submitted_on": day.isoformat(), "number": number}
        return _begin(session, actor, RunKind.SUBMISSION, building_id, wanted, details)

    try:
        return begun(act, else_to=_here(building_id), done=_("The submission has begun."))
    except Invalid as error:
        return _page(building_id, error), 422


def _begin(
    session: Session,
    actor: Actor,
    kind: RunKind,
    building_id: str,
    sales: list[str],
    details: dict[str, str] | None = None,
) -> BuildingRun:
    run, is_new = runs.begin_run(
        session, actor, clock(), kind=kind, building_id=building_id, sale_ids=sales, details=details
    )
    if is_new:
        session.flush()  # The job names the run.
        order_portion(session, database(), BUILDINGS, run.id)
    return run


def _here(building_id: str) -> str:
    return url_for("titles.building_titles", building_id=building_id)
