"""What becomes of each token of a case in another version of its diagram."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from engine.changing.elements import ElementMap
from engine.changing.fitting import event_kind, misfit, waits_otherwise
from engine.changing.joins import joins, stuck_at_joins
from engine.changing.undoing import is_undoing, lost, renamed
from engine.definitions.model import Node
from engine.findings import ERROR, Finding
from engine.spiff.build import ScopeSpec
from engine.spiff.case import Case
from engine.spiff.gateways import EventStep
from engine.spiff.inner import Running
from engine.spiff.loops import LoopStep
from engine.spiff.records import Records
from engine.spiff.relink import (
    arm_anew,
    arm_at,
    own_scopes,
    resting,
    stand_at,
    swap_bundle,
    swap_spec,
)
from engine.spiff.steps import ArmedStart, BoundaryStep, CatchStep, InnerStep, Step
from engine.spiff.token import Token


@dataclass(frozen=True)
class Stand:
    """A token that goes on at a step; ``renew`` when it now waits for something else."""

    token: Token
    step: Step
    via: str | None
    renew: bool


@dataclass(frozen=True)
class Arm:
    """An event that begins to wait: on a token, or (without ``host``) as the start of an event sub-process."""

    workflow: Running
    step: CatchStep
    host: Token | None = None
    via: str | None = None


@dataclass
class Migration:
    """A plan; it can be carried out when nothing was found against it."""

    scopes: list[tuple[Running, ScopeSpec]] = field(default_factory=list)
    stands: list[Stand] = field(default_factory=list)
    gone: list[Token] = field(default_factory=list)
    arms: list[Arm] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def plan_migration(case: Case, elements: ElementMap, *, recalculate: bool) -> Migration:
    """Look at every token; nothing is changed."""
    planner = _Planner(elements, recalculate)
    planner.plan.findings += elements.unknown()
    if is_undoing(case):
        planner.plan.findings.append(Finding("change_while_undoing", ERROR))
        return planner.plan
    for workflow in own_scopes(case, elements.old):
        spec = elements.spec_of(workflow.spec.name)
        if spec is not None:
            planner.scope(workflow, spec)
    return planner.plan


def carry_out(case: Case, elements: ElementMap, plan: Migration) -> list[Finding]:
    """Put the tokens where they belong, in memory; what is found against it then.

    Raises `CannotGoOn` when a new event's expression cannot be worked out.
    """
    scopes = [workflow for workflow, _ in plan.scopes]
    before = Counter({elements.of(join): count for join, count in stuck_at_joins(scopes).items()})
    for token in plan.gone:
        token.remove()
    swap_bundle(case, elements.old, elements.new)
    for workflow, spec in plan.scopes:
        swap_spec(workflow, spec)
        workflow.records = Records(renamed(workflow.records.runs, elements))
    for stand in plan.stands:
        stand_at(stand.token, stand.step, stand.via)
    for stand in plan.stands:
        if stand.renew:
            case.at = stand.step.node
            arm_anew(stand.token)
    for arm in plan.arms:
        case.at = arm.step.node
        arm_at(arm.workflow, arm.step, arm.host, arm.via)
    stuck = stuck_at_joins(scopes) - before
    return [against("change_join_stuck", elements.new.model.nodes[join]) for join in sorted(stuck)]


class _Planner:
    def __init__(self, elements: ElementMap, recalculate: bool) -> None:
        self.elements = elements
        self.recalculate = recalculate
        self.plan = Migration()

    def scope(self, workflow: Running, spec: ScopeSpec) -> None:
        self.plan.scopes.append((workflow, spec))
        for token in resting(workflow):
            if isinstance(token.task_spec, ArmedStart):
                self._armed(token, token.task_spec, spec)
            else:
                self._resting(token, spec)
        self._new_starts(workflow, spec)
        for element in dict.fromkeys(lost(workflow.records.runs, self.elements, spec)):
            self._find("migrate_undo_gone", self.elements.old.model.nodes[element])

    def _resting(self, token: Token, spec: ScopeSpec) -> None:
        old = token.task_spec
        step = self._target(old.node, spec)
        if step is None:
            return
        code = misfit(old, step)
        if code is not None:
            self._find(code, old.node, to=step.node.id)
            return
        via = self._via(token, step, spec)
        self._stand(token, step, via)
        for child in token.children:
            self._hanging(child, token, step, spec)
        self._new_boundary(token, step)
        if isinstance(old, EventStep):
            self._new_rivals(token, step, spec)

    def _target(self, node: Node, spec: ScopeSpec) -> Step | None:
        there = self.elements.node_of(node)
        if there is None:
            self._find("migrate_element_gone", node, to=self.elements.of(node.id))
            return None
        step = spec.task_specs.get(there.id)
        if not isinstance(step, Step):
            self._find("migrate_scope_changed", node, to=there.id)
            return None
        return step

    def _via(self, token: Token, step: Step, spec: ScopeSpec) -> str | None:
        if token.via is None:
            return None
        if not joins(step):
            via = self.elements.of(token.via)
            return via if via in self.elements.new.model.flows else None
        found = self.elements.flow_into(token.via, token.task_spec, step, spec)
        if found is None:
            self._find("migrate_flow_gone", token.task_spec.node, flow=token.via)
        return found

    def _hanging(self, child: Token, host: Token, step: Step, spec: ScopeSpec) -> None:
        old = child.task_spec
        wanted = self.elements.of(old.node.id)
        if isinstance(host.task_spec, LoopStep) and isinstance(step, LoopStep) and old is host.task_spec.inner:
            self._stand(child, step.inner, None)
        elif isinstance(old, BoundaryStep):
            self._stand_or_go(child, next((b for b in step.boundary if b.node.id == wanted), None))
        else:
            flow = next((flow for flow in step.flows if flow.target == wanted), None)
            self._stand_or_go(child, spec.task_specs[wanted] if flow else None, flow.id if flow else None)

    def _stand_or_go(self, token: Token, step: Step | None, via: str | None = None) -> None:
        if step is None or event_kind(step) != event_kind(token.task_spec):
            self.plan.gone.append(token)
        else:
            self._stand(token, step, via)

    def _stand(self, token: Token, step: Step, via: str | None) -> None:
        changed = waits_otherwise(token.task_spec, step)
        renew = changed and (self.recalculate or event_kind(step) != "timer")
        self.plan.stands.append(Stand(token, step, via, renew))

    # Events that begin to wait. One that was there before and waits no more has come; it does not come again.

    def _new_boundary(self, token: Token, step: Step) -> None:
        known = self._known(token.task_spec.boundary)
        for event in step.boundary:
            if event.waits_for is not None and (event.node.id, event_kind(event)) not in known:
                self.plan.arms.append(Arm(token.workflow, event, token))

    def _new_rivals(self, token: Token, step: Step, spec: ScopeSpec) -> None:
        """Events after an event-based gateway: it waits for all of them from the beginning."""
        steps = token.workflow.spec.task_specs
        known = self._known(steps[flow.target] for flow in token.task_spec.flows)
        for flow in step.flows:
            target = spec.task_specs[flow.target]
            if isinstance(target, CatchStep) and (target.node.id, event_kind(target)) not in known:
                self.plan.arms.append(Arm(token.workflow, target, token, flow.id))
        mine = {token.id, *(child.id for child in token.children)}
        kept = [s for s in self.plan.stands if s.token.id in mine and s.token is not token]
        if not kept and not any(arm.host is token for arm in self.plan.arms):
            self._find("migrate_nothing_to_wait_for", token.task_spec.node, to=step.node.id)

    def _known(self, steps: Iterable[Step]) -> set[tuple[str, str | None]]:
        return {(self.elements.of(step.node.id), event_kind(step)) for step in steps}

    # Event sub-processes

    def _armed(self, token: Token, old: ArmedStart, spec: ScopeSpec) -> None:
        wanted = self.elements.of(old.handler.node.id)
        self._stand_or_go(token, next((a for a in spec.armed if a.handler.node.id == wanted), None))

    def _new_starts(self, workflow: Running, spec: ScopeSpec) -> None:
        if any(_interrupts(token.task_spec, workflow.spec) for token in resting(workflow)):
            return
        known = {(self.elements.of(a.handler.node.id), event_kind(a)) for a in workflow.spec.armed}
        for armed in spec.armed:
            if armed.waits_for is not None and (armed.handler.node.id, event_kind(armed)) not in known:
                self.plan.arms.append(Arm(workflow, armed))

    def _find(self, code: str, node: Node, **params: object) -> None:
        self.plan.findings.append(against(code, node, **params))


def _interrupts(step: Step, spec: ScopeSpec) -> bool:
    """Whether a step is an event sub-process that has ended everything else in its scope."""
    starts = [armed for armed in spec.armed if armed.handler is step]
    return isinstance(step, InnerStep) and any(armed.node.interrupting for armed in starts)


def against(code: str, node: Node, **params: object) -> Finding:
    """What speaks against a change at an element."""
    told = {"element": node.name or node.id, "element_labels": dict(node.labels), **params}
    return Finding(code, ERROR, node.id, node.name, node.line, told)
