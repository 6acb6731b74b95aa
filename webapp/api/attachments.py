"""Files on tasks and cases; contents travel in base64."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Any

from flask import Response, jsonify, make_response
from marshmallow import Schema, fields, validate
from sqlalchemy.orm import Session

from engine.api import ATTACHMENT_KINDS, Attachment, Engine
from kernel.errors import Invalid
from webapp import acting
from webapp.api.endpoint import Asked, endpoint
from webapp.api.idempotency import Kept, replay
from webapp.api.shapes import answer_of
from webapp.attaching import Brought, attach_to_case, attach_to_task, handed_out, looked_at
from webapp.engine_room import engine_for

ATTACHMENT = answer_of(Attachment, leave_out=frozenset({"content_id"}))


class Upload(Schema):
    """A file."""

    kind = fields.String(required=True, validate=validate.OneOf(ATTACHMENT_KINDS))
    filename = fields.String(required=True, validate=validate.Length(max=200))
    content = fields.String(required=True, metadata={"description": "The file's bytes in base64"})


class Attachments(Schema):
    """The files of a case and its tasks, those taken away too, oldest first."""

    attachments = fields.List(fields.Nested(ATTACHMENT))


class Missing(Schema):
    """The kinds of files a task's step asks for, and those of them that are not there."""

    required = fields.List(fields.String())
    lacking = fields.List(fields.String())


@endpoint("GET", "/instances/{instance_id}/attachments", tag="instances", returns=Attachments)
def list_attachments(asked: Asked, instance_id: str) -> Any:
    """Show the files of a case."""
    return {"attachments": asked.engine.attachments(instance_id)}


@endpoint("GET", "/tasks/{task_id}/attachments/required", tag="tasks", returns=Missing)
def required_attachments(asked: Asked, task_id: str) -> Any:
    """Show which kinds of files a task needs."""
    asked.engine.get_task(task_id)
    required, lacking = asked.engine.required_attachments(task_id), asked.engine.lacking_attachments(task_id)
    return {"required": required, "lacking": lacking}


@endpoint(
    "POST", "/tasks/{task_id}/attachments", tag="tasks", body=Upload, returns=ATTACHMENT, status=201, acts=False
)
def attach_on_task(asked: Asked, task_id: str) -> Any:
    """Put a file on a task."""
    asked.engine.look_at(task_id)
    return _bring(asked, lambda session, engine, file: attach_to_task(session, engine, asked.clock, task_id, file))


@endpoint(
    "POST", "/instances/{instance_id}/attachments", tag="instances", body=Upload, returns=ATTACHMENT, status=201,
    acts=False,
)  # fmt: skip
def attach_on_case(asked: Asked, instance_id: str) -> Any:
    """Put a file on a case as a whole."""
    asked.engine.get_instance(instance_id)
    return _bring(
        asked, lambda session, engine, file: attach_to_case(session, engine, asked.clock, instance_id, file)
    )


@endpoint("GET", "/attachments/{attachment_id}", tag="instances", media="application/octet-stream", acts=True)
def get_attachment(asked: Asked, attachment_id: str) -> Any:
    """Fetch a file; who took it is noted."""
    return handed_out(asked.session, asked.actor, asked.engine, asked.clock, attachment_id, as_file=True)


@endpoint("POST", "/attachments/{attachment_id}/remove", tag="instances", returns=ATTACHMENT)
def remove_attachment(asked: Asked, attachment_id: str) -> Any:
    """Take one's own file away while its task is open."""
    return asked.engine.detach(attachment_id)


def _bring(asked: Asked, keep: Callable[[Session, Engine, Brought], Attachment]) -> Response:
    """The file is looked at before the transaction begins: another program does that."""
    body = asked.body
    try:
        content = base64.b64decode(body["content"], validate=True)
    except (binascii.Error, ValueError) as wrong:
        raise Invalid("content_not_base64", field="content") from wrong
    brought = looked_at(body["kind"], body["filename"], content)

    def act() -> Kept:
        found = keep(session, engine_for(session, actor, asked.clock), brought)
        answer = make_response(jsonify(ATTACHMENT().dump(found)), 201)
        return Kept(answer.status_code, answer.get_data(as_text=True), answer.mimetype)

    with acting.acting() as (session, actor):
        return replay(session, actor, asked.clock, act)
