"""What third-party diagrams most often have that an engine stumbles over: each is read, run or told."""

from __future__ import annotations

import pytest

from engine.definitions.check import check_resources
from engine.definitions.reader import read, read_file
from engine.definitions.safe_xml import MAX_BYTES
from engine.definitions.wiring import Wiring
from engine.findings import REWRITTEN
from engine.spiff.build import build
from tests.engine.definitions.drawing import HEAD, flow, process
from tests.engine.definitions.test_foreign_tools import drawing, errors, model, told

START, END = '<bpmn:startEvent id="s"/>', '<bpmn:endEvent id="e"/>'
TASK = '<bpmn:manualTask id="t" name="Pack"/>'


def test_flows_without_an_id_get_one_each() -> None:
    xml = drawing(
        START, TASK, END, '<bpmn:sequenceFlow sourceRef="s" targetRef="t"/>',
        '<bpmn:sequenceFlow sourceRef="t" targetRef="e"/>',
    )  # fmt: skip
    flows = model(xml).flows
    assert [(f.source, f.target) for f in flows.values()] == [("s", "t"), ("t", "e")]
    assert len(set(flows)) == 2
    told_of = [f for f in check_resources({"a.bpmn": xml}, Wiring()) if f.code == "rewritten_flow_ids"]
    assert [(f.params["count"], f.severity) for f in told_of] == [(2, REWRITTEN)]


def test_a_node_without_an_id_gets_one_that_stays_the_same() -> None:
    xml = drawing(START, END, '<bpmn:task name="Nameless"/>', flow("f", "s", "e"))
    first, again = set(model(xml).nodes), set(model(xml).nodes)
    assert first == again
    assert len(first) == 3
    assert any(code == "rewritten_id" for code, _ in told(xml, REWRITTEN))


def test_nodes_called_start_end_and_root_run() -> None:
    xml = drawing(
        '<bpmn:startEvent id="Start"/><bpmn:manualTask id="Root"/><bpmn:endEvent id="End"/>',
        flow("f1", "Start", "Root"), flow("f2", "Root", "End"),
    )  # fmt: skip
    assert errors(xml) == set()
    assert set(build(read(xml), "", 0).spec.task_specs) >= {"Start", "Root", "End"}


@pytest.mark.parametrize("kind", ["message", "signal"])
def test_references_with_a_prefix_by_name_or_to_nothing_are_read(kind: str) -> None:
    event = '<bpmn:endEvent id="e"><bpmn:{0}EventDefinition {0}Ref="{1}"/></bpmn:endEvent>'.format(kind, "{}")
    outside = f'<bpmn:{kind} id="m1" name="paid"/>'
    for reference, name in (("tns:m1", "paid"), ("m1", "paid"), ("paid", "paid"), ("gone", "gone")):
        xml = drawing(START, event.format(reference), flow("f", "s", "e"), outside=outside)
        caught = model(xml).nodes["e"].event
        assert caught is not None
        assert caught.name == name
        assert errors(xml) == set()
    assert any(code == "rewritten_reference_dangling" for code, _ in told(xml, REWRITTEN))


def test_a_signal_end_event_stays_one() -> None:
    xml = drawing(
        START, '<bpmn:endEvent id="e"><bpmn:signalEventDefinition signalRef="x"/></bpmn:endEvent>',
        flow("f", "s", "e"), outside='<bpmn:signal id="x" name="sold_out"/>',
    )  # fmt: skip
    event = model(xml).nodes["e"].event
    assert event is not None
    assert (event.kind, event.name) == ("signal", "sold_out")


def test_missing_start_and_end_and_splits_without_a_gateway_are_read_and_told() -> None:
    xml = drawing(
        TASK, '<bpmn:manualTask id="u"/><bpmn:manualTask id="v"/>', flow("f", "t", "u"), flow("g", "t", "v")
    )
    assert errors(xml) == set()
    assert told(xml, REWRITTEN) == {
        ("start_left_out", "t"), ("split_without_gateway", "t"), ("end_left_out", "u"), ("end_left_out", "v"),
    }  # fmt: skip


def test_the_only_flow_without_condition_is_the_default_of_an_exclusive_gateway_and_always_taken_at_an_inclusive() -> (
    None
):
    def gate(kind: str) -> bytes:
        return drawing(
            START, f'<bpmn:{kind}Gateway id="g"/>', TASK, END, flow("f", "s", "g"), flow("a", "g", "t", "${{x == 1}}"[1:-1]),
            flow("b", "g", "e"), flow("c", "t", "e"),
        )  # fmt: skip

    assert model(gate("exclusive")).nodes["g"].default == "b"
    assert ("rewritten_default", "b") in told(gate("exclusive"), REWRITTEN)
    assert model(gate("inclusive")).flows["b"].condition == "true"
    assert ("rewritten_always", "b") in told(gate("inclusive"), REWRITTEN)


