"""Sub-processes, called processes and event sub-processes inside one another: what ends what, who catches what."""

from __future__ import annotations

import pytest

from engine.errors import CannotGoOn
from tests.engine.spiff.play import Play, diagram, flows
from tests.engine.spiff.test_compensation import throwing, undoing
from tests.engine.spiff.test_events import MESSAGE, ROOTS, boundary, timer
from tests.engine.spiff.test_host_list import ESCALATION, aside
from tests.engine.spiff.test_transactions import CANCEL

ERROR = '<errorEventDefinition errorRef="e1"/>'
OTHER = '<errorEventDefinition errorRef="e2"/>'
TERMINATE = "<terminateEventDefinition/>"
MANY = "<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>"


def called(end: str, before: str = "ask") -> dict[str, bytes]:
    """A process to be called: a task, then an end."""
    body = f'<startEvent id="cs"/><userTask id="{before}"/><endEvent id="ce">{end}</endEvent>'
    return {"callee": diagram(body + flows(f"cs {before} ce"), key="callee", roots=ROOTS)}


def calling(around: str, inside: str = "") -> bytes:
    return diagram(
        f'<startEvent id="s"/><callActivity id="call" calledElement="callee">{inside}</callActivity>'
        '<userTask id="after"/><userTask id="caught"/><endEvent id="e"/>'
        + around
        + flows("s call after e", "b caught e"),
        roots=ROOTS,
    )


def scope(inside: str, around: str = "", kind: str = "subProcess") -> bytes:
    return diagram(
        f'<startEvent id="s"/><{kind} id="sub"><startEvent id="a"/>{inside}</{kind}><userTask id="after"/>'
        '<userTask id="caught"/><endEvent id="e"/>' + around + flows("s sub after e"),
        roots=ROOTS,
    )


def test_an_error_end_of_a_called_process_is_caught_at_the_call() -> None:
    play = Play(calling(boundary("b", "call", ERROR)), called=called(ERROR)).complete("ask")
    assert play.waits() == ["caught"]
    with pytest.raises(CannotGoOn, match="error_uncaught"):
        Play(calling(boundary("b", "call", OTHER)), called=called(ERROR)).complete("ask")


def test_an_escalation_of_a_called_process_is_caught_at_the_call_and_it_goes_on() -> None:
    caught = boundary("b", "call", ESCALATION, interrupting=False)
    play = Play(calling(caught), called=called(ESCALATION)).complete("ask")
    assert play.waits() == ["after", "caught"]


def test_a_terminate_end_of_a_called_process_ends_the_called_process_alone() -> None:
    play = Play(calling(boundary("b", "call", ERROR)), called=called(TERMINATE)).complete("ask")
    assert play.waits() == ["after"]


def test_a_boundary_event_of_a_call_ends_the_called_process_with_all_that_waits_in_it() -> None:
    play = Play(calling(boundary("b", "call", MESSAGE)), called=called(""))
    assert play.waits() == ["ask", "b"]
    assert play.fire("b").waits() == ["caught"]
    assert play.case.subprocesses == {}
    many = Play(calling(boundary("b", "call", MESSAGE), MANY), called=called(""))
    assert many.waits("user") == ["ask", "ask"]
    assert many.fire("b").waits() == ["caught"]


def test_a_called_process_may_be_the_handler_that_undoes() -> None:
    undo = undoing("t", "call", kind="callActivity").replace('id="call"', 'id="call" calledElement="callee"')
    body = '<startEvent id="s"/><userTask id="t"/><userTask id="after"/><endEvent id="e"/>' + throwing("back")
    play = Play(diagram(body + undo + flows("s t back after e")), called=called("")).complete("t")
    assert play.waits() == ["ask"]
    assert play.complete("ask").waits() == ["after"]


def test_an_error_inside_without_a_catcher_there_reaches_the_event_sub_process_around() -> None:
    thrown = f'<userTask id="t"/><endEvent id="bad">{ERROR}</endEvent>' + flows("a t bad")
    play = Play(scope(thrown, aside("outer", ERROR, "help")))
    assert play.complete("t").waits() == ["help"]
    assert play.complete("help").ended


def test_an_error_thrown_by_the_event_sub_process_that_caught_it_goes_on_outwards() -> None:
    again = (
        f'<subProcess id="x" triggeredByEvent="true"><startEvent id="xc">{ERROR}</startEvent><userTask id="help"/>'
        f'<endEvent id="xe">{ERROR}</endEvent>{flows("xc help xe")}</subProcess>'
    )
    thrown = f'<userTask id="t"/><endEvent id="bad">{ERROR}</endEvent>' + flows("a t bad") + again
    play = Play(scope(thrown, boundary("b", "sub", ERROR) + flows("b caught e"))).complete("t")
    assert play.waits() == ["help"]
    assert play.complete("help").waits() == ["caught"]


def test_the_event_sub_process_inside_is_nearer_than_the_boundary_event() -> None:
    inside = (
        f'<userTask id="t"/><endEvent id="bad">{ERROR}</endEvent>' + flows("a t bad") + aside("x", ERROR, "help")
    )
    play = Play(scope(inside, boundary("b", "sub", ERROR) + flows("b caught e"))).complete("t")
    assert play.waits() == ["help"]
    assert play.complete("help").waits() == ["after"]


