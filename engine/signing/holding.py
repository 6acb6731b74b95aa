"""What a task waits for that others were added to."""

from __future__ import annotations

from engine.errors import Invalid
from engine.results.tasks import Task

#: Others decide before its holder does, after him, or with him: he cannot act meanwhile.
WAITING = ("before", "after", "vote")
PLANNED, OVER = "planned", "over"


def is_held(task: Task) -> bool:
    """Whether others must decide first."""
    return task.held in WAITING


def require_not_held(task: Task) -> None:
    """Raise `Invalid` while others must decide first."""
    if is_held(task):
        raise Invalid("task_waits_for_signers", task_id=task.id, part=f"signing_part.{task.held}")
