"""Whose words a diagram uses besides BPMN's: namespaces of other engines and modelers."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from engine.definitions.names import CAMUNDA, KEYTURN, q

ACTIVITI = "http://activiti.org/bpmn"
FLOWABLE = "http://flowable.org/bpmn"
ZEEBE = "http://camunda.org/schema/zeebe/1.0"
BETA_BPMN = "http://schema.omg.org/spec/BPMN/2.0"
CAMUNDA_FAMILY = (CAMUNDA, FLOWABLE, ACTIVITI)
"""Camunda 7, Flowable and Activiti say the same things by the same names."""


def camunda(element: etree._Element, name: str) -> str | None:
    """An attribute in the words of Camunda 7, Flowable or Activiti; None when absent or empty."""
    for namespace in CAMUNDA_FAMILY:
        text = (element.get(q(name, namespace)) or "").strip()
        if text:
            return text
    return None


def camunda_elements(element: etree._Element, name: str) -> Iterator[etree._Element]:
    """Extension elements in the words of Camunda 7, Flowable or Activiti."""
    return _extensions(element, {q(name, namespace) for namespace in CAMUNDA_FAMILY})


def camunda_inside(element: etree._Element, *names: str) -> Iterator[etree._Element]:
    """Children of an extension element in the words of Camunda 7, Flowable or Activiti."""
    tags = {q(name, namespace) for namespace in CAMUNDA_FAMILY for name in names}
    return (child for child in element if child.tag in tags)


def zeebe(element: etree._Element, name: str) -> etree._Element | None:
    """An extension element in the words of Camunda 8."""
    return next(_extensions(element, {q(name, ZEEBE)}), None)


def zeebe_attribute(element: etree._Element, name: str, attribute: str) -> str | None:
    """An attribute of an extension element of Camunda 8; None when absent or empty."""
    found = zeebe(element, name)
    return ((found.get(attribute) or "").strip() or None) if found is not None else None


def own(element: etree._Element, name: str) -> etree._Element | None:
    """A ``keyturn:`` extension element."""
    return next(_extensions(element, {q(name, KEYTURN)}), None)


def add(element: etree._Element, tag: str, /, **attributes: str | None) -> etree._Element:
    """Add a ``keyturn:`` extension element to an element in memory; attributes without a value are left out."""
    container = element.find(q("extensionElements"))
    if container is None:
        container = etree.Element(q("extensionElements"))
        element.insert(0, container)
    made = etree.SubElement(container, q(tag, KEYTURN))
    _fill(made, element, attributes)
    return made


def add_inside(parent: etree._Element, tag: str, /, **attributes: str | None) -> etree._Element:
    """Add a ``keyturn:`` element inside another one."""
    made = etree.SubElement(parent, q(tag, KEYTURN))
    _fill(made, parent, attributes)
    return made


def _fill(made: etree._Element, beside: etree._Element, attributes: dict[str, str | None]) -> None:
    made.sourceline = beside.sourceline  # type: ignore[misc]
    for key, value in attributes.items():
        if value is not None:
            made.set(key, value)


def _extensions(element: etree._Element, tags: set[str]) -> Iterator[etree._Element]:
    for container in element.iterfind(q("extensionElements")):
        yield from (child for child in container if child.tag in tags)
