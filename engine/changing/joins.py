"""Tokens that would wait at a join for ever.

Found by playing the course that is to be expected: every step is done, no boundary event comes, a choice takes
the shortest way to a proper end. What is left at a parallel join then lacks a token that nothing will bring.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable

from engine.definitions.model import Flow
from engine.spiff.build import ScopeSpec
from engine.spiff.gateways import EventStep, ExclusiveStep, InclusiveStep, ParallelStep
from engine.spiff.inner import Running
from engine.spiff.relink import resting
from engine.spiff.steps import EndStep, Step

_MAX_STEPS = 5_000
_FAR = 1_000_000
_ENDING = frozenset({"error", "terminate", "cancel"})


def stuck_at_joins(workflows: Iterable[Running]) -> Counter[str]:
    """How many tokens of running scopes would be left at which parallel joins."""
    found: Counter[str] = Counter()
    for workflow in workflows:
        found += _Course(workflow).left()
    return found


def joins(step: Step) -> bool:
    """Whether tokens wait at a step for one another."""
    return isinstance(step, ParallelStep | InclusiveStep) and len(step.node.incoming) > 1


class _ScopeEnds(Exception):
    """An end that takes all other tokens with it was reached."""


class _Course:
    def __init__(self, workflow: Running) -> None:
        self.spec: ScopeSpec = workflow.spec
        self.far = _distances(self.spec)
        self.moving: deque[Step] = deque()
        self.waiting: dict[Step, list[str | None]] = {}
        for token in resting(workflow):
            if token.armed:
                continue
            if joins(token.task_spec):
                self.waiting.setdefault(token.task_spec, []).append(token.via)
            else:
                self.moving.append(token.task_spec)

    def left(self) -> Counter[str]:
        """Play to the end."""
        try:
            for step in list(self.waiting):
                self._join(step)
            for _ in range(_MAX_STEPS):
                if not self._move():
                    break
            else:
                return Counter()
        except _ScopeEnds:
            return Counter()
        parallel = {step: vias for step, vias in self.waiting.items() if isinstance(step, ParallelStep)}
        return Counter({step.node.id: len(vias) for step, vias in parallel.items() if vias})

    def _move(self) -> bool:
        if not self.moving:
            late = next((s for s, vias in self.waiting.items() if vias and isinstance(s, InclusiveStep)), None)
            if late is None:
                return False
            self._consume(late)
        step = self.moving.popleft()
        if isinstance(step, EndStep) and _ENDING & {event.kind for event in step.node.events}:
            raise _ScopeEnds
        for flow in self._leaving(step):
            target = self.spec.task_specs[flow.target]
            if joins(target):
                self.waiting.setdefault(target, []).append(flow.id)
                self._join(target)
            else:
                self.moving.append(target)
        return True

    def _join(self, step: Step) -> None:
        while isinstance(step, ParallelStep) and set(step.node.incoming) <= set(self.waiting[step]):
            self._consume(step)

    def _consume(self, step: Step) -> None:
        """One token per flow goes on as one."""
        for via in set(self.waiting[step]):
            self.waiting[step].remove(via)
        self.moving.append(step)

    def _leaving(self, step: Step) -> list[Flow]:
        if isinstance(step, ExclusiveStep | EventStep) and step.flows:
            return [self._nearest(step)]
        if isinstance(step, ParallelStep | InclusiveStep):
            return list(step.flows)
        free = [flow for flow in step.flows if flow.condition is None and flow.id != step.node.default]
        return free or ([self._nearest(step)] if step.flows else [])

    def _nearest(self, step: Step) -> Flow:
        return min(step.flows, key=lambda flow: self.far.get(flow.target, _FAR))


def _distances(spec: ScopeSpec) -> dict[str, int]:
    """How many steps it is from each node to an end that does not take everything with it."""
    steps = {step.node.id: step for step in spec.task_specs.values() if isinstance(step, Step)}
    leading: dict[str, list[str]] = {}
    far: dict[str, int] = {}
    todo: deque[str] = deque()
    for name, step in steps.items():
        for flow in step.flows:
            leading.setdefault(flow.target, []).append(name)
        if not step.flows and not _ENDING & {event.kind for event in step.node.events}:
            far[name] = 0
            todo.append(name)
    while todo:
        name = todo.popleft()
        for before in leading.get(name, ()):
            if before not in far:
                far[before] = far[name] + 1
                todo.append(before)
    return far
