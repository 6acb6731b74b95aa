"""What BPMN lets a diagram say and the engine does not do: told, so that nothing is ignored in silence.

Pure documentation (annotations, groups, data objects that are only drawn) needs no word.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lxml import etree

from engine.definitions.foreign.report import Report
from engine.definitions.foreign.rewriting import acting_elements
from engine.definitions.foreign.vocabulary import ATTRIBUTES, DRAWN_ONLY, NOT_RUN, TOLD_ELSEWHERE
from engine.definitions.names import BPMN, FLOW_NODES, local, local_ref, q

_DATA_LINES = {"dataInputAssociation", "dataOutputAssociation"}
_SCOPES = {"process", "subProcess", "transaction", "adHocSubProcess"}
_DI = "http://www.omg.org/spec/BPMN/20100524/DI"
_DETAILS = ATTRIBUTES.keys() - FLOW_NODES - {"process", "sequenceFlow"}


def tell(root: etree._Element, by_id: Mapping[str, etree._Element], report: Report) -> None:
    """All rules of this page."""
    processes = list(root.iterfind(q("process")))
    for process in processes:
        _parts(process, process, report)
        _attributes(process, report)
        for element in acting_elements(process):
            _parts(element, process, report)
            _attributes(element, report)
            for part in _details(element):
                _attributes(part, report)
            _acting_attributes(element, by_id, report)
    if processes:
        _around(root, processes[0], report)


def _parts(element: etree._Element, process: etree._Element, report: Report) -> None:
    """Every part of an element is run, told elsewhere, documentation, or a finding."""
    for part in element.iterchildren(etree.Element):
        if etree.QName(part).namespace != BPMN:
            continue
        name = local(part)
        if name in _DATA_LINES:
            report.ignored_often("data_lines_drawn_only", process)
        elif name == "correlationSubscription":
            report.ignored("correlation_elsewhere", element)
        elif name in NOT_RUN:
            report.refused("element_unsupported", part, kind=name)
        elif not (_is_run(part, element) or name in DRAWN_ONLY | TOLD_ELSEWHERE):
            _tell_unknown(part, element, report)


def _tell_unknown(part: etree._Element, element: etree._Element, report: Report) -> None:
    """Beside steps and arrows an unknown element may be a misspelt one; inside a step it can only be a setting."""
    if local(element) in _SCOPES:
        report.refused("element_unknown", part, part=local(part))
    else:
        report.ignored("part_unknown", part, part=local(part))


def _is_run(part: etree._Element, element: etree._Element) -> bool:
    name = local(part)
    if name in FLOW_NODES or name == "sequenceFlow":
        return True
    return name.endswith("EventDefinition") and local(element).endswith("Event") and name in ATTRIBUTES


def _details(element: etree._Element) -> Iterator[etree._Element]:
    for part in element.iterchildren(etree.Element):
        if etree.QName(part).namespace == BPMN and local(part) in _DETAILS:
            yield part


def _attributes(element: etree._Element, report: Report) -> None:
    known = ATTRIBUTES.get(local(element))
    if known is None:
        return
    for name in element.attrib:
        if isinstance(name, str) and not name.startswith("{") and name not in known | {"id", "name"}:
            report.ignored("attribute_unknown", element, attribute=name, kind=local(element))


def _acting_attributes(element: etree._Element, by_id: Mapping[str, etree._Element], report: Report) -> None:
    if element.get("instantiate", "").strip() in ("true", "1"):
        report.refused("instantiates", element)
    if element.get("eventGatewayType") == "Parallel":
        report.refused("gateway_waits_for_all", element)
    for name in ("startQuantity", "completionQuantity"):
        if element.get(name, "1").strip() not in ("1", ""):
            report.ignored("quantity_ignored", element, attribute=name, value=element.get(name, ""))
    if (
        element.get("operationRef")
        or element.find(f"{q('messageEventDefinition')}/{q('operationRef')}") is not None
    ):
        report.ignored("operation_ignored", element)
    loop = element.find(q("multiInstanceLoopCharacteristics"))
    if loop is not None and loop.get("behavior", "All") not in ("All", ""):
        report.ignored("loop_behavior_ignored", element, behavior=loop.get("behavior", ""))
    called = by_id.get(local_ref(element.get("calledElement") or "")) if local(element) == "callActivity" else None
    if called is not None and local(called).startswith("global"):
        report.refused("calls_global_task", element, name=called.get("name") or called.get("id") or "")
        element.attrib.pop("calledElement", None)


def tell_shapes(root: etree._Element, written: frozenset[str], report: Report) -> None:
    """Shapes and lines of the picture whose element the file lacks, as after a broken export."""
    first = root.find(q("process"))
    for shape in root.iter(q("BPMNShape", _DI), q("BPMNEdge", _DI)):
        reference = local_ref(shape.get("bpmnElement") or "")
        if first is not None and reference and reference not in written:
            report.ignored_often("shapes_without_element", first, example=reference)


def _around(root: etree._Element, first: etree._Element, report: Report) -> None:
    """What stands beside the processes and would act in another engine."""
    for flow in root.iterfind(f"{q('collaboration')}/{q('messageFlow')}"):
        report.ignored_often("message_flows_drawn_only", first, example=flow.get("name") or flow.get("id") or "")
    for line in root.iterfind(q("import")):
        report.ignored_often("imports_ignored", first, example=line.get("location") or line.get("namespace") or "")
    if root.find(q("choreography")) is not None:
        report.ignored("choreography_drawn_only", first)
