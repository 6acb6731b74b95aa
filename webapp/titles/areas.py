"""Areas by building (面积补差): what is measured, what it changes in every sale, and the run that settles them."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from handlers.jobs import BUILDINGS
from kernel.actor import Actor
from kernel.errors import Invalid
from ledger.finance.sale_labels import label_sales
from ledger.inventory.price_list import PriceListError, error_text
from ledger.inventory.price_list.rows import Refusal
from ledger.inventory.price_list.wording import Language
from ledger.staff import queries as staff
from ledger.staff.permissions import Permission
from ledger.surveys import runs
from ledger.surveys.errors import SurveyNotReleased, SurveyRefused
from ledger.surveys.importing import find_building
from ledger.surveys.kinds import RunKind, SurveyState
from ledger.surveys.models import BuildingRun, Survey
from ledger.surveys.queries import (
    SalePreview,
    get_survey,
    list_buildings,
    list_surveys,
    preview_building,
    survey_in_force,
)
from ledger.surveys.wording import survey_reason
from webapp.acting import clock, database, reading
from webapp.language import current_language
from webapp.portions import order_portion
from webapp.titles.desk import begun, pages, today
from webapp.wording import word


@pages.get("/areas")
def areas() -> str:
    """The buildings with where their areas stand."""
    with reading() as (session, actor):
        return render_template("titles/areas.html", rows=list_buildings(session, actor))


@pages.get("/areas/<building_id>")
def building_areas(building_id: str) -> str:
    """One building: its surveys, and what the chosen one does to each contracted sale."""
    return building_page(building_id)


def building_page(
    building_id: str, *, problem: str = "", refused: tuple[Refusal, ...] = (), errors: dict[str, str] | None = None
) -> str:
    """The page of a building, with what was wrong with the file that was sent."""
    with reading() as (session, actor):
        building = find_building(session, actor, building_id, Permission.SALES_VIEW)
        surveys = list_surveys(session, actor, building_id)
        shown = _shown(session, actor, building_id, surveys)
        rows = preview_building(session, actor, shown) if shown else []
        found = runs.list_runs(session, actor, building_id)
        people = {one.proposed_by for one in surveys} | {one.decided_by for one in surveys if one.decided_by}
        return render_template(
            "titles/building_areas.html",
            building=building,
            surveys=surveys,
            shown=shown,
            rows=rows,
            labels=label_sales(session, [row.sale.id for row in rows]),
            sums=_sums(rows),
            runs=[run for run in found if run.kind is RunKind.AREA],
            unsettled=runs.unsettled_sales(session, building_id),
            names=staff.names(session, people | {run.begun_by for run in found}),
            reader_id=actor.id,
            may_import=actor.may(Permission.SURVEYS_IMPORT, building.path),
            may_release=actor.may(Permission.SURVEYS_RELEASE, building.path),
            may_settle=actor.may(Permission.AREA_SETTLEMENT_START, building.path),
            on=today(),
            problem=problem,
            errors=errors or {},
            refused=[(one, survey_reason(one.code, one.params, _language())) for one in refused],
        )


def _shown(session: Session, actor: Actor, building_id: str, surveys: list[Survey]) -> Survey | None:
    """The survey whose effect is shown: the one asked for, else the one in force, else the newest proposed one."""
    if asked := request.args.get("survey"):
        return get_survey(session, actor, asked)
    in_force = survey_in_force(session, building_id)
    return in_force or next((one for one in surveys if one.state is SurveyState.PROPOSED), None)


def _sums(rows: list[SalePreview]) -> dict[str, int]:
    reckoned = [row.reckoned for row in rows if row.reckoned]
    return {
        "up": sum(one.difference_fen for one in reckoned if one.difference_fen > 0),
        "down": -sum(one.difference_fen for one in reckoned if one.difference_fen < 0),
        "compensation": sum(one.compensation_fen for one in reckoned),
        "borne": sum(one.borne_fen for one in reckoned),
    }


def _language() -> Language:
    return "zh" if current_language() == "zh" else "en"


def told(building_id: str, error: PriceListError | SurveyRefused | Invalid) -> tuple[str, int]:
    """The page again with what was wrong; nothing was saved."""
    if isinstance(error, SurveyRefused):
        return building_page(building_id, problem=word(error.code, error.params), refused=error.refused), 422
    if isinstance(error, PriceListError):
        sentence = error_text(error, _language())
        return building_page(building_id, problem=sentence, errors={"file": sentence}), 422
    sentence = word(error.code, error.params)
    return building_page(building_id, problem=sentence, errors={error.field or "": sentence}), 422


@pages.post("/areas/<building_id>/run")
def settle_building(building_id: str) -> Response:
    """Begin a case for every contracted sale of the building that has none; a job works them off."""

    def act(session: Session, actor: Actor) -> BuildingRun:
        building = find_building(session, actor, building_id, Permission.SALES_VIEW)
        actor.require(Permission.AREA_SETTLEMENT_START, building.path)
        survey = survey_in_force(session, building_id)
        if survey is None:
            raise SurveyNotReleased(state="survey.proposed")
        run, is_new = runs.begin_run(
            session,
            actor,
            clock(),
            kind=RunKind.AREA,
            building_id=building_id,
            sale_ids=runs.unsettled_sales(session, building_id),
            survey_id=survey.id,
        )
        if is_new:
            session.flush()  # The job names the run.
            order_portion(session, database(), BUILDINGS, run.id)
        return run

    here = url_for("titles.building_areas", building_id=building_id)
    return begun(act, else_to=here, done=_("The settlement has begun."))
