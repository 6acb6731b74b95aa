"""What a host of SpiffWorkflow has to mend, point by point, where no other module of these tests holds it."""

from __future__ import annotations

import pytest

from engine.definitions import read
from engine.spiff.build import build
from engine.spiff.steps import Step
from tests.engine.spiff.play import Play, diagram, flow, flows
from tests.engine.spiff.test_events import MESSAGE, ROOTS, boundary, guarded, timer

SIGNAL = '<signalEventDefinition signalRef="sig"/>'
ESCALATION = '<escalationEventDefinition escalationRef="esc"/>'


def aside(identity: str, event: str, task: str, *, interrupting: bool = True, inside: str = "") -> str:
    """An event sub-process with one task."""
    flag = "" if interrupting else ' isInterrupting="false"'
    names = f"{identity}_come {task} {identity}_over"
    return (
        f'<subProcess id="{identity}" triggeredByEvent="true"><startEvent id="{identity}_come"{flag}>{event}'
        f'</startEvent><userTask id="{task}"/><endEvent id="{identity}_over"/>{inside}{flows(names)}</subProcess>'
    )


def test_an_event_gateway_reports_its_timers_and_messages_one_by_one() -> None:
    """SpiffWorkflow reports one wait of kind MultipleEventDefinition without a name."""
    xml = diagram(
        f'<startEvent id="s"/><eventBasedGateway id="g"/><intermediateCatchEvent id="m1">{MESSAGE}'
        f'</intermediateCatchEvent><intermediateCatchEvent id="s1">{SIGNAL}</intermediateCatchEvent>'
        f'<intermediateCatchEvent id="t1">{timer("P1D")}</intermediateCatchEvent><endEvent id="e"/>'
        + flows("s g m1 e", "g s1 e", "g t1 e"),
        roots=ROOTS,
    )
    play = Play(xml)
    seen = [(wait.kind, wait.node.id, wait.name) for wait in play.case.waits()]
    assert seen == [("message", "m1", "note"), ("signal", "s1", "stop"), ("timer", "t1", None)]
    assert play.wait("t1").due is not None


def test_an_armed_start_of_an_event_sub_process_is_seen_waiting_and_is_no_place_where_the_case_stands() -> None:
    """In SpiffWorkflow it is absent from the events that are waited for."""
    body = '<startEvent id="s"/><userTask id="t"/><endEvent id="e"/>' + flows("s t e")
    play = Play(diagram(body + aside("late", timer("P1D"), "help"), roots=ROOTS))
    assert [(wait.kind, wait.node.id) for wait in play.case.waits() if wait.node.id != "t"] == [
        ("timer", "late_come")
    ]
    assert play.case.active() == ["t"]


def test_event_sub_processes_nested_in_others_are_armed_with_their_scope() -> None:
    """In SpiffWorkflow nested ones are never armed."""
    inner = aside("inner", SIGNAL, "deep", interrupting=False)
    body = (
        '<startEvent id="s"/><subProcess id="sub"><startEvent id="a"/><userTask id="t"/><endEvent id="z"/>'
        + aside("outer", MESSAGE, "help", inside=inner)
        + flows("a t z")
        + '</subProcess><endEvent id="e"/>'
        + flows("s sub e")
    )
    play = Play(diagram(body, roots=ROOTS))
    assert play.waits() == ["outer_come", "t"]
    assert play.fire("outer_come").waits() == ["help", "inner_come"]
    assert play.fire("inner_come").waits("user") == ["deep", "help"]
    assert play.complete("help").complete("deep").ended


@pytest.mark.parametrize("event", [SIGNAL, MESSAGE])
def test_a_non_interrupting_boundary_event_comes_as_often_as_it_is_sent(event: str) -> None:
    """In SpiffWorkflow it fires once only."""
    play = Play(guarded(boundary("b", "t", event, interrupting=False))).fire("b").fire("b")
    assert play.waits("user") == ["other", "other", "t"]


