"""Keep a half-filled form (草稿), so that it survives sign-out and a change of device."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.commands.on_task import require_open, require_seen, require_work
from engine.host import Host
from engine.results.tasks import Draft
from engine.store.drafts import drop_draft, keep_draft
from engine.store.tasks import get_task
from engine.values import checked


@dataclass(frozen=True)
class SaveDraft:
    """Answers as they stand, unchecked but for being JSON values; empty ones drop the draft.

    A draft is its writer's own: two people who think about one task of their group do not overwrite each other.
    Keeping one changes neither the task nor its history, so nothing is locked: a form that others send meanwhile
    is not made stale by it.
    """

    task_id: str
    answers: dict[str, Any]

    def run(self, host: Host) -> Draft:
        """Raises `Missing`, `Stale`, `NotAllowed`, `Invalid`."""
        task = get_task(host.session, self.task_id)
        require_seen(host, task)
        require_open(host, task)
        require_work(host, task)
        answers, now = checked(self.answers, "answers"), host.clock.now()
        if answers:
            keep_draft(host.session, task.id, host.actor.id, answers, now)
        else:
            drop_draft(host.session, task.id, host.actor.id)
        return Draft(answers, now)
