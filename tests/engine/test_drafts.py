"""Half-filled forms: each person's own, kept without touching the task, gone when it is done."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from engine.api import Context, HandlerRegistry, Missing, NotAllowed, Stale, TaskDetail
from kernel.actor import Actor, Grant
from tests.engine.conftest import House, Story
from tests.engine.test_inbox import AN, BO, CHIEF, SHOP, WEST, offer
from tests.engine.test_linear import WorkOutIn, WorkOutOut


@pytest.fixture(autouse=True)
def _handlers(registry: HandlerRegistry) -> None:
    @registry.handler("offers.work_out")
    def work_out(data: WorkOutIn, ctx: Context) -> WorkOutOut:
        return WorkOutOut(total=data.price)


def save(house: House, story: Story, who: Actor, **answers: Any) -> None:
    task_id = story.task("draft").id
    house.act(lambda e: e.save_draft(task_id, answers), who)


def look(house: House, task_id: str, who: Actor) -> TaskDetail:
    found: TaskDetail = house.ask(lambda e: e.get_task(task_id), who)
    return found


def test_two_clerks_on_a_task_of_their_group_do_not_overwrite_each_other(house: House) -> None:
    story = offer(house, "A1")
    task = story.task("draft")
    save(house, story, AN, price=5)
    save(house, story, BO, price=70)
    save(house, story, AN, price=6)
    kept = [look(house, task.id, who).own_draft for who in (AN, BO)]
    assert [draft and draft.answers for draft in kept] == [{"price": 6}, {"price": 70}]


def test_a_draft_changes_neither_the_task_nor_its_history(house: House) -> None:
    story = offer(house, "A1")
    task, told = story.task("draft"), len(story.history)
    save(house, story, AN, price=5)
    assert look(house, task.id, AN).task == task
    assert len(story.history) == told
    house.act(lambda e: e.complete(task.id, {"price": 1}, revision=task.revision), BO)


def test_a_draft_says_when_it_was_kept_and_is_dropped_when_nothing_is_left(house: House) -> None:
    story = offer(house, "A1")
    house.clock.advance(timedelta(minutes=7))
    save(house, story, AN, price=5)
    draft = look(house, story.task("draft").id, AN).own_draft
    assert draft is not None
    assert draft.saved_at == house.clock.now()
    save(house, story, AN)
    assert look(house, story.task("draft").id, AN).own_draft is None


def test_who_completes_keeps_no_draft_and_who_came_too_late_keeps_his(house: House) -> None:
    story = offer(house, "A1")
    task = story.task("draft")
    save(house, story, AN, price=200_000)
    save(house, story, BO, price=7)
    house.act(lambda e: e.complete(task.id, {"price": 200_000}), AN)
    assert look(house, task.id, AN).own_draft is None
    late = look(house, task.id, BO).own_draft
    assert late is not None
    assert late.answers == {"price": 7}
    with pytest.raises(Stale, match="task_closed") as refused:
        house.act(lambda e: e.save_draft(task.id, {"price": 8}), BO)
    assert refused.value.params["by"] == "an"


def test_only_who_may_work_on_a_task_keeps_a_draft_of_it(house: House) -> None:
    story = offer(house, "A1")
    task_id = story.task("draft").id
    with pytest.raises(Missing):
        house.act(lambda e: e.save_draft(task_id, {"price": 1}), WEST)
    with pytest.raises(NotAllowed, match="not_a_candidate"):
        house.act(lambda e: e.save_draft(task_id, {"price": 1}), Actor("x", "x", (Grant("driver", SHOP),)))


def test_a_form_that_was_given_to_somebody_else_says_who_gave_it_to_whom(house: House) -> None:
    story = offer(house, "A1")
    task = story.task("draft")
    house.act(lambda e: e.assign(task.id, "bo", reason="An is away"), CHIEF)
    with pytest.raises(Stale, match="task_moved") as refused:
        house.act(lambda e: e.complete(task.id, {"price": 1}, revision=task.revision), AN)
    assert (refused.value.params["by"], refused.value.params["assignee"]) == ("chief", "bo")
    taken = offer(house, "A2").task("draft")
    house.act(lambda e: e.claim(taken.id), BO)
    with pytest.raises(Stale, match="task_claimed") as refused:
        house.act(lambda e: e.complete(taken.id, {"price": 1}, revision=taken.revision), AN)
    assert refused.value.params["by"] == "bo"


def test_a_re_assigned_task_is_still_there_after_time_has_passed_and_the_case_was_read_anew(house: House) -> None:
    """spiff-arena #678: the task vanished for its new owner when the state was refreshed."""
    story = offer(house, "A1")
    task = story.task("draft")
    house.act(lambda e: e.assign(task.id, "bo"), CHIEF)
    house.pass_time(days=30)
    house.act(lambda e: e.set_instance_facts(story.id, {"amount": 3}), CHIEF)
    house.act(lambda e: e.suspend(story.id, "look"), CHIEF)
    house.act(lambda e: e.resume(story.id, "looked"), CHIEF)
    mine = house.ask(lambda e: e.find_tasks(), BO).rows
    assert [(found.id, found.assignee) for found in mine] == [(task.id, "bo")]
    house.act(lambda e: e.complete(task.id, {"price": 200_000}), BO)
    assert story.waiting_at == ["approve"]
