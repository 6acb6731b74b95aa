"""Boundary events, throws, ends and faults."""

from __future__ import annotations

from typing import Any

import pytest

from engine.errors import BusinessError, CannotGoOn
from engine.spiff.services import PARKED
from tests.engine.spiff.play import Play, diagram, flow, flows

ROOTS = (
    '<message id="m" name="note"/><error id="e1" errorCode="desk.full"/><error id="e2" errorCode="desk.closed"/>'
    '<signal id="sig" name="stop"/><escalation id="esc" escalationCode="look"/>'
)
MESSAGE = '<messageEventDefinition messageRef="m"/>'


def timer(duration: str, kind: str = "timeDuration") -> str:
    return f"<timerEventDefinition><{kind}>{duration}</{kind}></timerEventDefinition>"


def boundary(identity: str, host: str, inside: str, *, interrupting: bool = True) -> str:
    flag = "" if interrupting else ' cancelActivity="false"'
    return f'<boundaryEvent id="{identity}" attachedToRef="{host}"{flag}>{inside}</boundaryEvent>'


def guarded(event: str) -> bytes:
    return diagram(
        '<startEvent id="s"/><userTask id="t"/><userTask id="other"/><endEvent id="e"/><endEvent id="e2"/>'
        + event
        + flows("s t e", "b other e2"),
        roots=ROOTS,
    )


def test_an_interrupting_timer_ends_the_task() -> None:
    play = Play(guarded(boundary("b", "t", timer("P2D"))))
    assert play.pass_time(days=1).waits("user") == ["t"]
    assert play.pass_time(days=1).waits() == ["other"]
    assert play.services.interrupted == ["t"]
    assert play.complete("other").ended


def test_completing_the_task_takes_its_boundary_events_away() -> None:
    play = Play(guarded(boundary("b", "t", timer("P2D"))))
    assert play.waits() == ["b", "t"]
    assert play.complete("t").ended


def test_a_non_interrupting_message_comes_as_often_as_it_comes_and_what_it_began_outlives_the_task() -> None:
    """Host list: in SpiffWorkflow it fires once, and what it began is cancelled with the activity."""
    play = Play(guarded(boundary("b", "t", MESSAGE, interrupting=False)))
    play.fire("b").fire("b").fire("b")
    assert play.waits("user") == ["other", "other", "other", "t"]
    play.complete("t")
    assert play.waits() == ["other", "other", "other"]
    assert play.complete("other").complete("other").complete("other").ended


def test_a_non_interrupting_timer_reminds_once_and_a_cycle_as_often_as_it_says() -> None:
    once = Play(guarded(boundary("b", "t", timer("P1D"), interrupting=False))).pass_time(days=9)
    assert once.waits() == ["other", "t"]
    thrice = Play(guarded(boundary("b", "t", timer("R3/P1D", "timeCycle"), interrupting=False)))
    assert thrice.pass_time(days=2).waits("user") == ["other", "other", "t"]
    assert thrice.pass_time(days=9).waits() == ["other", "other", "other", "t"]
    endless = Play(guarded(boundary("b", "t", timer("R/P1D", "timeCycle"), interrupting=False)))
    assert endless.pass_time(days=5).waits("user").count("other") == 5


def service(event: str, *, also: str = "") -> bytes:
    return diagram(
        '<startEvent id="s"/><serviceTask id="t"/><userTask id="fine"/><userTask id="full"/><userTask id="any"/>'
        f'<endEvent id="e"/>{event}{also}' + flows("s t fine e", "full e", "any e"),
        roots=ROOTS,
    )


def raising(code: str) -> dict[str, Any]:
    def run(_data: dict[str, Any]) -> dict[str, Any]:
        raise BusinessError(code)

    return {"t": run}


FULL = boundary("on_full", "t", '<errorEventDefinition errorRef="e1"/>') + flow("on_full", "full")
ANY = boundary("on_any", "t", "<errorEventDefinition/>") + flow("on_any", "any")


def test_a_business_error_goes_to_the_boundary_event_of_its_code() -> None:
    assert Play(service(FULL), handlers=raising("desk.full")).waits() == ["full"]


@pytest.mark.parametrize("order", [FULL + ANY, ANY + FULL])
def test_a_code_beats_a_catch_all(order: str) -> None:
    assert Play(service(order), handlers=raising("desk.full")).waits() == ["full"]
    assert Play(service(order), handlers=raising("desk.closed")).waits() == ["any"]


def test_an_uncaught_business_error_stops_the_step() -> None:
    with pytest.raises(CannotGoOn, match="error_uncaught"):
        Play(service(FULL), handlers=raising("desk.closed"))


