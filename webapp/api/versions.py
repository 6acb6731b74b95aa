"""Versions of processes and decisions: list, compare, roll back."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from engine.api import ElementDifference
from kernel.errors import NotAllowed
from ledger.staff.permissions import Permission
from webapp.api.definitions import DEFINITION, Definitions
from webapp.api.endpoint import Asked, endpoint
from webapp.api.shapes import answer_of


class Kind(Schema):
    """Process or decision."""

    kind = fields.String(load_default="process", validate=validate.OneOf(["process", "decision"]))


class Two(Schema):
    """Two versions of a process."""

    old = fields.Integer(required=True)
    new = fields.Integer(required=True)


class Differences(Schema):
    """What two versions do not share."""

    differences = fields.List(fields.Nested(answer_of(ElementDifference)))


class Back(Kind):
    """Which version is to be the newest again."""

    version = fields.Integer(required=True, strict=True)
    note = fields.String(load_default="", validate=validate.Length(max=200))


@endpoint("GET", "/definitions/{key}/versions", tag="definitions", query=Kind, returns=Definitions)
def list_versions(asked: Asked, key: str) -> Any:
    """List the versions of a process or decision, the newest first."""
    _require_view(asked)
    return {"definitions": asked.engine.find_versions(key, kind=asked.query["kind"])}


@endpoint("GET", "/definitions/{key}/differences", tag="definitions", query=Two, returns=Differences)
def compare(asked: Asked, key: str) -> Any:
    """Tell what two versions of a process do not share, element by element."""
    _require_view(asked)
    return {"differences": asked.engine.compare(key, asked.query["old"], asked.query["new"])}


@endpoint("POST", "/definitions/{key}/rollback", tag="definitions", body=Back, returns=DEFINITION, status=201)
def roll_back(asked: Asked, key: str) -> Any:
    """Make an earlier version the newest again; running cases stay on theirs."""
    body = asked.body
    return asked.engine.roll_back(key, body["version"], kind=body["kind"], note=body["note"])


def _require_view(asked: Asked) -> None:
    """Definitions serve the whole house, so the right counts wherever it is held."""
    if not asked.actor.may_anywhere(Permission.ENGINE_VIEW):
        raise NotAllowed("permission_missing", permission=Permission.ENGINE_VIEW.value)
