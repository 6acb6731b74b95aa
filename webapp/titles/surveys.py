"""Surveys (测绘成果) in the browser: bring one in, release it as a second person, turn it down."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from kernel.errors import Invalid
from ledger.inventory.price_list import PriceListError
from ledger.surveys.errors import SettlementInvalid
from ledger.surveys.importing import propose_survey, reject_survey, release_survey
from ledger.surveys.kinds import SurveyKind
from ledger.surveys.reading import read_survey
from webapp.acting import acting, clock
from webapp.carrying_out import carried_out
from webapp.once import once
from webapp.titles.areas import building_page, told
from webapp.titles.desk import given_day, pages


@pages.post("/areas/<building_id>/surveys")
def bring_survey(building_id: str) -> Response | tuple[str, int]:
    """Take a survey in for release; a wrong row refuses the whole file and is told."""
    sent, day = request.files.get("file"), given_day("surveyed_on")
    kind = request.form.get("kind", "")
    if sent is None or not sent.filename:
        sentence = _("Choose a file first.")
        return building_page(building_id, problem=sentence, errors={"file": sentence}), 422
    if day is None or kind not in list(SurveyKind):
        sentence = _("Say on which day it was surveyed, and of which kind it is.")
        return building_page(building_id, problem=sentence, errors={"surveyed_on": sentence}), 422
    try:
        file = read_survey(sent.read(), sent.filename)
        with acting() as (session, actor):

            def act() -> str:
                row = propose_survey(
                    session,
                    actor,
                    clock(),
                    building_id=building_id,
                    kind=kind,
                    surveyed_on=day,
                    survey=file,
                )
                return url_for("titles.building_areas", building_id=building_id, survey=row.id)

            address = once(session, actor, clock(), act)
    except (PriceListError, Invalid) as error:
        return told(building_id, error)
    flash(_("The survey is in. A second person releases it."), "success")
    return redirect(address)


@pages.post("/surveys/<survey_id>/release")
def release(survey_id: str) -> Response:
    """Put the areas in force."""
    with acting() as (session, actor):
        row = release_survey(session, actor, clock(), survey_id=survey_id)
        building_id = row.building_id
    flash(_("The areas are released."), "success")
    return redirect(url_for("titles.building_areas", building_id=building_id))


@pages.post("/surveys/<survey_id>/reject")
def reject(survey_id: str) -> Response | tuple[str, int]:
    """Turn a survey down, with the reason."""
    building_id = request.form.get("building_id", "")
    try:
        return carried_out(
            lambda session, actor: reject_survey(
                session, actor, clock(), survey_id=survey_id, reason=request.form.get("reason", "")
            ),
            leads_to=url_for("titles.building_areas", building_id=building_id),
            done=_("The survey is turned down."),
        )
    except SettlementInvalid as error:
        return told(building_id, error)
