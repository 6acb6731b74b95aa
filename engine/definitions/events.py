"""Event definitions of start, end, intermediate and boundary events."""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from engine.definitions import extensions as ext
from engine.definitions.model import Event
from engine.definitions.names import BPMN, local, local_ref, q

_TIMERS = {"timeDate": "date", "timeDuration": "duration", "timeCycle": "cycle"}
_REFS = {
    "messageEventDefinition": ("messageRef", "name"),
    "signalEventDefinition": ("signalRef", "name"),
    "errorEventDefinition": ("errorRef", "errorCode"),
    "escalationEventDefinition": ("escalationRef", "escalationCode"),
}


def read_events(element: etree._Element, roots: Mapping[str, etree._Element]) -> tuple[Event, ...]:
    """The event definitions inside an event element, references resolved."""
    if not local(element).endswith("Event"):
        return ()
    found = []
    for child in element:
        if not isinstance(child.tag, str) or etree.QName(child).namespace != BPMN:
            continue
        if local(child) == "eventDefinitionRef":
            child = roots.get(local_ref(child.text or ""), child)  # noqa: PLW2901 - the reference stands for it
        if local(child).endswith("EventDefinition"):
            found.append(_read_event(child, roots, element))
    return tuple(found)


def _read_event(definition: etree._Element, roots: Mapping[str, etree._Element], owner: etree._Element) -> Event:
    kind = local(definition).removesuffix("EventDefinition")
    line = definition.sourceline or 0
    if kind == "timer":
        return _read_timer(definition, owner, line)
    if kind == "compensate":
        waits = definition.get("waitForCompletion", "true").strip() in ("true", "1")
        activity = local_ref(definition.get("activityRef", "")) or None
        return Event(kind, line=line, activity=activity, waits=waits)
    if kind == "conditional":
        condition = definition.find(q("condition"))
        text = ext.feel_text(condition.text) if condition is not None else ""
        return Event(kind, line=line, condition=text or None)
    return Event(kind, _referenced(definition, roots), line=line)


def _referenced(definition: etree._Element, roots: Mapping[str, etree._Element]) -> str | None:
    if local(definition) == "linkEventDefinition":
        return definition.get("name")
    attribute, name = _REFS.get(local(definition), ("", ""))
    ref = local_ref(definition.get(attribute, "")) if attribute else ""
    target = roots.get(ref)
    if target is None:
        return ref or None
    return target.get(name) or target.get("name") or ref


def _read_timer(definition: etree._Element, owner: etree._Element, line: int) -> Event:
    for tag, kind in _TIMERS.items():
        child = definition.find(q(tag))
        if child is not None and (child.text or "").strip():
            working = ext.counts_working_days(owner) or ext.counts_working_days(definition)
            return Event(
                "timer", timer_kind=kind, timer=ext.setting(child.text, line), working_days=working, line=line
            )
    return Event("timer", line=line)
