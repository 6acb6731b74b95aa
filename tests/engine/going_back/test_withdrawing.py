"""Who did a task takes it back (撤回): at once while nobody has acted, with consent afterwards."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from engine.api import ChangeRefused, Context, HandlerRegistry, Invalid, Missing, NotAllowed, Stale, Withdrawal
from engine.news import take_news, taken_back_by
from kernel.actor import Actor
from kernel.clock import MovedClock
from tests.engine.changing.versions import Versions, ends, flows
from tests.engine.conftest import House, Story
from tests.engine.going_back.people import ANNA, BEN, CARL, OTTO, START, asked_three, reasons, step, verb


@pytest.fixture
def versions(house: House) -> Versions:
    return Versions(house)


@pytest.fixture
def story(versions: Versions) -> Story:
    """Anna has asked; Ben is to check."""
    body = (START, step("ask", "clerk"), step("check", "manager"), step("sign", "director"), ends("e"))
    versions.deploy(*body, flows("s ask check sign e"))
    begun = versions.start()
    begun.complete("ask", ANNA, amount=7)
    return begun


def done(story: Story, element: str) -> str:
    """The id of the last completed task at an element."""
    passed = story.house.ask(lambda e: e.steps(story.id))
    return next(one.task_id for one in passed[::-1] if one.element_id == element)


def withdraw(story: Story, actor: Actor = ANNA, reason: str = "a slip") -> None:
    task_id = done(story, "ask")
    story.house.act(lambda e: e.withdraw(task_id, reason), actor)


def ask(story: Story, actor: Actor = ANNA) -> Withdrawal:
    task_id = done(story, "ask")
    found: Withdrawal = story.house.act(lambda e: e.ask_to_withdraw(task_id, "a slip"), actor)
    return found


def right(story: Story, actor: Actor = ANNA) -> str:
    task_id = done(story, "ask")
    found: str = story.house.ask(lambda e: e.withdrawal_rights(task_id), actor).act
    return found


def answer(story: Story, asked: Withdrawal, actor: Actor, *, grant: bool, words: str = "") -> Withdrawal:
    found: Withdrawal = story.house.act(lambda e: e.answer_withdrawal(asked.id, grant=grant, answer=words), actor)
    return found


def test_while_nobody_has_acted_the_task_opens_again_with_its_answers(story: Story) -> None:
    checking = story.task("check")
    assert right(story) == "withdraw"
    withdraw(story)
    assert story.waiting_at == ["ask"]
    again = story.task("ask")
    assert again.assignee == ANNA.id
    assert story.house.ask(lambda e: e.get_task(again.id), ANNA).draft == {"amount": 7}
    with pytest.raises(Stale, match="task_cancelled") as late:
        story.house.act(lambda e: e.complete(checking.id, {}), BEN)
    assert late.value.params["by"] == ANNA.id
    story.complete("ask", ANNA, amount=6)
    story.complete("check", BEN)
    assert story.waiting_at == ["sign"]


class GoingOn(MovedClock):
    """A clock that goes on whenever it is read, as the machine's does."""

    def now(self) -> datetime:
        self.advance(timedelta(milliseconds=1))
        return super().now()


def test_the_clock_goes_on_while_a_task_is_completed_and_it_can_still_be_taken_back(house: House) -> None:
    house.clock = GoingOn(house.clock.now())
    versions = Versions(house)
    versions.deploy(START, step("ask", "clerk"), step("check", "manager"), ends("e"), flows("s ask check e"))
    story = versions.start()
    story.complete("ask", ANNA, amount=7)
    assert right(story) == "withdraw"
    withdraw(story)
    assert story.waiting_at == ["ask"]
    with house.database.unit_of_work() as session:
        told = next(news for news in take_news(session, 10) if news.event.code == "task_withdrawn")
        assert [task.element_id for task in taken_back_by(session, told)] == ["check"]


def test_a_task_that_was_only_taken_into_hand_does_not_hinder_it(story: Story) -> None:
    checking = story.task("check")
    story.house.act(lambda e: e.claim(checking.id), BEN)
    withdraw(story)
    assert story.waiting_at == ["ask"]


