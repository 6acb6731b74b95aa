"""What a diagram shows of a case: the path taken, where it waits, what failed, who did what when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from engine.api import DiagramState
from kernel.actor import SYSTEM
from webapp.formatting import moment
from webapp.inbox.happenings import Labels


def markers_of(state: DiagramState, labels: Labels, names: Mapping[str, str]) -> dict[str, Any]:
    """The markers that the viewer draws; people's names stand over the tasks they completed."""
    waiting = set(state.active)
    notes = {
        element: f"{names.get(note['by'], note['by'])} · {moment(datetime.fromisoformat(note['at']))}"
        for element, note in state.notes.items()
        if note.get("code") == "task_completed" and note.get("by") != SYSTEM.id and element in labels
    }
    return {
        "done": [*(element for element in state.completed if element not in waiting), *state.flows_taken],
        "current": state.active,
        "failed": state.incidents,
        "notes": notes,
    }
