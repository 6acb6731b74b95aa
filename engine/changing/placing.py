"""Taking tokens out of a case and putting others in, by hand: end a branch, begin before or after an element."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from engine.changing.joins import joins, stuck_at_joins
from engine.changing.migration import against
from engine.changing.undoing import is_undoing, undoable
from engine.definitions.model import Node
from engine.errors import CannotGoOn
from engine.findings import ERROR, Finding
from engine.results.changes import Change
from engine.spiff.build import Bundle
from engine.spiff.case import Case
from engine.spiff.gateways import EventStep, ParallelStep
from engine.spiff.inner import Inner, Running
from engine.spiff.relink import open_at, put_after, put_before, resting
from engine.spiff.steps import BoundaryStep, EndStep, InnerStep, Step
from engine.spiff.token import Token


@dataclass
class Placed:
    """What was found against the changes; ``forgotten`` completed steps can no longer be undone."""

    findings: list[Finding] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)


class RefusedChange(Exception):
    """A change cannot be made."""

    def __init__(self, finding: Finding) -> None:
        self.finding = finding
        super().__init__(finding.code)


def begin_at(case: Case, elements: Sequence[str]) -> list[Finding]:
    """Begin a new case at elements instead of its start; what speaks against it."""
    placed = Placed()
    hand = Hand(case, placed)
    case.arm_starts()
    try:
        for element in elements:
            hand.begin(Change("before", element))
    except RefusedChange as refused:
        return [refused.finding]
    return [against("change_join_stuck", _node(case, join)) for join in sorted(stuck_at_joins(all_scopes(case)))]


def place(case: Case, changes: Sequence[Change]) -> Placed:
    """Make the changes in memory: first what is cancelled, then what begins; nothing runs yet.

    With a finding the case in memory is of no more use.
    """
    placed = Placed()
    if is_undoing(case):
        placed.findings.append(Finding("change_while_undoing", ERROR))
        return placed
    before = stuck_at_joins(all_scopes(case))
    hand = Hand(case, placed)
    try:
        for change in changes:
            if change.kind == "cancel":
                hand.cancel(change.element_id)
        for change in changes:
            if change.kind != "cancel":
                hand.begin(change)
        hand.tidy()
    except RefusedChange as refused:
        placed.findings.append(refused.finding)
        return placed
    for join in sorted(stuck_at_joins(all_scopes(case)) - before):
        placed.findings.append(against("change_join_stuck", _node(case, join)))
    return placed


class Hand:
    """Takes and puts tokens, remembering where it took some."""

    def __init__(self, case: Case, placed: Placed) -> None:
        self.case = case
        self.placed = placed
        self.touched: list[Running] = []

    # Taking

    def cancel(self, element_id: str) -> None:
        """The longest waiting token at an element goes, with all that hangs on it and is inside."""
        self.take(self._standing_at(element_id))

    def take(self, token: Token, *, told: bool = True) -> None:
        """A token goes, with all that hangs on it and is inside; ``told`` as a history event."""
        workflow: Running = token.workflow
        for inner in self._inside(token):
            self.placed.forgotten += [record["e"] for record in undoable(inner.records.runs)]
        if told:
            row = token.internal_data.get("row")
            self.case.services.note("element_cancelled", token.task_spec.node, token.id, token.via, row=row)
        token.remove()
        self.touched.append(workflow)

    def _standing_at(self, element_id: str) -> Token:
        for workflow in all_scopes(self.case):
            for token in resting(workflow):
                waits = isinstance(token.task_spec, EventStep)
                behind = [child for child in token.children if waits and child.task_spec.node.id == element_id]
                if not token.armed and (token.task_spec.node.id == element_id or behind):
                    return token
        raise RefusedChange(_about(self.case, "change_nobody_there", element_id))

    def _inside(self, token: Token) -> Iterator[Inner]:
        for inner in self.case.subprocesses.values():
            host: Token | None = self.case.host_of(inner)
            while host is not None and host is not token:
                outer: Token | None = host.parent
                host = self.case.host_of(host.workflow) if outer is host.workflow.task_tree else outer
            if host is token:
                yield inner

    def tidy(self) -> None:
        """A sub-process in which nothing is left goes too; a case in which nothing is left is refused."""
        while self.touched:
            workflow = self.touched.pop()
            if any(not token.armed for token in workflow.tokens()):
                continue
            if not isinstance(workflow, Inner):
                raise RefusedChange(Finding("change_nothing_left", ERROR))
            if self.case.subprocesses.get(workflow.parent_task_id) is not workflow:
                continue
            host = self.case.token(workflow.parent_task_id)
            if host.task_spec.loop is not None:
                raise RefusedChange(against("change_out_of_loop", host.task_spec.node))
            self.placed.forgotten += [record["e"] for record in undoable(workflow.records.runs)]
            self.case.services.note("element_cancelled", host.task_spec.node, host.id, host.via)
            host.remove()
            self.touched.append(host.workflow)

    # Putting

    def begin(self, change: Change) -> None:
        """A token comes to an element, or leaves it as if it had been done."""
        bundle, node = self._drawn(change.element_id)
        workflow = self._scope(bundle, node)
        step = workflow.spec.task_specs[node.id]
        self._refuse_places(step, change.kind)
        self.case.at = node
        try:
            put_before(workflow, step) if change.kind == "before" else put_after(workflow, step)
        except CannotGoOn as fault:
            told = {"reason": fault.code, "reason_params": dict(fault.params)}
            raise RefusedChange(against("change_cannot_begin", node, **told)) from fault

    def _drawn(self, element_id: str) -> tuple[Bundle, Node]:
        """The diagram an element stands in: the case's own, else that of a called process."""
        called = [inner.bundle for inner in self.case.subprocesses.values() if inner.bundle is not None]
        for bundle in (self.case.bundle, *called):
            if element_id in bundle.model.nodes:
                return bundle, bundle.model.nodes[element_id]
        raise RefusedChange(Finding("change_element_unknown", ERROR, element_id, params={"element": element_id}))

    def _scope(self, bundle: Bundle, node: Node) -> Running:
        """The running scope of an element; sub-processes around it are begun when they do not run."""
        workflow = self._process(bundle, node)
        around: list[Node] = []
        scope = node.scope
        while scope in bundle.model.nodes:
            around.insert(0, bundle.model.nodes[scope])
            scope = bundle.model.nodes[scope].scope
        for outer in around:
            workflow = self._inner(workflow, outer, node)
        return workflow

    def _process(self, bundle: Bundle, node: Node) -> Running:
        if bundle is self.case.bundle:
            return self.case
        calls = [inner for inner in self.case.subprocesses.values() if inner.bundle is bundle]
        if len(calls) != 1:
            raise RefusedChange(against("change_many_of_them", node))
        found: Running = calls[0]
        return found

    def _inner(self, workflow: Running, outer: Node, node: Node) -> Running:
        step = workflow.spec.task_specs[outer.id]
        hosts = [token for token in workflow.tokens() if token.task_spec.node is outer]
        running = [self.case.subprocesses[host.id] for host in hosts if host.id in self.case.subprocesses]
        touched = [inner for inner in running if inner in self.touched]
        if len(touched or running) == 1:
            found: Running = (touched or running)[0]
            return found
        if running:
            raise RefusedChange(against("change_many_of_them", outer))
        if step.node.loop is not None:
            raise RefusedChange(against("change_into_loop", outer, into=node.name or node.id))
        if outer.triggered_by_event or not isinstance(step, InnerStep):
            raise RefusedChange(against("change_into_event_sub_process", outer, into=node.name or node.id))
        return open_at(workflow, step)

    @staticmethod
    def _refuse_places(step: Step, kind: str) -> None:
        node = step.node
        if node.triggered_by_event or node.for_compensation:
            raise RefusedChange(against("change_not_by_flow", node))
        if kind == "before" and isinstance(step, BoundaryStep):
            raise RefusedChange(against("change_not_by_flow", node))
        if kind == "before" and isinstance(step, ParallelStep) and joins(step):
            raise RefusedChange(against("change_into_join", node))
        if kind == "after" and (isinstance(step, EndStep | EventStep) or not step.flows):
            raise RefusedChange(against("change_nothing_after", node))


def all_scopes(case: Case) -> list[Running]:
    return [case, *sorted(case.subprocesses.values(), key=lambda workflow: workflow.depth)]


def _node(case: Case, element_id: str) -> Node:
    found: Node = next(
        workflow.spec.task_specs[element_id].node
        for workflow in all_scopes(case)
        if element_id in workflow.spec.task_specs
    )
    return found


def _about(case: Case, code: str, element_id: str) -> Finding:
    bundles = [case.bundle, *(inner.bundle for inner in case.subprocesses.values() if inner.bundle is not None)]
    for bundle in bundles:
        node = bundle.model.nodes.get(element_id)
        if node is not None:
            return against(code, node)
    return Finding("change_element_unknown", ERROR, element_id, params={"element": element_id})
