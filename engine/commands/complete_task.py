"""Complete a user task with its form's answers; the instance goes as far as it can."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial
from typing import Any

from engine.commands.on_task import OpenTask, is_mine, open_task, require_work
from engine.commands.publish import deliver_thrown
from engine.definitions.model import Node, UserTask
from engine.errors import NotAllowed, Stale
from engine.host import Host
from engine.incidents import resolve_incidents_of
from engine.results import Instance
from engine.running.run import Run
from engine.spiff.case import Case
from engine.store.tasks import complete_task
from engine.values import checked_data
from kernel.audit import record


@dataclass(frozen=True)
class CompleteTask:
    """The same task completed twice acts once: the second is `Stale` and says who was first."""

    task_id: str
    answers: dict[str, Any]
    revision: int | None = None

    def run(self, host: Host) -> Instance:
        """Raises `NotAllowed`, `Missing`, `Stale`, `AnswersInvalid`, `StepFailed`."""
        opened = open_task(host, self.task_id)
        self._require_right(host, opened)
        run = Run.of(host, opened.record, command=self._again(host))
        run.services.indexed = opened.task.facts
        token = opened.token
        answers = self._clean(host, opened, run.case.token(token).data)
        run.closes(self.task_id)
        run.write_along(partial(self._close, host, opened, answers))
        with run.step(deliver_thrown) as case:
            case.at = node = case.token(token).task_spec.node
            case.complete(token, self._results(run, case, token, node, answers))
        if opened.troubled:
            resolve_incidents_of(host.session, host.clock, task_id=self.task_id, actor_id=host.actor.id)
        return opened.record.result(run.open_tasks)

    def _require_right(self, host: Host, opened: OpenTask) -> None:
        task = opened.task
        if self.revision is not None and self.revision != task.revision:
            raise Stale("task_changed", at=opened.record.changed_at, revision=task.revision)
        if task.delegation == "pending" and not is_mine(host, task.owner):
            raise NotAllowed("task_delegated", task_id=task.id, owner=task.owner)
        require_work(host, task)
        taken = task.assignee is not None and task.delegation != "pending" and not is_mine(host, task.assignee)
        if taken and not host.actor.is_system:
            raise NotAllowed("task_of_another", task_id=task.id, assignee=task.assignee)

    def _clean(self, host: Host, opened: OpenTask, seen: dict[str, Any]) -> dict[str, Any]:
        form = opened.task.form_key
        if form is None:
            return checked_data(self.answers)
        return checked_data(host.forms.validate(form, self.answers, seen, host.clock))

    def _again(self, host: Host) -> dict[str, Any]:
        return {
            "name": "complete",
            "task_id": self.task_id,
            "answers": json.loads(json.dumps(self.answers, default=str)),
            "actor_id": host.actor.id,
            "actor_name": host.actor.name,
            "on_behalf_of": host.actor.on_behalf_of,
        }

    def _close(self, host: Host, opened: OpenTask, answers: dict[str, Any]) -> None:
        session, actor, clock, path = host.session, host.actor, host.clock, opened.task.path
        complete_task(session, opened.task, answers, clock.now(), actor.id, actor.on_behalf_of)
        record(session, actor, clock, "task:complete", "task", self.task_id, path=path)

    def _results(self, run: Run, case: Case, token: int, node: Node, answers: dict[str, Any]) -> dict[str, Any]:
        settings = node.task or UserTask()
        results = answers
        if settings.outputs:
            seen = {**case.token(token).data, **answers, "answers": answers}
            results = {m.name: run.services.evaluate(m.value, seen) for m in settings.outputs}
        if settings.completed_by:
            results = {**results, settings.completed_by: run.host.actor.id}
        return results
