"""Conditions and defaults of arrows: translated to FEEL, and understood where only one thing can be meant."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from engine.definitions.foreign.expressions import NotCertain, feel_of
from engine.definitions.foreign.report import Report
from engine.definitions.foreign.rewriting import acting_elements
from engine.definitions.names import XSI, local, q


def adapt(process: etree._Element, report: Report) -> None:
    """Every condition of a process, then the defaults of its gateways."""
    flows = [element for element in acting_elements(process) if local(element) == "sequenceFlow"]
    leaving: dict[str, list[etree._Element]] = {}
    for flow in flows:
        leaving.setdefault(flow.get("sourceRef", ""), []).append(flow)
        _condition(flow, report)
    for node in acting_elements(process):
        if local(node) in ("exclusiveGateway", "inclusiveGateway"):
            _without_condition(node, leaving.get(node.get("id", ""), []), report)


def _condition(flow: etree._Element, report: Report) -> None:
    for condition in list(_conditions(flow)):
        text = (condition.text or "").strip()
        if not text:
            # Tools write an empty condition where none was drawn.
            flow.remove(condition)
            continue
        try:
            feel = feel_of(text, condition.get("language") or condition.get(q("language", XSI)))
        except NotCertain as why:
            report.refused("foreign_condition", flow, text=text, detail=why.code, detail_params=why.params)
            continue
        if feel is not None:
            report.rewritten("rewritten_condition", flow, text=text, feel=feel)
            condition.text = f"= {feel}"


def _conditions(flow: etree._Element) -> Iterator[etree._Element]:
    yield from flow.iterfind(q("conditionExpression"))


def _without_condition(gateway: etree._Element, flows: list[etree._Element], report: Report) -> None:
    if len(flows) < 2 or (gateway.get("default") or "").strip():
        return
    bare = [flow for flow in flows if flow.find(q("conditionExpression")) is None]
    if len(bare) != 1:
        return
    if local(gateway) == "exclusiveGateway":
        gateway.set("default", bare[0].get("id", ""))
        report.rewritten("rewritten_default", bare[0], gateway=gateway.get("name") or gateway.get("id") or "")
    else:
        condition = etree.SubElement(bare[0], q("conditionExpression"))
        condition.text = "= true"
        report.rewritten("rewritten_always", bare[0], gateway=gateway.get("name") or gateway.get("id") or "")
