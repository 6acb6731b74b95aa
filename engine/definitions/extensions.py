"""What the ``keyturn:`` extension elements of a diagram say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from engine.definitions.model import (
    DecisionCall,
    Escalation,
    HandlerCall,
    Loop,
    Mapped,
    ProcessCall,
    Setting,
    UserTask,
)
from engine.definitions.names import CAMUNDA, KEYTURN, local, local_ref, q


@dataclass(frozen=True)
class ProcessSettings:
    """Settings of the process itself."""

    start_form: str | None
    start_permission: str | None
    business_key: str | None
    variables: tuple[str, ...]


def feel_text(text: str | None) -> str:
    """An expression without its leading ``=`` and outer white space."""
    stripped = (text or "").strip()
    return stripped[1:].strip() if stripped.startswith("=") else stripped


def setting(text: str | None, line: int = 0) -> Setting | None:
    """A `Setting` from an attribute or text; None when it is empty."""
    stripped = (text or "").strip()
    if not stripped:
        return None
    return Setting(feel_text(stripped), stripped.startswith("="), line)


def labels(element: etree._Element) -> dict[str, str]:
    """Translations of the element's name by language."""
    return {label.get("lang", ""): (label.text or "").strip() for label in _own(element, "label")}


def process_settings(process: etree._Element) -> ProcessSettings:
    """What ``keyturn:process`` and ``keyturn:start`` say."""
    own = next(_own(process, "process"), None)
    start = next(_own(process, "start"), None)
    key = own.get("businessKey") if own is not None else None
    return ProcessSettings(
        start_form=start.get("form") if start is not None else None,
        start_permission=own.get("startPermission") if own is not None else None,
        business_key=feel_text(key) if key else None,
        variables=tuple(own.get("name", "") for own in _own(process, "variable")),
    )


def user_task(element: etree._Element) -> UserTask:
    """What ``keyturn:task`` and its neighbours say of a user task."""
    own = next(_own(element, "task"), None)
    facts, outputs = _mapped(element, "fact"), _outputs_of_task(element)
    if own is None:
        return UserTask(facts=facts, outputs=outputs)
    line = own.sourceline or 0
    return UserTask(
        form=own.get("form"),
        candidate_groups=setting(own.get("candidateGroups"), line),
        candidate_users=setting(own.get("candidateUsers"), line),
        assignee=setting(own.get("assignee"), line),
        excluded=setting(own.get("excluded"), line),
        due=setting(own.get("due"), line),
        warn=setting(own.get("warn"), line),
        escalations=tuple(_escalation(one) for one in _own(element, "escalation")),
        follow_up=setting(own.get("followUp"), line),
        priority=setting(own.get("priority"), line),
        completed_by=own.get("completedBy"),
        restores=tuple(own.get("restores", "").split()),
        repeat=own.get("repeat", "ask").strip(),
        passed=own.get("passed"),
        attachments=tuple(own.get("attachments", "").replace(",", " ").split()),
        facts=facts,
        outputs=outputs,
    )


def _escalation(own: etree._Element) -> Escalation:
    told = tuple(part.strip() for part in own.get("notify", "").split(",") if part.strip())
    hand_to = (own.get("handTo") or "").strip() or None
    return Escalation(own.get("at", ""), told, own.get("priority"), hand_to, own.sourceline or 0)


def handler_call(element: etree._Element) -> HandlerCall | None:
    """What ``keyturn:handler`` says."""
    own = next(_own(element, "handler"), None)
    if own is None:
        return None
    return HandlerCall(own.get("name", ""), _inside(own, "input"), _inside(own, "output"), own.sourceline or 0)


def decision_call(element: etree._Element) -> DecisionCall | None:
    """What ``keyturn:decision`` says."""
    own = next(_own(element, "decision"), None)
    if own is None:
        return None
    return DecisionCall(
        ref=own.get("ref", ""),
        result=own.get("result", ""),
        mapping=own.get("map", "single"),
        inputs=_inside(own, "input"),
        line=own.sourceline or 0,
    )


def process_call(element: etree._Element) -> ProcessCall:
    """Which process a call activity calls, and what goes in and out."""
    key = local_ref(element.get("calledElement", ""))
    return ProcessCall(key, _mapped(element, "in"), _mapped(element, "out"))


def assigns(element: etree._Element) -> tuple[Mapped, ...]:
    """Assignments of a FEEL script task, in order."""
    return _mapped(element, "assign")


def correlation(element: etree._Element) -> tuple[Mapped, ...]:
    """The correlation values of a message."""
    return _mapped(element, "correlation") or _of_definition(element, "correlation")


def payload(element: etree._Element) -> tuple[Mapped, ...]:
    """What a message carries: thrown, name and FEEL value; caught, payload name and variable."""
    found = [*_own(element, "payload"), *_definition_own(element, "payload")]
    return tuple(
        Mapped(p.get("name", ""), feel_text(p.get("value") or p.get("variable")), p.sourceline or 0) for p in found
    )


def counts_working_days(element: etree._Element) -> bool:
    """Whether ``keyturn:timer calendar="working"`` stands on a timer event."""
    own = next(_own(element, "timer"), None)
    return own is not None and own.get("calendar") == "working"


def multi_instance(element: etree._Element) -> Loop:
    """Multi-instance characteristics in Keyturn's, BPMN's and Camunda's spelling."""
    own = next(_own(element, "loop"), None)
    loop = etree.Element("none") if own is None else own
    cardinality, until = element.find(q("loopCardinality")), element.find(q("completionCondition"))
    return Loop(
        sequential=element.get("isSequential", "false").strip() in ("true", "1"),
        collection=feel_text(loop.get("collection") or element.get(q("collection", CAMUNDA))) or None,
        cardinality=feel_text(cardinality.text) if cardinality is not None else None,
        element=loop.get("element") or element.get(q("elementVariable", CAMUNDA)),
        output_collection=loop.get("outputCollection"),
        output_element=feel_text(loop.get("outputElement")) or None,
        until=feel_text(until.text) if until is not None else None,
    )


def _extension_elements(element: etree._Element) -> Iterator[etree._Element]:
    for container in element.iterfind(q("extensionElements")):
        yield from container.iterchildren(tag=etree.Element)


def _own(element: etree._Element, name: str) -> Iterator[etree._Element]:
    wanted = q(name, KEYTURN)
    return (child for child in _extension_elements(element) if child.tag == wanted)


def _definition_own(element: etree._Element, name: str) -> Iterator[etree._Element]:
    for child in element.iterchildren(tag=etree.Element):
        if local(child).endswith("EventDefinition"):
            yield from _own(child, name)


def _of_definition(element: etree._Element, name: str) -> tuple[Mapped, ...]:
    return tuple(_one(child) for child in _definition_own(element, name))


def _mapped(element: etree._Element, name: str) -> tuple[Mapped, ...]:
    return tuple(_one(child) for child in _own(element, name))


def _inside(element: etree._Element, name: str) -> tuple[Mapped, ...]:
    return tuple(_one(child) for child in element.iterfind(q(name, KEYTURN)))


def _outputs_of_task(element: etree._Element) -> tuple[Mapped, ...]:
    inside = [m for result in _own(element, "result") for m in _inside(result, "output")]
    return tuple(inside) or _mapped(element, "output")


def _one(child: etree._Element) -> Mapped:
    return Mapped(child.get("name", ""), feel_text(child.get("value")), child.sourceline or 0)