def test_conditions_on_flows_leaving_a_task_are_kept() -> None:
    xml = drawing(START, TASK, END, flow("f", "s", "t"), flow("a", "t", "e", "${ok}"))
    assert model(xml).flows["a"].condition == "ok"


def test_an_empty_condition_is_none() -> None:
    empty = '<bpmn:sequenceFlow id="f" sourceRef="s" targetRef="e"><bpmn:conditionExpression xsi:type="bpmn:tFormalExpression"/></bpmn:sequenceFlow>'
    assert model(drawing(START, END, empty)).flows["f"].condition is None


def test_exclusive_gateways_keep_the_order_of_the_file() -> None:
    xml = drawing(
        START, '<bpmn:exclusiveGateway id="g" default="c"/>', END, flow("f", "s", "g"), flow("b", "g", "e", "x"),
        flow("a", "g", "e", "y"), flow("c", "g", "e"),
    )  # fmt: skip
    assert model(xml).nodes["g"].outgoing == ("b", "a", "c")


def test_a_flow_without_ends_takes_those_of_the_nodes_that_name_it() -> None:
    xml = drawing(
        '<bpmn:startEvent id="s"><bpmn:outgoing>f</bpmn:outgoing></bpmn:startEvent>',
        '<bpmn:endEvent id="e"><bpmn:incoming>f</bpmn:incoming></bpmn:endEvent><bpmn:sequenceFlow id="f"/>',
    )
    assert (model(xml).flows["f"].source, model(xml).flows["f"].target) == ("s", "e")


@pytest.mark.parametrize(
    ("attributes", "key"),
    [
        ('id="Process_1"', "process_1"),
        ('id="_6-61"', "process_6_61"),
        ('id="sid-0A.b"', "sid_0a_b"),
        ('id="42"', "process_42"),
    ],
)
def test_ids_of_processes_are_read_as_keys_and_a_process_alone_is_executable(attributes: str, key: str) -> None:
    xml = drawing(START, END, flow("f", "s", "e"), attributes=attributes)
    assert model(xml).key == key
    assert {code for code, _ in told(xml)} == {"rewritten_key", "rewritten_executable"}


def test_a_process_that_says_it_is_not_executable_is_not_run_but_told_about() -> None:
    xml = drawing(
        START, END, '<bpmn:userTask id="t"/>', flow("f", "s", "e"), attributes='id="p" isExecutable="false"'
    )
    assert {code for code, _ in errors(xml)} >= {"no_executable_process", "unreachable", "form_missing"}


def test_two_pools_of_which_one_runs() -> None:
    other = f'<bpmn:process id="customer" name="Customer">{TASK}</bpmn:process>'
    xml = drawing(START, END, flow("f", "s", "e"), outside=other)
    assert model(xml).key == "order"
    assert told(xml) == {("process_not_run", "customer")}
    both = xml.replace(b'id="customer"', b'id="customer" isExecutable="true"')
    assert {code for code, _ in errors(both)} == {"several_executable_processes"}


def test_arrows_between_pools_to_data_and_over_a_border_are_told_by_what_they_do() -> None:
    other = f'<bpmn:process id="q">{TASK}</bpmn:process>'
    inner = '<bpmn:subProcess id="sub"><bpmn:startEvent id="is"/></bpmn:subProcess><bpmn:dataObject id="d"/>'
    xml = drawing(START, inner, flow("a", "s", "t"), flow("b", "s", "is"), flow("c", "s", "d"), outside=other)
    found = errors(xml)
    assert {("flow_into_other_process", "a"), ("flow_across_border", "b"), ("flow_to_no_step", "c")} <= found


def test_the_beta_namespace_and_none_are_read_as_bpmn() -> None:
    plain = drawing(START, END, flow("f", "s", "e"))
    beta = plain.replace(b"http://www.omg.org/spec/BPMN/20100524/MODEL", b"http://schema.omg.org/spec/BPMN/2.0")
    bare = b'<definitions><process id="p" isExecutable="true"><startEvent id="s"/></process></definitions>'
    assert set(model(beta).nodes) == {"s", "e"}
    assert set(model(bare).nodes) == {"s"}
    assert any(code == "rewritten_namespace" for code, _ in told(bare, REWRITTEN))


