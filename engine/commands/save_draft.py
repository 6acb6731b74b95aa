"""Keep a half-filled form, so that it survives sign-out and a change of device."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.commands.on_task import open_task, require_work
from engine.host import Host
from engine.results import Task
from engine.store.tasks import change_task
from engine.values import checked


@dataclass(frozen=True)
class SaveDraft:
    """Answers as they stand, unchecked but for being JSON values."""

    task_id: str
    answers: dict[str, Any]

    def run(self, host: Host) -> Task:
        """Raises `Missing`, `Stale`, `NotAllowed`, `Invalid`."""
        opened = open_task(host, self.task_id)
        require_work(host, opened.task)
        return change_task(host.session, opened.task, draft=checked(self.answers, "answers"))