def test_a_non_interrupting_escalation_comes_as_often_as_it_is_thrown() -> None:
    inner = (
        f'<startEvent id="a"/><exclusiveGateway id="in"/><intermediateThrowEvent id="call">{ESCALATION}'
        '</intermediateThrowEvent><userTask id="t"/><exclusiveGateway id="ok" default="back"/><endEvent id="z"/>'
        + flows("a in call t ok")
        + flow("ok", "z", "good")
        + flow("ok", "in", flow_id="back")
    )
    xml = diagram(
        f'<startEvent id="s"/><subProcess id="sub">{inner}</subProcess><userTask id="boss"/><endEvent id="e"/>'
        + boundary("b", "sub", ESCALATION, interrupting=False)
        + flows("s sub e", "b boss e"),
        roots=ROOTS,
    )
    play = Play(xml).complete("t", good=False).complete("t", good=False)
    assert play.waits() == ["boss", "boss", "boss", "t"]


def test_what_a_cycle_timer_began_survives_the_end_of_its_activity() -> None:
    """In SpiffWorkflow the spawned tasks are cancelled with the activity."""
    play = Play(guarded(boundary("b", "t", timer("R/P1D", "timeCycle"), interrupting=False)))
    play.pass_time(days=3).complete("t")
    assert play.waits() == ["other", "other", "other"]
    assert play.pass_time(days=9).waits() == ["other", "other", "other"]
    for _ in range(3):
        play.complete("other")
    assert play.ended


def test_an_escalation_stops_at_the_nearest_catcher() -> None:
    """In SpiffWorkflow an outer one fires too."""
    thrown = f'<intermediateThrowEvent id="call">{ESCALATION}</intermediateThrowEvent>'
    inner = f'<startEvent id="ia"/>{thrown}<userTask id="t"/><endEvent id="ie"/>' + flows("ia call t ie")
    middle = (
        f'<startEvent id="ma"/><subProcess id="inner">{inner}</subProcess><userTask id="near"/><endEvent id="me"/>'
        + boundary("b1", "inner", ESCALATION, interrupting=False)
        + flows("ma inner me", "b1 near me")
    )
    xml = diagram(
        f'<startEvent id="s"/><subProcess id="outer">{middle}</subProcess><userTask id="far"/><endEvent id="e"/>'
        + boundary("b2", "outer", ESCALATION, interrupting=False)
        + flows("s outer e", "b2 far e"),
        roots=ROOTS,
    )
    assert Play(xml).waits() == ["near", "t"]


def test_a_code_beats_a_catch_all_among_escalations_too() -> None:
    thrown = f'<intermediateThrowEvent id="call">{ESCALATION}</intermediateThrowEvent>'
    inner = f'<startEvent id="a"/>{thrown}<userTask id="t"/><endEvent id="z"/>' + flows("a call t z")
    xml = diagram(
        f'<startEvent id="s"/><subProcess id="sub">{inner}</subProcess><userTask id="any"/><userTask id="look"/>'
        '<endEvent id="e"/>'
        + boundary("b1", "sub", "<escalationEventDefinition/>")
        + boundary("b2", "sub", ESCALATION)
        + flows("s sub e", "b1 any e", "b2 look e"),
        roots=ROOTS,
    )
    assert Play(xml).waits() == ["look"]


def test_several_flows_out_of_a_catch_event_are_all_taken() -> None:
    xml = diagram(
        f'<startEvent id="s"/><intermediateCatchEvent id="c">{MESSAGE}</intermediateCatchEvent><userTask id="a"/>'
        '<userTask id="b"/><endEvent id="e"/>' + flows("s c a e", "c b e"),
        roots=ROOTS,
    )
    assert Play(xml).fire("c").waits() == ["a", "b"]


def test_a_condition_on_a_flow_that_leaves_an_event_is_asked() -> None:
    def play(amount: int) -> list[str]:
        xml = diagram(
            '<startEvent id="s"/><userTask id="a"/><userTask id="b"/><endEvent id="e"/>'
            + flows("s a e", "b e")
            + flow("s", "b", "amount > 5")
        )
        return Play(xml, {"amount": amount}).waits()

    assert (play(9), play(1)) == (["a", "b"], ["a"])


def test_two_flows_into_a_task_are_no_join_each_token_does_it_once() -> None:
    """BPMN's uncontrolled merge: SpiffWorkflow's tree does the same, a parser that adds a join would not."""
    xml = diagram(
        '<startEvent id="s"/><parallelGateway id="f"/><userTask id="a"/><userTask id="b"/><userTask id="t"/>'
        '<endEvent id="e"/>' + flows("s f a t e", "f b t")
    )
    play = Play(xml).complete("a")
    assert play.waits() == ["b", "t"]
    assert play.complete("b").waits() == ["t", "t"]
    assert play.complete("t").complete("t").ended


