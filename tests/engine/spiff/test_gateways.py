"""Gateways choose in document order and join what has come."""

from __future__ import annotations

import pytest

from engine.errors import CannotGoOn
from tests.engine.spiff.play import Play, diagram, flow, flows


def test_an_exclusive_gateway_takes_the_first_open_flow_of_the_file_whatever_the_layout() -> None:
    """Host list: SpiffWorkflow follows the target shapes' y coordinate."""
    layout = """<BPMNDiagram xmlns="http://www.omg.org/spec/BPMN/20100524/DI"
      xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"><BPMNPlane>
      <BPMNShape bpmnElement="first"><dc:Bounds x="0" y="900" width="1" height="1"/></BPMNShape>
      <BPMNShape bpmnElement="second"><dc:Bounds x="0" y="10" width="1" height="1"/></BPMNShape>
      </BPMNPlane></BPMNDiagram>"""
    xml = diagram(
        '<startEvent id="s"/><exclusiveGateway id="g" default="d"/><userTask id="first"/><userTask id="second"/>'
        '<endEvent id="e"/>'
        + flows("s g", "first e", "second e")
        + flow("g", "first", "amount > 5")
        + flow("g", "second", "amount > 1")
        + flow("g", "e", flow_id="d")
    ).replace(b"</definitions>", layout.encode() + b"</definitions>")
    assert Play(xml, {"amount": 9}).waits() == ["first"]
    assert Play(xml, {"amount": 3}).waits() == ["second"]
    assert Play(xml, {"amount": 0}).ended


def test_a_condition_that_is_neither_true_nor_false_stops_the_step() -> None:
    xml = diagram(
        '<startEvent id="s"/><exclusiveGateway id="g" default="d"/><endEvent id="a"/><endEvent id="b"/>'
        + flows("s g")
        + flow("g", "a", "amount > 5")
        + flow("g", "b", flow_id="d")
    )
    with pytest.raises(CannotGoOn, match="condition_unclear") as caught:
        Play(xml, {})
    assert caught.value.params["missing"] == "amount"


def test_no_open_flow_and_no_default_stops_the_step() -> None:
    xml = diagram(
        '<startEvent id="s"/><exclusiveGateway id="g"/><endEvent id="a"/><endEvent id="b"/>'
        + flows("s g")
        + flow("g", "a", "amount > 5")
        + flow("g", "b", "amount &lt; 0")
    )
    with pytest.raises(CannotGoOn, match="no_flow_open"):
        Play(xml, {"amount": 1})


FORK = (
    '<startEvent id="s"/><parallelGateway id="fork"/><userTask id="a"/><userTask id="b"/>'
    '<parallelGateway id="join"/><userTask id="after"/><endEvent id="e"/>'
    + flows("s fork a join after e", "fork b join")
)


def test_a_parallel_join_waits_for_both_branches() -> None:
    play = Play(diagram(FORK))
    assert play.waits() == ["a", "b"]
    assert play.complete("b", b=1).waits() == ["a"]
    assert play.complete("a", a=1).waits() == ["after"]
    assert play.complete("after").ended
    assert play.data == {"a": 1, "b": 1}


def test_a_write_of_one_branch_is_not_undone_by_the_other_at_the_join() -> None:
    play = Play(diagram(FORK), {"price": 1})
    play.complete("a", price=2).complete("b")
    assert play.data["price"] == 2


def test_a_join_in_a_loop_waits_again_each_time() -> None:
    xml = diagram(
        '<startEvent id="s"/><exclusiveGateway id="again"/><parallelGateway id="fork"/><userTask id="a"/>'
        '<userTask id="b"/><parallelGateway id="join"/><exclusiveGateway id="ok" default="back"/><endEvent id="e"/>'
        + flows("s again fork a join ok", "fork b join")
        + flow("ok", "e", "good")
        + flow("ok", "again", flow_id="back")
    )
    play = Play(xml)
    for _ in range(3):
        assert play.complete("a", good=False).waits() == ["b"]
        assert play.complete("b").waits() == ["a", "b"]
    assert play.complete("a", good=True).complete("b").ended


def test_an_excess_token_stays_at_its_flow_until_the_join_needs_it() -> None:
    xml = diagram(
        '<startEvent id="s"/><parallelGateway id="fork"/><exclusiveGateway id="merge"/><userTask id="a"/>'
        '<userTask id="b"/><userTask id="c"/><parallelGateway id="join"/><userTask id="after"/><endEvent id="e"/>'
        + flows("s fork a merge", "fork b merge", "fork c join after e", "merge join")
    )
    play = Play(xml).complete("a").complete("b")
    assert play.waits() == ["c"]
    assert play.complete("c").waits() == ["after"]
    play.complete("after")
    assert not play.ended
    assert play.case.active() == ["join"]