def test_taken_back_twice_it_is_taken_back_once(story: Story) -> None:
    task_id = done(story, "ask")
    withdraw(story)
    with pytest.raises(Stale, match="withdraw_gone_back"):
        story.house.act(lambda e: e.withdraw(task_id, "again"), ANNA)
    assert [e.code for e in story.history].count("task_withdrawn") == 1


def test_nobody_takes_back_the_task_of_another(story: Story) -> None:
    task_id = done(story, "ask")
    with pytest.raises(NotAllowed, match="withdraw_of_another"):
        story.house.act(lambda e: e.withdraw(task_id, "mine now"))
    with pytest.raises(Missing):
        story.house.act(lambda e: e.withdraw(task_id, "mine now"), OTTO)


def test_what_cannot_be_undone_stands_against_it_in_words(versions: Versions, registry: HandlerRegistry) -> None:
    @registry.handler("story.pay")
    def pay(data: None, ctx: Context) -> None:
        return None

    body = (START, step("ask", "clerk"), verb("pay", "story.pay"), step("check", "manager"), ends("e"))
    versions.deploy(*body, flows("s ask pay check e"))
    story = versions.start()
    story.complete("ask", ANNA)
    with pytest.raises(ChangeRefused) as caught:
        withdraw(story)
    assert reasons(caught.value) == [("back_needs_undoing", "pay")]
    assert story.waiting_at == ["check"]


def test_once_somebody_has_acted_consent_is_asked_for_and_granting_goes_back_at_once(story: Story) -> None:
    story.complete("check", BEN)
    with pytest.raises(Stale, match="withdraw_needs_consent") as late:
        withdraw(story)
    assert late.value.params["by"] == BEN.id
    assert right(story) == "ask"
    asked = ask(story)
    assert right(story) == "asked"
    signing = story.task("sign")
    waiting = story.house.ask(lambda e: e.withdrawals_to_answer(signing.id), CARL)
    assert [(one.id, one.by, one.reason) for one in waiting] == [(asked.id, ANNA.id, "a slip")]
    granted = answer(story, asked, CARL, grant=True)
    assert (granted.state, granted.answered_by) == ("granted", CARL.id)
    assert story.waiting_at == ["ask"]
    assert story.task("ask").assignee == ANNA.id


def test_a_refusal_says_why_and_the_case_stays(story: Story) -> None:
    story.complete("check", BEN)
    asked = ask(story)
    with pytest.raises(Invalid, match="reason_missing"):
        answer(story, asked, CARL, grant=False)
    refused = answer(story, asked, CARL, grant=False, words="It is signed already.")
    assert (refused.state, refused.answer) == ("refused", "It is signed already.")
    assert story.waiting_at == ["sign"]
    assert right(story) == "ask"
    with pytest.raises(Stale, match="withdrawal_answered") as late:
        answer(story, asked, CARL, grant=True)
    assert late.value.params["by"] == CARL.id


def test_one_request_waits_at_a_time(story: Story) -> None:
    story.complete("check", BEN)
    assert ask(story).id == ask(story).id


def test_only_who_holds_the_case_answers_and_nobody_his_own_request(story: Story) -> None:
    story.complete("check", BEN)
    asked = ask(story)
    for other, refusal in ((ANNA, NotAllowed), (BEN, NotAllowed), (OTTO, Missing)):
        with pytest.raises(refusal):
            answer(story, asked, other, grant=True)
    assert story.waiting_at == ["sign"]


def test_nobody_asks_where_he_may_take_back_at_once(story: Story) -> None:
    with pytest.raises(Invalid, match="withdraw_without_asking"):
        ask(story)


def test_an_ended_case_is_not_taken_back(versions: Versions) -> None:
    story = asked_three(versions)
    story.complete("sign", CARL)
    assert right(story) == "none"
    with pytest.raises(Stale, match="instance_not_active"):
        withdraw(story)
