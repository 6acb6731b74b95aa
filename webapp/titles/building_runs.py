"""A run over the sales of a building: how far it is, what failed, and its end before time."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from ledger.finance.sale_labels import label_sales
from ledger.inventory.models import Building
from ledger.staff import queries as staff
from ledger.surveys import runs
from ledger.surveys.kinds import RunState
from webapp.acting import clock, reading
from webapp.carrying_out import carried_out
from webapp.titles.desk import pages
from webapp.wording import word


@pages.get("/runs/<building_run_id>")
def building_run(building_run_id: str) -> str:
    """How far a run is; asked again while it goes on."""
    with reading() as (session, actor):
        run = runs.get_run(session, actor, building_run_id)
        failed = runs.failed_items(session, building_run_id)
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
