"""Diagrams of other tools: what they say in other words is put into Keyturn's, in memory, and told."""

from __future__ import annotations

from lxml import etree

from engine.definitions.foreign import (
    assignments,
    calls,
    choices,
    extensions,
    lost,
    people,
    references,
    rewriting,
    unused,
    waiting,
    work,
)
from engine.definitions.foreign.report import Report
from engine.definitions.names import local, q


def adapt(root: etree._Element, report: Report) -> None:
    """Change a parsed diagram into what the reader reads; ``report`` takes what is to be told of it."""
    written = frozenset(element.get("id", "") for element in root.iter(etree.Element))
    rewriting.rewrite(root, report)
    references.mend(root, report)
    by_id = {element.get("id", ""): element for element in root.iter(etree.Element) if element.get("id")}
    for process in root.iterfind(q("process")):
        choices.adapt(process, report)
        for subscription in process.iterfind(q("correlationSubscription")):
            report.refused("correlation_by_data", subscription)
        for node in list(rewriting.acting_elements(process)):
            _adapt_node(node, process, by_id, report)
    lost.tell_outside(root, report)
    unused.tell(root, by_id, report)
    unused.tell_shapes(root, written, report)
    extensions.tell(root, report)


def _adapt_node(
    node: etree._Element, process: etree._Element, by_id: dict[str, etree._Element], report: Report
) -> None:
    kind = local(node)
    if kind == "userTask":
        people.adapt(node, by_id, report)
    elif kind == "startEvent":
        people.adapt_start(node, process, report)
    elif kind in ("serviceTask", "sendTask"):
        work.adapt_service(node, report)
    elif kind == "businessRuleTask":
        work.adapt_decision(node, report)
    elif kind == "scriptTask":
        assignments.adapt(node, report)
    elif kind == "callActivity":
        calls.adapt(node, report)
    if kind not in ("serviceTask", "sendTask", "businessRuleTask", "callActivity", "sequenceFlow"):
        work.adapt_other(node, report)
    if kind.endswith("Event") or kind == "receiveTask":
        waiting.adapt_message(node, by_id, report)
        waiting.adapt_timers(node, report)
        waiting.adapt_conditions(node, report)
        waiting.adapt_faults(node, report)
    else:
        waiting.adapt_loop(node, by_id, report)
