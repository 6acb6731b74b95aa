"""Extensions of other programs without effect here: those that would act by name, the rest once per namespace.

They stay in the stored file as they are.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from engine.definitions.foreign.namespaces import CAMUNDA_FAMILY, ZEEBE, camunda_elements
from engine.definitions.foreign.report import Report
from engine.definitions.foreign.rewriting import acting_elements
from engine.definitions.names import BPMN, KEYTURN, XSI, local, q

DROOLS = "http://www.jboss.org/drools"
_DOCUMENTING = (
    "http://www.signavio.com", "http://camunda.org/schema/modeler/", "http://bpmn.io/schema/bpmn/biocolor/",
    "http://www.omg.org/spec/", "https://www.omg.org/spec/", "http://www.bpsim.org/", "http://www.w3.org/",
)  # fmt: skip
# Read by other rules, or about how another engine runs, not what: jobs, history, versions, pictures.
_HARMLESS = frozenset({
    "assignee", "candidateUsers", "candidateGroups", "dueDate", "followUpDate", "priority", "formKey", "formRef",
    "formRefBinding", "formRefVersion", "initiator", "topic", "class", "delegateExpression", "expression", "type",
    "decisionRef", "resultVariable", "mapDecisionResult", "collection", "elementVariable", "resource", "in", "out",
    "inputOutput", "formData", "formProperty", "calledElementBinding", "caseRef", "asyncBefore", "asyncAfter",
    "async", "exclusive", "jobPriority", "taskPriority", "historyTimeToLive", "versionTag", "diagramRelationId",
    "isStartableInTasklist", "modelerTemplate", "modelerTemplateVersion", "modelerTemplateIcon",
    "failedJobRetryTimeCycle",
    "properties", "retryTimeCycle", "assignmentDefinition", "taskSchedule", "priorityDefinition", "formDefinition",
    "userTask", "userTaskForm", "taskDefinition", "ioMapping", "calledElement", "calledDecision", "subscription",
    "loopCharacteristics", "script", "publishMessage", "executionListenersPosition", "errorCodeVariable",
    "errorMessageVariable", "escalationCodeVariable",
})  # fmt: skip
# Would do something in the other engine, so each is told where it stands.
_ACTING = frozenset({
    "taskListener", "executionListener", "taskListeners", "executionListeners", "eventListener", "skipExpression",
    "candidateStarterUsers", "candidateStarterGroups", "potentialStarter", "connector", "errorEventDefinition",
    "decisionRefBinding",
    "decisionRefVersion", "decisionRefVersionTag", "variableName", "variableEvents", "businessCalendarName",
    "mapException", "taskHeaders", "calledElementVersion", "calledElementVersionTag", "calledElementTenantId",
    "variableMappingClass", "variableMappingDelegateExpression", "onEntry-script", "onExit-script", "taskName",
    "ruleFlowGroup", "ruleVariablesInput", "rules", "conditionalFilter", "linkedResources", "adHoc", "field",
    "customResource", "useLocalScopeForResultVariable", "storeResultVariableAsTransient", "triggerable",
    "skipCandidate", "sameDeployment", "inheritVariables", "completeAsync", "fallbackToDefaultTenant",
})  # fmt: skip
_FAMILIES = {*CAMUNDA_FAMILY, ZEEBE, DROOLS}


def tell(root: etree._Element, report: Report) -> None:
    """All rules of this page over the processes of a file."""
    for process in root.iterfind(q("process")):
        for element in (process, *list(acting_elements(process))):
            for namespace, name in _foreign(element):
                _one(element, process, namespace, name, report)


def _one(element: etree._Element, process: etree._Element, namespace: str, name: str, report: Report) -> None:
    if namespace in _FAMILIES:
        if name in _ACTING and not _understood_field(element, name):
            report.ignored("extension_ignored", element, setting=name)
        elif name not in _HARMLESS:
            report.ignored_often("extensions_ignored", process, namespace, namespace=namespace, example=name)
    elif not namespace.startswith(_DOCUMENTING):
        report.ignored_often("extensions_ignored", process, namespace, namespace=namespace, example=name)


def _understood_field(element: etree._Element, name: str) -> bool:
    fields = camunda_elements(element, "field") if name == "field" else ()
    return any(field.get("name") == "decisionTableReferenceKey" for field in fields)


def _foreign(element: etree._Element) -> Iterator[tuple[str, str]]:
    """Namespace and name of what other programs wrote at an element and its parts, not at elements within."""
    for part in (element, *_own_parts(element)):
        for key, value in part.attrib.items():
            if value != "false":
                yield from _named(str(key))
        for container in part.iterfind(q("extensionElements")):
            for child in container.iterchildren(etree.Element):
                yield from _named(str(child.tag))


def _own_parts(element: etree._Element) -> Iterator[etree._Element]:
    for part in element.iterchildren(etree.Element):
        name = local(part)
        if etree.QName(part).namespace == BPMN and name.endswith(("Definition", "Characteristics", "Expression")):
            yield part


def _named(key: str) -> Iterator[tuple[str, str]]:
    if not key.startswith("{"):
        return
    name = etree.QName(key)
    if name.namespace and name.namespace not in (BPMN, KEYTURN, XSI):
        yield name.namespace, name.localname