def test_an_interrupting_event_sub_process_of_one_instance_leaves_the_others() -> None:
    inside = '<userTask id="t"/><endEvent id="z"/>' + flows("a t z") + aside("x", MESSAGE, "help") + MANY
    play = Play(scope(inside)).fire("x_come")
    assert play.waits("user") == ["help", "t"]
    assert play.complete("help").complete("t").waits() == ["after"]


def test_a_terminate_end_in_one_instance_ends_that_instance_alone() -> None:
    inside = (
        '<parallelGateway id="f"/><userTask id="t"/><userTask id="u"/><endEvent id="z"/>'
        f'<endEvent id="stop">{TERMINATE}</endEvent>' + flows("a f t stop", "f u z") + MANY
    )
    play = Play(scope(inside)).complete("t")
    assert play.waits() == ["t", "u"]
    assert play.complete("t").waits() == ["after"]


def test_an_interrupting_event_sub_process_ends_what_a_non_interrupting_one_began() -> None:
    body = '<startEvent id="s"/><userTask id="t"/><endEvent id="e"/>' + flows("s t e")
    both = aside("calm", MESSAGE, "note", interrupting=False) + aside("hard", timer("P1D"), "help")
    play = Play(diagram(body + both, roots=ROOTS)).fire("calm_come").complete("t")
    assert play.waits() == ["calm_come", "hard_come", "note"]
    assert play.pass_time(days=2).waits() == ["help"]
    assert play.complete("help").ended


def test_a_reminder_of_a_sub_process_outlives_it_and_does_not_come_again() -> None:
    inside = '<userTask id="t"/><endEvent id="z"/>' + flows("a t z")
    around = boundary("b", "sub", timer("R/P1D", "timeCycle"), interrupting=False) + flows("b caught e")
    play = Play(scope(inside, around)).pass_time(days=1).complete("t")
    assert play.waits() == ["after", "caught"]
    assert play.pass_time(days=5).waits() == ["after", "caught"]


def test_a_cancelled_inner_transaction_leaves_what_completed_around_it() -> None:
    inner = (
        f'<transaction id="inner"><startEvent id="ia"/><userTask id="seat"/>{undoing("seat")}<userTask id="ok"/>'
        f'<endEvent id="iz">{CANCEL}</endEvent>{flows("ia seat ok iz")}</transaction>{boundary("ib", "inner", CANCEL)}'
    )
    inside = (
        f'<userTask id="trip"/>{undoing("trip")}{inner}<userTask id="again"/><endEvent id="z"/>'
        f'<endEvent id="none">{CANCEL}</endEvent>' + flows("a trip inner z", "ib again none")
    )
    xml = scope(inside, boundary("b", "sub", CANCEL) + flows("b caught e"), kind="transaction")
    play = Play(xml).complete("trip").complete("seat").complete("ok")
    assert play.waits() == ["undo_seat"]
    assert play.complete("undo_seat").waits() == ["again"]
    assert play.complete("again").waits() == ["undo_trip"]
    assert play.complete("undo_trip").waits() == ["caught"]


def test_what_came_with_an_error_or_escalation_is_written_where_the_diagram_asks() -> None:
    asks = '<extensionElements><keyturn:payload name="code" variable="why"/></extensionElements>'
    play = Play(calling(boundary("b", "call", asks + ERROR)), called=called(ERROR)).complete("ask")
    assert (play.waits(), play.data["why"]) == (["caught"], "desk.full")
    theirs = ERROR.replace("/>", ' xmlns:c="http://camunda.org/schema/1.0/bpmn" c:errorCodeVariable="why"/>')
    other = Play(calling(boundary("b", "call", theirs)), called=called(ERROR)).complete("ask")
    assert other.data["why"] == "desk.full"
    quiet = Play(calling(boundary("b", "call", ERROR)), called=called(ERROR)).complete("ask")
    assert "code" not in quiet.data
    escalated = Play(calling(boundary("b", "call", asks + ESCALATION)), called=called(ESCALATION)).complete("ask")
    assert escalated.data["why"] == "look"


SIGNAL = '<signalEventDefinition signalRef="sig"/>'


@pytest.mark.parametrize("interrupting", [True, False])
def test_a_signal_reaches_its_own_case_before_the_next_step_runs(interrupting: bool) -> None:
    thrown = f'<intermediateThrowEvent id="call">{SIGNAL}</intermediateThrowEvent><serviceTask id="work"/>'
    inside = f'{thrown}<endEvent id="z"/>' + flows("a call work z")
    around = boundary("b", "sub", SIGNAL, interrupting=interrupting) + flows("b caught e")
    worked: list[str] = []
    play = Play(scope(inside, around), handlers={"work": lambda _data: worked.append("work") or {}})
    assert play.waits() == (["caught"] if interrupting else ["after", "caught"])
    assert worked == ([] if interrupting else ["work"])
    assert play.services.signals == ["stop"]


def test_a_signal_is_not_received_by_what_begins_to_wait_after_it_was_thrown() -> None:
    xml = diagram(
        f'<startEvent id="s"/><intermediateThrowEvent id="call">{SIGNAL}</intermediateThrowEvent>'
        f'<intermediateCatchEvent id="late">{SIGNAL}</intermediateCatchEvent><endEvent id="e"/>'
        + flows("s call late e"),
        roots=ROOTS,
    )
    assert Play(xml).waits() == ["late"]
