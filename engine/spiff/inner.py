"""Scopes in which tokens move: what the process shares with the insides of its activities, and those insides."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.util.task import TaskState

from engine.definitions.model import Flow
from engine.errors import CannotGoOn
from engine.spiff.build import Bundle, ScopeSpec
from engine.spiff.records import Records
from engine.spiff.scope import Scope
from engine.spiff.token import Token

if TYPE_CHECKING:
    from engine.spiff.case import Case

MAX_DEPTH = 50


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
