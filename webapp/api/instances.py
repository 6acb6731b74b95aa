"""Process instances: start, look, follow."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from marshmallow import Schema, fields, validate

from engine.api import HistoryEvent, Instance, InstanceFilter, Page, Waiting
from kernel.actor import Actor
from webapp.api.endpoint import Asked, endpoint
from webapp.api.paging import PageQuery
from webapp.api.shapes import answer_of, page_of
from webapp.facts import read_facts
from webapp.process_data import as_seen

INSTANCE = answer_of(Instance)
STATES = ["active", "suspended", "completed", "cancelled", "failed"]


class InstanceQuery(PageQuery):
    """Which instances."""

    process = fields.String(load_default=None)
    state = fields.String(load_default=None, validate=validate.OneOf(STATES))
    business_key = fields.String(load_default=None)
    search = fields.String(
        load_default="",
        validate=validate.Length(max=80),
        metadata={"description": "Beginnings of words and numbers: a unit, a customer, a business key"},
    )
    project = fields.String(load_default=None, metadata={"description": "Path of an organisation node"})
    version = fields.Integer(load_default=None, metadata={"description": "Of the process; left out: all"})
    element = fields.String(load_default=None, metadata={"description": "Id of an element where something waits"})
    failing = fields.Boolean(load_default=False, metadata={"description": "Only with an open incident"})
    fact = fields.String(
        load_default=None,
        metadata={"description": "A business fact compared with =, <, <=, > or >=: `amount_fen>=100000`"},
    )
    began = fields.Boolean(load_default=False, metadata={"description": "Only those that I began"})
    started_from = fields.AwareDateTime(load_default=None)
    started_before = fields.AwareDateTime(load_default=None)
    ended_from = fields.AwareDateTime(load_default=None)
    ended_before = fields.AwareDateTime(load_default=None)


class Start(Schema):
    """What a new instance begins with: the answers of the start form and the project's path."""

    process = fields.String(required=True)
    scope = fields.String(required=True, metadata={"description": "Path of the project"})
    answers = fields.Dict(keys=fields.String(), load_default=dict)
    business_key = fields.String(load_default=None, allow_none=True)


class Variables(Schema):
    """Process data."""

    variables = fields.Dict(keys=fields.String())


class History(Schema):
    """What happened, in order."""

    events = fields.List(fields.Nested(answer_of(HistoryEvent)))


class Waits(Schema):
    """What an instance waits for."""

    waiting = fields.List(fields.Nested(answer_of(Waiting)))


@endpoint("GET", "/instances", tag="instances", query=InstanceQuery, returns=page_of(INSTANCE, "InstancePage"))
def list_instances(asked: Asked) -> Any:
    """List cases."""
    q = asked.query
    wanted = InstanceFilter(
        states=(q["state"],) if q["state"] else (),
        definition_keys=(q["process"],) if q["process"] else (),
        business_key=q["business_key"],
        search=q["search"],
        path=q["project"],
        versions=(q["version"],) if q["version"] is not None else (),
        waiting_at=q["element"],
        with_incidents=q["failing"],
        began=q["began"],
        facts=read_facts([q["fact"]] if q["fact"] else []),
        started_from=q["started_from"],
        started_before=q["started_before"],
        ended_from=q["ended_from"],
        ended_before=q["ended_before"],
    )
    found = asked.engine.find_instances(wanted, Page(q["page"], q["size"]))
    return replace(found, rows=[seen(asked.actor, row) for row in found.rows])


@endpoint("POST", "/instances", tag="instances", body=Start, returns=INSTANCE, status=201)
def start(asked: Asked) -> Any:
    """Start a process."""
    body = asked.body
    begun = asked.engine.start(
        body["process"], body["answers"], business_key=body["business_key"], scope=body["scope"]
    )
    return seen(asked.actor, begun)


@endpoint("GET", "/instances/{instance_id}", tag="instances", returns=INSTANCE)
def get_instance(asked: Asked, instance_id: str) -> Any:
    """Show a case."""
    return seen(asked.actor, asked.engine.get_instance(instance_id))


@endpoint("GET", "/instances/{instance_id}/variables", tag="instances", returns=Variables)
def variables(asked: Asked, instance_id: str) -> Any:
    """Show the process data of a case, without what its reader may not see."""
    scope = asked.engine.get_instance(instance_id).scope
    return {"variables": as_seen(asked.actor, asked.engine.variables(instance_id), scope)}


@endpoint("GET", "/instances/{instance_id}/history", tag="instances", returns=History)
def history(asked: Asked, instance_id: str) -> Any:
    """Show what happened in a case."""
    return {"events": asked.engine.history(instance_id)}


@endpoint("GET", "/instances/{instance_id}/waiting", tag="instances", returns=Waits)
def waiting(asked: Asked, instance_id: str) -> Any:
    """Show what a case waits for."""
    return {"waiting": asked.engine.waiting(instance_id)}


def seen(actor: Actor, case: Instance) -> Instance:
    """A case without the facts that its reader may not see."""
    return replace(case, facts=as_seen(actor, case.facts, case.scope))
