"""Whether each task can be done: forms, people, handlers, decisions, called processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from engine.attachments import KINDS
from engine.definitions.checks import escalations
from engine.definitions.checks.finding import about_process, doubtful, wrong
from engine.definitions.checks.times import readable_moment
from engine.definitions.model import Node, ProcessModel, Setting, UserTask
from engine.definitions.wiring import Wiring
from engine.findings import Finding

_REPEATS = {"ask", "skip", "up"}
_LISTS = {"single", "collect", "list"}


def check(model: ProcessModel, wiring: Wiring) -> Iterator[Finding]:
    """All rules of this page."""
    if model.start_form and wiring.form_fields(model.start_form) is None:
        yield about_process("form_unknown", model, form=model.start_form)
    for node in model.nodes.values():
        rule = _RULES.get(node.kind)
        if rule is not None:
            yield from rule(node, wiring)
        if (
            node.loop is not None
            and not node.loop.standard
            and not (node.loop.collection or node.loop.cardinality)
        ):
            yield wrong("loop_without_count", node)


def _user_task(node: Node, wiring: Wiring) -> Iterator[Finding]:
    task = node.task
    if task is None or task.form is None:
        yield wrong("form_missing", node)
    elif wiring.form_fields(task.form) is None:
        yield wrong("form_unknown", node, form=task.form)
    if task is None:
        return
    if not (task.candidate_groups or task.candidate_users or task.assignee):
        yield (
            wrong("nobody_assigned_in_lane", node, lane=node.lane) if node.lane else wrong("nobody_assigned", node)
        )
    if task.due is None:
        yield doubtful("due_missing", node)
    for time in (task.due, task.follow_up):
        if time is not None and not time.is_feel and not readable_moment(time.text):
            yield wrong("timer_unreadable", node, text=time.text)
    if task.repeat not in _REPEATS:
        yield wrong("repeat_unknown", node, repeat=task.repeat)
    elif task.repeat != "ask" and task.form is None:
        yield wrong("repeat_without_form", node)
    yield from escalations.check(node, task, wiring)
    yield from _attachments(node, task)
    for role in plain_names(task.candidate_groups):
        if wiring.roles is not None and role not in wiring.roles:
            yield wrong("role_unknown", node, role=role)


def _attachments(node: Node, task: UserTask) -> Iterator[Finding]:
    for kind in task.attachments:
        if kind not in KINDS:
            yield wrong("attachment_kind_undefined", node, kind_name=kind, kinds=", ".join(KINDS))
    if task.attachments and task.repeat == "skip":
        yield wrong("attachments_skipped", node)


def plain_names(setting: Setting | None) -> list[str]:
    """The names in a comma list; none for FEEL, which only a running case can answer."""
    if setting is None or setting.is_feel:
        return []
    return [name.strip() for name in setting.text.split(",") if name.strip()]


def _service_task(node: Node, wiring: Wiring) -> Iterator[Finding]:
    if node.handler is None or not node.handler.name:
        yield wrong("handler_missing", node)
        return
    facts = wiring.handler(node.handler.name)
    if facts is None:
        yield wrong("handler_unknown", node, handler=node.handler.name)
        return
    given = [mapped.name for mapped in node.handler.inputs]
    for name in given:
        if name not in facts.inputs:
            yield wrong("input_unknown", node, handler=node.handler.name, name=name)
    if given:
        for name, required in facts.inputs.items():
            if required and name not in given:
                yield wrong("input_missing", node, handler=node.handler.name, name=name)


def _business_rule_task(node: Node, wiring: Wiring) -> Iterator[Finding]:
    if node.decision is None or not node.decision.ref:
        yield wrong("decision_missing", node)
        return
    if node.decision.ref not in wiring.decisions:
        yield wrong("decision_unknown", node, decision=node.decision.ref)
    if not node.decision.result:
        yield wrong("decision_without_result", node)
    if node.decision.mapping not in _LISTS:
        yield wrong("decision_mapping_unknown", node, mapping=node.decision.mapping)


def _script_task(node: Node, _wiring: Wiring) -> Iterator[Finding]:
    if node.script and node.script.strip():
        yield wrong("script_not_feel", node, format=node.script_format or "?")
    elif not node.assigns:
        yield wrong("script_empty", node)


def _call_activity(node: Node, wiring: Wiring) -> Iterator[Finding]:
    if node.call is None or not node.call.key:
        yield wrong("called_process_missing", node)
    elif node.call.key not in wiring.processes:
        yield wrong("called_process_unknown", node, key=node.call.key)


def _messaging_task(node: Node, _wiring: Wiring) -> Iterator[Finding]:
    if node.handler is None and not node.message:
        yield wrong("message_missing", node)
    if node.kind == "receiveTask" and node.message and not node.correlation:
        yield wrong("correlation_missing", node, message=node.message)


_RULES: dict[str, Callable[[Node, Wiring], Iterator[Finding]]] = {
    "userTask": _user_task,
    "serviceTask": _service_task,
    "businessRuleTask": _business_rule_task,
    "scriptTask": _script_task,
    "callActivity": _call_activity,
    "sendTask": _messaging_task,
    "receiveTask": _messaging_task,
}
