"""Diagrams as other tools write them: what each says comes out in Keyturn's words, and what is not run is told."""

from __future__ import annotations

import pytest

from engine.definitions.check import check_resources
from engine.definitions.model import Node, ProcessModel
from engine.definitions.reader import Reading, read_file
from engine.definitions.wiring import HandlerFacts, Wiring
from engine.findings import ERROR, REWRITTEN, WARNING, Finding

NAMESPACES = """xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"
 xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:flowable="http://flowable.org/bpmn"
 xmlns:activiti="http://activiti.org/bpmn" xmlns:drools="http://www.jboss.org/drools"
 xmlns:signavio="http://www.signavio.com" xmlns:modeler="http://camunda.org/schema/modeler/1.0"
 xmlns:ad="http://www.boc-group.com" targetNamespace="http://example.org/test" """
EVERYTHING = Wiring(
    handler=lambda _name: HandlerFacts({}),
    form_fields=lambda _key: [],
    processes=frozenset({"ship", "call_other"}),
    decisions=frozenset({"discount"}),
)


def drawing(*elements: str, outside: str = "", attributes: str = 'id="order" isExecutable="true"') -> bytes:
    """A file with one process, in which ``it`` stands between start and end when it is given."""
    around = (
        '<bpmn:startEvent id="begin"/><bpmn:endEvent id="done"/><bpmn:sequenceFlow id="f1" sourceRef="begin" '
        'targetRef="it"/><bpmn:sequenceFlow id="f2" sourceRef="it" targetRef="done"/>'
    )
    inside = "".join(elements) + (around if 'id="it"' in "".join(elements) else "")
    return (
        f"<bpmn:definitions {NAMESPACES}>{outside}<bpmn:process {attributes}>{inside}</bpmn:process>"
        "</bpmn:definitions>"
    ).encode()


def reading(xml: bytes) -> Reading:
    return read_file(xml, resource="a.bpmn")


def model(xml: bytes) -> ProcessModel:
    process = reading(xml).process
    assert process is not None
    return process


def it(xml: bytes) -> Node:
    return model(xml).nodes["it"]


def told(xml: bytes, severity: str | None = None, wiring: Wiring = EVERYTHING) -> set[tuple[str, str | None]]:
    found: list[Finding] = check_resources({"a.bpmn": xml}, wiring)
    return {(f.code, f.element_id) for f in found if severity in (None, f.severity)}


def errors(xml: bytes) -> set[tuple[str, str | None]]:
    return told(xml, ERROR)


def extended(tag: str, attributes: str, inside: str, after: str = "") -> str:
    return (
        f'<bpmn:{tag} id="it" name="It" {attributes}><bpmn:extensionElements>{inside}</bpmn:extensionElements>'
        f"{after}</bpmn:{tag}>"
    )


@pytest.mark.parametrize("prefix", ["camunda", "flowable", "activiti"])
def test_a_user_task_of_camunda_flowable_and_activiti(prefix: str) -> None:
    p = prefix
    xml = drawing(
        f'<bpmn:userTask id="it" {p}:assignee="${{owner.name}}" {p}:candidateGroups="sales, ${{region}}" '
        f'{p}:candidateUsers="demo,mary" {p}:dueDate="P3D" {p}:priority="${{level}}" {p}:formKey="order/review"/>'
    )
    task = it(xml).task
    assert task is not None
    assert (task.assignee and task.assignee.text, task.assignee and task.assignee.is_feel) == ("owner.name", True)
    assert task.candidate_groups
    assert task.candidate_groups.text == 'flatten(["sales", region])'
    assert task.candidate_users
    assert (task.candidate_users.text, task.candidate_users.is_feel) == ("demo,mary", False)
    assert (task.due and task.due.text, task.form) == ("P3D", "order/review")
    assert task.priority
    assert task.priority.text == "level"
    assert errors(xml) == set()
    assert ("rewritten_setting", "it") in told(xml, REWRITTEN)


def test_a_user_task_of_camunda_8() -> None:
    xml = drawing(
        extended(
            "userTask",
            "",
            '<zeebe:assignmentDefinition assignee="= owner" candidateGroups="= [&quot;sales&quot;]"/>'
            '<zeebe:taskSchedule dueDate="= due_on" followUpDate="2026-03-01"/><zeebe:userTask/>'
            '<zeebe:formDefinition formId="order/review"/><zeebe:priorityDefinition priority="70"/>',
        )
    )
    task = it(xml).task
    assert task is not None
    assert (task.assignee and task.assignee.text, task.form) == ("owner", "order/review")
    assert (task.due and task.due.text, task.priority and task.priority.text) == ("due_on", "70")
    assert errors(xml) == set()


