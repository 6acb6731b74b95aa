"""The step behind a task's answers: results are written, the case goes as far as it can, the task is closed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.commands.publish import deliver_thrown
from engine.definitions.model import Node, UserTask
from engine.host import Host
from engine.incidents import resolve_incidents_of
from engine.results.instances import Instance
from engine.results.tasks import Task
from engine.running.run import Run
from engine.signing.record import SIGNING, Signed
from engine.spiff.case import Case
from engine.store.drafts import drop_draft
from engine.store.instances import InstanceRecord
from engine.store.tasks import complete_task
from kernel.audit import record


@dataclass(frozen=True)
class FinishTask:
    """A task of a token with its clean answers; ``signed`` says who decided it together, if others did.

    The host's actor is who is said to have completed it.
    """

    host: Host
    case: InstanceRecord
    task: Task
    token: int
    answers: dict[str, Any]
    signed: Signed | None = None
    troubled: bool = False

    def run(self, run: Run) -> Instance:
        """Go on; raises `StepFailed`."""
        host = self.host
        run.services.indexed = self.task.facts
        run.services.signed_together = self.signed.people if self.signed is not None else ()
        run.closes(self.task.id)
        run.write_along(self._close)
        with run.step(deliver_thrown) as case:
            case.at = node = case.token(self.token).task_spec.node
            case.complete(self.token, self._results(run, case, node))
        if self.troubled:
            resolve_incidents_of(host.session, host.clock, task_id=self.task.id, actor_id=host.actor.id)
        return self.case.result(run.open_tasks)

    def _close(self) -> None:
        session, actor, clock, task = self.host.session, self.host.actor, self.host.clock, self.task
        complete_task(session, task, self.answers, clock.now(), actor.id, actor.on_behalf_of)
        drop_draft(session, task.id, actor.id)
        record(session, actor, clock, "task:complete", "task", task.id, path=task.path)

    def _results(self, run: Run, case: Case, node: Node) -> dict[str, Any]:
        data = case.token(self.token).data
        results = run.services.task_results(node.task or UserTask(), data, self.answers, self.host.actor.id)
        # Who signed an earlier step is not taken for who signed this one, nor is what anybody typed.
        if self.signed is not None or data.get(SIGNING) is not None or SIGNING in results:
            results = {**results, SIGNING: self.signed.values() if self.signed is not None else None}
        return results
