"""Bodies that an endpoint's schema takes, so that a request comes as far as the question who may."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from marshmallow import Schema, fields, validate

from tests.webapp.permissions.world import World
from webapp.api.endpoint import ENDPOINTS

ALSO = ("business_key", "ids", "sale_id")  # Given though an endpoint does not ask for it.


def bodies(world: World) -> dict[tuple[str, str], dict[str, Any]]:
    """What each endpoint of the API is sent, by method and rule."""
    return {(one.method, _rule(one.path)): body_of(one.body, world) for one in ENDPOINTS if one.body is not None}


def queries(world: World) -> dict[tuple[str, str], dict[str, Any]]:
    """What stands behind the question mark of each endpoint's address, where something must."""
    return {
        (one.method, _rule(one.path)): body_of(one.query, world)
        for one in ENDPOINTS
        if one.query is not None and any(field.required for field in one.query().load_fields.values())
    }


def _rule(path: str) -> str:
    return "/api/v1" + path.replace("{", "<").replace("}", ">")


def body_of(schema: type[Schema], world: World) -> dict[str, Any]:
    """A value for each field that must be given, and for those whose name the company knows."""
    now = world.house.database.clock.now()
    known = named_values(world, now)
    return {
        name: known.get(name, _value(field, world, now))
        for name, field in schema().load_fields.items()
        if field.required or name in ALSO
    }


def named_values(world: World, now: datetime) -> dict[str, Any]:
    """Values by the name of a field. A field that needs a sensible one goes in here."""
    someone = world.people["here"]["sales_manager"].id
    return {
        "answers": {"decision": "approved", "remark": "fine"}, "business_key": "RG-1",
        "due_at": (now + timedelta(days=3)).isoformat(), "ids": [world.ids["instance_id"]],
        "incident_ids": [world.ids["incident_id"]], "process": world.ids["key"],
        "project_id": world.ids["project_id"], "readers": [world.people["elsewhere"]["legal"].id], "reason": "because", "resources": {"x.bpmn": "PHgvPg=="},
        "sale_id": world.ids["sale_id"], "scope": world.house.project.path, "staff_id": someone, "manager_id": someone,
        "substitute_id": world.people["elsewhere"]["legal"].id, "to": someone, "to_task": world.ids["task_id"],
        "version": 1,
        "week": ["09:00-17:00"] * 5 + [""] * 2,
        "criteria": {},
        "filename": "note.txt",
        "content": "bm90ZQ==",
        "path": world.house.project.path, "receipt_id": world.ids["paid_id"],
        "proposal_ids": [world.ids["proposal_id"]], "paper_ids": [world.ids["paper_id"]],
        "account_id": world.ids["account_id"],
    }  # fmt: skip


def _value(field: fields.Field[Any], world: World, now: datetime) -> Any:
    for rule in field.validators:
        if isinstance(rule, validate.OneOf):
            return next(iter(rule.choices))
    if isinstance(field, fields.Nested):
        return body_of(field.schema.__class__, world)
    if isinstance(field, fields.List):
        return [_value(field.inner, world, now)]
    plain = {fields.Dict: {"note": 1}, fields.Boolean: True, fields.Integer: 1, fields.Float: 1.0}
    plain |= {fields.AwareDateTime: now.astimezone(UTC).isoformat(), fields.Date: now.date().isoformat()}
    return plain.get(type(field), "text")
