"""Multi-instance activities and loops back."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine.errors import BusinessError, CannotGoOn
from tests.engine.spiff.play import Play, diagram, flow, flows


def repeated(inside: str, activity: str = "userTask", within: str = "", more: str = "") -> bytes:
    return diagram(
        f'<startEvent id="s"/><{activity} id="t">{within}<multiInstanceLoopCharacteristics {inside}'
        f'</multiInstanceLoopCharacteristics></{activity}><userTask id="after"/><endEvent id="e"/>'
        + flows("s t after e")
        + more
    )


OVER = '<extensionElements><keyturn:loop collection="= people" element="person"/></extensionElements>'
GATHER = (
    '<extensionElements><keyturn:loop collection="= people" element="person" outputCollection="said"'
    ' outputElement="= answer"/></extensionElements>'
)
PEOPLE = {"people": ["an", "bo", "chen"]}


def test_in_a_row_each_item_has_its_turn_in_order() -> None:
    play = Play(repeated(f'isSequential="true">{OVER}'), PEOPLE)
    for number, person in enumerate(PEOPLE["people"]):
        seen = play.data_at("t")
        assert (seen["person"], seen["loopCounter"]) == (person, number)
        assert play.waits() == ["t"]
        play.complete("t")
    assert play.waits() == ["after"]
    assert "person" not in play.data


def test_at_once_all_items_are_open_and_the_last_leads_on() -> None:
    play = Play(repeated(f">{OVER}"), PEOPLE)
    assert play.waits() == ["t", "t", "t"]
    assert play.complete("t").complete("t").waits() == ["t"]
    assert play.complete("t").waits() == ["after"]


def test_results_are_gathered_in_the_order_of_the_items_whoever_is_first() -> None:
    play = Play(repeated(f">{GATHER}"), PEOPLE)
    tokens = [wait.token for wait in play.case.waits()]
    for token, answer in zip(reversed(tokens), "xyz", strict=True):
        play.case.complete(token, {"answer": answer})
        play.case.run()
        play.turn()
    assert play.data["said"] == ["z", "y", "x"]


def test_a_completion_condition_sees_counters_and_ends_the_rest() -> None:
    until = "<completionCondition>nrOfCompletedInstances &gt;= 2 and nrOfInstances = 3</completionCondition>"
    play = Play(repeated(f">{OVER}{until}"), PEOPLE)
    assert play.complete("t").waits() == ["t", "t"]
    assert play.complete("t").waits() == ["after"]


def test_a_completion_condition_sees_the_results_so_far() -> None:
    until = '<completionCondition>list contains(said, "no")</completionCondition>'
    play = Play(repeated(f'isSequential="true">{GATHER}{until}'), PEOPLE)
    assert play.complete("t", answer="yes").waits() == ["t"]
    assert play.complete("t", answer="no").waits() == ["after"]
    assert play.data["said"] == ["yes", "no"]


def test_instances_that_need_nobody_stop_too_when_the_condition_is_met() -> None:
    asked: list[str] = []
    until = "<completionCondition>nrOfCompletedInstances = 2</completionCondition>"
    xml = repeated(f">{OVER}{until}", "serviceTask")
    play = Play(xml, PEOPLE, handlers={"t": lambda data: asked.append(data["person"]) or {}})
    assert asked == ["an", "bo"]
    assert play.waits() == ["after"]


@pytest.mark.parametrize("mode", ["", 'isSequential="true"'])
def test_nothing_to_do_leads_on_at_once(mode: str) -> None:
    assert Play(repeated(f"{mode}>{GATHER}"), {"people": []}).waits() == ["after"]


def test_a_number_of_times_is_enough() -> None:
    play = Play(repeated("><loopCardinality>2 + 1</loopCardinality>"))
    assert play.waits() == ["t", "t", "t"]


def test_what_is_no_list_stops_the_step() -> None:
    with pytest.raises(CannotGoOn, match="loop_needs_list"):
        Play(repeated(f">{OVER}"), {"people": "an"})


def test_trap_1_nested_data_of_one_instance_is_not_seen_changed_by_its_siblings() -> None:
    """In SpiffWorkflow ``x['a']['b']`` written in one branch changes finished ancestors and siblings."""
    play = Play(repeated(f">{OVER}"), {"people": [{"votes": {"yes": 0}}, {"votes": {"yes": 0}}]})
    first, second = (wait.token for wait in play.case.waits())
    seen = play.case.token(first).data["person"]
    play.case.token(first).scope.write({"person": {**seen, "votes": {"yes": 1}}})
    assert play.case.token(second).data["person"] == {"votes": {"yes": 0}}
    assert play.data["people"][0] == {"votes": {"yes": 0}}


SUB = '<startEvent id="a"/><userTask id="x"/><userTask id="y"/><endEvent id="z"/>' + flows("a x y z")


def test_a_sub_process_for_each_item_keeps_its_item_to_itself() -> None:
    play = Play(repeated(f">{OVER}", "subProcess", SUB), PEOPLE)
    assert play.waits() == ["x", "x", "x"]
    assert play.complete("x").waits() == ["x", "x", "y"]
    assert play.data_at("y")["person"] == "an"
    for element in ("x", "x", "y", "y", "y"):
        play.complete(element)
    assert play.waits() == ["after"]


def test_an_interrupting_boundary_event_ends_a_repeated_sub_process_whole() -> None:
    """Host list: in SpiffWorkflow the instance was unusable afterwards."""
    more = (
        '<boundaryEvent id="b" attachedToRef="t"><timerEventDefinition><timeDuration>P1D</timeDuration>'
        '</timerEventDefinition></boundaryEvent><userTask id="late"/>' + flows("b late e")
    )
    play = Play(repeated(f">{OVER}", "subProcess", SUB, more), PEOPLE).complete("x")
    assert play.pass_time(days=1).waits() == ["late"]
    assert play.complete("late").ended


def test_a_standard_loop_repeats_while_its_condition_holds() -> None:
    xml = diagram(
        '<startEvent id="s"/><userTask id="t"><standardLoopCharacteristics><loopCondition>again</loopCondition>'
        '</standardLoopCharacteristics></userTask><endEvent id="e"/>' + flows("s t e")
    )
    play = Play(xml).complete("t", again=True).complete("t", again=True)
    assert play.waits() == ["t"]
    assert play.complete("t", again=False).ended


BACK = diagram(
    '<startEvent id="s"/><exclusiveGateway id="in"/><userTask id="t"/><exclusiveGateway id="ok" default="back"/>'
    '<endEvent id="e"/>' + flows("s in t ok") + flow("ok", "e", "good") + flow("ok", "in", flow_id="back")
)


def test_trap_2_a_loop_back_goes_on_for_ever_and_the_state_stays_small() -> None:
    """SpiffWorkflow stalls at tree depth 1,000 and then says that the instance has completed."""
    play = Play(BACK).complete("t", good=False)
    early = len(play.text)
    for _ in range(1_500):
        play.complete("t", good=False)
    assert play.waits() == ["t"]
    assert len(play.text) <= early + 20
    assert play.complete("t", good=True).ended


def test_a_loop_without_a_wait_is_stopped() -> None:
    xml = diagram(
        '<startEvent id="s"/><exclusiveGateway id="in"/><scriptTask id="t" scriptFormat="feel"><extensionElements>'
        '<keyturn:assign name="n" value="= n + 1"/></extensionElements></scriptTask>' + flows("s in t in")
    )
    with pytest.raises(CannotGoOn, match="too_many_steps"):
        Play(xml, {"n": 0})


def test_trap_3_parallel_blocks_in_a_row_start_at_once() -> None:
    """SpiffWorkflow predicts 42,645 tasks for eight three-way fan-outs in a row."""
    blocks = "".join(
        f'<parallelGateway id="f{n}"/><task id="a{n}"/><task id="b{n}"/><task id="c{n}"/><parallelGateway id="j{n}"/>'
        + flows(f"f{n} a{n} j{n}", f"f{n} b{n} j{n}", f"f{n} c{n} j{n}")
        + (flows(f"j{n} f{n + 1}") if n < 7 else "")
        for n in range(8)
    )
    xml = diagram(
        '<startEvent id="s"/><userTask id="t"/>' + blocks + '<endEvent id="e"/>' + flows("s t f0", "j7 e")
    )
    play = Play(xml)
    assert play.case.numbered <= 3
    assert play.complete("t").ended


def calls(inside: str = "") -> dict[str, Any]:
    callee = diagram(
        '<startEvent id="cs"/><userTask id="ask"/><endEvent id="ce"/>' + flows("cs ask ce"), key="approval"
    )
    caller = diagram(
        '<startEvent id="s"/><callActivity id="call" calledElement="approval"><extensionElements>'
        f'{inside}</extensionElements></callActivity><userTask id="after"/><endEvent id="e"/>'
        + flows("s call after e")
    )
    return {"xml": caller, "called": {"approval": callee}}


def test_a_called_process_takes_and_gives_what_is_declared() -> None:
    inside = '<keyturn:in name="sum" value="= price * 2"/><keyturn:out name="verdict" value="= answer"/>'
    play = Play(**calls(inside), data={"price": 4, "secret": 1})
    assert play.data_at("ask") == {"sum": 8}
    play.complete("ask", answer="yes", noise=1)
    assert play.data == {"price": 4, "secret": 1, "verdict": "yes"}
    assert play.waits() == ["after"]


def test_a_called_process_takes_and_gives_all_when_nothing_is_declared() -> None:
    play = Play(**calls(), data={"price": 4}).complete("ask", answer="yes")
    assert play.data == {"price": 4, "answer": "yes"}


def test_each_instance_sees_how_far_its_loop_is() -> None:
    """Host list: in SpiffWorkflow the counters are not visible, not even to the completion condition."""
    play = Play(repeated(f">{OVER}"), PEOPLE)

    def counters() -> tuple[int, int, int]:
        seen = play.data_at("t")
        return seen["nrOfInstances"], seen["nrOfActiveInstances"], seen["nrOfCompletedInstances"]

    assert counters() == (3, 3, 0)
    play.complete("t")
    assert counters() == (3, 2, 1)
    play.complete("t").complete("t")
    assert not {"nrOfInstances", "loopCounter", "person"} & set(play.data)


def test_in_a_row_one_instance_is_active_at_a_time() -> None:
    play = Play(repeated(f'isSequential="true">{OVER}'), PEOPLE).complete("t")
    seen = play.data_at("t")
    assert (seen["nrOfActiveInstances"], seen["nrOfCompletedInstances"]) == (1, 1)


def test_a_list_that_changes_meanwhile_changes_nothing_for_the_loop_that_runs() -> None:
    play = Play(repeated(f'isSequential="true">{OVER}'), PEOPLE).complete("t", people=["dora"])
    assert play.data_at("t")["person"] == "bo"
    assert play.complete("t").complete("t").waits() == ["after"]


def test_a_called_process_for_each_item_gives_its_results_in_order() -> None:
    callee = diagram(
        '<startEvent id="cs"/><userTask id="ask"/><endEvent id="ce"/>' + flows("cs ask ce"), key="ask_one"
    )
    inside = (
        '<extensionElements><keyturn:in name="who" value="= person"/><keyturn:out name="answer" value="= answer"/>'
        "</extensionElements>"
    )
    xml = repeated(f">{GATHER}", "callActivity", inside).replace(b'id="t">', b'id="t" calledElement="ask_one">')
    play = Play(xml, {**PEOPLE, "answer": None}, called={"ask_one": callee})
    tokens = [wait.token for wait in play.case.waits()]
    for token in reversed(tokens):
        who = play.case.token(token).data["who"]
        play.case.complete(token, {"answer": who.upper()})
        play.case.run()
        play.turn()
    assert play.data["said"] == ["AN", "BO", "CHEN"]


BOUNDARY = '<boundaryEvent id="b" attachedToRef="t"{flag}><messageEventDefinition messageRef="m"/></boundaryEvent>'


@pytest.mark.parametrize("mode", ["", 'isSequential="true"'])
@pytest.mark.parametrize("activity", ["userTask", "subProcess"])
def test_an_interrupting_boundary_event_leaves_nothing_of_a_loop_behind(mode: str, activity: str) -> None:
    more = BOUNDARY.format(flag="") + '<userTask id="late"/>' + flows("b late e")
    xml = repeated(f"{mode}>{OVER}", activity, SUB if activity == "subProcess" else "", more)
    play = Play(xml.replace(b"<process ", b'<message id="m" name="stop"/><process '), PEOPLE).fire("b")
    assert (play.waits(), play.case.subprocesses) == (["late"], {})
    assert len(json.loads(play.text)["w"]) == 1
    assert len(json.loads(play.text)["w"][0]["t"]) == 1


def test_a_boundary_event_beside_a_loop_lets_its_instances_go_on() -> None:
    more = BOUNDARY.format(flag=' cancelActivity="false"') + '<userTask id="look"/>' + flows("b look e")
    xml = repeated(f">{OVER}", more=more).replace(b"<process ", b'<message id="m" name="stop"/><process ')
    play = Play(xml, PEOPLE).fire("b").fire("b")
    assert play.waits("user") == ["look", "look", "t", "t", "t"]
    for _ in range(3):
        play.complete("t")
    assert play.waits() == ["after", "look", "look"]


def test_an_error_in_one_instance_ends_them_all() -> None:
    def fail(data: dict[str, Any]) -> dict[str, Any]:
        if data["person"] == "bo":
            raise BusinessError("desk.full")
        return {}

    more = (
        '<boundaryEvent id="b" attachedToRef="t"><errorEventDefinition/></boundaryEvent><userTask id="mend"/>'
        + flows("b mend e")
    )
    inside = '<startEvent id="a"/><userTask id="x"/><serviceTask id="y"/><endEvent id="z"/>' + flows("a x y z")
    play = Play(repeated(f">{OVER}", "subProcess", inside, more), PEOPLE, handlers={"y": fail})
    assert play.complete("x").waits("user") == ["x", "x"]
    assert play.complete("x").waits() == ["mend"]


def standard(attributes: str, condition: str = "again") -> bytes:
    inside = f"<loopCondition>{condition}</loopCondition>" if condition else ""
    return diagram(
        f'<startEvent id="s"/><userTask id="t"><standardLoopCharacteristics {attributes}>{inside}'
        '</standardLoopCharacteristics></userTask><userTask id="after"/><endEvent id="e"/>' + flows("s t after e")
    )


def test_a_standard_loop_may_ask_before_the_first_turn() -> None:
    assert Play(standard('testBefore="true"'), {"again": False}).waits() == ["after"]
    play = Play(standard('testBefore="true"'), {"again": True})
    assert play.complete("t", again=True).waits() == ["t"]
    assert play.complete("t", again=False).waits() == ["after"]


def test_a_standard_loop_ends_at_its_maximum() -> None:
    play = Play(standard('loopMaximum="2"')).complete("t", again=True)
    assert play.waits() == ["t"]
    assert play.complete("t", again=True).waits() == ["after"]
    counted = Play(standard('loopMaximum="3"', "")).complete("t").complete("t")
    assert counted.waits() == ["t"]
    assert counted.complete("t").waits() == ["after"]
