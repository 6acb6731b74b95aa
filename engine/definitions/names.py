"""XML names: namespaces and qualified references."""

from __future__ import annotations

from lxml import etree

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
KEYTURN = "https://keyturn.example/schema/bpmn/1.0"
CAMUNDA = "http://camunda.org/schema/1.0/bpmn"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
FLOW_NODES = frozenset({
    "startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent",
    "task", "userTask", "manualTask", "serviceTask", "sendTask", "receiveTask", "scriptTask", "businessRuleTask",
    "callActivity", "subProcess", "transaction", "adHocSubProcess",
    "exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway", "complexGateway",
})  # fmt: skip
"""Elements of a process that a token can reach."""


def q(name: str, namespace: str = BPMN) -> str:
    """A name in Clark notation."""
    return f"{{{namespace}}}{name}"


def local(element: etree._Element) -> str:
    """The name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def local_ref(reference: str) -> str:
    """An id reference without the namespace prefix that some tools put before it."""
    return reference.strip().rpartition(":")[2]
