"""From BPMN XML to `ProcessModel`.

Diagrams of other tools are first put into Keyturn's words, in memory (`engine.definitions.foreign`). What cannot
be read is a finding, never a traceback, and no node of the file is lost on the way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from lxml import etree

from engine.definitions import extensions as ext
from engine.definitions.events import read_events
from engine.definitions.foreign import adapt
from engine.definitions.foreign.lost import tell_lost, what_else
from engine.definitions.foreign.report import Report, shown
from engine.definitions.foreign.rewriting import ACTING, has_nodes, is_executable, not_run, use_current_namespace
from engine.definitions.model import Flow, Loop, Node, ProcessModel
from engine.definitions.names import BPMN, FLOW_NODES, local, local_ref, q
from engine.definitions.safe_xml import parse_xml
from engine.findings import ERROR, DefinitionError, Finding

MAX_ELEMENTS = 12_000
"""Steps and arrows of one file: far more than anybody can draw, few enough to be checked at once."""

_SCOPES = {"process", "subProcess", "transaction", "adHocSubProcess"}
# Without these a file is not even read; all other errors are told when somebody wants to deploy it.
_FATAL = {"id_missing", "id_twice", "element_lost"}


@dataclass(frozen=True)
class Reading:
    """What a file holds: the process that runs, all processes with something in them, what is to be told."""

    process: ProcessModel | None
    models: tuple[ProcessModel, ...]
    findings: tuple[Finding, ...]


@dataclass
class _Drawing:
    """What is collected while one process is read."""

    definitions: Mapping[str, etree._Element]
    nodes: dict[str, Node] = field(default_factory=dict)
    flows: dict[str, Flow] = field(default_factory=dict)
    lanes: dict[str, str] = field(default_factory=dict)
    associations: list[tuple[str, str]] = field(default_factory=list)
    incoming: dict[str, list[str]] = field(default_factory=dict)
    outgoing: dict[str, list[str]] = field(default_factory=dict)


def read(xml: bytes, *, resource: str = "") -> ProcessModel:
    """The one executable process of a file; raises `DefinitionError` when there is none or more than one."""
    reading = read_file(xml, resource=resource)
    fatal = [finding for finding in reading.findings if finding.code in _FATAL]
    if reading.process is None or fatal:
        raise DefinitionError(fatal or [f for f in reading.findings if f.severity == ERROR])
    return reading.process


def read_all(xml: bytes, *, resource: str = "") -> list[ProcessModel]:
    """Every process of a file with something in it, executable or not; raises `DefinitionError`."""
    report = Report(resource)
    root = _definitions(xml, report)
    adapt(root, report)
    return [model for _, model in _models(root)]


def read_file(xml: bytes, *, resource: str = "") -> Reading:
    """What a file holds and all that is to be told of its reading. Never raises."""
    report = Report(resource)
    try:
        root = _definitions(xml, report)
    except DefinitionError as refused:
        return Reading(None, (), refused.findings)
    adapt(root, report)
    read_of = list(_models(root))
    for process, model in read_of:
        tell_lost(process, model, report)
    runs = [(process, model) for process, model in read_of if is_executable(process)]
    if len(runs) == 1:
        not_run(root, runs[0][0], report)
        return Reading(runs[0][1], (runs[0][1],), tuple(report.findings()))
    elements = [process for process, _ in runs or read_of]
    if not elements:
        report.refused("no_process", root)
        return Reading(None, (), tuple(report.findings()))
    code = "several_executable_processes" if runs else "no_executable_process"
    report.refused(code, elements[0], keys=", ".join(shown(element) for element in elements))
    return Reading(None, tuple(model for _, model in runs or read_of), tuple(report.findings()))


def _definitions(xml: bytes, report: Report) -> etree._Element:
    root = parse_xml(xml, resource=report.resource)
    use_current_namespace(root, report)
    if local(root) != "definitions" or etree.QName(root).namespace != BPMN:
        raise DefinitionError([Finding(what_else(root), ERROR, line=root.sourceline, resource=report.resource)])
    count = sum(1 for _ in root.iter(*ACTING))
    if count > MAX_ELEMENTS:
        params = {"count": count, "limit": MAX_ELEMENTS}
        raise DefinitionError([Finding("diagram_too_large", ERROR, params=params, resource=report.resource)])
    return root


def _models(root: etree._Element) -> Iterator[tuple[etree._Element, ProcessModel]]:
    roots = {element.attrib["id"]: element for element in root if "id" in element.attrib}
    for process in root.iterfind(q("process")):
        if has_nodes(process):
            yield process, _read_process(process, _Drawing(roots))


def _read_process(process: etree._Element, drawing: _Drawing) -> ProcessModel:
    key = process.get("id", "")
    _read_lanes(process, drawing)
    drawing.associations += _associations(process)
    _read_scope(process, key, drawing)
    _join_handlers(drawing)
    settings = ext.process_settings(process)
    return ProcessModel(
        key=key,
        name=process.get("name"),
        line=process.sourceline or 0,
        nodes=drawing.nodes,
        flows=drawing.flows,
        labels=ext.labels(process),
        documentation=_documentation(process),
        start_form=settings.start_form,
        start_permission=settings.start_permission,
        business_key=settings.business_key,
        variables=settings.variables,
        lanes=drawing.lanes,
    )


def _read_lanes(process: etree._Element, drawing: _Drawing) -> None:
    for lane in process.iter(q("lane")):
        for ref in lane.iterfind(q("flowNodeRef")):
            drawing.lanes[local_ref(ref.text or "")] = lane.get("name") or lane.get("id") or ""


def _associations(process: etree._Element) -> Iterator[tuple[str, str]]:
    for line in process.iter(q("association")):
        yield local_ref(line.get("sourceRef", "")), local_ref(line.get("targetRef", ""))


def _join_handlers(drawing: _Drawing) -> None:
    """An association joins a compensation boundary event to the activity that undoes, drawn from either end."""
    nodes = drawing.nodes
    for ends in drawing.associations:
        for event, handler in (ends, ends[::-1]):
            undoes = handler in nodes and nodes[handler].for_compensation
            if undoes and _is_compensation_boundary(nodes.get(event)):
                nodes[event] = replace(nodes[event], undone_by=handler)


def _is_compensation_boundary(node: Node | None) -> bool:
    return node is not None and node.kind == "boundaryEvent" and any(e.kind == "compensate" for e in node.events)


def _read_scope(parent: etree._Element, scope: str, drawing: _Drawing) -> None:
    for flow in _read_flows(parent, scope):
        drawing.flows[flow.id] = flow
        drawing.outgoing.setdefault(flow.source, []).append(flow.id)
        drawing.incoming.setdefault(flow.target, []).append(flow.id)
    for element in parent:
        if not isinstance(element.tag, str) or etree.QName(element).namespace != BPMN:
            continue
        if local(element) in FLOW_NODES:
            node = _read_node(element, scope, drawing)
            drawing.nodes[node.id] = node
            if local(element) in _SCOPES:
                _read_scope(element, node.id, drawing)


def _read_flows(parent: etree._Element, scope: str) -> Iterator[Flow]:
    for element in parent.iterfind(q("sequenceFlow")):
        condition = element.find(q("conditionExpression"))
        yield Flow(
            id=element.get("id", ""),
            source=local_ref(element.get("sourceRef", "")),
            target=local_ref(element.get("targetRef", "")),
            line=element.sourceline or 0,
            scope=scope,
            name=element.get("name"),
            labels=ext.labels(element),
            condition=ext.feel_text(condition.text) if condition is not None else None,
        )


def _read_node(element: etree._Element, scope: str, drawing: _Drawing) -> Node:
    node_id = element.get("id", "")
    script = element.find(q("script"))
    return Node(
        id=node_id,
        kind=local(element),
        name=element.get("name"),
        line=element.sourceline or 0,
        scope=scope,
        labels=ext.labels(element),
        documentation=_documentation(element),
        lane=drawing.lanes.get(node_id),
        incoming=tuple(drawing.incoming.get(node_id, ())),
        outgoing=tuple(drawing.outgoing.get(node_id, ())),
        default=local_ref(element.get("default", "")) or None,
        attached_to=local_ref(element.get("attachedToRef", "")) or None,
        interrupting=_flag(element, "cancelActivity", True) and _flag(element, "isInterrupting", True),
        triggered_by_event=_flag(element, "triggeredByEvent", False),
        events=read_events(element, drawing.definitions),
        message=_message_name(element, drawing.definitions),
        correlation=ext.correlation(element),
        payload=ext.payload(element),
        task=ext.user_task(element) if local(element) == "userTask" else None,
        handler=ext.handler_call(element),
        decision=ext.decision_call(element),
        assigns=ext.assigns(element),
        script=script.text if script is not None else None,
        script_format=element.get("scriptFormat"),
        call=ext.process_call(element) if local(element) == "callActivity" else None,
        loop=_loop(element),
        for_compensation=_flag(element, "isForCompensation", False),
    )


def _flag(element: etree._Element, name: str, default: bool) -> bool:
    text = element.get(name)
    return default if text is None else text.strip() in ("true", "1")


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and re.fullmatch(r"\s*\d{1,9}\s*", text) else None


def _documentation(element: etree._Element) -> str | None:
    found = element.find(q("documentation"))
    return (found.text or "").strip() or None if found is not None else None


def _message_name(element: etree._Element, roots: Mapping[str, etree._Element]) -> str | None:
    ref = local_ref(element.get("messageRef", ""))
    if not ref:
        return None
    message = roots.get(ref)
    return (message.get("name") or ref) if message is not None else ref


def _loop(element: etree._Element) -> Loop | None:
    standard = element.find(q("standardLoopCharacteristics"))
    if standard is not None:
        condition = standard.find(q("loopCondition"))
        return Loop(
            True,
            until=ext.feel_text(condition.text) or None if condition is not None else None,
            standard=True,
            asks_before=_flag(standard, "testBefore", False),
            maximum=_number(standard.get("loopMaximum")),
        )
    multi = element.find(q("multiInstanceLoopCharacteristics"))
    return ext.multi_instance(multi) if multi is not None else None
