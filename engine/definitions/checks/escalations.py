"""Whether a task's warning and escalations (预警与升级) can happen: times, people, priorities."""

from __future__ import annotations

from collections.abc import Iterator

from engine.definitions.checks.finding import wrong
from engine.definitions.checks.times import readable_span
from engine.definitions.model import Escalation, Node, UserTask
from engine.definitions.wiring import Wiring
from engine.findings import Finding

_PEOPLE = ("assignee", "candidates", "owner", "manager")
_HIGHEST = 100


def check(node: Node, task: UserTask, wiring: Wiring) -> Iterator[Finding]:
    """All rules of this page."""
    warn = task.warn
    if warn is not None and not warn.is_feel and not readable_span(warn.text):
        yield wrong("warning_unreadable", node, text=warn.text)
    if task.due is None and (warn is not None or task.escalations):
        yield wrong("escalation_without_due", node)
    for one in task.escalations:
        yield from _escalation(node, task, one, wiring)


def _escalation(node: Node, task: UserTask, one: Escalation, wiring: Wiring) -> Iterator[Finding]:
    if one.at not in ("warning", "breach"):
        yield wrong("escalation_at_unknown", node, given=one.at)
    if one.at == "warning" and task.warn is None:
        yield wrong("escalation_without_warning", node)
    if not (one.notify or one.priority or one.hand_to):
        yield wrong("escalation_empty", node)
    if one.priority is not None and not (one.priority.isdigit() and int(one.priority) <= _HIGHEST):
        yield wrong("escalation_priority", node, given=one.priority)
    for told in one.notify:
        if told not in _PEOPLE and not told.startswith("role:"):
            yield wrong("escalation_people_unknown", node, given=told)
    roles = [told.removeprefix("role:") for told in one.notify if told.startswith("role:")]
    for role in [*roles, *([one.hand_to] if one.hand_to else [])]:
        if wiring.roles is not None and role not in wiring.roles:
            yield wrong("role_unknown", node, role=role)
