"""Every FEEL text of a diagram is parsed when the file is saved, and its names are looked for in the data.

Which names exist is known when the process says what it starts from (a start form or declared variables);
otherwise names are not judged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.definitions.checks.finding import Element, about_process, doubtful, wrong
from engine.definitions.model import Event, Flow, Mapped, Node, ProcessModel, Setting
from engine.definitions.wiring import Wiring
from engine.feel import FeelSyntaxError, compile_expression
from engine.findings import Finding

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_CALLED = re.compile(r"(?<![\w.])([A-Za-z]\w*)\s*\(")
_RESERVED = {"typename"}
_LOOP_COUNTERS = {"nrOfInstances", "nrOfCompletedInstances", "nrOfActiveInstances", "loopCounter"}
_SETTINGS = (
    "candidate_groups", "candidate_users", "assignee", "excluded", "due", "warn", "follow_up", "priority",
)  # fmt: skip
# Names that the engine adds beside the process data, by the element kinds that see them.
_AROUND = {"userTask": {"answers"}, "serviceTask": {"result"}, "sendTask": {"result"}, "callActivity": {"called"}}


def check(model: ProcessModel, wiring: Wiring) -> Iterator[Finding]:
    """Syntax of all expressions, unknown variables, unusable variable names."""
    known = known_names(model, wiring)
    if model.business_key:
        yield from _judge_process_key(model, known)
    for element, what, text in texts(model):
        try:
            names = compile_expression(text).names
        except FeelSyntaxError as problem:
            why = {"detail": problem.code, "detail_params": problem.params}
            yield wrong("feel_syntax", element, what=what, text=text, **why)
            continue
        called = set(_CALLED.findall(text))
        for name in sorted(names):
            if name in called:
                yield wrong("function_unknown", element, what=what, name=name)
            elif not _NAME.fullmatch(name):
                yield wrong("variable_impossible", element, what=what, name=name)
        if known is not None and not what.startswith("out "):  # Outputs see the data of the called process.
            around = _AROUND.get(element.kind, set()) if isinstance(element, Node) else set()
            for name in sorted(set(names) - known - around - _LOOP_COUNTERS):
                yield doubtful("variable_unknown", element, what=what, name=name)
    for node in model.nodes.values():
        for name in written_names(node):
            if not _NAME.fullmatch(name) or name in _RESERVED:
                yield wrong("variable_name", node, name=name)


def _judge_process_key(model: ProcessModel, known: frozenset[str] | None) -> Iterator[Finding]:
    try:
        names = compile_expression(model.business_key or "").names
    except FeelSyntaxError as problem:
        yield about_process("feel_syntax", model, what="businessKey", text=model.business_key, detail=problem.code)
        return
    for name in sorted(set(names) - (known or set(names))):
        yield about_process("variable_unknown", model, "warning", what="businessKey", name=name)


def known_names(model: ProcessModel, wiring: Wiring) -> frozenset[str] | None:
    """All names that any step of the process may have written; None when its start is open."""
    if model.start_form is None and not model.variables:
        return None
    names = set(model.variables)
    for form in [model.start_form, *(n.task.form for n in model.nodes.values() if n.task is not None)]:
        names.update(wiring.form_fields(form) or () if form else ())
    for node in model.nodes.values():
        names.update(written_names(node))
        facts = wiring.handler(node.handler.name) if node.handler is not None else None
        if facts is not None and node.handler is not None and not node.handler.outputs:
            names.update(facts.outputs)
        if node.call is not None and not node.call.outputs:
            return None
    return frozenset(names)


def written_names(node: Node) -> list[str]:
    """The variables that a node's extensions write."""
    names = [m.name for m in node.assigns]
    if node.task is not None:
        names += [m.name for m in node.task.outputs]
        names += [name for name in (node.task.completed_by, node.task.passed) if name]
    if node.handler is not None:
        names += [m.name for m in node.handler.outputs]
    if node.decision is not None and node.decision.result:
        names.append(node.decision.result)
    if node.call is not None:
        names += [m.name for m in node.call.outputs]
    if node.loop is not None:
        names += [name for name in (node.loop.element, node.loop.output_collection) if name]
    if _catches(node):
        names += [m.value for m in node.payload]
    return names


def _catches(node: Node) -> bool:
    return node.kind in ("intermediateCatchEvent", "boundaryEvent", "receiveTask", "startEvent")


def texts(model: ProcessModel) -> Iterator[tuple[Element, str, str]]:
    """Every FEEL text with the element it belongs to and the property it stands in."""
    for flow in model.flows.values():
        yield from _of_flow(flow)
    for node in model.nodes.values():
        yield from _of_task(node)
        yield from _of_calls(node)
        yield from _of_messages(node)
        yield from _of_loop(node)
        for event in node.events:
            yield from _of_timer(node, event)
            if event.condition:
                yield node, "condition", event.condition


def _of_flow(flow: Flow) -> Iterator[tuple[Element, str, str]]:
    if flow.condition:
        yield flow, "condition", flow.condition


def _of_task(node: Node) -> Iterator[tuple[Element, str, str]]:
    if node.task is None:
        return
    for what in _SETTINGS:
        setting: Setting | None = getattr(node.task, what)
        if setting is not None and setting.is_feel:
            yield node, what, setting.text
    yield from _of_mapped(node, "fact", node.task.facts)
    yield from _of_mapped(node, "output", node.task.outputs)


def _of_calls(node: Node) -> Iterator[tuple[Element, str, str]]:
    yield from _of_mapped(node, "assign", node.assigns)
    if node.handler is not None:
        yield from _of_mapped(node, "input", node.handler.inputs)
        yield from _of_mapped(node, "output", node.handler.outputs)
    if node.decision is not None:
        yield from _of_mapped(node, "input", node.decision.inputs)
    if node.call is not None:
        yield from _of_mapped(node, "in", node.call.inputs)
        yield from _of_mapped(node, "out", node.call.outputs)


def _of_messages(node: Node) -> Iterator[tuple[Element, str, str]]:
    yield from _of_mapped(node, "correlation", node.correlation)
    if not _catches(node):
        yield from _of_mapped(node, "payload", node.payload)


def _of_loop(node: Node) -> Iterator[tuple[Element, str, str]]:
    if node.loop is not None:
        for what in ("collection", "cardinality", "output_element", "until"):
            text: str | None = getattr(node.loop, what)
            if text:
                yield node, what, text


def _of_timer(node: Node, event: Event) -> Iterator[tuple[Element, str, str]]:
    if event.timer is not None and event.timer.is_feel:
        yield node, "timer", event.timer.text


def _of_mapped(node: Node, what: str, mapped: tuple[Mapped, ...]) -> Iterator[tuple[Element, str, str]]:
    return ((node, f"{what} {m.name}", m.value) for m in mapped if m.value)
