"""Letting somebody prepare a task: the owner keeps the duty, whatever the delegate does."""

from __future__ import annotations

import pytest

from engine.api import Invalid, NotAllowed
from tests.engine.conftest import House
from tests.engine.together.conftest import AN, BO, CAI, CHIEF, GUEST, MEI, mine, offer, only


def prepared(house: House) -> str:
    """A draft of An's that a guest prepares."""
    task = offer(house).task("draft")
    house.act(lambda e: e.claim(task.id), AN)
    house.act(lambda e: e.delegate(task.id, "guest"), AN)
    return task.id


def test_a_delegate_prepares_and_cannot_complete(house: House) -> None:
    task_id = prepared(house)
    rights = house.ask(lambda e: e.get_task(task_id), GUEST).rights
    assert (rights.complete, rights.resolve, rights.hand_over, rights.add_signers) == (False, True, False, False)
    with pytest.raises(NotAllowed, match="task_delegated"):
        house.act(lambda e: e.complete(task_id, {"price": 1}), GUEST)
    for act in (
        lambda e: e.hand_over(task_id, "bo", reason="no"),
        lambda e: e.add_signers(task_id, ["bo"], part="before"),
    ):
        with pytest.raises(NotAllowed, match="task_delegated"):
            house.act(act, GUEST)
    house.act(lambda e: e.resolve(task_id, {"price": 7}), GUEST)
    seen = house.ask(lambda e: e.get_task(task_id), AN)
    assert (seen.draft, seen.task.assignee, seen.rights.complete) == ({"price": 7}, "an", True)


def test_giving_it_back_unprepared_brings_it_to_its_owner_not_to_the_group(house: House) -> None:
    task_id = prepared(house)
    house.act(lambda e: e.unclaim(task_id), GUEST)
    task = only(house, AN)
    assert (task.assignee, task.delegation) == ("an", None)
    with pytest.raises(NotAllowed):
        house.act(lambda e: e.complete(task_id, {"price": 1}), BO)
    house.act(lambda e: e.complete(task_id, {"price": 1}), AN)


def test_the_owner_takes_it_back_or_asks_somebody_else(house: House) -> None:
    task_id = prepared(house)
    assert house.ask(lambda e: e.get_task(task_id), AN).rights.take_back
    house.act(lambda e: e.delegate(task_id, "cai"), AN)
    assert (mine(house, GUEST), mine(house, CAI), mine(house, AN)) == ([], ["draft"], ["draft"])
    house.act(lambda e: e.unclaim(task_id), AN)
    assert (mine(house, CAI), mine(house, AN)) == ([], ["draft"])


def test_the_owner_completes_although_somebody_still_prepares(house: House) -> None:
    task = offer(house).task("draft")
    house.act(lambda e: e.assign(task.id, "guest"), CHIEF)
    house.act(lambda e: e.delegate(task.id, "bo"), GUEST)
    house.act(lambda e: e.complete(task.id, {"price": 1}), GUEST)


def test_who_passes_the_preparing_on_does_not_become_the_owner(house: House) -> None:
    task_id = prepared(house)
    house.act(lambda e: e.delegate(task_id, "cai"), GUEST)
    assert only(house, AN).owner == "an"
    with pytest.raises(Invalid, match="delegate_to_self"):
        house.act(lambda e: e.delegate(task_id, "an"), CAI)


@pytest.mark.parametrize(("to", "code"), [("nobody", "person_missing"), ("wu", "person_elsewhere")])
def test_only_people_of_the_node_prepare(house: House, to: str, code: str) -> None:
    task = offer(house).task("draft")
    with pytest.raises(Invalid, match=code):
        house.act(lambda e: e.delegate(task.id, to), AN)


def test_four_eyes_keep_a_delegate_out_too(house: House) -> None:
    story = offer(house)
    story.complete("draft", AN, price=200_000)
    approve = story.task("approve").id
    with pytest.raises(NotAllowed, match="four_eyes_of"):
        house.act(lambda e: e.delegate(approve, "an"), MEI)


def test_an_operator_gives_a_prepared_task_to_the_group_and_the_history_says_whose_it_was(house: House) -> None:
    task_id = prepared(house)
    house.act(lambda e: e.unclaim(task_id), CHIEF)
    assert (mine(house, AN), mine(house, GUEST)) == ([], [])
    events = house.ask(lambda e: e.history(e.get_task(task_id).task.instance_id), CHIEF)
    assert events[-1].params == {"former": "guest", "owner": "an"}
