"""Messages from outside."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from marshmallow import Schema, fields, validate

from kernel.audit import record
from ledger.staff.permissions import Permission
from webapp.api.endpoint import Asked, endpoint


class Message(Schema):
    """A message with what finds its receiver; kept for ``ttl_seconds`` (a day) when nobody waits for it yet."""

    name = fields.String(required=True, validate=validate.Length(1, 100))
    correlation = fields.Dict(keys=fields.String(), load_default=dict)
    payload = fields.Dict(keys=fields.String(), load_default=dict)
    ttl_seconds = fields.Integer(load_default=86_400, allow_none=True, validate=validate.Range(0, 30 * 86_400))


class Delivered(Schema):
    """To how many a message went."""

    delivered = fields.Integer()


@endpoint("POST", "/messages", tag="messages", body=Message, returns=Delivered)
def publish(asked: Asked) -> Any:
    """Publish a message to the cases that wait for it; for who operates the engine of the whole company."""
    # A message moves cases of every project and stands for facts such as paid money, so no single project's right
    # suffices.
    asked.actor.require(Permission.ENGINE_OPERATE)
    body = asked.body
    ttl = timedelta(seconds=body["ttl_seconds"]) if body["ttl_seconds"] else None
    delivered = asked.engine.publish(body["name"], body["correlation"], body["payload"], ttl=ttl)
    record(
        asked.session, asked.actor, asked.clock, "event:publish", "event", body["name"][:80],
        after={"names": sorted(body["payload"]), "delivered": delivered},
    )  # fmt: skip
    return {"delivered": delivered}