def test_owners_in_the_words_of_bpmn() -> None:
    owner = (
        "<bpmn:{0}><bpmn:resourceAssignmentExpression><bpmn:formalExpression>{1}</bpmn:formalExpression>"
        "</bpmn:resourceAssignmentExpression></bpmn:{0}>"
    )
    roles = it(
        drawing(
            f'<bpmn:userTask id="it">{owner.format("potentialOwner", "user(kim), group(sales)")}</bpmn:userTask>'
        )
    )
    assert roles.task is not None
    assert roles.task.candidate_groups
    assert roles.task.candidate_users
    assert (roles.task.candidate_groups.text, roles.task.candidate_users.text) == ("sales", "kim")
    person = it(drawing(f'<bpmn:userTask id="it">{owner.format("humanPerformer", "${owner}")}</bpmn:userTask>'))
    assert person.task is not None
    assert person.task.assignee
    assert person.task.assignee.text == "owner"
    clerk = '<bpmn:userTask id="it"><bpmn:performer><bpmn:resourceRef>r1</bpmn:resourceRef></bpmn:performer></bpmn:userTask>'
    named = it(drawing(clerk, outside='<bpmn:resource id="r1" name="sales_clerk"/>'))
    assert named.task is not None
    assert named.task.candidate_groups
    assert named.task.candidate_groups.text == "sales_clerk"


def test_a_user_task_of_jbpm() -> None:
    io = (
        '<bpmn:ioSpecification><bpmn:dataInput id="in1" name="GroupId"/><bpmn:inputSet/><bpmn:outputSet/>'
        "</bpmn:ioSpecification><bpmn:dataInputAssociation><bpmn:targetRef>in1</bpmn:targetRef><bpmn:assignment>"
        "<bpmn:from>sales</bpmn:from><bpmn:to>in1</bpmn:to></bpmn:assignment></bpmn:dataInputAssociation>"
    )
    task = it(drawing(f'<bpmn:userTask id="it">{io}</bpmn:userTask>')).task
    assert task is not None
    assert task.candidate_groups
    assert task.candidate_groups.text == "sales"
    owner = (
        "<bpmn:potentialOwner><bpmn:resourceAssignmentExpression><bpmn:formalExpression>clerks</bpmn:formalExpression>"
        "</bpmn:resourceAssignmentExpression></bpmn:potentialOwner>"
    )
    both = it(drawing(f'<bpmn:userTask id="it" camunda:candidateGroups="office">{io}{owner}</bpmn:userTask>')).task
    assert both is not None
    assert both.candidate_groups
    assert both.candidate_groups.text == "sales, clerks, office"


def test_a_misspelt_arrow_is_an_error_for_it_would_be_missing() -> None:
    xml = drawing('<bpmn:manualTask id="it"/><bpmn:sequenceflow id="x" sourceRef="it" targetRef="done"/>')
    assert ("element_unknown", "x") in errors(xml)


@pytest.mark.parametrize(
    ("element", "name"),
    [
        ('<bpmn:serviceTask id="it" camunda:type="external" camunda:topic="order.ship"/>', "order.ship"),
        (extended("serviceTask", "", '<zeebe:taskDefinition type="order.ship"/>'), "order.ship"),
        (extended("sendTask", "", '<zeebe:taskDefinition type="order.tell"/>'), "order.tell"),
    ],
)
def test_a_topic_or_job_type_is_the_name_of_a_handler(element: str, name: str) -> None:
    handler = it(drawing(element)).handler
    assert handler is not None
    assert handler.name == name


def test_inputs_of_a_service_task() -> None:
    camunda = extended(
        "serviceTask",
        'camunda:type="external" camunda:topic="order.ship"',
        '<camunda:inputOutput><camunda:inputParameter name="to">${customer.city}</camunda:inputParameter>'
        '<camunda:inputParameter name="how">by sea</camunda:inputParameter></camunda:inputOutput>',
    )
    zeebe = extended(
        "serviceTask",
        "",
        '<zeebe:taskDefinition type="order.ship"/><zeebe:ioMapping><zeebe:input source="= customer.city" target="to"/>'
        '<zeebe:output source="= number" target="ship_no"/></zeebe:ioMapping>',
    )
    handler = it(drawing(camunda)).handler
    assert handler is not None
    assert [(m.name, m.value) for m in handler.inputs] == [("to", "customer.city"), ("how", '"by sea"')]
    handler = it(drawing(zeebe)).handler
    assert handler is not None
    assert [(m.name, m.value) for m in handler.inputs] == [("to", "customer.city")]
    assert ("foreign_output", "it") in errors(drawing(zeebe))


