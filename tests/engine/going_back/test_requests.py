"""Who began a case takes the whole request back (撤回): what it did is undone, and with consent where others acted."""

from __future__ import annotations

import pytest

from engine.api import (
    ChangeRefused,
    Context,
    HandlerRegistry,
    Invalid,
    Missing,
    NotAllowed,
    Stale,
    Stand,
    Withdrawal,
)
from kernel.actor import Actor, Grant
from tests.engine.changing.versions import Versions, ends, flows
from tests.engine.conftest import House, Story
from tests.engine.going_back.people import ANNA, BEN, CARL, OTTO, START, reasons, step, verb

ZOE = Actor("00000000-0000-0000-0000-000000000190", "Zoe", (Grant("asker", "/", frozenset({"story:start"})),))
UNDO = (
    '<boundaryEvent id="undo" attachedToRef="book"><compensateEventDefinition/></boundaryEvent>'
    + verb("free", "story.free", ' isForCompensation="true"')
    + '<association id="a" sourceRef="undo" targetRef="free"/>'
)
FAILS = (
    '<exclusiveGateway id="x" default="x_e"/><sequenceFlow id="x_e" sourceRef="x" targetRef="e"/>'
    '<endEvent id="f"><compensateEventDefinition/></endEvent><sequenceFlow id="x_f" sourceRef="x" targetRef="f">'
    "<conditionExpression>fails = true</conditionExpression></sequenceFlow>"
)


class Rules:
    """Who stands in for whom."""

    def __init__(self, **stands: Stand) -> None:
        self.stands = stands

    def of(self, session: object, person: Actor) -> tuple[Stand, ...]:
        return (self.stands[person.name],) if person.name in self.stands else ()


@pytest.fixture
def versions(house: House) -> Versions:
    return Versions(house)


@pytest.fixture
def booked(registry: HandlerRegistry) -> list[str]:
    """What the verbs of the story did."""
    said: list[str] = []

    @registry.handler("story.book")
    def book(data: None, ctx: Context) -> None:
        said.append("booked")

    @registry.handler("story.free")
    def free(data: None, ctx: Context) -> None:
        said.append("freed")

    return said


def begun(versions: Versions, *middle: str, way: str = "s check sign x", actor: Actor = ZOE) -> Story:
    """Zoe asks by starting the case; Ben is to check it, Carl to sign."""
    body = (START, *middle, step("check", "manager"), step("sign", "director"), FAILS, ends("e"))
    versions.deploy(*body, flows(way))
    return Story(versions.house, versions.house.act(lambda e: e.start("story"), actor))


def withdraw(story: Story, actor: Actor = ZOE, reason: str = "a slip") -> None:
    story.house.act(lambda e: e.withdraw_request(story.id, reason), actor)


def ask(story: Story, actor: Actor = ZOE) -> Withdrawal:
    found: Withdrawal = story.house.act(lambda e: e.ask_to_withdraw_request(story.id, "a slip"), actor)
    return found


def right(story: Story, actor: Actor = ZOE) -> str:
    found: str = story.house.ask(lambda e: e.request_rights(story.id), actor).act
    return found


def answer(story: Story, asked: Withdrawal, actor: Actor, *, grant: bool, words: str = "") -> Withdrawal:
    found: Withdrawal = story.house.act(lambda e: e.answer_withdrawal(asked.id, grant=grant, answer=words), actor)
    return found


def test_while_nobody_has_acted_the_request_ends_and_what_it_did_is_undone(
    versions: Versions, booked: list[str]
) -> None:
    story = begun(versions, verb("book", "story.book"), UNDO, way="s book check sign x")
    checking = story.task("check")
    assert right(story) == "withdraw"
    withdraw(story)
    assert booked == ["booked", "freed"]
    assert (story.state, story.waits) == ("cancelled", [])
    last = story.history[-1]
    assert (last.code, last.actor_id, last.params["reason"]) == ("instance_withdrawn", ZOE.id, "a slip")
    with pytest.raises(Stale, match="task_cancelled") as late:
        story.house.act(lambda e: e.complete(checking.id, {}), BEN)
    assert late.value.params["by"] == ZOE.id
    with pytest.raises(Stale, match="instance_not_active"):
        withdraw(story)


