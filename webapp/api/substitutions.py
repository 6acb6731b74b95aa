"""Rules of substitution: who does whose tasks while somebody is away."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from engine.api import NotAllowed
from ledger.staff.models import Substitution
from ledger.staff.permissions import Permission
from ledger.staff.queries import get_staff, manages
from ledger.staff.substitutions import add_substitution, revoke_substitution, substitutions_of
from webapp.api.endpoint import Asked, endpoint


class SubstitutionQuery(Schema):
    """Whose rules."""

    staff_id = fields.String(load_default=None, metadata={"description": "Left out: one's own"})


class SubstitutionOrder(Schema):
    """A new rule, both days inclusive."""

    substitute_id = fields.String(required=True)
    from_date = fields.Date(required=True)
    to_date = fields.Date(required=True)
    principal_id = fields.String(load_default=None, metadata={"description": "Left out: oneself"})
    processes = fields.List(fields.String(), load_default=list, metadata={"description": "Keys; none means all"})
    reason = fields.String(load_default="", validate=validate.Length(max=200))


class SubstitutionRule(Schema):
    """A rule; ``planned`` says that the person made it and not an administrator."""

    id = fields.String()
    principal_id = fields.String()
    substitute_id = fields.String()
    from_date = fields.Date()
    to_date = fields.Date()
    processes = fields.List(fields.String())
    planned = fields.Boolean()
    reason = fields.String(allow_none=True)
    created_by = fields.String()
    created_at = fields.AwareDateTime()
    revoked_by = fields.String(allow_none=True)
    revoked_at = fields.AwareDateTime(allow_none=True)


class SubstitutionRules(Schema):
    """The rules in which somebody is stood in for or stands in."""

    rows = fields.List(fields.Nested(SubstitutionRule))


@endpoint("GET", "/substitutions", tag="substitutions", query=SubstitutionQuery, returns=SubstitutionRules)
def list_substitutions(asked: Asked) -> Any:
    """List rules of substitution, one's own or those of somebody whose account one manages."""
    staff_id = asked.query["staff_id"] or asked.actor.id
    if staff_id != asked.actor.id:
        get_staff(asked.session, asked.actor, staff_id)
        if not manages(asked.session, asked.actor, asked.clock, staff_id):
            raise NotAllowed("permission_missing", permission=Permission.STAFF_MANAGE.value)
    return {"rows": substitutions_of(asked.session, staff_id)}


@endpoint(
    "POST", "/substitutions", tag="substitutions", body=SubstitutionOrder, returns=SubstitutionRule, status=201
)
def add(asked: Asked) -> Substitution:
    """Let somebody do one's own tasks, or those of somebody whose account one manages."""
    return add_substitution(asked.session, asked.actor, asked.clock, **asked.body)


@endpoint("POST", "/substitutions/{rule_id}/revoke", tag="substitutions", returns=SubstitutionRule)
def revoke(asked: Asked, rule_id: str) -> Substitution:
    """End a rule at once."""
    return revoke_substitution(asked.session, asked.actor, asked.clock, substitution_id=rule_id)
