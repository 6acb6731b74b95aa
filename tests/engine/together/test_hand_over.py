"""Handing a task over for good: to whom, by whom, and with which reason."""

from __future__ import annotations

import pytest

from engine.api import Invalid, Missing, NotAllowed, Stale, TaskFilter
from kernel.actor import Actor
from tests.engine.conftest import House
from tests.engine.together.conftest import AN, BO, CAI, CHIEF, GUEST, MEI, NING, WEST, offer


def mine(house: House, viewer: Actor) -> list[str | None]:
    rows = house.ask(lambda e: e.find_tasks(TaskFilter(box="mine")), viewer).rows
    return [task.business_key for task in rows]


def test_a_colleague_of_the_role_has_it_alone_and_the_history_says_from_whom(house: House) -> None:
    story = offer(house)
    task = story.task("draft")
    house.act(lambda e: e.claim(task.id), AN)
    house.act(lambda e: e.hand_over(task.id, "bo"), AN)
    assert (mine(house, AN), mine(house, BO)) == ([], ["A1"])
    told = story.history[-1]
    assert (told.code, told.actor_id, told.params) == (
        "task_handed_over",
        "an",
        {"former": "an", "assignee": "bo"},
    )
    with pytest.raises(NotAllowed, match="task_of_another"):
        house.act(lambda e: e.complete(task.id, {"price": 1}), AN)
    house.act(lambda e: e.complete(task.id, {"price": 1}), BO)
    assert story.state == "completed"


def test_a_candidate_hands_over_what_nobody_has_taken_yet(house: House) -> None:
    task = offer(house).task("draft")
    house.act(lambda e: e.hand_over(task.id, "bo"), AN)
    assert mine(house, BO) == ["A1"]


def test_somebody_without_the_role_needs_a_reason_and_then_may_do_the_step(house: House) -> None:
    story = offer(house)
    task = story.task("draft")
    with pytest.raises(Invalid, match="hand_over_outsider"):
        house.act(lambda e: e.hand_over(task.id, "guest", reason="  "), AN)
    house.act(lambda e: e.hand_over(task.id, "guest", reason="knows the customer"), AN)
    assert story.history[-1].params["reason"] == "knows the customer"
    house.act(lambda e: e.complete(task.id, {"price": 1}), GUEST)
    assert story.state == "completed"


def test_it_does_not_go_back_unsaid_to_who_had_it(house: House) -> None:
    task = offer(house).task("draft")
    house.act(lambda e: e.claim(task.id), AN)
    house.act(lambda e: e.hand_over(task.id, "bo"), AN)
    house.act(lambda e: e.hand_over(task.id, "cai"), BO)
    for earlier in ("an", "bo"):
        with pytest.raises(Invalid, match="hand_over_back"):
            house.act(lambda e, to=earlier: e.hand_over(task.id, to), CAI)
    house.act(lambda e: e.hand_over(task.id, "an", reason="she has the papers"), CAI)
    assert mine(house, AN) == ["A1"]


def test_four_eyes_beat_every_reason(house: House) -> None:
    story = offer(house)
    story.complete("draft", AN, price=200_000)
    approve = story.task("approve")
    with pytest.raises(NotAllowed, match="four_eyes_of"):
        house.act(lambda e: e.hand_over(approve.id, "an", reason="urgent"), MEI)
    house.act(lambda e: e.hand_over(approve.id, "ning"), MEI)
    assert mine(house, NING) == ["A1"]


@pytest.mark.parametrize(
    ("to", "code"), [("nobody", "person_missing"), ("wu", "person_elsewhere"), ("an", "hand_over_to_holder")]
)
def test_only_people_of_the_node_are_given_tasks(house: House, to: str, code: str) -> None:
    task = offer(house).task("draft")
    house.act(lambda e: e.claim(task.id), AN)
    with pytest.raises(Invalid, match=code):
        house.act(lambda e: e.hand_over(task.id, to, reason="why not"), AN)


def test_only_who_has_it_hands_it_over(house: House) -> None:
    task = offer(house).task("draft")
    house.act(lambda e: e.claim(task.id), AN)
    for other in (BO, GUEST, WEST, CHIEF):
        with pytest.raises((NotAllowed, Missing)):
            house.act(lambda e: e.hand_over(task.id, "cai", reason="mine now"), other)
    assert mine(house, AN) == ["A1"]


def test_what_was_completed_a_second_ago_says_by_whom(house: House) -> None:
    task = offer(house).task("draft")
    house.act(lambda e: e.complete(task.id, {"price": 1}), AN)
    with pytest.raises(Stale, match="task_closed") as caught:
        house.act(lambda e: e.hand_over(task.id, "cai"), BO)
    assert caught.value.params["by"] == "an"
