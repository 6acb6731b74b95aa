"""Processes and decision tables: list, check, deploy."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from engine.api import Definition, DefinitionError
from kernel.errors import NotAllowed
from ledger.staff.permissions import Permission
from webapp.api.endpoint import Asked, endpoint
from webapp.api.shapes import answer_of
from webapp.definitions import apart
from webapp.wording import word

DEFINITION = answer_of(Definition)


class Content(fields.Field[bytes]):
    """A file in base64."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bytes:
        try:
            return base64.b64decode(value, validate=True)
        except (TypeError, ValueError, binascii.Error) as problem:
            raise ValidationError("Not base64.") from problem


class Resources(Schema):
    """Files by name (.bpmn, .dmn) in base64."""

    resources = fields.Dict(
        keys=fields.String(validate=validate.Length(1, 120)),
        values=Content(metadata={"type": "string", "format": "byte"}),
        required=True,
        validate=validate.Length(1, 50),
    )
    note = fields.String(load_default="", validate=validate.Length(max=200))


class Definitions(Schema):
    """Deployed definitions."""

    definitions = fields.List(fields.Nested(DEFINITION))


class FindingAnswer(Schema):
    """A finding in the asker's language."""

    code = fields.String()
    severity = fields.String()
    resource = fields.String()
    line = fields.Integer(allow_none=True)
    element_id = fields.String(allow_none=True)
    element_name = fields.String(allow_none=True)
    text = fields.Function(lambda finding: word(finding.code, finding.params))


class Findings(Schema):
    """What is wrong or doubtful."""

    findings = fields.List(fields.Nested(FindingAnswer))


class Deployed(Definitions):
    """Deployed definitions, and what is doubtful or read in another form than it is written in."""

    findings = fields.List(fields.Nested(FindingAnswer))


@endpoint("GET", "/definitions", tag="definitions", returns=Definitions)
def list_definitions(asked: Asked) -> Any:
    """List the latest version of every process and decision."""
    _require(asked, Permission.ENGINE_VIEW)
    return {"definitions": asked.engine.find_definitions()}


@endpoint("POST", "/definitions/check", tag="definitions", body=Resources, returns=Findings, acts=False)
def check(asked: Asked) -> Any:
    """Check files without deploying them."""
    if not asked.actor.may_house_wide(Permission.ENGINE_DEPLOY):
        raise NotAllowed("permission_missing", permission=Permission.ENGINE_DEPLOY.value)
    resources, of_forms = apart(asked.body["resources"])
    return {"findings": of_forms + asked.engine.check(resources)}


@endpoint("POST", "/definitions", tag="definitions", body=Resources, returns=Deployed, status=201)
def deploy(asked: Asked) -> Any:
    """Deploy files that pass the checks; unchanged ones keep their version."""
    resources, wrong = apart(asked.body["resources"])
    if wrong:
        raise DefinitionError(wrong)
    done = asked.engine.deploy(resources, note=asked.body["note"])
    return {"definitions": done, "findings": asked.engine.check(resources)}


def _require(asked: Asked, permission: Permission) -> None:
    """Definitions serve the whole house, so the right counts wherever it is held."""
    if not asked.actor.may_anywhere(permission):
        raise NotAllowed("permission_missing", permission=permission.value)
