"""A running instance in memory: SpiffWorkflow's workflow with tokens made and removed as they move."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from engine.definitions.model import Flow, Node
from engine.errors import CannotGoOn
from engine.spiff.build import Bundle, ScopeSpec
from engine.spiff.compensation import Compensation, is_open_again
from engine.spiff.conditions import Conditions
from engine.spiff.gateways import InclusiveStep
from engine.spiff.records import Records
from engine.spiff.scope import Scope
from engine.spiff.services import Services
from engine.spiff.steps import ArmedStart, BoundaryStep, CatchStep, InnerStep, ServiceStep, UserStep
from engine.spiff.token import Token

MAX_STEPS = 10_000
MAX_DEPTH = 50


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


class NoScripts:
    """Stands where SpiffWorkflow would put Python's eval and exec: nothing may ever reach it."""

    def evaluate(self, *_args: Any, **_kwargs: Any) -> Any:
        """Refuse."""
        raise CannotGoOn("script_refused")

    execute = call_service = evaluate


class Running:
    """What the process and its inner scopes have in common: tokens in a data scope."""

    tasks: dict[int, Token]
    task_tree: Token
    spec: ScopeSpec
    scope: Scope
    records: Records
    top_workflow: Case
    completed: bool

    def tokens(self) -> Iterator[Token]:
        """All tokens but the root, oldest first."""
        root = self.task_tree
        return (token for token in list(self.tasks.values()) if token is not root)

    def restore_root(self, number: int) -> Token:
        """Put back the token that all others hang on."""
        self.task_tree = Token(self, self.spec.start, None, TaskState.COMPLETED, number)
        return self.task_tree

    def enter(self, flow: Flow) -> None:
        """A token comes by a flow."""
        step = self.spec.task_specs[flow.target]
        token = Token(self, step, self.task_tree)
        token.via = flow.id
        step._update(token)

    def move(self, token: Token, flows: list[Flow]) -> None:
        """A token leaves its step by flows; without any it ends."""
        token.remove()
        for flow in flows:
            self.enter(flow)
        if not flows:
            self.finish_if_empty()

    def begin(self, start: str | None = None) -> None:
        """Arm the event sub-processes and start at the none start event, or at the one named."""
        self.arm_starts()
        step = self.spec.task_specs[start] if start else self.spec.first
        if step is None:
            raise CannotGoOn("start_missing", process=self.spec.name)
        step._update(Token(self, step, self.task_tree))

    def arm_starts(self) -> None:
        """Let the starts of the event sub-processes wait."""
        for armed in self.spec.armed:
            if armed.waits_for is not None:
                token = Token(self, armed, self.task_tree)
                token.armed = True
                armed.arm(token)

    def clear(self, keep: Token | None) -> None:
        """Remove every token but one."""
        for token in self.tokens():
            if token is not keep and token.id in self.tasks and token.parent is self.task_tree:
                token.remove()

    def finish_if_empty(self) -> None:
        """Finish when only armed starts are left."""
        if not self.completed and all(token.armed for token in self.tokens()):
            self.clear(keep=None)
            self.completed = True
            self.top_workflow.inner_finished(self)


class Inner(Running, BpmnSubWorkflow):  # type: ignore[misc]
    """The inside of a sub-process or called process; ``bundle`` is the called definition or None."""

    def __init__(
        self, spec: ScopeSpec, host: Token, scope: Scope, bundle: Bundle | None, *, restored: bool = False
    ) -> None:
        self.scope = scope
        self.records = Records()
        self.bundle = bundle
        self._depth: int = host.workflow.depth + 1
        if self._depth > MAX_DEPTH:
            raise CannotGoOn("nested_too_deep", limit=MAX_DEPTH)
        top = host.workflow.top_workflow
        top.subprocesses[host.id] = self
        super().__init__(spec, host.id, top, deserializing=True)
        if not restored:
            self.task_tree = Token(self, spec.start, state=TaskState.COMPLETED)

    def _calculate_depth(self) -> int:
        return self._depth