def test_messages_of_camunda_8_bring_their_correlation_key() -> None:
    message = (
        '<bpmn:message id="m" name="paid"><bpmn:extensionElements><zeebe:subscription '
        'correlationKey="= order.order_id"/></bpmn:extensionElements></bpmn:message>'
    )
    xml = drawing('<bpmn:receiveTask id="it" messageRef="m"/>', outside=message)
    assert [(m.name, m.value) for m in it(xml).correlation] == [("order_id", "order.order_id")]
    assert errors(xml) == set()


def test_calls_of_camunda_7_and_8() -> None:
    seven = it(
        drawing(
            extended(
                "callActivity",
                'calledElement="ship"',
                '<camunda:in source="order_id" target="id"/><camunda:in businessKey="#{execution.processBusinessKey}"/>'
                '<camunda:out sourceExpression="${number + 1}" target="next_no"/>',
            )
        )
    ).call
    assert seven is not None
    assert [(m.name, m.value) for m in seven.inputs + seven.outputs] == [
        ("id", "order_id"),
        ("next_no", "number + 1"),
    ]
    eight = it(drawing(extended("callActivity", "", '<zeebe:calledElement processId="Call-Other"/>'))).call
    assert eight is not None
    assert eight.key == "call_other"
    assert ("foreign_call_worked_out", "it") in errors(
        drawing('<bpmn:callActivity id="it" calledElement="${which}"/>')
    )


def test_decisions_of_camunda_and_flowable() -> None:
    seven = '<bpmn:businessRuleTask id="it" camunda:decisionRef="discount" camunda:resultVariable="off" camunda:mapDecisionResult="singleEntry"/>'
    eight = extended("businessRuleTask", "", '<zeebe:calledDecision decisionId="discount" resultVariable="off"/>')
    for element in (seven, eight):
        decision = it(drawing(element)).decision
        assert decision is not None
        assert (decision.ref, decision.result, decision.mapping) == ("discount", "off", "single")
        assert errors(drawing(element)) == set()
    field = '<flowable:field name="decisionTableReferenceKey"><flowable:string>discount</flowable:string></flowable:field>'
    flowable = it(drawing(extended("businessRuleTask", "", field))).decision
    assert flowable is not None
    assert flowable.ref == "discount"


def test_loops_in_every_spelling() -> None:
    loop = "<bpmn:multiInstanceLoopCharacteristics {}>{}</bpmn:multiInstanceLoopCharacteristics>"
    end = "<bpmn:completionCondition>${nrOfCompletedInstances &gt;= 2}</bpmn:completionCondition>"
    camunda = loop.format('camunda:collection="${buyers}" camunda:elementVariable="buyer"', end)
    flowable = loop.format('flowable:collection="buyers" flowable:elementVariable="buyer"', end)
    standard = loop.format(
        "", '<bpmn:loopDataInputRef>data1</bpmn:loopDataInputRef><bpmn:inputDataItem name="buyer"/>' + end
    )
    zeebe = loop.format(
        "",
        '<bpmn:extensionElements><zeebe:loopCharacteristics inputCollection="= buyers" inputElement="buyer"/>'
        "</bpmn:extensionElements>" + end,
    )
    data = '<bpmn:dataObject id="data1" name="buyers"/>'
    for spelling in (camunda, flowable, standard, zeebe):
        found = it(drawing(f'<bpmn:manualTask id="it">{spelling}</bpmn:manualTask>', data)).loop
        assert found is not None
        assert (found.collection, found.element, found.until) == ("buyers", "buyer", "nrOfCompletedInstances >= 2")


def test_a_script_that_assigns_is_read_and_one_that_does_more_is_refused() -> None:
    element = '<bpmn:scriptTask id="it" scriptFormat="{}"><bpmn:script>{}</bpmn:script></bpmn:scriptTask>'
    assert [(m.name, m.value) for m in it(drawing(element.format("python", "x = a * 2"))).assigns] == [
        ("x", "a * 2")
    ]
    assert ("foreign_script", "it") in errors(drawing(element.format("groovy", "println 'x'")))
    zeebe = extended("scriptTask", "", '<zeebe:script expression="= a * 2" resultVariable="x"/>')
    assert [(m.name, m.value) for m in it(drawing(zeebe)).assigns] == [("x", "a * 2")]


def test_timers_that_are_worked_out_and_timetables_that_are_refused() -> None:
    timer = (
        '<bpmn:intermediateCatchEvent id="it"><bpmn:timerEventDefinition><bpmn:{0}>{1}</bpmn:{0}>'
        "</bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>"
    )
    event = it(drawing(timer.format("timeDuration", "${wait_for}"))).event
    assert event is not None
    assert event.timer is not None
    assert (event.timer.text, event.timer.is_feel) == ("wait_for", True)
    assert ("foreign_cron", "it") in errors(drawing(timer.format("timeCycle", "0 0/5 * * * ?")))


