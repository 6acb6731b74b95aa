"""What a case waits for: the keys of messages, the times of timers, the lists of loops."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lxml import etree

from engine.definitions.foreign import settings
from engine.definitions.foreign.expressions import NotCertain, feel_of, is_marked
from engine.definitions.foreign.namespaces import add, camunda, own, zeebe, zeebe_attribute
from engine.definitions.foreign.report import Report
from engine.definitions.foreign.work import is_sender
from engine.definitions.names import local, local_ref, q

_CRON = re.compile(r"[\d*?/,A-Za-z#-]+(\s+[\d*?/,A-Za-z#-]+){4,6}")
_PATH = re.compile(r"=?\s*(?:[A-Za-z]\w*\.)*([A-Za-z]\w*)")
_FAULTY = ("errorEventDefinition", "escalationEventDefinition")
_FAULTS = {"errorCodeVariable": "code", "errorMessageVariable": "message", "escalationCodeVariable": "code"}
_TIMES = ("timeDate", "timeDuration", "timeCycle")


def adapt_message(node: etree._Element, roots: Mapping[str, etree._Element], report: Report) -> None:
    """The correlation key that Camunda 8 writes at the message belongs to the node that waits for it."""
    definition = node.find(q("messageEventDefinition"))
    message = roots.get(local_ref((node if definition is None else definition).get("messageRef") or ""))
    key = zeebe_attribute(message, "subscription", "correlationKey") if message is not None else None
    key = key or zeebe_attribute(node, "publishMessage", "correlationKey")
    if key and own(node, "correlation") is None and not _begins_a_case(node):
        path = _PATH.fullmatch(key)
        name = path[1] if path else "key"
        feel = settings.expression(key, "correlation", node, report)
        if feel is not None:
            report.rewritten("rewritten_setting", node, what=f"correlation {name}", value=feel)
            add(node, "correlation", name=name, value=feel)
    if local(node) in ("intermediateThrowEvent", "endEvent") and is_sender(node):
        report.ignored("foreign_sender", node)


def _begins_a_case(node: etree._Element) -> bool:
    parent = node.getparent()
    return local(node) == "startEvent" and parent is not None and local(parent) == "process"


def adapt_timers(node: etree._Element, report: Report) -> None:
    """Times that are worked out, and times in the manner of cron, which are refused."""
    for definition in node.iterfind(q("timerEventDefinition")):
        for tag in _TIMES:
            time = definition.find(q(tag))
            text = (time.text or "").strip() if time is not None else ""
            if time is None or not text:
                continue
            if is_marked(text) and not text.startswith("="):
                time.text = settings.setting(text, "timer", node, report) or text
            elif _CRON.fullmatch(text):
                report.refused("foreign_cron", node, text=text)


def adapt_conditions(node: etree._Element, report: Report) -> None:
    """The conditions of conditional events."""
    for definition in node.iterfind(q("conditionalEventDefinition")):
        _translate(definition.find(q("condition")), "condition", node, report)


def adapt_faults(node: etree._Element, report: Report) -> None:
    """Which variables take the code and the message of an error or escalation that is caught."""
    for definition in node:
        for setting, part in _FAULTS.items():
            name = camunda(definition, setting) if local(definition) in _FAULTY else None
            if name is not None and settings.is_name(name):
                report.rewritten("rewritten_setting", node, what="payload", value=f"{part} → {name}")
                add(node, "payload", name=part, variable=name)


def adapt_loop(activity: etree._Element, by_id: Mapping[str, etree._Element], report: Report) -> None:
    """Lists, counts and conditions of loops."""
    loop = activity.find(q("multiInstanceLoopCharacteristics"))
    if loop is not None:
        for tag, what in (("loopCardinality", "cardinality"), ("completionCondition", "until")):
            _translate(loop.find(q(tag)), what, activity, report)
        if own(loop, "loop") is None:
            _list(loop, activity, by_id, report)
    standard = activity.find(q("standardLoopCharacteristics"))
    if standard is not None:
        _translate(standard.find(q("loopCondition")), "until", activity, report)
        most = standard.get("loopMaximum", "").strip()
        if most and not most.isdecimal():
            report.ignored("loop_maximum_ignored", activity, most=most)


def _translate(element: etree._Element | None, what: str, activity: etree._Element, report: Report) -> None:
    text = (element.text or "").strip() if element is not None else ""
    if element is None or not text:
        return
    try:
        feel = feel_of(text, element.get("language"))
    except NotCertain as why:
        settings.refuse(why, text, what, activity, report)
        return
    if feel is not None:
        report.rewritten("rewritten_setting", activity, what=what, value=f"= {feel}")
        element.text = f"= {feel}"


def _list(
    loop: etree._Element, activity: etree._Element, by_id: Mapping[str, etree._Element], report: Report
) -> None:
    text = camunda(loop, "collection")
    item = camunda(loop, "elementVariable")
    if text and not is_marked(text):
        text = f"${{{text}}}"
    ref = local_ref(loop.findtext(q("loopDataInputRef")) or "")
    if not text and ref:
        text = f"${{{_variable(by_id.get(ref)) or ref}}}"
    data_item = loop.find(q("inputDataItem"))
    if data_item is not None:
        item = item or data_item.get("name") or data_item.get("id")
    given = {"collection": text, "element": item}
    spoken = zeebe(loop, "loopCharacteristics")
    if spoken is not None:
        given |= {"collection": spoken.get("inputCollection"), "element": spoken.get("inputElement")}
        given |= {"outputCollection": spoken.get("outputCollection"), "outputElement": spoken.get("outputElement")}
    if not given["collection"]:
        return
    feel = settings.expression(given["collection"], "collection", activity, report)
    if feel is not None:
        report.rewritten("rewritten_setting", activity, what="collection", value=feel)
        add(loop, "loop", **{**given, "collection": feel})


def _variable(data: etree._Element | None) -> str | None:
    """The name of the data that an id refers to; a jBPM or Camunda variable is called by its id."""
    if data is None:
        return None
    name = data.get("name")
    return name if settings.is_name(name) else data.get("id")
