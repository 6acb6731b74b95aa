"""How work lies with groups and people."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from engine.api import Workload
from webapp.api.endpoint import Asked, endpoint
from webapp.api.shapes import answer_of


class LoadQuery(Schema):
    """Which part of what the caller oversees."""

    project = fields.String(load_default=None, metadata={"description": "Path of an organisation node"})
    process = fields.String(load_default=None, metadata={"description": "Key of a process"})


@endpoint("GET", "/workload", tag="tasks", query=LoadQuery, returns=answer_of(Workload))
def workload(asked: Asked) -> Any:
    """Count open, unassigned and overdue tasks by group and by person, in the caller's scope."""
    process = asked.query["process"]
    return asked.engine.workload(asked.query["project"], (process,) if process else ())