INCLUSIVE = (
    '<startEvent id="s"/><inclusiveGateway id="split" default="d"/><userTask id="a"/><userTask id="b"/>'
    '<userTask id="c"/><inclusiveGateway id="join"/><userTask id="after"/><endEvent id="e"/>'
    + flows("s split", "a join", "b join", "c join", "join after e")
    + flow("split", "a", "amount > 1")
    + flow("split", "b", "amount > 5")
    + flow("split", "c", flow_id="d")
)


@pytest.mark.parametrize(("amount", "taken"), [(9, ["a", "b"]), (3, ["a"]), (0, ["c"])])
def test_an_inclusive_gateway_takes_all_open_flows_and_its_join_waits_for_just_those(
    amount: int, taken: list[str]
) -> None:
    play = Play(diagram(INCLUSIVE), {"amount": amount})
    assert play.waits() == taken
    for element in taken:
        assert "after" not in play.waits()
        play.complete(element)
    assert play.waits() == ["after"]
    assert play.complete("after").ended


def test_an_inclusive_join_waits_for_a_token_that_a_boundary_event_may_still_send() -> None:
    xml = diagram(
        '<startEvent id="s"/><parallelGateway id="fork"/><userTask id="a"/><userTask id="b"/>'
        '<boundaryEvent id="late" attachedToRef="b"><timerEventDefinition><timeDuration>P1D</timeDuration>'
        '</timerEventDefinition></boundaryEvent><inclusiveGateway id="join"/><userTask id="after"/>'
        '<endEvent id="e"/><endEvent id="gone"/>' + flows("s fork a join after e", "fork b gone", "late join")
    )
    play = Play(xml).complete("a")
    assert play.waits("user") == ["b"]
    assert play.pass_time(days=2).waits() == ["after"]


def test_an_event_gateway_takes_what_comes_first_and_drops_the_rest() -> None:
    xml = diagram(
        '<startEvent id="s"/><eventBasedGateway id="g"/>'
        '<intermediateCatchEvent id="paid"><messageEventDefinition messageRef="m"/></intermediateCatchEvent>'
        '<intermediateCatchEvent id="late"><timerEventDefinition><timeDuration>PT2H</timeDuration>'
        "</timerEventDefinition></intermediateCatchEvent>"
        '<receiveTask id="withdrawn" messageRef="w"/><endEvent id="e1"/><endEvent id="e2"/><endEvent id="e3"/>'
        + flows("s g paid e1", "g late e2", "g withdrawn e3"),
        roots='<message id="m" name="paid"/><message id="w" name="withdrawn"/>',
    )
    assert Play(xml).waits() == ["late", "paid", "withdrawn"]
    by_message = Play(xml).fire("paid", amount=5)
    assert by_message.ended
    assert by_message.data == {"amount": 5}
    assert "e1" in by_message.done
    by_time = Play(xml).pass_time(hours=3)
    assert by_time.ended
    assert "e2" in by_time.done
    assert "e3" in Play(xml).fire("withdrawn").done


def test_several_flows_out_of_a_task_are_all_taken_and_a_condition_on_one_is_asked() -> None:
    xml = diagram(
        '<startEvent id="s"/><userTask id="t"/><userTask id="a"/><userTask id="b"/><endEvent id="e"/>'
        + flows("s t a e", "b e")
        + flow("t", "b", "amount > 5")
    )
    assert Play(xml, {"amount": 9}).complete("t").waits() == ["a", "b"]
    assert Play(xml, {"amount": 1}).complete("t").waits() == ["a"]


def test_an_inclusive_join_beside_a_running_activity_does_not_wait_for_what_may_come_by_either_flow() -> None:
    """BPMN 13.4.3: nobody is waited for who can also come by a flow whose token is there already.

    A reminder that chooses its ways would otherwise hang until the task it reminds of is done.
    """
    xml = diagram(
        '<startEvent id="s"/><userTask id="t"/><endEvent id="e"/><boundaryEvent id="b" attachedToRef="t"'
        ' cancelActivity="false"><messageEventDefinition messageRef="m"/></boundaryEvent>'
        '<inclusiveGateway id="split" default="d"/><task id="x"/><task id="y"/><inclusiveGateway id="join"/>'
        '<userTask id="reminded"/><endEvent id="e2"/>'
        + flows("s t e", "b split", "x join", "y join", "join reminded e2")
        + flow("split", "x", "amount > 5")
        + flow("split", "y", flow_id="d"),
        roots='<message id="m" name="remind"/>',
    )
    assert Play(xml, {"amount": 1}).fire("b").waits("user") == ["reminded", "t"]