def test_an_id_that_stands_twice_is_an_error_and_hides_nothing_else() -> None:
    xml = drawing(START, TASK, '<bpmn:userTask id="t"/>', flow("f", "s", "t"), flow("f", "t", "t"))
    codes = [code for code, _ in sorted(errors(xml), key=str)]
    assert "id_twice" in codes
    assert "form_missing" in codes


def test_a_join_that_waits_for_ever_and_a_merge_that_is_passed_twice_are_doubted() -> None:
    def diamond(split: str, join: str) -> bytes:
        return drawing(
            START, f'<bpmn:{split} id="g"/><bpmn:manualTask id="a"/><bpmn:manualTask id="b"/><bpmn:{join} id="j"/>', END,
            flow("f1", "s", "g"), flow("f2", "g", "a", "= x" if split == "exclusiveGateway" else ""), flow("f3", "g", "b"),
            flow("f4", "a", "j"), flow("f5", "b", "j"), flow("f6", "j", "e"),
        )  # fmt: skip

    assert ("join_waits_for_ever", "j") in told(diamond("exclusiveGateway", "parallelGateway"))
    assert ("merge_passed_twice", "j") in told(diamond("parallelGateway", "exclusiveGateway"))
    for good in (("parallelGateway", "parallelGateway"), ("exclusiveGateway", "exclusiveGateway")):
        assert not {code for code, _ in told(diamond(*good))} & {"join_waits_for_ever", "merge_passed_twice"}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_is_empty"), (b"  \n ", "file_is_empty"), (b"hello", "file_is_no_xml"), (b"PK\x03\x04rest", "file_is_archive"),
        (b"<!doctype html><html><body>Sign in</body></html>", "file_is_page"), (b"%PDF-1.7", "file_is_picture"),
        (b'{"a": 1}', "file_is_json"), (b"\xd0\xcf\x11\xe0\xa1", "file_is_office"), (b"<mxfile/>", "file_is_drawing"),
        (b'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"/>', "file_is_decision"),
        (b'<definitions xmlns="http://www.omg.org/spec/CMMN/20151109/MODEL"/>', "file_is_case"),
        (b'<Package xmlns="http://www.wfmc.org/2008/XPDL2.1"/>', "file_is_xpdl"),
        (b'<process id="p"/>', "bpmn_without_definitions"), (HEAD.encode() + b"<bpmn:process", "xml_cut_off"),
        (process(START).replace(b"xmlns:xsi", b"xmlns:other").replace(b"<bpmn:startEvent", b'<bpmn:startEvent xsi:a="b"'), "xml_prefix"),
        ('<?xml version="1.0" encoding="UTF-8"?><a>流程</a>'.encode("gb18030"), "xml_encoding"),
        (b'<?xml version="1.0" encoding="klingon"?><a/>', "xml_encoding"),
        (b"<a>" * 100_000, "xml_too_deep"), (b" " * (MAX_BYTES + 1), "xml_too_large"),
        (b'<!DOCTYPE l [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><l>&b;</l>', "xml_document_type"),
        ('<!DOCTYPE l [<!ENTITY a "aaaa">]><l>&a;</l>'.encode("utf-16"), "xml_document_type"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_diagram_is_told_by_what_it_is(content: bytes, code: str) -> None:
    assert [f.code for f in read_file(content).findings] == [code]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_diagrams_in_other_encodings_are_read(encoding: str) -> None:
    text = process(START, END, flow("f", "s", "e")).decode()
    declared = text.replace('encoding="UTF-8"', f'encoding="{encoding.removesuffix("-sig")}"')
    assert set(read(declared.encode(encoding)).nodes) == {"s", "e"}


def test_a_drawing_of_more_than_anybody_can_draw_is_refused_at_once() -> None:
    tasks = "".join(f'<bpmn:task id="t{n}"/>' for n in range(12_001))
    assert [f.code for f in read_file(process(tasks)).findings] == ["diagram_too_large"]


def test_the_hundredfold_of_one_mistake_is_told_with_its_number() -> None:
    tasks = "".join(f'<bpmn:userTask id="t{n}"/>' for n in range(500))
    found = check_resources({"a.bpmn": process(tasks)}, Wiring())
    more = [f for f in found if f.code == "more_of_a_kind" and f.params["finding"] == "form_missing"]
    assert [f.params["more"] for f in more] == [300]