def test_what_cannot_be_undone_stands_against_it_and_nothing_has_changed(
    versions: Versions, booked: list[str]
) -> None:
    story = begun(versions, verb("book", "story.book"), way="s book check sign x")
    with pytest.raises(ChangeRefused) as caught:
        withdraw(story)
    assert reasons(caught.value) == [("back_needs_undoing", "book")]
    assert (story.state, story.waiting_at, booked) == ("active", ["check"], ["booked"])


def test_undoing_that_waits_for_a_person_stands_against_it(versions: Versions, booked: list[str]) -> None:
    by_hand = UNDO.replace(
        verb("free", "story.free", ' isForCompensation="true"'),
        step("free", "clerk").replace('id="free"', 'id="free" isForCompensation="true"'),
    )
    story = begun(versions, verb("book", "story.book"), by_hand, way="s book check sign x")
    with pytest.raises(ChangeRefused) as caught:
        withdraw(story)
    assert reasons(caught.value) == [("call_off_waits", "free")]
    assert (story.state, story.waiting_at) == ("active", ["check"])


def test_once_somebody_has_acted_whoever_holds_it_is_asked_and_granting_ends_it(versions: Versions) -> None:
    story = begun(versions)
    story.complete("check", BEN)
    with pytest.raises(Stale, match="withdraw_needs_consent") as late:
        withdraw(story)
    assert late.value.params["by"] == BEN.id
    asked = ask(story)
    assert (right(story), ask(story).id) == ("asked", asked.id)
    signing = story.task("sign")
    seen = story.house.ask(lambda e: e.withdrawals_to_answer(signing.id), CARL)
    assert [one.id for one in seen] == [asked.id]
    assert story.house.ask(lambda e: e.waiting_for_consent([signing]), CARL) == {signing.id}
    for other, refusal in ((ZOE, NotAllowed), (BEN, NotAllowed), (OTTO, Missing)):
        with pytest.raises(refusal):
            answer(story, asked, other, grant=True)
    assert answer(story, asked, CARL, grant=True).state == "granted"
    assert story.state == "cancelled"
    assert story.history[-1].params["person"] == ZOE.id


def test_a_refusal_leaves_the_case_where_it_is(versions: Versions) -> None:
    story = begun(versions)
    story.complete("check", BEN)
    refused = answer(story, ask(story), CARL, grant=False, words="Too late.")
    assert (refused.state, story.waiting_at, right(story)) == ("refused", ["sign"], "ask")


def test_only_who_began_it_or_stands_in_for_him_takes_it_back(house: House, versions: Versions) -> None:
    house.substitutions = Rules(Otto=Stand(ZOE))
    story = begun(versions)
    with pytest.raises(NotAllowed, match="withdraw_request_of_another"):
        withdraw(story, BEN)
    with pytest.raises(Missing):
        withdraw(story, ANNA)
    assert right(story, BEN) == "none"
    assert right(story, OTTO) == "withdraw"
    withdraw(story, OTTO)
    last = story.history[-1]
    assert (last.code, last.actor_id, last.on_behalf_of) == ("instance_withdrawn", OTTO.id, ZOE.id)


def test_who_has_a_task_of_his_own_in_it_takes_that_back(versions: Versions) -> None:
    anna = Actor(ANNA.id, ANNA.name, (*ANNA.grants, *ZOE.grants))
    story = begun(versions, step("ask", "clerk"), way="s ask check sign x", actor=anna)
    story.complete("ask", anna)
    with pytest.raises(Invalid, match="withdraw_your_task") as told:
        withdraw(story, anna)
    found = story.house.ask(lambda e: e.request_rights(story.id), anna)
    assert (found.act, found.task_id) == ("withdraw", told.value.params["task_id"])


def test_nobody_takes_back_without_a_reason(versions: Versions) -> None:
    story = begun(versions)
    with pytest.raises(Invalid, match="reason_missing"):
        withdraw(story, reason="  ")
    with pytest.raises(Invalid, match="withdraw_without_asking"):
        ask(story)
