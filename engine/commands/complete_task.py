"""Complete a user task with its form's answers; the instance goes as far as it can."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from engine.commands.ask_for_work import require_work_done
from engine.commands.attach import require_attachments
from engine.commands.finish_task import FinishTask
from engine.commands.on_task import OpenTask, open_task, require_decision
from engine.commands.sign_part import SignPart, require_free, signed_by_holder, waits_for_those_after
from engine.entering import entered
from engine.host import Host
from engine.results.instances import Instance
from engine.running.run import Run
from engine.values import checked_data


@dataclass(frozen=True)
class CompleteTask:
    """The same task completed twice acts once: the second is `Stale` and says who was first."""

    task_id: str
    answers: dict[str, Any]
    revision: int | None = None

    def run(self, host: Host) -> Instance:
        """Raises `NotAllowed`, `Missing`, `Stale`, `AnswersInvalid`, `StepFailed`."""
        opened = open_task(host, self.task_id)
        require_decision(host, opened, self.revision)
        require_free(host, opened)
        if opened.task.parent_id is None and opened.attachments:
            require_attachments(host, opened.task)
        if opened.has_work:
            require_work_done(host, opened.task)
        run = Run.of(host, opened.record, command=self._again(host))
        seen = run.case.token(opened.token).data
        answers = self._clean(host, opened, seen)
        fields = entered(host, opened.task.form_key, answers, seen)
        if opened.task.parent_id is not None:
            return SignPart(host, opened, answers, fields, self._again(host)).run()
        if waits_for_those_after(host, opened, answers, fields):
            return opened.record.result(run.open_tasks)
        run.services.entered[opened.task.id] = fields
        signed = signed_by_holder(host, opened, answers)
        finish = FinishTask(host, opened.record, opened.task, opened.token, answers, signed, opened.troubled)
        return finish.run(run)

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