def test_trap_9_an_error_is_caught_by_the_failing_tasks_own_boundary_alone() -> None:
    """In SpiffWorkflow every live boundary event with that code fires, in whatever branch."""
    xml = diagram(
        '<startEvent id="s"/><parallelGateway id="fork"/><userTask id="calm"/><userTask id="go"/>'
        '<serviceTask id="t"/><userTask id="mine"/><userTask id="theirs"/><endEvent id="e"/>'
        + boundary("own", "t", '<errorEventDefinition errorRef="e1"/>')
        + boundary("foreign", "calm", '<errorEventDefinition errorRef="e1"/>')
        + flows("s fork calm e", "fork go t e", "own mine e", "foreign theirs e"),
        roots=ROOTS,
    )
    play = Play(xml, handlers=raising("desk.full")).complete("go")
    assert play.waits() == ["calm", "mine"]


NESTED = (
    '<startEvent id="s"/><subProcess id="outer"><startEvent id="os"/><subProcess id="inner">'
    '<startEvent id="is"/><serviceTask id="t"/><endEvent id="ie"/>{inside}</subProcess><endEvent id="oe"/>{middle}'
    '{middle_flows}</subProcess><userTask id="outermost"/><userTask id="nearer"/><endEvent id="e"/>'
)


def test_an_error_stops_at_the_nearest_catcher_outwards() -> None:
    outer = boundary("far", "outer", '<errorEventDefinition errorRef="e1"/>') + flows("far outermost e")
    inside, middle = flows("is t ie"), flows("os inner oe")
    body = NESTED.format(inside=inside, middle=middle, middle_flows="") + outer + flows("s outer e")
    assert Play(diagram(body, roots=ROOTS), handlers=raising("desk.full")).waits() == ["outermost"]
    near = boundary("near", "inner", "<errorEventDefinition/>") + '<userTask id="close"/>' + flows("near close oe")
    body = NESTED.format(inside=inside, middle=middle, middle_flows=near) + outer + flows("s outer e")
    assert Play(diagram(body, roots=ROOTS), handlers=raising("desk.full")).waits() == ["close"]


def test_an_error_end_leaves_the_sub_process_by_its_boundary_event() -> None:
    xml = diagram(
        '<startEvent id="s"/><subProcess id="sub"><startEvent id="a"/><parallelGateway id="f"/>'
        '<userTask id="x"/><userTask id="y"/><endEvent id="bad"><errorEventDefinition errorRef="e1"/></endEvent>'
        '<endEvent id="good"/>' + flows("a f x bad", "f y good") + "</subProcess>"
        '<userTask id="mend"/><endEvent id="e"/>'
        + boundary("caught", "sub", '<errorEventDefinition errorRef="e1"/>')
        + flows("s sub e", "caught mend e"),
        roots=ROOTS,
    )
    play = Play(xml)
    assert play.complete("x").waits() == ["mend"]
    assert play.complete("mend").ended


def test_a_terminate_end_ends_its_own_scope_only() -> None:
    xml = diagram(
        '<startEvent id="s"/><subProcess id="sub"><startEvent id="a"/><parallelGateway id="f"/><userTask id="x"/>'
        '<userTask id="y"/><endEvent id="stop"><terminateEventDefinition/></endEvent><endEvent id="g"/>'
        + flows("a f x stop", "f y g")
        + '</subProcess><userTask id="after"/><endEvent id="e"/>'
        + flows("s sub after e")
    )
    assert Play(xml).complete("x").waits() == ["after"]


def test_an_escalation_is_caught_beside_the_going_on_and_spent_when_nobody_catches_it() -> None:
    def play(event: str) -> Play:
        body = (
            '<startEvent id="s"/><subProcess id="sub"><startEvent id="a"/>'
            '<intermediateThrowEvent id="call"><escalationEventDefinition escalationRef="esc"/>'
            '</intermediateThrowEvent><userTask id="x"/><endEvent id="g"/>' + flows("a call x g") + "</subProcess>"
            '<userTask id="boss"/><endEvent id="e"/>' + event + flows("s sub e")
        )
        return Play(diagram(body, roots=ROOTS))

    catch = '<escalationEventDefinition escalationRef="esc"/>'
    beside = play(boundary("b", "sub", catch, interrupting=False) + flows("b boss e"))
    assert beside.waits() == ["boss", "x"]
    assert play(boundary("b", "sub", catch) + flows("b boss e")).waits() == ["boss"]
    assert play(flows("boss e")).waits() == ["x"]


def test_a_message_end_and_a_signal_end_throw_what_they_say() -> None:
    """Host list: signal end events became none events."""
    xml = diagram(
        '<startEvent id="s"/><parallelGateway id="f"/><endEvent id="m1"><extensionElements>'
        '<keyturn:correlation name="no" value="= no"/><keyturn:payload name="sum" value="= no + 1"/>'
        f"</extensionElements>{MESSAGE}</endEvent>"
        '<endEvent id="s1"><signalEventDefinition signalRef="sig"/></endEvent>' + flows("s f m1", "f s1"),
        roots=ROOTS,
    )
    play = Play(xml, {"no": 4})
    assert play.ended
    assert play.services.messages == [("note", {"no": 4}, {"sum": 5})]
    assert play.services.signals == ["stop"]


