"""Work that a program does: service, send and rule tasks, and what goes into and out of them."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from engine.definitions.foreign import settings
from engine.definitions.foreign.namespaces import (
    ZEEBE,
    add,
    add_inside,
    camunda,
    camunda_elements,
    camunda_inside,
    own,
    zeebe,
    zeebe_attribute,
)
from engine.definitions.foreign.report import Report
from engine.definitions.names import local, q

_CODE = ("class", "delegateExpression", "expression")
_LIKE_SINGLE = {
    "singleEntry": "single",
    "singleResult": "single",
    "collectEntries": "collect",
    "resultList": "list",
}


def adapt_service(task: etree._Element, report: Report) -> None:
    """A topic or job type is the name of a handler; code of another engine cannot be run."""
    name = camunda(task, "topic") or zeebe_attribute(task, "taskDefinition", "type")
    code = next(((kind, text) for kind in _CODE if (text := camunda(task, kind))), None)
    kind = camunda(task, "type")
    if own(task, "handler") is not None:
        if name or code:
            report.ignored("foreign_beside_own", task)
        return
    if name:
        _name_handler(task, name, report)
    elif code is not None:
        report.refused("foreign_code", task, text=code[1])
    elif kind and kind != "external":
        report.refused("foreign_built_in", task, type=kind)


def _name_handler(task: etree._Element, name: str, report: Report) -> None:
    value = settings.setting(name, "handler", task, report)
    if value is None or value.startswith("="):
        if value is not None:
            report.refused("foreign_handler_worked_out", task, text=name)
        return
    made = add(task, "handler", name=value)
    for key, feel in inputs(task, report):
        add_inside(made, "input", name=key, value=feel)
    for key, text in _outputs(task):
        report.refused("foreign_output", task, name=key, text=text)


def adapt_other(task: etree._Element, report: Report) -> None:
    """Tasks that take no inputs and outputs here: theirs are told."""
    for key, text in _outputs(task):
        report.refused("foreign_output", task, name=key, text=text)
    lost = [key for key, _ in _given_inputs(task)]
    if lost:
        report.ignored("foreign_inputs_ignored", task, names=", ".join(lost))


def adapt_decision(task: etree._Element, report: Report) -> None:
    """A decision by its id, the variable that takes the result, and in which form."""
    ref = (
        camunda(task, "decisionRef")
        or zeebe_attribute(task, "calledDecision", "decisionId")
        or _flowable_table(task)
    )
    if not ref:
        adapt_service(task, report)
        return
    if own(task, "decision") is not None:
        report.ignored("foreign_beside_own", task)
        return
    value = settings.setting(ref, "decision", task, report)
    if value is None or value.startswith("="):
        if value is not None:
            report.refused("foreign_decision_worked_out", task, text=ref)
        return
    is_zeebe = zeebe(task, "calledDecision") is not None
    result = camunda(task, "resultVariable") or zeebe_attribute(task, "calledDecision", "resultVariable")
    form = "singleEntry" if is_zeebe else camunda(task, "mapDecisionResult") or "resultList"
    made = add(task, "decision", ref=value, result=result, map=_LIKE_SINGLE.get(form, "single"))
    if form == "resultList" and result:
        report.ignored("decision_list_of_rows", task, name=result)
    for key, feel in inputs(task, report):
        add_inside(made, "input", name=key, value=feel)
    for key, text in _outputs(task):
        report.refused("foreign_output", task, name=key, text=text)


def _flowable_table(task: etree._Element) -> str | None:
    for field in camunda_elements(task, "field"):
        if field.get("name") == "decisionTableReferenceKey":
            return next((t.text or "" for t in camunda_inside(field, "string", "expression")), "").strip() or None
    return None


def inputs(element: etree._Element, report: Report) -> Iterator[tuple[str, str]]:
    """Names and FEEL of the inputs that are understood; the others are refused."""
    for key, given in _given_inputs(element):
        if not settings.is_name(key):
            report.refused("foreign_input_name", element, name=key)
        elif given is None:
            report.refused("foreign_input_form", element, name=key)
        else:
            feel = settings.expression(given, f"input {key}", element, report)
            if feel is not None:
                report.rewritten("rewritten_setting", element, what=f"input {key}", value=feel)
                yield key, feel


def _given_inputs(element: etree._Element) -> Iterator[tuple[str, str | None]]:
    """Names and texts; None for a script or a structure."""
    for both in camunda_elements(element, "inputOutput"):
        for parameter in camunda_inside(both, "inputParameter"):
            structured = any(isinstance(child.tag, str) for child in parameter)
            yield parameter.get("name", ""), None if structured else (parameter.text or "").strip()
    mapping = zeebe(element, "ioMapping")
    if mapping is not None:
        for line in mapping.iterfind(q("input", ZEEBE)):
            yield line.get("target", ""), line.get("source", "")


def _outputs(element: etree._Element) -> Iterator[tuple[str, str]]:
    for both in camunda_elements(element, "inputOutput"):
        for parameter in camunda_inside(both, "outputParameter"):
            yield parameter.get("name", ""), (parameter.text or "").strip() or "…"
    mapping = zeebe(element, "ioMapping")
    if mapping is not None:
        for line in mapping.iterfind(q("output", ZEEBE)):
            yield line.get("target", ""), line.get("source", "")


def is_sender(element: etree._Element) -> bool:
    """Whether another engine would send a message by code of its own."""
    for definition in (element, *element.iterfind(q("messageEventDefinition"))):
        if any(camunda(definition, kind) for kind in (*_CODE, "topic")):
            return True
    return zeebe(element, "taskDefinition") is not None and local(element) != "sendTask"
