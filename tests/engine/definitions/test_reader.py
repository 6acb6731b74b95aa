"""What the reader takes from a diagram, and how it refuses what it cannot read."""

import pytest

from engine.definitions import read
from engine.definitions.model import Mapped
from engine.findings import DefinitionError
from tests.engine.definitions.drawing import HEAD, extended, flow, process


def codes(refused: pytest.ExceptionInfo[DefinitionError]) -> list[str]:
    return [finding.code for finding in refused.value.findings]


def test_a_user_task_says_who_when_and_with_which_form() -> None:
    task = extended(
        "userTask",
        'id="review" name="Review lead"',
        '<keyturn:label lang="zh">审核线索</keyturn:label>',
        '<keyturn:task form="lead_intake/review" candidateGroups="sales_manager, project_gm" '
        'excluded="= [applicant]" due="P2WD" completedBy="reviewer"/>',
        '<keyturn:fact name="amount" value="= price_fen"/>',
        '<keyturn:output name="decision" value="= answers.decision"/>',
    )
    node = read(process('<bpmn:startEvent id="begin"/>', task, flow("f1", "begin", "review"))).nodes["review"]
    assert node.task is not None
    assert node.label("zh") == "审核线索"
    assert node.incoming == ("f1",)
    groups = node.task.candidate_groups
    assert groups is not None
    assert (groups.text, groups.is_feel) == ("sales_manager, project_gm", False)
    assert node.task.excluded is not None
    assert (node.task.excluded.text, node.task.excluded.is_feel) == ("[applicant]", True)
    assert node.task.due is not None
    assert (node.task.due.text, node.task.completed_by) == ("P2WD", "reviewer")
    assert [(m.name, m.value) for m in node.task.facts] == [("amount", "price_fen")]
    assert [(m.name, m.value) for m in node.task.outputs] == [("decision", "answers.decision")]


def test_flows_without_ids_and_prefixed_references_are_read() -> None:
    xml = process(
        '<bpmn:startEvent id="begin"/><bpmn:endEvent id="done"/>',
        '<bpmn:sequenceFlow sourceRef="ns:begin" targetRef="done"/>',
        '<bpmn:intermediateCatchEvent id="wait"><bpmn:messageEventDefinition messageRef="ns:m1"/>'
        "</bpmn:intermediateCatchEvent>",
        outside='<bpmn:message id="m1" name="deposit_paid"/>',
    )
    model = read(xml)
    assert [(f.source, f.target) for f in model.flows.values()] == [("begin", "done")]
    assert model.nodes["wait"].event is not None
    assert model.nodes["wait"].event.name == "deposit_paid"


def test_handlers_decisions_timers_and_messages_are_read() -> None:
    xml = process(
        extended(
            "serviceTask",
            'id="score"',
            '<keyturn:handler name="lead_intake.score"><keyturn:input name="email" value="= lead.email"/>'
            '<keyturn:output name="points" value="= result.points"/></keyturn:handler>',
        ),
        extended(
            "businessRuleTask", 'id="route"', '<keyturn:decision ref="matrix" result="approvers" map="list"/>'
        ),
        '<bpmn:boundaryEvent id="late" attachedToRef="score" cancelActivity="false"><bpmn:extensionElements>'
        '<keyturn:timer calendar="working"/></bpmn:extensionElements><bpmn:timerEventDefinition>'
        "<bpmn:timeDuration>= duration(limit)</bpmn:timeDuration></bpmn:timerEventDefinition>"
        "</bpmn:boundaryEvent>",
        '<bpmn:receiveTask id="paid" messageRef="m1"><bpmn:extensionElements>'
        '<keyturn:correlation name="sale_id" value="= sale_id"/></bpmn:extensionElements></bpmn:receiveTask>',
        outside='<bpmn:message id="m1" name="deposit_paid"/>',
    )
    nodes = read(xml).nodes
    assert nodes["score"].handler is not None
    assert nodes["score"].handler.name == "lead_intake.score"
    assert [(m.name, m.value) for m in nodes["score"].handler.outputs] == [("points", "result.points")]
    assert nodes["route"].decision is not None
    assert (nodes["route"].decision.ref, nodes["route"].decision.mapping) == ("matrix", "list")
    late = nodes["late"].event
    assert late is not None
    assert late.timer is not None
    assert (late.timer_kind, late.timer.text, late.working_days) == ("duration", "duration(limit)", True)
    assert (nodes["late"].attached_to, nodes["late"].interrupting) == ("score", False)
    assert nodes["paid"].message == "deposit_paid"
    assert nodes["paid"].correlation == (Mapped("sale_id", "sale_id", nodes["paid"].correlation[0].line),)


@pytest.mark.parametrize(
    ("xml", "code"),
    [
        (b"", "file_is_empty"),
        (b"<a>", "xml_cut_off"),
        (b"PK\x03\x04", "file_is_archive"),
        (b'<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>', "xml_document_type"),
        (b'<?xml version="1.0"?><!DOCTYPE x SYSTEM "http://127.0.0.1/x.dtd"><x/>', "xml_document_type"),
        ('<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'.encode("utf-16"), "xml_document_type"),
        (b"<svg/>", "file_is_picture"),
        (b"<odd/>", "not_bpmn"),
        (HEAD.encode() + b"</bpmn:definitions>", "no_process"),
        (process('<bpmn:task id="a"/>', executable="false"), "no_executable_process"),
        (b"<a>" * 150 + b"</a>" * 150, "xml_too_deep"),
        (b" " * 5_000_001, "xml_too_large"),
        (process('<bpmn:task id="a"/><bpmn:task id="a"/>'), "id_twice"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(xml: bytes, code: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        read(xml)
    assert codes(refused) == [code]