def test_references_with_a_prefix_and_flows_without_ids_are_understood() -> None:
    """Host list: QName references raised TypeError, flows without an id vanished."""
    xml = diagram(
        '<startEvent id="s"/><receiveTask id="r" messageRef="tns:m"/><endEvent id="e"/>' + flows("s r e"),
        roots=ROOTS,
    ).replace(b"targetNamespace", b'xmlns:tns="https://keyturn.example/tests" targetNamespace')
    play = Play(xml)
    assert play.waits("message") == ["r"]
    assert play.wait("r").name == "note"
    assert play.fire("r").ended


def test_nodes_called_start_and_end_do_not_collide_with_the_librarys_own() -> None:
    play = Play(diagram('<startEvent id="Start"/><task id="Root"/><endEvent id="End"/>' + flows("Start Root End")))
    assert play.done == ["Start", "Root", "End"]


def test_an_external_step_parks_until_its_answer_and_a_boundary_timer_may_overtake_it() -> None:
    xml = service(boundary("b", "t", timer("PT1H")) + flow("b", "any"))
    play = Play(xml, handlers={"t": lambda _data: PARKED})
    assert play.waits() == ["b", "t"]
    play.case.answer(play.wait("t").token, {"answer": 7})
    play.case.run()
    play.turn()
    assert play.waits() == ["fine"]
    assert play.data == {"answer": 7}
    late = Play(xml, handlers={"t": lambda _data: PARKED}).pass_time(hours=2)
    assert late.waits() == ["any"]


def sub_started_by(event: str, *, interrupting: bool = True) -> bytes:
    flag = "" if interrupting else ' isInterrupting="false"'
    return diagram(
        '<startEvent id="s"/><userTask id="t"/><userTask id="u"/><endEvent id="e"/>'
        f'<subProcess id="aside" triggeredByEvent="true"><startEvent id="come"{flag}>{event}</startEvent>'
        '<userTask id="help"/><endEvent id="he"/>' + flows("come help he") + "</subProcess>" + flows("s t u e"),
        roots=ROOTS,
    )


def test_an_interrupting_event_sub_process_ends_what_ran_in_its_scope() -> None:
    play = Play(sub_started_by(MESSAGE))
    assert play.waits() == ["come", "t"]
    assert play.fire("come").waits() == ["help"]
    assert play.complete("help").ended


def test_a_non_interrupting_event_sub_process_runs_beside_and_again() -> None:
    play = Play(sub_started_by(MESSAGE, interrupting=False)).fire("come").fire("come")
    assert play.waits("user") == ["help", "help", "t"]
    play.complete("help").complete("help").complete("t").complete("u")
    assert play.ended


def test_an_event_sub_process_that_nothing_started_does_not_keep_the_instance_alive() -> None:
    assert Play(sub_started_by(MESSAGE)).complete("t").complete("u").ended


def test_trap_4_a_specification_is_the_same_after_an_event_sub_process_has_fired() -> None:
    """In SpiffWorkflow it is changed, and the next instance never completes."""
    first = Play(sub_started_by(MESSAGE)).fire("come").complete("help")
    assert first.ended
    before = {name: list(step._outputs) for name, step in first.bundle.spec.task_specs.items()}
    second = Play(first.bundle)
    assert second.complete("t").complete("u").ended
    assert before == {name: list(step._outputs) for name, step in first.bundle.spec.task_specs.items()}


def test_an_event_sub_process_catches_an_error_of_its_scope_and_starts_for_nothing_else() -> None:
    """Host list: error event sub-processes started with nothing thrown."""
    body = (
        '<startEvent id="s"/><userTask id="go"/><serviceTask id="t"/><endEvent id="e"/>'
        '<subProcess id="aside" triggeredByEvent="true"><startEvent id="come">'
        '<errorEventDefinition errorRef="e1"/></startEvent><userTask id="help"/><endEvent id="he"/>'
        + flows("come help he")
        + "</subProcess>"
        + flows("s go t e")
    )
    play = Play(diagram(body, roots=ROOTS), handlers=raising("desk.full"))
    assert play.waits() == ["go"]
    assert play.complete("go").waits() == ["help"]
    assert play.complete("help").ended


def test_a_link_goes_on_at_its_catching_side() -> None:
    link = '<linkEventDefinition name="L"/>'
    xml = diagram(
        f'<startEvent id="s"/><intermediateThrowEvent id="out">{link}</intermediateThrowEvent>'
        f'<intermediateCatchEvent id="in">{link}</intermediateCatchEvent><userTask id="t"/><endEvent id="e"/>'
        + flows("s out", "in t e")
    )
    assert Play(xml).waits() == ["t"]
