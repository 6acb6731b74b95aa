"""What a token waits for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.definitions.model import Node
from engine.spiff.steps import CatchStep, ServiceStep, UserStep
from engine.spiff.token import Token


@dataclass(frozen=True)
class Wait:
    """Something an instance waits for, at a token. ``row`` is the id of the database row that stands for it."""

    token: int
    kind: str
    node: Node
    row: str | None
    due: datetime | None = None
    name: str | None = None
    correlation: Mapping[str, Any] | None = None


def wait_of(token: Token) -> Wait | None:
    """What a token waits for; None when it waits for nothing outside the case."""
    step, data = token.task_spec, token.internal_data
    if token.state == TaskState.WAITING and isinstance(step, CatchStep):
        due = datetime.fromisoformat(data["due"]) if data["kind"] == "timer" else None
        return Wait(token.id, data["kind"], step.node, data.get("row"), due, data.get("name"), data.get("key"))
    if token.state == TaskState.READY and isinstance(step, UserStep):
        return Wait(token.id, "user", step.node, data.get("row"))
    if token.state == TaskState.STARTED and isinstance(step, ServiceStep):
        return Wait(token.id, "external", step.node, data.get("row"))
    return None
