"""A case is returned to a chosen earlier step (退回指定节点), by either way back."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from engine.api import ChangeRefused, Context, HandlerRegistry, Invalid, Missing, NotAllowed, Stale
from kernel.actor import SYSTEM
from tests.engine.changing.versions import Versions, ends, flows, timer
from tests.engine.conftest import House, Story
from tests.engine.going_back.people import (
    ANNA,
    BEN,
    CARL,
    OTTO,
    START,
    asked_three,
    choices,
    reasons,
    send_back,
    step,
    verb,
)


@dataclass(frozen=True)
class Order:
    """What the verb of one story reads."""

    amount: int


@dataclass(frozen=True)
class Fee:
    """What it answers."""

    fee: int


@pytest.fixture
def versions(house: House) -> Versions:
    return Versions(house)


def last(story: Story, code: str) -> dict[str, object]:
    """What the last event of a kind says."""
    event = next(e for e in story.history[::-1] if e.code == code)
    return {"by": event.actor_id, "element": event.element_id, **event.params}


def test_who_decides_chooses_among_the_steps_that_the_case_has_passed(versions: Versions) -> None:
    story = asked_three(versions)
    found = choices(story, "sign", CARL)
    assert [(one.element_id, one.by, one.answers) for one in found] == [
        ("ask", ANNA.id, {"amount": 7}),
        ("check", BEN.id, {"checked": True}),
    ]
    assert choices(story, "sign", CARL)[0].roles == ("clerk",)


def test_the_step_opens_again_for_who_did_it_with_his_answers_as_a_draft(versions: Versions) -> None:
    story = asked_three(versions)
    signing = story.task("sign")
    send_back(story, "sign", "ask", CARL, reason="  the amount is\ntoo high ")
    assert story.waiting_at == ["ask"]
    again = story.task("ask")
    assert again.assignee == ANNA.id
    assert story.house.ask(lambda e: e.get_task(again.id), ANNA).draft == {"amount": 7}
    told = last(story, "task_returned")
    assert (told["by"], told["element"], told["to_element"]) == (CARL.id, "sign", "ask")
    assert told["reason"] == "the amount is too high"
    closed = story.house.ask(lambda e: e.get_task(signing.id), CARL).task
    assert (closed.state, closed.completed_by) == ("cancelled", CARL.id)


def test_again_means_that_everybody_between_decides_again(versions: Versions) -> None:
    story = asked_three(versions)
    send_back(story, "sign", "ask", CARL, "again")
    story.complete("ask", ANNA, amount=5)
    assert story.waiting_at == ["check"]
    story.complete("check", BEN, checked=True)
    assert story.waiting_at == ["sign"]
    assert story.task("sign").assignee is None
    story.complete("sign", CARL)
    assert story.state == "completed"
    assert story.data["amount"] == 5


def test_straight_means_that_it_comes_back_to_the_returner_and_nobody_between_is_asked(versions: Versions) -> None:
    story = asked_three(versions)
    send_back(story, "sign", "ask", CARL, "straight")
    story.complete("ask", ANNA, amount=5)
    assert story.waiting_at == ["sign"]
    assert story.task("sign").assignee == CARL.id
    passed = last(story, "task_passed")
    assert (passed["element"], passed["person"], passed["why"]) == ("check", BEN.id, "straight")
    story.complete("sign", CARL)
    assert story.state == "completed"
    assert [event.element_id for event in story.history if event.code == "task_completed"] == [
        "ask", "check", "ask", "sign",
    ]  # fmt: skip


def test_once_back_the_way_is_over_and_a_later_return_asks_everybody(versions: Versions) -> None:
    story = asked_three(versions)
    send_back(story, "sign", "ask", CARL, "straight")
    story.complete("ask", ANNA, amount=5)
    send_back(story, "sign", "ask", CARL, "again")
    story.complete("ask", ANNA, amount=4)
    assert story.waiting_at == ["check"]
    ways = story.house.ask(lambda e: e.returns(story.id))
    assert [(one.way, one.state) for one in ways] == [("straight", "done"), ("again", "open")]


def test_on_the_way_straight_back_verbs_run_and_choices_are_made_by_the_new_data(
    versions: Versions, registry: HandlerRegistry
) -> None:
    @registry.handler("story.reckon", again=True)
    def reckon(data: Order, ctx: Context) -> Fee:
        return Fee(data.amount * 2)

    body = (START, step("ask", "clerk"), verb("reckon", "story.reckon"), step("check", "manager"))
    versions.deploy(*body, step("sign", "director"), ends("e"), flows("s ask reckon check sign e"))
    story = versions.start()
    story.complete("ask", ANNA, amount=7)
    story.complete("check", BEN)
    send_back(story, "sign", "ask", CARL, "straight")
    story.complete("ask", ANNA, amount=5)
    assert story.waiting_at == ["sign"]
    assert story.data["fee"] == 10


def test_a_verb_that_cannot_be_done_twice_stands_against_it_in_words(
    versions: Versions, registry: HandlerRegistry
) -> None:
    @registry.handler("story.pay")
    def pay(data: None, ctx: Context) -> None:
        return None

    body = (START, step("ask", "clerk"), verb("pay", "story.pay"), step("sign", "director"), ends("e"))
    versions.deploy(*body, flows("s ask pay sign e"))
    story = versions.start()
    story.complete("ask", ANNA, amount=7)
    with pytest.raises(ChangeRefused) as caught:
        send_back(story, "sign", "ask", CARL)
    assert reasons(caught.value) == [("back_needs_undoing", "pay")]
    assert story.waiting_at == ["sign"]
    assert story.task("sign").revision == 1


def test_what_its_diagram_can_undo_is_undone_on_the_way(versions: Versions, registry: HandlerRegistry) -> None:
    booked: list[str] = []

    @registry.handler("story.book")
    def book(data: None, ctx: Context) -> None:
        booked.append("booked")

    @registry.handler("story.free")
    def free(data: None, ctx: Context) -> None:
        booked.append("freed")

    undo = (
        '<boundaryEvent id="undo" attachedToRef="book"><compensateEventDefinition/></boundaryEvent>'
        + verb("free", "story.free", ' isForCompensation="true"')
        + '<association id="a" sourceRef="undo" targetRef="free"/>'
    )
    thrown = '<endEvent id="f"><compensateEventDefinition/></endEvent><exclusiveGateway id="x" default="x_e"/>'
    body = (START, step("ask", "clerk"), verb("book", "story.book"), undo, step("sign", "director"), thrown)
    way = '<sequenceFlow id="x_e" sourceRef="x" targetRef="e"/>' + (
        '<sequenceFlow id="x_f" sourceRef="x" targetRef="f">'
        "<conditionExpression>fails = true</conditionExpression></sequenceFlow>"
    )
    versions.deploy(*body, ends("e"), flows("s ask book sign x"), way)
    story = versions.start()
    story.complete("ask", ANNA, amount=7)
    send_back(story, "sign", "ask", CARL)
    assert booked == ["booked", "freed"]
    assert story.waiting_at == ["ask"]
    story.complete("ask", ANNA, amount=5)
    story.complete("sign", CARL)
    assert booked == ["booked", "freed", "booked"]
    assert story.state == "completed"


def test_branches_that_would_run_twice_end(versions: Versions) -> None:
    fork = '<parallelGateway id="fork"/><parallelGateway id="join"/>'
    body = (START, step("ask", "clerk"), fork, step("check", "manager"), step("sign", "director"), ends("e"))
    versions.deploy(*body, flows("s ask fork check join e", "fork sign join"))
    story = versions.start()
    story.complete("ask", ANNA)
    checking = story.task("check")
    send_back(story, "sign", "ask", CARL)
    assert story.waiting_at == ["ask"]
    with pytest.raises(Stale) as late:
        story.house.act(lambda e: e.complete(checking.id, {}), BEN)
    assert late.value.params["by"] == CARL.id
    story.complete("ask", ANNA)
    assert story.waiting_at == ["check", "sign"]
    story.complete("sign", CARL)
    story.complete("check", BEN)
    assert story.state == "completed"


def test_the_other_branch_stays_when_the_step_lies_in_ones_own(versions: Versions) -> None:
    fork = '<parallelGateway id="fork"/><parallelGateway id="join"/>'
    body = (START, fork, step("ask", "clerk"), step("check", "manager"), step("sign", "director"), ends("e"))
    versions.deploy(*body, flows("s fork ask sign join e", "fork check join"))
    story = versions.start()
    story.complete("ask", ANNA)
    send_back(story, "sign", "ask", CARL)
    assert story.waiting_at == ["ask", "check"]


def test_a_join_that_would_starve_stands_against_it(versions: Versions) -> None:
    fork = '<parallelGateway id="fork"/><parallelGateway id="join"/>'
    body = (START, fork, step("check", "manager"), step("sign", "director"), ends("e"))
    versions.deploy(*body, flows("s fork check join e", "fork sign join"))
    story = versions.start()
    story.complete("check", BEN)
    with pytest.raises(ChangeRefused) as caught:
        send_back(story, "sign", "check", CARL)
    assert reasons(caught.value) == [("back_join_stuck", "join")]
    assert story.waiting_at == ["sign"]


def test_steps_of_another_scope_are_not_offered(versions: Versions) -> None:
    inner = (
        '<subProcess id="sub"><startEvent id="si"/>'
        + step("sign", "director")
        + '<endEvent id="ei"/>'
        + flows("si sign ei")
        + "</subProcess>"
    )
    versions.deploy(START, step("ask", "clerk"), inner, ends("e"), flows("s ask sub e"))
    story = versions.start()
    story.complete("ask", ANNA)
    asked = next(e.task_id for e in story.history if e.code == "task_completed")
    assert choices(story, "sign", CARL) == []
    signing = story.task("sign")
    with pytest.raises(Invalid, match="return_step_unknown"):
        story.house.act(lambda e: e.return_to(signing.id, asked, way="again", reason="no"), CARL)


def test_only_who_may_decide_may_return(versions: Versions) -> None:
    story = asked_three(versions)
    signing = story.task("sign")
    target = choices(story, "sign", CARL)[0].task_id
    for other, refusal in ((BEN, NotAllowed), (OTTO, Missing)):
        with pytest.raises(refusal):
            story.house.act(lambda e: e.return_to(signing.id, target, way="again", reason="no"), other)
    assert story.waiting_at == ["sign"]


def test_four_eyes_keep_the_excluded_from_returning(versions: Versions) -> None:
    four = step("sign", "clerk", more=f'excluded="{ANNA.id}"')
    versions.deploy(START, step("ask", "clerk"), four, ends("e"), flows("s ask sign e"))
    story = versions.start()
    story.complete("ask", ANNA)
    signing = story.task("sign")
    target = story.house.ask(lambda e: e.return_choices(signing.id))[0].task_id
    with pytest.raises(NotAllowed, match="four_eyes"):
        story.house.act(lambda e: e.return_to(signing.id, target, way="again", reason="no"), ANNA)


def test_who_is_late_is_told_by_whom_and_a_second_click_changes_nothing(versions: Versions) -> None:
    story = asked_three(versions)
    signing, target = story.task("sign"), choices(story, "sign", CARL)[0].task_id
    send_back(story, "sign", "ask", CARL)
    for _ in range(2):
        with pytest.raises(Stale, match="task_cancelled") as late:
            story.house.act(lambda e: e.return_to(signing.id, target, way="again", reason="no"), CARL)
        assert late.value.params["by"] == CARL.id
    assert story.waiting_at == ["ask"]
    assert [e.code for e in story.history].count("task_returned") == 1


def test_a_reason_and_a_way_are_asked_for(versions: Versions) -> None:
    story = asked_three(versions)
    signing, target = story.task("sign"), choices(story, "sign", CARL)[0].task_id
    with pytest.raises(Invalid, match="reason_missing"):
        story.house.act(lambda e: e.return_to(signing.id, target, way="again", reason=" "), CARL)
    with pytest.raises(Invalid, match="return_way_unknown"):
        story.house.act(lambda e: e.return_to(signing.id, target, way="sideways", reason="x"), CARL)


def test_timers_of_the_task_that_returned_are_over(versions: Versions) -> None:
    body = (START, step("ask", "clerk"), step("sign", "director"), timer("lapse", "sign"), ends("e", "f"))
    versions.deploy(*body, flows("s ask sign e", "lapse f"))
    story = versions.start()
    story.complete("ask", ANNA)
    send_back(story, "sign", "ask", CARL)
    assert story.house.pass_time(days=8) == 0
    assert story.waits == [("user", "ask")]


def test_turns_of_one_step_are_returned_to_one_by_one(versions: Versions) -> None:
    """A loop asks role after role at the same element; its diagram says what belongs to a turn."""
    decide = (
        '<userTask id="decide"><extensionElements><keyturn:task form="decide" candidateGroups="= [roles[turn]]" '
        'restores="turn" completedBy="by"/></extensionElements></userTask>'
    )
    count = (
        '<scriptTask id="count" scriptFormat="feel"><extensionElements>'
        '<keyturn:assign name="turn" value="turn + 1"/></extensionElements></scriptTask>'
    )
    more = '<exclusiveGateway id="more" default="out"/>'
    back = (
        '<sequenceFlow id="back" sourceRef="more" targetRef="decide">'
        "<conditionExpression>turn &lt; 4</conditionExpression></sequenceFlow>"
        '<sequenceFlow id="out" sourceRef="more" targetRef="e"/>'
    )
    versions.deploy(START, decide, count, more, ends("e"), flows("s decide count more"), back)
    story = versions.start({"roles": ["clerk", "manager", "director"], "turn": 1})
    story.complete("decide", ANNA, ok=1)
    story.complete("decide", BEN, ok=2)
    assert [(one.by, one.turn) for one in choices(story, "decide", CARL)] == [
        (ANNA.id, {"turn": 1}),
        (BEN.id, {"turn": 2}),
    ]
    task, first = story.task("decide"), choices(story, "decide", CARL)[0]
    story.house.act(lambda e: e.return_to(task.id, first.task_id, way="straight", reason="look again"), CARL)
    assert (story.task("decide").assignee, story.data["turn"]) == (ANNA.id, 1)
    story.complete("decide", ANNA, ok=3)
    assert (story.task("decide").assignee, story.data["turn"]) == (CARL.id, 3)
    assert story.data["by"] == BEN.id
    story.complete("decide", CARL, ok=4)
    assert story.state == "completed"


def test_a_case_that_runs_by_the_system_alone_can_still_be_looked_at(versions: Versions) -> None:
    story = asked_three(versions)
    send_back(story, "sign", "check", CARL)
    assert story.house.ask(lambda e: [one.element_id for one in e.steps(story.id)], SYSTEM) == ["ask", "check"]
