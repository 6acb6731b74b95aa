"""What failed: find it, see its input, note, edit, run it again."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from marshmallow import Schema, fields, validate

from engine.api import Incident, IncidentDetail, IncidentFilter, Instance, Page
from webapp.api.endpoint import Asked, endpoint
from webapp.api.paging import PageQuery
from webapp.api.shapes import answer_of, page_of
from webapp.operations.bulk import MOST, Outcome, each
from webapp.process_data import as_seen
from webapp.wording import word

STATES = ["open", "retrying", "resolved"]
REASON = validate.Length(1, 400)


class IncidentAnswer(answer_of(Incident, name="IncidentRow")):  # type: ignore[misc]
    """An incident with why it failed in the asker's language."""

    text = fields.Function(lambda one: word(one.message_code, one.params), metadata={"type": "string"})


class IncidentDetailAnswer(Schema):
    """An incident with the values its step read, those that can be edited, and where in the program it failed."""

    incident = fields.Nested(IncidentAnswer)
    input = fields.Dict(keys=fields.String())
    editable = fields.List(fields.String())
    trace = fields.List(fields.String())
    runs_as = fields.String(allow_none=True)


class IncidentQuery(PageQuery):
    """Which incidents."""

    state = fields.String(load_default="open", validate=validate.OneOf([*STATES, "all"]))
    instance = fields.String(load_default=None)
    process = fields.String(load_default=None, metadata={"description": "Key of a process"})
    element = fields.String(load_default=None, metadata={"description": "Id of an element of the diagram"})
    error_type = fields.String(load_default=None)
    code = fields.String(load_default=None)
    project = fields.String(load_default=None, metadata={"description": "Path of an organisation node"})
    since = fields.AwareDateTime(load_default=None)
    until = fields.AwareDateTime(load_default=None)


class IncidentRetry(Schema):
    """How to run it again; of a delivery, timer or external step also how often at most, and when."""

    reason = fields.String(load_default="", validate=validate.Length(max=400))
    attempts = fields.Integer(load_default=None, allow_none=True)
    due_at = fields.AwareDateTime(load_default=None, allow_none=True)


class IncidentRetries(IncidentRetry):
    """Which incidents to run again."""

    incident_ids = fields.List(fields.String(), required=True, validate=validate.Length(1, MOST))


class IncidentOutcomes(Schema):
    """What became of each."""

    outcomes = fields.List(fields.Nested(answer_of(Outcome)))


class IncidentNote(Schema):
    """A note; an empty one removes it."""

    text = fields.String(required=True)


class InputEdit(Schema):
    """New values with a reason; ``force`` allows another kind of value and a new name."""

    changes = fields.Dict(keys=fields.String(), required=True, validate=validate.Length(1, 100))
    reason = fields.String(required=True, validate=REASON)
    force = fields.Boolean(load_default=False)


class VariablesEdit(InputEdit):
    """``revision`` is the case's when it was read; ``element_id`` names where a token stands."""

    revision = fields.Integer(load_default=None, allow_none=True)
    element_id = fields.String(load_default=None, allow_none=True)


@endpoint(
    "GET", "/incidents", tag="incidents", query=IncidentQuery, returns=page_of(IncidentAnswer, "IncidentPage")
)
def list_incidents(asked: Asked) -> Any:
    """List what failed."""
    q = asked.query
    wanted = IncidentFilter(
        states=() if q["state"] == "all" else (q["state"],),
        instance_id=q["instance"],
        definition_keys=(q["process"],) if q["process"] else (),
        element_ids=(q["element"],) if q["element"] else (),
        error_types=(q["error_type"],) if q["error_type"] else (),
        message_codes=(q["code"],) if q["code"] else (),
        path=q["project"],
        since=q["since"],
        until=q["until"],
    )
    return asked.engine.find_incidents(wanted, Page(q["page"], q["size"]))


@endpoint("GET", "/incidents/{incident_id}", tag="incidents", returns=IncidentDetailAnswer)
def get_incident(asked: Asked, incident_id: str) -> Any:
    """Show what failed, with its input."""
    return _seen(asked, asked.engine.get_incident(incident_id))


@endpoint("POST", "/incidents/{incident_id}/retry", tag="incidents", body=IncidentRetry, returns=IncidentAnswer)
def retry(asked: Asked, incident_id: str) -> Any:
    """Run it again."""
    return asked.engine.retry(incident_id, **asked.body)


@endpoint("POST", "/incidents/retry", tag="incidents", body=IncidentRetries, returns=IncidentOutcomes, acts=False)
def retry_many(asked: Asked) -> Any:
    """Run many again, each for itself; the answer tells what became of each."""
    how = {name: value for name, value in asked.body.items() if name != "incident_ids"}
    return {"outcomes": each(asked.body["incident_ids"], lambda engine, one: engine.retry(one, **how))}


@endpoint(
    "POST", "/incidents/{incident_id}/note", tag="incidents", body=IncidentNote, returns=IncidentDetailAnswer
)
def note(asked: Asked, incident_id: str) -> Any:
    """Leave a note for who looks at it next."""
    return _seen(asked, asked.engine.annotate(incident_id, asked.body["text"]))


@endpoint("POST", "/incidents/{incident_id}/input", tag="incidents", body=InputEdit, returns=IncidentDetailAnswer)
def edit_input(asked: Asked, incident_id: str) -> Any:
    """Give it other input, before it is run again."""
    body = asked.body
    edited = asked.engine.edit_incident(incident_id, body["changes"], body["reason"], force=body["force"])
    return _seen(asked, edited)


@endpoint(
    "POST", "/instances/{instance_id}/variables", tag="instances", body=VariablesEdit, returns=answer_of(Instance)
)
def set_variables(asked: Asked, instance_id: str) -> Any:
    """Set process data by hand."""
    case = asked.engine.set_variables(instance_id, **asked.body)
    return {**asdict(case), "facts": as_seen(asked.actor, case.facts, case.scope)}


def _seen(asked: Asked, found: IncidentDetail) -> dict[str, Any]:
    shown = as_seen(asked.actor, found.input, found.incident.scope)
    return {**vars(found), "input": shown}