def test_a_dangling_reference_is_no_crash_and_its_own_name() -> None:
    """In SpiffWorkflow a reference to nothing raises TypeError."""
    xml = diagram(
        '<startEvent id="s"/><receiveTask id="r" messageRef="tns:gone"/><endEvent id="e"/>' + flows("s r e")
    )
    assert Play(xml).wait("r").name == "gone"


def test_what_is_set_from_outside_is_seen_by_what_waits() -> None:
    """In SpiffWorkflow a waiting task inherits its parent's data again and loses what was set."""
    play = Play(diagram('<startEvent id="s"/><userTask id="t"/><endEvent id="e"/>' + flows("s t e")), {"price": 1})
    play.case.scope.write({"price": 2})
    play.case.run()
    play.turn()
    assert play.data_at("t")["price"] == 2
    assert play.complete("t").data["price"] == 2


def test_trap_7_going_back_leaves_no_stale_waits() -> None:
    """In SpiffWorkflow what was waited for before a reset is still reported until the workflow is loaded anew."""
    xml = diagram(
        '<startEvent id="s"/><exclusiveGateway id="in"/><userTask id="t"/><exclusiveGateway id="ok" default="back"/>'
        '<endEvent id="e"/>'
        + boundary("b", "t", MESSAGE)
        + boundary("late", "t", timer("P1D"))
        + flows("s in t ok", "b in", "late e")
        + flow("ok", "e", "good")
        + flow("ok", "in", flow_id="back"),
        roots=ROOTS,
    )
    play = Play(xml)
    for _ in range(3):
        assert play.waits() == ["b", "late", "t"]
        before = {wait.token for wait in play.case.waits()}
        play.complete("t", good=False)
        assert before.isdisjoint(wait.token for wait in play.case.waits())
        play.fire("b")
    assert play.waits() == ["b", "late", "t"]


UNDO = "<compensateEventDefinition/>"
CODED = '<errorEventDefinition errorRef="e1"/>'


@pytest.mark.parametrize("event", [CODED, ESCALATION, UNDO], ids=["error", "escalation", "compensation"])
def test_an_event_sub_process_does_not_start_with_nothing_thrown(event: str) -> None:
    """In SpiffWorkflow these three start as soon as their scope does."""
    inner = (
        '<startEvent id="a"/><userTask id="t"/><endEvent id="z"/>' + aside("ev", event, "help") + flows("a t z")
    )
    xml = diagram(
        f'<startEvent id="s"/><subProcess id="sub">{inner}</subProcess><endEvent id="e"/>' + flows("s sub e"),
        roots=ROOTS,
    )
    play = Play(xml)
    assert play.waits() == ["t"]
    play.complete("t")
    assert (play.ended, play.done) == (True, ["s", "a", "t", "z", "sub", "e"])


def test_every_node_and_flow_of_a_drawing_stands_in_what_runs() -> None:
    """A lost one would be a shorter process."""
    nested = '<startEvent id="a"/><task id="i"/><endEvent id="z"/>' + flows("a i z")
    loop = (
        "<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>"
    )
    model = read(
        diagram(
            f'<startEvent id="s"/><subProcess id="sub">{nested}{loop}</subProcess><parallelGateway id="f"/>'
            '<userTask id="t"/><callActivity id="c" calledElement="other"/><endEvent id="e"/>'
            + boundary("b", "t", MESSAGE)
            + aside("ev", SIGNAL, "help")
            + flows("s sub f t e", "f c e", "b e"),
            roots=ROOTS,
        )
    )
    bundle = build(model, "story", 1)
    steps = [step for spec in (bundle.spec, *bundle.scopes.values()) for step in spec.task_specs.values()]
    nodes = {step.node.id for step in steps if isinstance(step, Step)}
    leaving = {flow.id for step in steps if isinstance(step, Step) for flow in step.flows}
    assert (nodes, leaving) == (set(model.nodes), set(model.flows))
    assert len(nodes) == 14
