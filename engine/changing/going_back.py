"""Letting a case go back to a step it has passed: what stands ahead ends, what can be undone is undone.

Nothing runs here; what speaks against it is found on the tokens and on what was done since.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.changing.joins import stuck_at_joins
from engine.changing.migration import against
from engine.changing.placing import Hand, Placed, all_scopes
from engine.changing.undoing import is_undoing, undoable
from engine.definitions.model import Node
from engine.findings import ERROR, Finding
from engine.handlers import HandlerRegistry
from engine.spiff.build import Bundle, ScopeSpec
from engine.spiff.case import Case
from engine.spiff.inner import Running
from engine.spiff.records import Records
from engine.spiff.relink import put_back, resting
from engine.spiff.steps import Step

_VERBS = ("serviceTask", "sendTask")
_THROWN = ("message", "signal")


@dataclass(frozen=True)
class Back:
    """Where a case goes: an element in the run of a scope, with what its task's row takes over.

    ``leaving`` is the token that sends it back, if one does; ``values`` are written before the step opens.
    """

    scope_token: int
    element_id: str
    row: Mapping[str, Any]
    values: Mapping[str, Any] = field(default_factory=dict)
    leaving: int | None = None


def go_back(case: Case, back: Back, done: Iterable[str], registry: HandlerRegistry) -> list[Finding]:
    """Change the case in memory; ``done`` are the elements that were done since the step was passed.

    With a finding the case in memory is of no more use.
    """
    if is_undoing(case):
        return [Finding("change_while_undoing", ERROR)]
    workflow = next((wf for wf in all_scopes(case) if wf.task_tree.id == back.scope_token), None)
    step = workflow.spec.task_specs.get(back.element_id) if workflow is not None else None
    if workflow is None or not isinstance(step, Step):
        return [Finding("back_scope_over", ERROR, back.element_id, params={"element": back.element_id})]
    return _Way(case, workflow, step, back).go(done, registry)


class _Way:
    """The way back within one running scope."""

    def __init__(self, case: Case, workflow: Running, step: Step, back: Back) -> None:
        self.case = case
        self.workflow = workflow
        self.step = step
        self.back = back
        self.leaving = case.token(back.leaving) if back.leaving is not None else None
        stop = self.leaving.task_spec.node.id if self.leaving is not None else None
        self.ahead = _ahead(workflow.spec, step.node.id, stop)

    def go(self, done: Iterable[str], registry: HandlerRegistry) -> list[Finding]:
        """End what stands ahead, undo, open the step."""
        if self.leaving is not None and self.leaving.parent is not self.workflow.task_tree:
            return [against("back_from_loop", self.leaving.task_spec.node)]
        taken = self.workflow.records.take(lambda record: record["e"] in self.ahead)
        placed, before = Placed(), stuck_at_joins(all_scopes(self.case))
        self._end(placed)
        done = [element for element in done if not self._beside(element)]
        findings = [*lost(self.case, placed), *not_undone(self.case, done, taken, registry)]
        if findings:
            return findings
        self.workflow.scope.write(self.back.values)
        put_back(self.workflow, self.step, self.back.row)
        stuck = stuck_at_joins(all_scopes(self.case)) - before
        steps = {name: workflow.spec for workflow in all_scopes(self.case) for name in workflow.spec.task_specs}
        if stuck:
            return [against("back_join_stuck", steps[join].task_specs[join].node) for join in sorted(stuck)]
        if taken:
            self.case.compensation.undo_beside(self.workflow, self.step, taken)
        return []

    def _end(self, placed: Placed) -> None:
        hand = Hand(self.case, placed)
        for token in resting(self.workflow):
            if token is self.leaving:
                hand.take(token, told=False)
            elif not token.armed and token.task_spec.node.id in self.ahead:
                hand.take(token)

    def _beside(self, element: str) -> bool:
        return element in self.workflow.spec.task_specs and element not in self.ahead


def lost(case: Case, placed: Placed) -> Iterator[Finding]:
    """What completed inside an activity that ends could then no longer be undone."""
    nodes = _nodes(case)
    for element in dict.fromkeys(placed.forgotten):
        for node, _ in nodes.get(element, ())[:1]:
            yield against("back_needs_undoing", node)


def not_undone(case: Case, done: Iterable[str], taken: Records, registry: HandlerRegistry) -> Iterator[Finding]:
    """What was done and neither undoes nor may stand there twice."""
    nodes, undone = _nodes(case), {record["e"] for record in _flat(taken)}
    for element in dict.fromkeys(done):
        for node, around in nodes.get(element, ())[:1]:
            if not undone & {element, *around} and not _may_repeat(node, registry):
                yield against("back_needs_undoing", node)


def _may_repeat(node: Node, registry: HandlerRegistry) -> bool:
    if node.for_compensation:
        return True
    if node.kind in _VERBS:
        known = registry.handlers.get(node.handler.name) if node.handler is not None else None
        return known is not None and known.again
    return not (node.kind == "intermediateThrowEvent" and any(event.kind in _THROWN for event in node.events))


def _flat(records: Records) -> Iterator[dict[str, Any]]:
    for record in undoable(records.runs):
        yield record
        if "i" in record:
            yield from _flat(Records(record["i"]))


def _ahead(spec: ScopeSpec, start: str, stop: str | None) -> frozenset[str]:
    """The elements to which a token can come from ``start`` without passing ``stop``, itself included."""
    found: set[str] = set()
    todo = [start]
    while todo:
        name = todo.pop()
        if name in found or (name == stop and name != start):
            continue
        found.add(name)
        step = spec.task_specs[name]
        todo += [flow.target for flow in step.flows]
        todo += [event.node.id for event in step.boundary]
    return frozenset(found)


def _nodes(case: Case) -> dict[str, list[tuple[Node, frozenset[str]]]]:
    """Every element of the process and of what it calls, with the activities around it."""
    found: dict[str, list[tuple[Node, frozenset[str]]]] = {}
    _gather(case, case.bundle, frozenset(), found, set())
    return found


def _gather(
    case: Case, bundle: Bundle, outer: frozenset[str], found: dict[str, list[Any]], seen: set[str]
) -> None:
    if bundle.definition_id in seen:
        return
    seen.add(bundle.definition_id)
    nodes = bundle.model.nodes
    for node in nodes.values():
        around, scope = set(outer), node.scope
        while scope in nodes:
            around.add(scope)
            scope = nodes[scope].scope
        found.setdefault(node.id, []).append((node, frozenset(around)))
        if node.call is not None:
            inside = frozenset({*around, node.id})
            _gather(case, case.services.called(node.call.key), inside, found, seen)
