"""What analysts draw less often, deployed with the checks and run through the database."""

from __future__ import annotations

from typing import Any

import pytest

from engine.api import BusinessError, DefinitionError, HandlerRegistry
from kernel.actor import SYSTEM
from tests.engine.conftest import House, Story
from tests.engine.spiff.play import diagram, flow, flows

ROOTS = (
    '<message id="m" name="withdrawn"/><signal id="sig" name="fire_alarm"/>'
    '<error id="full" errorCode="desk.full"/><escalation id="look" escalationCode="look"/>'
)
BY_CASE = '<extensionElements><keyturn:correlation name="no" value="= no"/></extensionElements>'
MESSAGE = '<messageEventDefinition messageRef="m"/>'
SIGNAL = '<signalEventDefinition signalRef="sig"/>'
TIMER = "<timerEventDefinition><timeDuration>P2D</timeDuration></timerEventDefinition>"
ESCALATION = '<escalationEventDefinition escalationRef="look"/>'


def user(*names: str) -> str:
    """User tasks that pass the checks."""
    task = '<keyturn:task form="any/form" candidateGroups="clerk" due="P1D"/>'
    return "".join(
        f'<userTask id="{name}"><extensionElements>{task}</extensionElements></userTask>' for name in names
    )


def aside(event: str, inside: str = "", *, interrupting: bool = True) -> str:
    """An event sub-process whose task is ``help``."""
    flag = "" if interrupting else ' isInterrupting="false"'
    return (
        f'<subProcess id="aside" triggeredByEvent="true"><startEvent id="come"{flag}>{inside}{event}</startEvent>'
        f'{user("help")}<endEvent id="helped"/>{flows("come help helped")}</subProcess>'
    )


def begin(house: House, body: str, **variables: Any) -> Story:
    """Deploy a drawing and start it."""
    house.act(lambda e: e.deploy({"story.bpmn": diagram(body, roots=ROOTS)}))
    return Story(house, house.act(lambda e: e.start("story", variables)))


ROW = f'<startEvent id="s"/>{user("t", "u")}<endEvent id="e"/>{flows("s t u e")}'


def withdraw(house: House, no: int) -> int:
    """Tell the case of that number."""
    reached: int = house.act(lambda e: e.publish("withdrawn", {"no": no}, {}), SYSTEM)
    return reached


def test_an_interrupting_event_sub_process_ends_its_own_case_and_leaves_the_others(house: House) -> None:
    mine = begin(house, ROW + aside(MESSAGE, BY_CASE), no=1)
    other = Story(house, house.act(lambda e: e.start("story", {"no": 2})))
    assert withdraw(house, 1) == 1
    assert (mine.waiting_at, other.waiting_at) == (["help"], ["t"])
    mine.complete("help")
    assert mine.state == "completed"
    assert withdraw(house, 1) == 0


def test_a_non_interrupting_event_sub_process_runs_beside_as_often_as_the_message_comes(house: House) -> None:
    story = begin(house, ROW + aside(MESSAGE, BY_CASE, interrupting=False), no=1)
    assert [withdraw(house, 1), withdraw(house, 1)] == [1, 1]
    assert story.waiting_at == ["help", "help", "t"]
    for element in ("help", "t", "u", "help"):
        assert story.state == "active"
        story.complete(element)
    assert story.state == "completed"


def test_an_event_sub_process_is_started_by_time(house: House) -> None:
    story = begin(house, ROW + aside(TIMER))
    assert house.pass_time(days=1) == 0
    assert house.pass_time(days=1) == 1
    assert story.waiting_at == ["help"]


def test_an_event_sub_process_is_started_by_a_signal(house: House) -> None:
    story = begin(house, ROW + aside(SIGNAL, interrupting=False))
    assert house.act(lambda e: e.signal("fire_alarm"), SYSTEM) == 1
    assert story.waiting_at == ["help", "t"]


def test_an_event_sub_process_catches_the_error_of_a_handler(house: House, registry: HandlerRegistry) -> None:
    @registry.handler("desk.seat", errors={"desk.full"})
    def seat(_data: None, _ctx: Any) -> None:
        raise BusinessError("desk.full")

    task = '<extensionElements><keyturn:handler name="desk.seat"/></extensionElements>'
    body = f'<startEvent id="s"/>{user("t")}<serviceTask id="seat">{task}</serviceTask><endEvent id="e"/>'
    story = begin(house, body + flows("s t seat e") + aside('<errorEventDefinition errorRef="full"/>'))
    story.complete("t")
    assert story.waiting_at == ["help"]
    story.complete("help")
    assert story.state == "completed"


def escalating(catcher: str) -> str:
    """A sub-process that escalates, then goes on to a task."""
    inner = (
        f'<startEvent id="a"/><intermediateThrowEvent id="call">{ESCALATION}</intermediateThrowEvent>{user("x")}'
        f'<endEvent id="z"/>{flows("a call x z")}'
    )
    return (
        f'<startEvent id="s"/><subProcess id="sub">{inner}</subProcess>{user("boss")}<endEvent id="e"/>{catcher}'
        + flows("s sub e", "b boss e")
    )


@pytest.mark.parametrize(("flag", "waiting"), [("", ["boss"]), (' cancelActivity="false"', ["boss", "x"])])
def test_an_escalation_reaches_the_boundary_of_its_sub_process(
    house: House, flag: str, waiting: list[str]
) -> None:
    boundary = f'<boundaryEvent id="b" attachedToRef="sub"{flag}>{ESCALATION}</boundaryEvent>'
    story = begin(house, escalating(boundary))
    assert story.waiting_at == waiting
    for element in waiting:
        story.complete(element)
    assert story.state == "completed"


