"""From a diagram's model to specifications that all its instances share.

Built directly, without SpiffWorkflow's parser: flows keep document order, no flow or node is lost, ids cannot
collide with the library's own, and a diagram of any length is no recursion.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.mixins import BpmnSpecMixin
from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec

from engine.definitions.model import Flow, Node, ProcessModel
from engine.findings import ERROR, DefinitionError, Finding
from engine.spiff.compensable import prepare_compensation, undoes_its_scope
from engine.spiff.gateways import EventStep, ExclusiveStep, InclusiveStep, ParallelStep
from engine.spiff.loops import LoopStep
from engine.spiff.steps import (
    ArmedStart,
    BoundaryStep,
    CallStep,
    CatchStep,
    DecisionStep,
    EndStep,
    InnerStep,
    ScriptStep,
    ServiceStep,
    Step,
    ThrowStep,
    UserStep,
)

_UNDOING = frozenset({"compensate", "cancel"})
_CAUGHT = frozenset({"message", "timer", "signal", "error", "escalation", "link", "conditional"}) | _UNDOING
_THROWN = frozenset({"message", "signal", "error", "escalation", "terminate", "link"}) | _UNDOING
_OTHER = {"advice": "instead_of.other", "advice_params": {}}
_ROOT = "(root)"  # Parentheses cannot occur in an XML id.
_KINDS: dict[str, type[Step]] = {
    "startEvent": Step,
    "endEvent": EndStep,
    "intermediateCatchEvent": CatchStep,
    "intermediateThrowEvent": ThrowStep,
    "boundaryEvent": BoundaryStep,
    "task": Step,
    "manualTask": Step,
    "userTask": UserStep,
    "serviceTask": ServiceStep,
    "sendTask": ThrowStep,
    "receiveTask": CatchStep,
    "scriptTask": ScriptStep,
    "businessRuleTask": DecisionStep,
    "callActivity": CallStep,
    "subProcess": InnerStep,
    "transaction": InnerStep,
    "exclusiveGateway": ExclusiveStep,
    "parallelGateway": ParallelStep,
    "inclusiveGateway": InclusiveStep,
    "eventBasedGateway": EventStep,
}


class ScopeSpec(BpmnProcessSpec):  # type: ignore[misc]
    """The steps of a process or sub-process; ``armed`` are its event sub-processes' starts.

    ``handlers`` undo the activities under whose ids they stand, ``undone_by`` is the event sub-process that undoes
    this scope as a whole, and ``keeps_records`` says that something may ever ask for it.
    """

    def __init__(self, name: str) -> None:
        WorkflowSpec.__init__(self, name=name)
        self.io_specification = None
        self.data_objects: dict[str, object] = {}
        self.data_stores: dict[str, object] = {}
        self.correlation_keys: dict[str, object] = {}
        self.bpmn_start_events: list[object] = []
        self.start = BpmnSpecMixin(self, _ROOT)
        self.armed: tuple[ArmedStart, ...] = ()
        self.first: Step | None = None
        self.handlers: dict[str, Step] = {}
        self.undone_by: InnerStep | None = None
        self.keeps_records = False
        self._sources: dict[str, set[str]] = {}
        self._reaching: dict[tuple[str, tuple[str, ...]], frozenset[str]] = {}

    def connect_flows(self, flows: list[Flow], attached: dict[str, str]) -> None:
        """Remember which node leads to which; an activity also leads where its boundary events do."""
        for flow in flows:
            self._sources.setdefault(flow.target, set()).add(flow.source)
        for event, activity in attached.items():
            self._sources.setdefault(event, set()).add(activity)
        self._flow_sources = {flow.id: flow.source for flow in flows}

    def reaching(self, node: str, flows: tuple[str, ...]) -> frozenset[str]:
        """The nodes from which a token can come into one of ``flows`` of ``node`` without passing it."""
        key = (node, flows)
        if key not in self._reaching:
            found: set[str] = set()
            todo = [self._flow_sources[flow] for flow in flows]
            while todo:
                place = todo.pop()
                if place != node and place not in found:
                    found.add(place)
                    todo.extend(self._sources.get(place, ()))
            self._reaching[key] = frozenset(found)
        return self._reaching[key]


@dataclass(frozen=True)
class Bundle:
    """A parsed definition version: its model and the specifications of the process and its sub-processes."""

    definition_id: str
    key: str
    version: int
    model: ProcessModel
    spec: ScopeSpec
    scopes: dict[str, ScopeSpec] = field(default_factory=dict)


def build(model: ProcessModel, definition_id: str, version: int) -> Bundle:
    """Specifications for a model; raises `DefinitionError` for what cannot be run."""
    _refuse_unknown(model)
    inside = [n for n in model.nodes.values() if _KINDS.get(n.kind) is InnerStep]
    scopes = {node.id: ScopeSpec(node.id) for node in inside}
    root = ScopeSpec(model.key)
    for name, spec in {model.key: root, **scopes}.items():
        _fill(spec, model, name)
    prepare_compensation(model, {model.key: root, **scopes})
    return Bundle(definition_id, model.key, version, model, root, scopes)


def _refuse_unknown(model: ProcessModel) -> None:
    lost = [
        Finding("element_unsupported", ERROR, node.id, node.name, node.line, {"kind": _what(node), **_OTHER})
        for node in model.nodes.values()
        if node.kind not in _KINDS or not _events_are_known(node)
    ]
    if lost:
        raise DefinitionError(lost)


def _events_are_known(node: Node) -> bool:
    throws = node.kind in ("endEvent", "intermediateThrowEvent")
    known = _THROWN if throws else _CAUGHT
    return len(node.events) <= 1 and all(event.kind in known for event in node.events)


def _what(node: Node) -> str:
    return " ".join([node.kind, *(event.kind for event in node.events)])


def _fill(spec: ScopeSpec, model: ProcessModel, scope: str) -> None:
    nodes = model.children(scope)
    flows = [flow for flow in model.flows.values() if flow.scope == scope]
    steps = {node.id: _step(spec, node) for node in nodes}
    for node in nodes:
        own = tuple(model.flows[flow] for flow in node.outgoing) or _link(node, nodes)
        steps[node.id].flows = own
        for flow in own:
            steps[node.id].connect(steps[flow.target])
    for node in nodes:
        attached = (steps[e.id] for e in model.boundary_events(node.id))
        steps[node.id].boundary = tuple(step for step in attached if isinstance(step, BoundaryStep))
    links = [flow for node in nodes for flow in _link(node, nodes)]
    spec.connect_flows([*flows, *links], {node.id: node.attached_to for node in nodes if node.attached_to})
    spec.first = next((steps[n.id] for n in nodes if n.kind == "startEvent" and not n.events), None)
    if spec.first is None:
        spec.first = next((steps[n.id] for n in nodes if n.kind == "startEvent"), None) or _orphan(nodes, steps)
    aside = [node for node in nodes if node.triggered_by_event and not undoes_its_scope(model, node)]
    spec.armed = tuple(_armed(spec, model, node, steps[node.id]) for node in aside)


def _step(spec: ScopeSpec, node: Node) -> Step:
    kind = _KINDS[node.kind]
    if kind is ThrowStep and node.handler is not None:
        kind = ServiceStep
    if node.loop is None:
        return kind(spec, node)
    inner = kind(spec, node, name=f"{node.id} (instance)")
    return LoopStep(spec, node, node.loop, inner)


def _link(node: Node, nodes: list[Node]) -> tuple[Flow, ...]:
    """A thrown link goes on at the catching link of the same name."""
    if node.kind != "intermediateThrowEvent" or node.event is None or node.event.kind != "link":
        return ()
    targets = [n for n in nodes if n.kind == "intermediateCatchEvent" and n.event and n.event.kind == "link"]
    return tuple(
        Flow(f"{node.id} (link)", node.id, n.id, node.line, node.scope)
        for n in targets
        if n.event and n.event.name == node.event.name
    )


def _orphan(nodes: list[Node], steps: dict[str, Step]) -> Step | None:
    """Without a start event the first activity that nothing leads to starts."""
    free: Callable[[Node], bool] = lambda n: not (n.incoming or n.attached_to or n.begins_aside)  # noqa: E731
    return next((steps[n.id] for n in nodes if free(n)), None)


def _armed(spec: ScopeSpec, model: ProcessModel, node: Node, handler: Step) -> ArmedStart:
    start = next((n for n in model.children(node.id) if n.kind == "startEvent"), None)
    if start is None or not isinstance(handler, InnerStep):
        raise DefinitionError([Finding("event_subprocess_start", ERROR, node.id, node.name, node.line)])
    return ArmedStart(spec, start, name=f"{node.id} (armed)", handler=handler)
