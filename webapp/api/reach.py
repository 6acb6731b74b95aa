"""Copies to readers, and urging."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from engine.api import Copy, Urged
from webapp.api.endpoint import Asked, endpoint
from webapp.api.shapes import answer_of
from webapp.inbox.acts.urge import urge_task

COPY = answer_of(Copy)


class Readers(Schema):
    """To whom, with a word to them."""

    readers = fields.List(fields.String(), required=True, validate=validate.Length(1, 20))
    note = fields.String(load_default="", validate=validate.Length(max=500))


class Urging(Schema):
    """A word to who has the task."""

    note = fields.String(load_default="", validate=validate.Length(max=200))


class Copies(Schema):
    """Copies."""

    rows = fields.List(fields.Nested(COPY))


@endpoint("POST", "/tasks/{task_id}/copies", tag="tasks", body=Readers, returns=Copies)
def send_copy(asked: Asked, task_id: str) -> Any:
    """Send a task to readers, who may look and never act."""
    return {"rows": asked.engine.send_copy(task_id, asked.body["readers"], note=asked.body["note"])}


@endpoint("POST", "/instances/{instance_id}/copies", tag="instances", body=Readers, returns=Copies)
def copy_case(asked: Asked, instance_id: str) -> Any:
    """Send a case as a whole to readers, who may look and never act."""
    return {"rows": asked.engine.copy_case(instance_id, asked.body["readers"], note=asked.body["note"])}


@endpoint("POST", "/tasks/{task_id}/urge", tag="tasks", body=Urging, returns=answer_of(Urged))
def urge(asked: Asked, task_id: str) -> Any:
    """Urge who has a task; the third time is heard above."""
    return urge_task(asked.engine, asked.session, asked.clock, task_id, asked.body["note"])


@endpoint("GET", "/copies", tag="tasks", returns=Copies)
def list_copies(asked: Asked) -> Any:
    """List what was sent to me to read."""
    return {"rows": [copy for copy, _task, _case in asked.engine.copies()]}


@endpoint("POST", "/copies/{copy_id}/read", tag="tasks", returns=COPY)
def read_copy(asked: Asked, copy_id: str) -> Any:
    """Say that I have read a copy."""
    return asked.engine.read_copy(copy_id)


@endpoint("GET", "/instances/{instance_id}/copies", tag="instances", returns=Copies)
def copies_of_case(asked: Asked, instance_id: str) -> Any:
    """List who was sent what of a case and has read it when."""
    return {"rows": asked.engine.copies_of_case(instance_id)}
