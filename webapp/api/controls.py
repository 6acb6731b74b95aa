"""Processes as a whole: suspend and activate them, how long their history stays; messages nobody waited for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from marshmallow import Schema, fields, validate

from engine.api import DefinitionControl, Message, Page
from kernel.actor import ROOT
from kernel.errors import NotAllowed
from ledger.staff.permissions import Permission
from webapp.api.endpoint import Asked, endpoint
from webapp.api.paging import PageQuery
from webapp.api.shapes import answer_of, page_of
from webapp.process_data import as_seen

CONTROL = answer_of(DefinitionControl)
MESSAGE = answer_of(Message, name="KeptMessage")
REASON = validate.Length(1, 400)


class Activation(Schema):
    """Why, and when if not now."""

    reason = fields.String(required=True, validate=REASON)
    at = fields.AwareDateTime(load_default=None, allow_none=True)


class Suspension(Activation):
    """Until when, if it shall end by itself."""

    until = fields.AwareDateTime(load_default=None, allow_none=True)


class HistoryDays(Schema):
    """How many days finished cases stay; null for ever."""

    days = fields.Integer(required=True, allow_none=True)
    reason = fields.String(required=True, validate=REASON)


class MessageQuery(PageQuery):
    """Which messages."""

    state = fields.String(load_default="waiting", validate=validate.OneOf(["waiting", "expired", "delivered"]))
    name = fields.String(load_default=None)


@endpoint("GET", "/definitions/{key}/control", tag="definitions", returns=CONTROL)
def get_control(asked: Asked, key: str) -> Any:
    """Show whether a process is suspended, what is scheduled, how long its history stays."""
    if not asked.actor.may_anywhere(Permission.ENGINE_VIEW):
        raise NotAllowed("permission_missing", permission=Permission.ENGINE_VIEW.value)
    return asked.engine.definition_control(key)


@endpoint("POST", "/definitions/{key}/suspend", tag="definitions", body=Suspension, returns=CONTROL)
def suspend(asked: Asked, key: str) -> Any:
    """Start nothing new of a process, now or from an instant."""
    return asked.engine.suspend_definition(key, **asked.body)


@endpoint("POST", "/definitions/{key}/activate", tag="definitions", body=Activation, returns=CONTROL)
def activate(asked: Asked, key: str) -> Any:
    """Let a suspended process be started again, now or from an instant."""
    return asked.engine.activate_definition(key, **asked.body)


@endpoint("POST", "/definitions/{key}/history", tag="definitions", body=HistoryDays, returns=CONTROL)
def set_history_days(asked: Asked, key: str) -> Any:
    """Set how long finished cases of a process stay."""
    return asked.engine.set_history_days(key, asked.body["days"], asked.body["reason"])


@endpoint("GET", "/messages", tag="messages", query=MessageQuery, returns=page_of(MESSAGE, "MessagePage"))
def list_messages(asked: Asked) -> Any:
    """List messages that nobody waited for when they came."""
    q = asked.query
    found = asked.engine.find_messages(Page(q["page"], q["size"]), state=q["state"], name=q["name"])
    return replace(found, rows=[replace(m, payload=as_seen(asked.actor, m.payload, ROOT)) for m in found.rows])
