"""Comments on tasks and cases; ``@[staff id]`` in a text names somebody who may see the case."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from engine.api import Comment
from webapp.api.endpoint import Asked, endpoint
from webapp.api.shapes import answer_of
from webapp.inbox.mentions import colleagues

COMMENT = answer_of(Comment)


class Text(Schema):
    """What to say."""

    text = fields.String(required=True)


class Comments(Schema):
    """The comments of a case, oldest first."""

    comments = fields.List(fields.Nested(COMMENT))


class NameQuery(Schema):
    """A part of a name."""

    search = fields.String(load_default="", validate=validate.Length(max=60))


class Colleague(Schema):
    """Somebody who can be named."""

    id = fields.String()
    name = fields.String(attribute="display_name")
    username = fields.String()


class Colleagues(Schema):
    """Those who may see a case."""

    colleagues = fields.List(fields.Nested(Colleague))


@endpoint("POST", "/tasks/{task_id}/comments", tag="tasks", body=Text, returns=COMMENT, status=201)
def comment_on_task(asked: Asked, task_id: str) -> Any:
    """Comment on a task; later workers of the case see it."""
    return asked.engine.add_comment(task_id, asked.body["text"])


@endpoint("POST", "/instances/{instance_id}/comments", tag="instances", body=Text, returns=COMMENT, status=201)
def comment_on_case(asked: Asked, instance_id: str) -> Any:
    """Comment on a case as a whole."""
    return asked.engine.comment_on_case(instance_id, asked.body["text"])


@endpoint("GET", "/instances/{instance_id}/comments", tag="instances", returns=Comments)
def list_comments(asked: Asked, instance_id: str) -> Any:
    """Show the comments of a case and of its tasks."""
    return {"comments": asked.engine.comments(instance_id)}


@endpoint("POST", "/comments/{comment_id}", tag="instances", body=Text, returns=COMMENT)
def edit_comment(asked: Asked, comment_id: str) -> Any:
    """Word one's own comment anew within a quarter of an hour; what it said stays readable."""
    return asked.engine.edit_comment(comment_id, asked.body["text"])


@endpoint("GET", "/instances/{instance_id}/colleagues", tag="instances", query=NameQuery, returns=Colleagues)
def list_colleagues(asked: Asked, instance_id: str) -> Any:
    """Find colleagues whom a comment may name: those who may see the case."""
    found = colleagues(asked.session, asked.engine, instance_id, asked.query["search"], asked.clock)
    return {"colleagues": found}
