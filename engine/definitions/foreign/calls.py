"""Call activities: which process, and what goes in and comes back."""

from __future__ import annotations

from lxml import etree

from engine.definitions.foreign import settings
from engine.definitions.foreign.namespaces import (
    ZEEBE,
    add,
    camunda,
    camunda_elements,
    own,
    zeebe,
    zeebe_attribute,
)
from engine.definitions.foreign.report import Report
from engine.definitions.foreign.rewriting import key_of
from engine.definitions.names import q


def adapt(call: etree._Element, report: Report) -> None:
    """The called process's key, then the data."""
    _called(call, report)
    if own(call, "in") is not None or own(call, "out") is not None:
        return
    for name in ("in", "out"):
        _camunda_data(call, name, report)
    _zeebe_data(call, report)


def _called(call: etree._Element, report: Report) -> None:
    spoken = zeebe_attribute(call, "calledElement", "processId")
    text = spoken or (call.get("calledElement") or "").strip()
    if text.startswith(("=", "${", "#{")):
        report.refused("foreign_call_worked_out", call, text=text)
        call.attrib.pop("calledElement", None)
    elif spoken:
        call.set("calledElement", key_of(spoken) or spoken)
    elif not text and camunda(call, "caseRef"):
        report.refused("foreign_case_call", call, name=camunda(call, "caseRef") or "")
    binding = camunda(call, "calledElementBinding") or zeebe_attribute(call, "calledElement", "bindingType")
    if binding and binding not in ("latest", "deployment"):
        report.ignored("foreign_binding", call, binding=binding)


def _camunda_data(call: etree._Element, name: str, report: Report) -> None:
    everything, single = False, []
    for line in camunda_elements(call, name):
        source, target = line.get("source"), line.get("target")
        worked_out = line.get("sourceExpression")
        if line.get("variables") == "all":
            everything = True
        elif target and (source or worked_out):
            single.append((target, source, worked_out))
        elif not line.get("businessKey"):
            report.refused("foreign_call_line", call, name=target or source or "?")
    if everything and single:
        report.refused("foreign_call_all_and_some", call, names=", ".join(target for target, _, _ in single))
    for target, source, worked_out in single if not everything else []:
        what = f"{name} {target}"
        feel = settings.expression(worked_out or f"${{{source}}}", what, call, report)
        if feel is not None and settings.is_name(target):
            report.rewritten("rewritten_setting", call, what=what, value=feel)
            add(call, name, name=target, value=feel)
        elif feel is not None:
            report.refused("foreign_input_name", call, name=target)


def _zeebe_data(call: etree._Element, report: Report) -> None:
    mapping, called = zeebe(call, "ioMapping"), zeebe(call, "calledElement")
    if mapping is None:
        return
    everything = called is None or called.get("propagateAllParentVariables", "true") == "true"
    for tag, name in (("input", "in"), ("output", "out")):
        for line in mapping.iterfind(q(tag, ZEEBE)):
            target, source = line.get("target", ""), line.get("source", "")
            if not settings.is_name(target):
                report.refused("foreign_input_name", call, name=target)
                continue
            feel = settings.expression(source, f"{name} {target}", call, report)
            if feel is not None:
                report.rewritten("rewritten_setting", call, what=f"{name} {target}", value=feel)
                add(call, name, name=target, value=feel)
    if everything and mapping.find(q("input", ZEEBE)) is not None:
        report.ignored("foreign_call_only_some", call)