def test_an_escalation_starts_an_event_sub_process_beside(house: House) -> None:
    body = (
        f'<startEvent id="s"/><intermediateThrowEvent id="call">{ESCALATION}</intermediateThrowEvent>{user("t")}'
        f'<endEvent id="e"/>{flows("s call t e")}'
    )
    assert begin(house, body + aside(ESCALATION, interrupting=False)).waiting_at == ["help", "t"]


def link(identity: str, kind: str) -> str:
    """One side of the link L."""
    return f'<intermediate{kind}Event id="{identity}"><linkEventDefinition name="L"/></intermediate{kind}Event>'


def test_a_link_goes_on_at_its_other_side_and_may_lead_back(house: House) -> None:
    body = (
        f'<startEvent id="s"/><exclusiveGateway id="g" default="on"/>{user("t")}<endEvent id="e"/>'
        + link("out", "Throw")
        + link("in", "Catch")
        + flows("s t g", "in t")
        + flow("g", "out", "= again")
        + flow("g", "e", flow_id="on")
    )
    story = begin(house, body)
    story.complete("t", again=True)
    assert story.waiting_at == ["t"]
    story.complete("t", again=False)
    assert story.state == "completed"
    assert [e for e in story.done() if e in ("out", "in")] == ["out", "in"]


def test_a_join_waits_for_a_token_that_may_still_come_by_a_link(house: House) -> None:
    body = (
        '<startEvent id="s"/><inclusiveGateway id="f" default="fb"/><inclusiveGateway id="j"/><endEvent id="e"/>'
        + user("a", "b", "after")
        + link("out", "Throw")
        + link("in", "Catch")
        + flows("s f", "a out", "in j", "b j", "j after e")
        + flow("f", "a", "= true")
        + flow("f", "b", "= true", flow_id="other")
        + '<endEvent id="none"/>'
        + flow("f", "none", flow_id="fb")
    )
    story = begin(house, body)
    story.complete("b")
    assert story.waiting_at == ["a"]
    story.complete("a")
    assert story.waiting_at == ["after"]


def test_flows_out_of_a_task_are_all_taken_and_conditions_on_them_asked(house: House) -> None:
    body = (
        f'<startEvent id="s"/>{user("t", "a", "b")}<endEvent id="e"/>'
        + flows("s t a e", "b e")
        + flow("t", "b", "= amount > 5")
    )
    story = begin(house, body)
    story.complete("t", amount=9)
    assert story.waiting_at == ["a", "b"]
    again = begin(house, body)
    again.complete("t", amount=1)
    assert again.waiting_at == ["a"]


def test_the_default_flow_out_of_a_task_is_taken_when_no_condition_holds(house: House) -> None:
    body = f'<startEvent id="s"/>{user("t", "a", "b")}<endEvent id="e"/>'.replace('id="t"', 'id="t" default="d"')
    body += flows("s t", "a e", "b e") + flow("t", "a", "= amount > 5") + flow("t", "b", flow_id="d")
    story = begin(house, body)
    story.complete("t", amount=1)
    assert story.waiting_at == ["b"]


def test_without_start_and_end_events_the_first_task_begins_and_the_last_ends(house: House) -> None:
    story = begin(house, user("t", "u") + flows("t u"))
    assert story.waiting_at == ["t"]
    story.complete("t")
    story.complete("u")
    assert story.state == "completed"


WATCHED = (
    '<boundaryEvent id="b" attachedToRef="t"><conditionalEventDefinition><condition>= floor_passed</condition>'
    "</conditionalEventDefinition></boundaryEvent>"
)
WATCHING = f'<startEvent id="s"/>{user("t", "other")}<endEvent id="e"/>{WATCHED}{flows("s t e", "b other e")}'


def test_a_condition_that_comes_true_ends_the_task_and_is_seen_to_be_waited_for(house: House) -> None:
    story = begin(house, WATCHING, floor_passed=False)
    assert story.waits == [("conditional", "b"), ("user", "t")]
    house.act(lambda e: e.set_variables(story.id, {"floor_passed": True}, "the surveyor rang"))
    assert story.waits == [("user", "other")]
    told = [(e.code, e.element_id) for e in story.history if e.code in ("condition_met", "element_interrupted")]
    assert told == [("condition_met", "b"), ("element_interrupted", "t")]


def test_a_condition_that_never_comes_true_is_gone_with_its_task(house: House) -> None:
    story = begin(house, WATCHING, floor_passed=False)
    story.complete("t")
    assert (story.state, story.waits) == ("completed", [])


@pytest.mark.parametrize(
    "element",
    [
        '<complexGateway id="x"/>',
        f'<adHocSubProcess id="x">{user("y")}</adHocSubProcess>',
    ],
)
def test_what_is_not_run_is_refused_by_name_and_nothing_is_deployed(house: House, element: str) -> None:
    body = f'<startEvent id="s"/>{element}<endEvent id="e"/>{flows("s x e")}'
    with pytest.raises(DefinitionError) as refused:
        house.act(lambda e: e.deploy({"story.bpmn": diagram(body)}))
    assert ("element_unsupported", "x") in {(f.code, f.element_id) for f in refused.value.findings}
    assert house.ask(lambda e: e.find_definitions()) == []
