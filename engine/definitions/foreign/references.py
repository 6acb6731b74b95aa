"""Arrows and references that lead astray: told, and mended where only one thing can be meant."""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from engine.definitions.foreign.report import Report, shown
from engine.definitions.foreign.rewriting import acting_elements
from engine.definitions.names import FLOW_NODES, local, local_ref, q

_NAMED_REFERENCES = {
    "messageRef": "message",
    "signalRef": "signal",
    "errorRef": "error",
    "escalationRef": "escalation",
}
_CODES = {"error": "errorCode", "escalation": "escalationCode"}


def mend(root: etree._Element, report: Report) -> None:
    """All rules of this page."""
    by_id = {element.get("id", ""): element for element in root.iter(etree.Element) if element.get("id")}
    for process in root.iterfind(q("process")):
        mend_flow_ends(process, report)
        _lead_astray(process, by_id, report)
    _named(root, by_id, report)


def mend_flow_ends(process: etree._Element, report: Report) -> None:
    """A flow without source or target takes the node that names it as outgoing or incoming, if one does."""
    flows = [element for element in acting_elements(process) if local(element) == "sequenceFlow"]
    lacking = [flow for flow in flows if not (flow.get("sourceRef") and flow.get("targetRef"))]
    if not lacking:
        return
    ends: dict[tuple[str, str], list[str]] = {}
    for node in acting_elements(process):
        for tag, end in (("outgoing", "sourceRef"), ("incoming", "targetRef")):
            for child in node.iterfind(q(tag)):
                ends.setdefault((end, local_ref(child.text or "")), []).append(node.get("id", ""))
    for flow in lacking:
        for end in ("sourceRef", "targetRef"):
            found = ends.get((end, flow.get("id", "")), [])
            if not flow.get(end) and len(found) == 1:
                flow.set(end, found[0])
                report.rewritten("rewritten_flow_end", flow, end=end, node=found[0])


def _lead_astray(process: etree._Element, by_id: Mapping[str, etree._Element], report: Report) -> None:
    """Flows that no engine could follow are taken out, once it is said why."""
    for flow in [element for element in acting_elements(process) if local(element) == "sequenceFlow"]:
        for end in ("sourceRef", "targetRef"):
            target = by_id.get(flow.get(end, ""))
            code = _astray(flow, process, target)
            if code and target is not None:
                report.refused(code, flow, other=shown(target), kind=local(target))
                parent = flow.getparent()
                if parent is not None:
                    parent.remove(flow)
                break


def _astray(flow: etree._Element, process: etree._Element, target: etree._Element | None) -> str | None:
    if target is None:
        return None
    if local(target) not in FLOW_NODES:
        return "flow_to_no_step"
    if target.getparent() is flow.getparent():
        return None
    if next(target.iterancestors(q("process")), None) is not process:
        return "flow_into_other_process"
    return "flow_across_border"


def _named(root: etree._Element, by_id: Mapping[str, etree._Element], report: Report) -> None:
    """References by name instead of id, references to nothing, and named things without a name."""
    by_name: dict[tuple[str, str], list[etree._Element]] = {}
    for element in root.iterchildren(etree.Element):
        by_name.setdefault((local(element), element.get("name", "")), []).append(element)
    for attribute, kind in _NAMED_REFERENCES.items():
        for element in root.iter(etree.Element):
            reference = (element.get(attribute) or "").strip()
            if reference and "process" in {local(above) for above in element.iterancestors()}:
                _check_reference(element, attribute, kind, reference, by_id, by_name, report)
    for event in root.iter(q("eventDefinitionRef")):
        if local_ref(event.text or "") not in by_id:
            report.refused("event_reference_dangling", event, reference=(event.text or "").strip())


def _check_reference(
    element: etree._Element,
    attribute: str,
    kind: str,
    reference: str,
    by_id: Mapping[str, etree._Element],
    by_name: Mapping[tuple[str, str], list[etree._Element]],
    report: Report,
) -> None:
    target = by_id.get(reference)
    if target is not None and local(target) == kind:
        if not (target.get(_CODES.get(kind, "name")) or target.get("name")):
            report.rewritten("rewritten_nameless", element, kind=kind, name=reference)
        return
    named = by_name.get((kind, reference), [])
    if len(named) == 1 and named[0].get("id"):
        element.set(attribute, named[0].get("id", ""))
        report.rewritten("rewritten_reference_by_name", element, kind=kind, name=reference)
    else:
        report.rewritten("rewritten_reference_dangling", element, kind=kind, name=reference)
