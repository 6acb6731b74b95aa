"""A run over the sales of a building: how far it is, what failed, stopped and gone on with."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from handlers.jobs import BUILDINGS
from kernel.actor import Actor
from ledger.finance.sale_labels import label_sales
from ledger.inventory.models import Building
from ledger.staff import queries as staff
from ledger.surveys import runs
from ledger.worklists import ItemState, RunState
from webapp.acting import clock, database, reading
from webapp.carrying_out import carried_out
from webapp.portions import order_portion
from webapp.titles.desk import pages
from webapp.wording import word


@pages.get("/runs/<building_run_id>")
def building_run(building_run_id: str) -> str:
    """How far a run is; asked again while it goes on."""
    with reading() as (session, actor):
        run = runs.get_run(session, actor, building_run_id)
        failed = runs.SALES.items(session, building_run_id, ItemState.FAILED, limit=200)
        part = request.headers.get("HX-Request") == "true"
        return render_template(
            "titles/_run.html" if part else "titles/run.html",
            run=run,
            building=session.get_one(Building, run.building_id),
            failed=failed,
            labels=label_sales(session, [item.sale_id for item in failed]),
            names=staff.names(session, [run.begun_by]),
            goes_on=run.state is RunState.RUNNING,
            may_stop=actor.may(runs.RIGHTS[run.kind], run.path),
            wording=word,
        )


@pages.post("/runs/<building_run_id>/stop")
def stop_building_run(building_run_id: str) -> Response:
    """Begin with no further sale."""
    return carried_out(
        lambda session, actor: runs.stop_run(session, actor, clock(), run_id=building_run_id),
        leads_to=url_for("titles.building_run", building_run_id=building_run_id),
        done=_("The run is stopped; what is done stays done."),
    )


@pages.post("/runs/<building_run_id>/go")
def resume_building_run(building_run_id: str) -> Response:
    """Go on with what waits or failed."""

    def act(session: Session, actor: Actor) -> None:
        run = runs.resume_run(session, actor, clock(), run_id=building_run_id)
        if run.state is RunState.RUNNING:
            order_portion(session, database(), BUILDINGS, run.id)

    leads_to = url_for("titles.building_run", building_run_id=building_run_id)
    return carried_out(act, leads_to=leads_to, done=_("The run goes on with the rest."))
