"""User tasks: who does them, until when, with which form; in the words of BPMN, Camunda 7 and 8, jBPM."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lxml import etree

from engine.definitions.foreign import settings
from engine.definitions.foreign.namespaces import (
    add,
    camunda,
    camunda_elements,
    camunda_inside,
    own,
    zeebe,
    zeebe_attribute,
)
from engine.definitions.foreign.report import Report
from engine.definitions.names import local, local_ref, q

# Keyturn's attribute, how it is called in a finding, whether it is a list of names.
_SETTINGS: dict[str, tuple[str, bool]] = {
    "assignee": ("assignee", False),
    "candidateUsers": ("candidate_users", True),
    "candidateGroups": ("candidate_groups", True),
    "due": ("due", False),
    "followUp": ("follow_up", False),
    "priority": ("priority", False),
    "form": ("form", False),
}
_CAMUNDA = {
    "assignee": "assignee", "candidateUsers": "candidateUsers", "candidateGroups": "candidateGroups",
    "dueDate": "due", "followUpDate": "followUp", "priority": "priority", "formKey": "form", "formRef": "form",
}  # fmt: skip
_ZEEBE = (
    ("assignmentDefinition", "assignee", "assignee"),
    ("assignmentDefinition", "candidateUsers", "candidateUsers"),
    ("assignmentDefinition", "candidateGroups", "candidateGroups"),
    ("taskSchedule", "dueDate", "due"),
    ("taskSchedule", "followUpDate", "followUp"),
    ("priorityDefinition", "priority", "priority"),
    ("formDefinition", "formId", "form"),
    ("formDefinition", "formKey", "form"),
    ("formDefinition", "externalReference", "form"),
)
_JBPM = {"GroupId": "candidateGroups", "ActorId": "candidateUsers"}
_OWNERS = ("potentialOwner", "humanPerformer", "performer")
_WHO = re.compile(r"\s*(user|group)\(\s*([^()]*?)\s*\)\s*")


def adapt(task: etree._Element, roots: Mapping[str, etree._Element], report: Report) -> None:
    """Put what another tool says of a user task into ``keyturn:task``."""
    given = _together((_jbpm(task), _owners(task, roots), _camunda(task), _zeebe(task)), task, report)
    _tell_fields(task, report)
    if not given:
        return
    if own(task, "task") is not None:
        report.ignored("foreign_beside_own", task)
        return
    made: dict[str, str] = {}
    for attribute, text in given.items():
        what, is_list = _SETTINGS[attribute]
        value = (settings.names if is_list else settings.setting)(text, what, task, report)
        if value is not None:
            made[attribute] = value
    add(task, "task", **made)


def _together(spoken: tuple[Mapping[str, str], ...], task: etree._Element, report: Report) -> dict[str, str]:
    """What a task says in several words at once: lists are joined, of single settings the last one counts."""
    given: dict[str, str] = {}
    for said in spoken:
        for attribute, text in said.items():
            what, is_list = _SETTINGS[attribute]
            before = given.get(attribute)
            if before is not None and before != text:
                if is_list:
                    text = f"{before}, {text}"  # noqa: PLW2901 - the list goes on
                else:
                    report.ignored("foreign_setting_twice", task, what=what, value=before)
            given[attribute] = text
    return given


def adapt_start(start: etree._Element, process: etree._Element, report: Report) -> None:
    """The form of a start event becomes the start form of the process."""
    form = camunda(start, "formKey") or camunda(start, "formRef") or _zeebe(start).get("form")
    if form and own(process, "start") is None and start.getparent() is process:
        value = settings.setting(form, "form", start, report)
        if value is not None:
            add(process, "start", form=value)
    _tell_fields(start, report)
    if initiator := camunda(start, "initiator"):
        report.ignored("foreign_initiator", start, name=initiator)


def _camunda(task: etree._Element) -> dict[str, str]:
    return {ours: text for theirs, ours in _CAMUNDA.items() if (text := camunda(task, theirs))}


def _zeebe(task: etree._Element) -> dict[str, str]:
    found: dict[str, str] = {}
    for element, theirs, ours in _ZEEBE:
        text = zeebe_attribute(task, element, theirs)
        if text and zeebe(task, element) is not None:
            found[ours] = text
    return found


def _owners(task: etree._Element, roots: Mapping[str, etree._Element]) -> dict[str, str]:
    """BPMN's own resource roles; a plain name is a group of a potential owner and the person of a performer."""
    found: dict[str, list[str]] = {}
    for role in task.iterchildren(etree.Element):
        if local(role) not in _OWNERS:
            continue
        resource = roots.get(local_ref(role.findtext(q("resourceRef")) or ""))
        if resource is not None:
            found.setdefault("candidateGroups", []).append(resource.get("name") or resource.get("id") or "")
        text = (role.findtext(f"{q('resourceAssignmentExpression')}/{q('formalExpression')}") or "").strip()
        for attribute, name in _who(text, local(role)):
            found.setdefault(attribute, []).append(name)
    return {attribute: ", ".join(names) for attribute, names in found.items()}


def _who(text: str, role: str) -> list[tuple[str, str]]:
    attribute = "candidateGroups" if role == "potentialOwner" else "assignee"
    parts = _WHO.findall(text)
    if parts:
        users = "candidateUsers" if role == "potentialOwner" else "assignee"
        return [(users if kind == "user" else "candidateGroups", name) for kind, name in parts]
    return [(attribute, text)] if text else []


def _jbpm(task: etree._Element) -> dict[str, str]:
    """jBPM hands group and person to the task as constant inputs of fixed names."""
    inputs = {part.get("id", ""): part.get("name", "") for part in task.iterfind(f".//{q('dataInput')}")}
    found: dict[str, str] = {}
    for line in task.iterfind(q("dataInputAssociation")):
        attribute = _JBPM.get(inputs.get(local_ref(line.findtext(q("targetRef")) or ""), ""))
        text = (line.findtext(f"{q('assignment')}/{q('from')}") or "").strip()
        if attribute and text:
            found[attribute] = text
    return found


def _tell_fields(element: etree._Element, report: Report) -> None:
    names = [
        field.get("id") or field.get("name") or "?"
        for data in camunda_elements(element, "formData")
        for field in camunda_inside(data, "formField")
    ] + [p.get("id") or p.get("name") or "?" for p in camunda_elements(element, "formProperty")]
    if names:
        report.ignored("foreign_form_fields", element, fields=", ".join(names))