class Case(Running, BpmnWorkflow):  # type: ignore[misc]
    """An instance. Drive it with `begin`, `complete`, `fire`, `answer`, each followed by `run`."""

    def __init__(self, bundle: Bundle, services: Services, variables: dict[str, Any], numbered: int = 0) -> None:
        self.bundle = bundle
        self.services = services
        self.scope = Scope(variables)
        self.records = Records()
        self.compensation = Compensation(self)
        self.conditions = Conditions(self)
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

    # Faults

    def throw_error(self, token: Token, code: str, params: dict[str, Any]) -> None:
        """Hand an error to the nearest catcher; raises `CannotGoOn` when nobody catches it.

        The failing activity's own boundary first, a code before a catch-all, then scope by scope outwards.
        """
        if not self._throw(token, "error", code, {"code": code, **params}):
            raise CannotGoOn("error_uncaught", error=code)

    def throw_escalation(self, token: Token, code: str) -> None:
        """Hand an escalation to the nearest catcher; without one it is spent."""
        self._throw(token, "escalation", code, {"code": code})

    def throw_signal(self, name: str, payload: dict[str, Any]) -> None:
        """Broadcast a signal: who waits for it in this case receives it at once, the others after this step."""
        waiting = [wait for wait in self.waits() if wait.kind == "signal" and wait.name == name]
        self.services.throw_signal(name, payload)
        for wait in waiting:
            if self.has(wait.token):
                self.services.note("event_received", wait.node, wait.token, None)
                self.fire(wait.token, payload)

    def cancel_transaction(self, token: Token) -> None:
        """Leave the transaction that a token stands in by its cancel boundary event."""
        host = self.host_of(token.workflow)
        while host is not None and host.task_spec.loop is not None and host.undoes is None:
            host = host.parent
        catcher = None if host is None else _best(host.task_spec.boundary, "cancel", "")
        if host is None or not isinstance(catcher, BoundaryStep):
            raise CannotGoOn("cancel_without_boundary", transaction=token.workflow.spec.name)
        self._catch_at(host, catcher, {})

    def _throw(self, token: Token, kind: str, code: str, payload: dict[str, Any]) -> bool:
        place: Token | None = token
        while place is not None:
            host = place
            if host.task_spec.loop is not None and host.parent is not None and host.undoes is None:
                host = host.parent
            # Whoever undoes a sub-process failed, not the sub-process: its boundary events are over.
            catcher = None if is_open_again(host) else _best(host.task_spec.boundary, kind, code)
            if isinstance(catcher, BoundaryStep):
                self._catch_at(host, catcher, payload)
                return True
            workflow = host.workflow
            armed = _best(workflow.spec.armed, kind, code)
            if isinstance(armed, ArmedStart) and not _is_inside(host, armed):
                armed.fire(Token(workflow, armed, workflow.task_tree), _declared(armed.node, payload))
                return True
            place = self.host_of(workflow)
        return False

    def _catch_at(self, host: Token, catcher: BoundaryStep, payload: dict[str, Any]) -> None:
        workflow = host.workflow
        going = Token(workflow, catcher, workflow.task_tree)
        if catcher.node.interrupting:
            self.interrupt(host, by=catcher.node.id)
        catcher.take(going, _declared(catcher.node, payload))
        going._ready()

    # Looking

    def waits(self) -> list[Wait]:
        """Everything the instance waits for, oldest first."""
        found = [wait for wf in (self, *self.subprocesses.values()) for t in wf.tokens() if (wait := _wait(t))]
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


def _wait(token: Token) -> Wait | None:
    step, data = token.task_spec, token.internal_data
    if token.state == TaskState.WAITING and isinstance(step, CatchStep):
        due = datetime.fromisoformat(data["due"]) if data["kind"] == "timer" else None
        return Wait(token.id, data["kind"], step.node, data.get("row"), due, data.get("name"), data.get("key"))
    if token.state == TaskState.READY and isinstance(step, UserStep):
        return Wait(token.id, "user", step.node, data.get("row"))
    if token.state == TaskState.STARTED and isinstance(step, ServiceStep):
        return Wait(token.id, "external", step.node, data.get("row"))
    return None


def _hangs(token: Token) -> bool:
    return isinstance(token.task_spec, BoundaryStep) and token.state == TaskState.WAITING


def _best(steps: tuple[CatchStep, ...], kind: str, code: str) -> CatchStep | None:
    """The catcher that names the code, else the one that names none."""
    events = [(step, step.node.event) for step in reversed(steps)]
    fitting = {event.name: step for step, event in events if event is not None and event.kind == kind}
    return fitting.get(code) or fitting.get(None)


def _is_inside(host: Token, armed: ArmedStart) -> bool:
    return host.task_spec is armed.handler


def _declared(node: Node, payload: dict[str, Any]) -> dict[str, Any]:
    """What came with a fault is written only where the diagram asks for it."""
    return payload if node.payload else {}
