"""A running instance in memory: SpiffWorkflow's workflow with tokens made and removed as they move."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any

from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from engine.definitions.model import Node
from engine.errors import CannotGoOn
from engine.spiff.build import Bundle, ScopeSpec
from engine.spiff.compensation import Compensation
from engine.spiff.conditions import Conditions
from engine.spiff.faults import Faults
from engine.spiff.gateways import InclusiveStep
from engine.spiff.inner import Inner, Running
from engine.spiff.records import Records
from engine.spiff.scope import Scope
from engine.spiff.services import Services
from engine.spiff.steps import BoundaryStep, CatchStep, InnerStep, UserStep
from engine.spiff.token import Token
from engine.spiff.waiting import Wait, wait_of

MAX_STEPS = 10_000


class NoScripts:
    """Stands where SpiffWorkflow would put Python's eval and exec: nothing may ever reach it."""

    def evaluate(self, *_args: Any, **_kwargs: Any) -> Any:
        """Refuse."""
        raise CannotGoOn("script_refused")

    execute = call_service = evaluate


class Case(Running, BpmnWorkflow):  # type: ignore[misc]
    """An instance. Drive it with `begin`, `complete`, `fire`, `answer`, each followed by `run`."""

    def __init__(self, bundle: Bundle, services: Services, variables: dict[str, Any], numbered: int = 0) -> None:
        self.bundle = bundle
        self.services = services
        self.scope = Scope(variables)
        self.records = Records()
        self.compensation = Compensation(self)
        self.conditions = Conditions(self)
        self.faults = Faults(self)
        self.ready: deque[Token] = deque()
        self.at: Node | None = None
        self.in_hand: Token | None = None
        self._number = numbered
        super().__init__(bundle.spec, {}, script_engine=NoScripts(), deserializing=True)
        if not numbered:
            self.task_tree = Token(self, bundle.spec.start, state=TaskState.COMPLETED)

    def next_number(self) -> int:
        """The number of the next token; numbers are never used twice in an instance."""
        self._number += 1
        return self._number

    @property
    def numbered(self) -> int:
        """The last number given."""
        return self._number

    # Driving

    def run(self) -> None:
        """Let every token go as far as it can; raises `CannotGoOn` after too many steps."""
        steps = 0
        while self.conditions.fire() or self.ready or self._join_inclusive():
            token = self.ready.popleft() if self.ready else None
            if token is None or token.id not in token.workflow.tasks or token.state != TaskState.READY:
                continue
            steps += 1
            self.at, self.in_hand = token.task_spec.node, token
            if steps > MAX_STEPS:
                raise CannotGoOn("too_many_steps", limit=MAX_STEPS)
            token.run()

    def complete(self, number: int, values: Mapping[str, Any]) -> None:
        """A person has done a user task."""
        token = self.token(number)
        self.at, self.in_hand = token.task_spec.node, token
        token.scope.write(values)
        token.run()

    def answer(self, number: int, values: Mapping[str, Any]) -> None:
        """An external step has its answer."""
        token = self.token(number)
        self.at, self.in_hand = token.task_spec.node, token
        token.scope.write(values)
        token.complete()

    def fire(self, number: int, payload: Mapping[str, Any]) -> None:
        """An event has come for a waiting token."""
        token = self.token(number)
        self.at, self.in_hand = token.task_spec.node, token
        if isinstance(token.task_spec, CatchStep):
            token.task_spec.fire(token, dict(payload))

    def throw_signal(self, name: str, payload: dict[str, Any]) -> None:
        """Broadcast a signal: who waits for it in this case receives it at once, the others after this step."""
        waiting = [wait for wait in self.waits() if wait.kind == "signal" and wait.name == name]
        self.services.throw_signal(name, payload)
        for wait in waiting:
            if self.has(wait.token):
                self.services.note("event_received", wait.node, wait.token, None)
                self.fire(wait.token, payload)

    def token(self, number: int) -> Token:
        """A token by its number; raises `CannotGoOn` when it has moved on."""
        for workflow in (self, *self.subprocesses.values()):
            if number in workflow.tasks:
                token: Token = workflow.tasks[number]
                return token
        raise CannotGoOn("token_gone", token=number)

    def has(self, number: int) -> bool:
        """Whether a token is still there."""
        return any(number in workflow.tasks for workflow in (self, *self.subprocesses.values()))

    def bundle_at(self, token: Token) -> Bundle:
        """The definition a token belongs to."""
        workflow = token.workflow
        while isinstance(workflow, Inner):
            if workflow.bundle is not None:
                return workflow.bundle
            workflow = workflow.parent_workflow
        return self.bundle

    # Inner scopes

    def begin_inner(self, host: Token, spec: ScopeSpec, scope: Scope, bundle: Bundle | None = None) -> None:
        """Start what is inside an activity."""
        Inner(spec, host, scope, bundle).begin()

    def inner_finished(self, workflow: Running) -> None:
        """What is inside an activity has finished, so the activity has."""
        if not isinstance(workflow, Inner):
            return
        host = self.token(workflow.parent_task_id)
        if isinstance(host.task_spec, InnerStep):
            host.task_spec.take_results(host, workflow.scope)
        self.compensation.note_inner(host, workflow)
        self.subprocesses.pop(host.id)
        host.complete()

    def open_inner(self, host: Token) -> Inner:
        """Start an embedded sub-process with no token in it yet; whoever asks puts one there."""
        inner = Inner(self.bundle_at(host).scopes[host.task_spec.node.id], host, host.scope, None)
        inner.arm_starts()
        return inner

    def open_again(self, host: Token) -> Inner:
        """The inside of a completed sub-process, empty, to be undone."""
        return Inner(self.bundle_at(host).scopes[host.task_spec.node.id], host, host.scope, None)

    def host_of(self, workflow: Running) -> Token | None:
        """The activity that a scope is the inside of; None for the process itself."""
        return self.token(workflow.parent_task_id) if isinstance(workflow, Inner) else None

    def end_inner(self, host: Token) -> None:
        """The activity is over, so is what is inside."""
        inner = self.subprocesses.pop(host.id, None)
        if inner is not None:
            inner.completed = True
            inner.clear(keep=None)

    # Looking

    def waits(self) -> list[Wait]:
        """Everything the instance waits for, oldest first."""
        found = [wait for wf in (self, *self.subprocesses.values()) for t in wf.tokens() if (wait := wait_of(t))]
        return sorted(found, key=lambda wait: wait.token)

    def seen(self) -> dict[str, Any]:
        """What the step at hand sees, even when its token has gone."""
        token = self.in_hand
        if token is None or token.task_spec.node is not self.at:
            token = next((t for t in self.standing() if t.task_spec.node is self.at), None)
        return dict(token.data) if token is not None else self.scope.read()

    def standing(self) -> Iterator[Token]:
        """Every token of the instance, inner scopes' too."""
        return (token for wf in (self, *self.subprocesses.values()) for token in wf.tokens())

    def active(self) -> list[str]:
        """The ids of the elements at which tokens stand."""
        places = [t for wf in (self, *self.subprocesses.values()) for t in wf.tokens()]
        return list(dict.fromkeys(t.task_spec.node.id for t in places if not t.armed and not _hangs(t)))

    def flows(self) -> list[str]:
        """The flows by which the tokens came."""
        return [t.via for wf in (self, *self.subprocesses.values()) for t in wf.tokens() if t.via]

    def note_left(self, token: Token) -> None:
        """A history event: the token is done here."""
        step = token.task_spec
        code = "task_completed" if isinstance(step, UserStep) else "element_done"
        self.services.note(code, step.node, token.id, token.via, row=token.internal_data.get("row"))

    def interrupt(self, token: Token, *, by: str) -> None:
        """An event ends the activity."""
        row = token.internal_data.get("row")
        self.services.note("element_interrupted", token.task_spec.node, token.id, token.via, row=row, by=by)
        token.remove()
        self.compensation.handler_gone(token)

    def _join_inclusive(self) -> bool:
        for workflow in (self, *self.subprocesses.values()):
            for token in workflow.tokens():
                step = token.task_spec
                waiting = isinstance(step, InclusiveStep) and token.state == TaskState.WAITING
                if waiting and step.try_join(token):
                    return True
        return False


def _hangs(token: Token) -> bool:
    return isinstance(token.task_spec, BoundaryStep) and token.state == TaskState.WAITING