def test_the_start_form_of_camunda_is_the_start_form_of_the_process() -> None:
    start = '<bpmn:startEvent id="s" camunda:formKey="order/start" camunda:initiator="starter"/><bpmn:endEvent id="e"/>'
    xml = drawing(start, '<bpmn:sequenceFlow id="f" sourceRef="s" targetRef="e"/>')
    assert model(xml).start_form == "order/start"
    assert ("foreign_initiator", "s") in told(xml, WARNING)


@pytest.mark.parametrize(
    ("element", "code", "severity"),
    [
        ('<bpmn:serviceTask id="it" camunda:class="org.example.Ship"/>', "foreign_code", ERROR),
        ('<bpmn:serviceTask id="it" camunda:expression="${shipper.ship()}"/>', "foreign_code", ERROR),
        ('<bpmn:serviceTask id="it" camunda:delegateExpression="${shipper}"/>', "foreign_code", ERROR),
        ('<bpmn:serviceTask id="it" activiti:type="mail"/>', "foreign_built_in", ERROR),
        ('<bpmn:userTask id="it" camunda:assignee="${users.find(x)}"/>', "foreign_setting", ERROR),
        ('<bpmn:userTask id="it" camunda:dueDate="${now().plusDays(3)}"/>', "foreign_setting", ERROR),
        (extended("userTask", "", '<camunda:taskListener event="create" class="X"/>'), "extension_ignored", WARNING),
        (extended("task", "", "<drools:onEntry-script/>"), "extension_ignored", WARNING),
        (
            extended("userTask", "", '<camunda:formData><camunda:formField id="amount"/></camunda:formData>'),
            "foreign_form_fields",
            WARNING,
        ),
        ('<bpmn:receiveTask id="it" instantiate="true"/>', "instantiates", ERROR),
        ('<bpmn:eventBasedGateway id="it" eventGatewayType="Parallel"/>', "gateway_waits_for_all", ERROR),
        ('<bpmn:task id="it" completionQuantity="2"/>', "quantity_ignored", WARNING),
        ('<bpmn:serviceTask id="it" operationRef="o1"/>', "operation_ignored", WARNING),
        ('<bpmn:task id="it" isForCompensatoin="true"/>', "attribute_unknown", WARNING),
        ('<bpmn:task id="it"><bpmn:surprise/></bpmn:task>', "part_unknown", WARNING),
        ('<bpmn:callActivity id="it" calledElement="G1"/>', "calls_global_task", ERROR),
        ('<bpmn:task id="it"><bpmn:userTask id="inner"/></bpmn:task>', "element_lost", ERROR),
    ],
)  # fmt: skip
def test_what_is_not_run_is_told_at_the_element(element: str, code: str, severity: str) -> None:
    xml = drawing(element, outside='<bpmn:globalUserTask id="G1" name="Sign"/>')
    assert code in {found for found, element_id in told(xml, severity) if element_id in ("it", "inner")}


def test_what_only_documents_needs_no_word() -> None:
    xml = drawing(
        '<bpmn:task id="it"><bpmn:extensionElements><signavio:signavioMetaData metaKey="bgcolor" metaValue="#ffffcc"/>'
        "</bpmn:extensionElements></bpmn:task>",
        '<bpmn:laneSet id="ls"><bpmn:lane id="l" name="Sales"><bpmn:flowNodeRef>it</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>',
        '<bpmn:dataObject id="d"/><bpmn:dataObjectReference id="dr" dataObjectRef="d"/><bpmn:group id="g"/>',
        '<bpmn:textAnnotation id="t"><bpmn:text>Look</bpmn:text></bpmn:textAnnotation>',
        '<bpmn:association id="a" sourceRef="it" targetRef="t"/>',
    )
    assert told(xml) == {("task_does_nothing", "it")}


def test_unknown_extensions_are_told_once_with_their_number() -> None:
    tasks = "".join(f'<bpmn:task id="t{n}" ad:cost="5"/>' for n in range(3))
    found = [f for f in check_resources({"a.bpmn": drawing(tasks)}, Wiring()) if f.code == "extensions_ignored"]
    assert [(f.params["count"], f.params["example"], f.element_id) for f in found] == [(3, "cost", "order")]


def test_a_shape_without_its_element_is_told() -> None:
    shapes = "".join(f'<di:BPMNShape bpmnElement="{name}"/>' for name in ("begin", "Gone_1", "order"))
    picture = f'<di:BPMNDiagram xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI">{shapes}</di:BPMNDiagram>'
    xml = drawing('<bpmn:manualTask id="it"/>').replace(
        b"</bpmn:definitions>", f"{picture}</bpmn:definitions>".encode()
    )
    found = [f for f in check_resources({"a.bpmn": xml}, Wiring()) if f.code == "shapes_without_element"]
    assert [(f.params["count"], f.params["example"], f.element_id) for f in found] == [(1, "Gone_1", "order")]
