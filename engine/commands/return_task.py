"""Return a case to a chosen earlier step (退回指定节点)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from engine.commands.going_back import back_to, go, short
from engine.commands.on_task import OpenTask, open_task, require_decision
from engine.commands.sign_part import require_free
from engine.errors import Invalid
from engine.host import Host
from engine.results.going_back import STRAIGHT, WAYS, PassedStep
from engine.results.instances import Instance
from engine.results.tasks import Task
from engine.running.run import Run
from engine.signing.holding import PLANNED, is_held
from engine.store.going_back import Standing, insert_return, place_of, standing_steps
from engine.store.signing import change_signing, signing_of
from engine.store.tasks import close_task
from kernel.audit import record
from kernel.ids import new_id


@dataclass(frozen=True)
class ReturnTask:
    """The task ends and an earlier one of its scope opens again for who did it, with his answers as a draft.

    ``way`` says what comes after that: ``straight`` back to the returner, whoever decided in between being passed
    with what he decided; or ``again`` through the steps between.
    """

    task_id: str
    to_task: str
    way: str
    reason: str
    revision: int | None = None

    def run(self, host: Host) -> Instance:
        """Raises `Missing`, `NotAllowed`, `Stale`, `Invalid`, `ChangeRefused` with what stands against it."""
        self._require_sense()
        opened = open_task(host, self.task_id)
        require_decision(host, opened, self.revision)
        require_free(host, opened)
        if opened.task.parent_id is not None or is_held(opened.task):
            raise Invalid("return_among_signers", task_id=self.task_id)
        scope, turn = place_of(host.session, self.task_id)
        standing = [one for one in standing_steps(host.session, opened.record.id) if one.scope_token == scope]
        target = next((one for one in standing if one.step.task_id == self.to_task), None)
        known = [] if opened.task.parent_id is not None else _choices(standing, opened.task, turn)
        if target is None or scope is None or target not in known:
            raise Invalid("return_step_unknown", field="to_task", task_id=self.to_task)
        run = Run.of(host, opened.record)
        run.closes(self.task_id)
        if self.way == STRAIGHT:
            run.record.goes_straight = True
        self._note(run, opened, target)
        skipped = [one for one in standing if one.seq > target.seq]
        row = self._row(host, opened, target, skipped) | {"scope_token": scope, "from_turn": turn}

        def along() -> None:
            close_task(host.session, opened.task, host.clock.now(), host.actor)
            planned = signing_of(host.session, self.task_id, PLANNED)
            if planned is not None:
                change_signing(host.session, planned.id, state="withdrawn", over_at=host.clock.now())
            insert_return(host.session, row)

        go(host, run, target, back_to(target, leaving=opened.token), along)
        record(
            host.session, host.actor, host.clock, "task:return", "task", self.task_id, path=opened.task.path,
            after={"to_task": self.to_task, "way": self.way}, reason=short(self.reason),
        )  # fmt: skip
        return opened.record.result(run.open_tasks)

    def _require_sense(self) -> None:
        if self.way not in WAYS:
            raise Invalid("return_way_unknown", field="way", ways=list(WAYS))
        if not self.reason.strip():
            raise Invalid("reason_missing", field="reason")

    def _note(self, run: Run, opened: OpenTask, target: Standing) -> None:
        task, step = opened.task, target.step
        run.journal.note(
            "task_returned", element_id=task.element_id, element_name=task.name, task_id=task.id,
            to_task=step.task_id, to_element=step.element_id, to=step.name, person=step.by,
            way=self.way, reason=short(self.reason),
            roles=list(task.roles),
        )  # fmt: skip

    def _row(self, host: Host, opened: OpenTask, target: Standing, skipped: list[Standing]) -> dict[str, Any]:
        task = opened.task
        return {
            "id": new_id(),
            "instance_id": task.instance_id,
            "from_task": task.id,
            "from_element": task.element_id,
            "from_candidates": list(task.candidates),
            "to_task": target.step.task_id,
            "to_element": target.step.element_id,
            "way": self.way,
            "reason": short(self.reason),
            "skipped": [one.step.task_id for one in skipped],
            "state": "open",
            "at": host.clock.now(),
            "by": host.actor.id,
            "on_behalf_of": host.actor.on_behalf_of,
        }


def choices(session: Session, task: Task) -> list[PassedStep]:
    """The steps to which a task can send its case back, in their order."""
    if task.parent_id is not None or is_held(task):
        return []
    scope, turn = place_of(session, task.id)
    standing = [one for one in standing_steps(session, task.instance_id) if one.scope_token == scope]
    return [] if scope is None else [one.step for one in _choices(standing, task, turn)]


def _choices(standing: list[Standing], task: Task, turn: dict[str, Any] | None) -> list[Standing]:
    """The last pass of each step; a step that keeps its turns counts once for each."""
    places: dict[tuple[str, str], Standing] = {}
    for one in standing:
        places[one.step.element_id, str(one.step.turn)] = one
    places.pop((task.element_id, str(turn)), None)
    return sorted(places.values(), key=lambda one: one.seq)
