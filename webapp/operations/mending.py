"""The page of an incident: what failed with its input, a note, other input, running it again; many at once."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import ngettext

from engine.api import Engine, IncidentDetail
from kernel.errors import Invalid
from webapp.acting import clock, reading
from webapp.engine_room import engine_for
from webapp.formatting import project_zone
from webapp.inbox.people import names_of
from webapp.inbox.rows import process_names
from webapp.language import safe_path
from webapp.operations.acts import act_once
from webapp.operations.bulk import each
from webapp.operations.naming import element_label
from webapp.operations.views import pages
from webapp.process_data import as_seen

_MOST = 100
_MOST_TOLD = 5
_PREFIX = "value."


@pages.get("/incidents/<incident_id>")
def incident(incident_id: str) -> str:
    """What failed, why, with which input, and what can be done about it."""
    with reading() as (session, actor):
        engine = engine_for(session, actor, clock())
        found = engine.get_incident(incident_id)
        one = found.incident
        return render_template(
            "operations/incident.html",
            one=one,
            name=element_label(engine, one.definition_key, one.element_id, one.element_name),
            process=process_names(engine.find_definitions(kind="process")).get(one.definition_key),
            names=names_of(session, {one.resolved_by, one.noted_by, found.runs_as}),
            runs_as=found.runs_as,
            values=_values(found, as_seen(actor, found.input, one.scope)),
            trace=found.trace,
        )


@pages.post("/incidents/<incident_id>/note")
def note(incident_id: str) -> Response:
    """Leave a note."""
    return _act(incident_id, lambda engine: engine.annotate(incident_id, request.form.get("text", "")))


@pages.post("/incidents/<incident_id>/input")
def edit_input(incident_id: str) -> Response:
    """Give it other input."""

    def edit(engine: Engine) -> None:
        known = engine.get_incident(incident_id)
        changes = _changes(known)
        engine.edit_incident(incident_id, changes, request.form.get("reason", ""))

    return _act(incident_id, edit)


@pages.post("/incidents/<incident_id>/again")
def again(incident_id: str) -> Response:
    """Run it again, with other tries or at another time where that is possible."""

    def run(engine: Engine) -> None:
        tries = request.form.get("attempts", "")
        engine.retry(
            incident_id,
            attempts=int(tries) if tries.isdecimal() else None,
            due_at=asked_instant("due_at"),
            reason=request.form.get("reason", "").strip(),
        )

    return _act(incident_id, run)


@pages.post("/incidents/retry")
def retry_many() -> Response:
    """Run the ticked incidents again, each for itself; what failed again stays open and is told."""
    ids = list(dict.fromkeys(request.form.getlist("id")))[:_MOST]
    reason = request.form.get("reason", "").strip()
    outcomes = each(ids, lambda engine, one: engine.retry(one, reason=reason))
    done = sum(outcome.done for outcome in outcomes)
    if done:
        flash(ngettext("%(num)d is being run again.", "%(num)d are being run again.", done), "success")
    refused = [outcome.detail or "" for outcome in outcomes if not outcome.done]
    for detail in list(dict.fromkeys(refused))[:_MOST_TOLD]:
        flash(detail, "danger")
    return redirect(safe_path(request.form.get("next"), url_for("operations.incidents")))  # type: ignore[return-value]


def asked_instant(name: str) -> datetime | None:
    """A time that was typed into a form, in the zone of the page; None when it was left empty.

    Raises `Invalid` for what is no time.
    """
    written = request.form.get(name, "").strip()
    if not written:
        return None
    try:
        return datetime.fromisoformat(written).replace(tzinfo=project_zone())
    except ValueError as fault:
        raise Invalid("instant_unreadable", field=name, given=written) from fault


def _act(incident_id: str, do: Callable[[Engine], Any]) -> Response:
    return act_once(url_for("operations.incident", incident_id=incident_id), do)


def _values(found: IncidentDetail, seen: dict[str, Any]) -> list[dict[str, Any]]:
    """The input as its reader may see it; what is shortened for the reader cannot be edited by them."""
    return [
        {
            "name": name,
            "field": f"{_PREFIX}{name}",
            "shown": _written(value),
            "editable": name in found.editable and value == found.input[name],
        }
        for name, value in seen.items()
    ]


def _written(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _changes(known: IncidentDetail) -> dict[str, Any]:
    changes = {}
    for name in known.editable:
        typed = request.form.get(f"{_PREFIX}{name}")
        if typed is None or typed == _written(known.input[name]):
            continue
        changes[name] = typed if isinstance(known.input[name], str) else _read(name, typed)
    return changes


def _read(name: str, typed: str) -> Any:
    try:
        return json.loads(typed)
    except ValueError as fault:
        raise Invalid("value_not_json", field=name) from fault
