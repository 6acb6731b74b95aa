"""What people watch: following, unread marks, boxes of what is delegated, followed and snoozed; several sort keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from engine.api import Engine, Missing, RoleChecker, TaskFilter
from engine.models import SeenRow
from kernel.actor import Actor, Grant
from kernel.calendar import ChineseCalendar
from tests.engine.conftest import DIAGRAMS, FreeForms, House, NoDirectory
from tests.engine.test_inbox import AN, BO, CHIEF, OTHER, SHOP, WEST, _handlers, numbers, offer

assert _handlers
FAR_WEST = Actor("xi", "xi", (Grant("clerk", OTHER, frozenset({"secrets"})), Grant("clerk", SHOP)))


@dataclass(frozen=True)
class SecretBuyer:
    """The buyer is open to whoever holds the right."""

    def nodes(self, actor: Actor) -> Mapping[str, tuple[str, ...]]:
        """Where."""
        return {"buyer": actor.scope_paths("secrets")}


def veiled(house: House, viewer: Actor, **wanted: Any) -> list[str | None]:
    with house.database.reading() as session:
        engine = Engine(
            session,
            viewer,
            clock=house.clock,
            checker=RoleChecker(),
            forms=FreeForms(),
            directory=NoDirectory(),
            calendar=ChineseCalendar(),
            registry=house.registry,
            veils=SecretBuyer(),
        )
        return [task.business_key for task in engine.find_tasks(TaskFilter(box="group", **wanted)).rows]


def with_facts(house: House, number: str, scope: str = SHOP, **facts: Any) -> str:
    task = offer(house, number, scope).task("draft")
    house.act(lambda e: e.set_facts(task.id, facts), CHIEF)
    return task.id


def test_a_list_is_sorted_by_several_keys_each_in_its_own_direction(house: House) -> None:
    for number, project, amount in (("1", "b", 7), ("2", "a", 5), ("3", "b", 9), ("4", "a", 8), ("5", "c", None)):
        with_facts(house, number, project=project, amount=amount)
    sort = ("fact:project", "-fact:amount")
    assert numbers(house, AN, box="group", sort=sort) == ["4", "2", "3", "1", "5"]
    assert numbers(house, AN, box="group", sort=("-fact:project", "fact:amount")) == ["5", "1", "3", "2", "4"]
    assert numbers(house, AN, box="group", sort=("-fact:amount", "fact:project")) == ["3", "4", "1", "2", "5"]
    assert numbers(house, AN, box="work", sort=sort) == ["4", "2", "3", "1", "5"]


def test_a_range_of_a_fact_takes_both_ends(house: House) -> None:
    for number, amount in (("1", 10), ("2", 20), ("3", 30), ("4", 40)):
        with_facts(house, number, amount=amount)
    found = numbers(house, AN, box="group", compared=(("amount", ">=", 20), ("amount", "<=", 30)))
    assert found == ["2", "3"]


def test_a_filter_takes_all_versions_of_a_process_or_some(house: House) -> None:
    """Camunda 8 #28684: its filter saw the newest version alone."""
    offer(house, "old")
    task = offer(house, "new").task("draft")
    diagram = (DIAGRAMS / "approve_offer.bpmn").read_bytes().replace(b"Draft the offer", b"Draft it")
    house.act(lambda e: e.deploy({"approve_offer.bpmn": diagram}), house.admin)
    house.act(lambda e: e.start("approve_offer", {"offer_no": "newest"}, scope=SHOP), house.admin)
    assert task.definition_version == 1
    assert numbers(house, AN, box="group", definition_keys=("approve_offer",)) == ["old", "new", "newest"]
    assert numbers(house, AN, box="group", definition_keys=("approve_offer",), versions=(1,)) == ["old", "new"]
    assert numbers(house, AN, box="group", versions=(2,)) == ["newest"]
    assert numbers(house, AN, box="group", versions=(1, 2)) == ["old", "new", "newest"]


def test_what_is_delegated_stands_with_both_sides(house: House) -> None:
    task = offer(house, "A1").task("draft")
    offer(house, "B1")
    house.act(lambda e: e.claim(task.id), AN)
    house.act(lambda e: e.delegate(task.id, "bo"), AN)
    assert numbers(house, AN, box="delegated") == ["A1"] == numbers(house, AN, box="delegated_by")
    assert numbers(house, BO, box="delegated") == ["A1"] == numbers(house, BO, box="delegated_to")
    assert numbers(house, AN, box="delegated_to") == [] == numbers(house, BO, box="delegated_by")
    house.act(lambda e: e.resolve(task.id, {}), BO)
    assert numbers(house, AN, box="delegated") == [] == numbers(house, BO, box="delegated")


def test_a_followed_case_shows_what_it_waits_for_whoever_has_it(house: House) -> None:
    story = offer(house, "A1")
    offer(house, "B1")
    house.act(lambda e: e.follow_case(story.id), AN)
    house.act(lambda e: e.follow_case(story.id), AN)
    assert numbers(house, AN, box="followed") == ["A1"]
    assert numbers(house, BO, box="followed") == []
    house.act(lambda e: e.complete(story.task("draft").id, {"price": 200_000}), AN)
    found = house.ask(lambda e: e.find_tasks(TaskFilter(box="followed")).rows, AN)
    assert [task.element_id for task in found] == ["approve"]
    assert not house.ask(lambda e: e.may_open(found[0]), AN)
    house.act(lambda e: e.follow_case(story.id, on=False), AN)
    assert numbers(house, AN, box="followed") == []


def test_a_followed_task_goes_when_it_is_done_and_its_case_does_not_stay(house: House) -> None:
    story = offer(house, "A1")
    task = story.task("draft")
    house.act(lambda e: e.follow_task(task.id), AN)
    assert house.ask(lambda e: e.marks([task]).followed, AN) == {task.id}
    assert numbers(house, AN, box="followed") == ["A1"]
    house.act(lambda e: e.complete(task.id, {"price": 200_000}), AN)
    assert numbers(house, AN, box="followed") == []


def test_nobody_follows_or_opens_what_he_may_not_see(house: House) -> None:
    story = offer(house, "A1")
    task = story.task("draft")
    for command in (
        lambda e: e.follow_task(task.id),
        lambda e: e.follow_case(story.id),
        lambda e: e.see_task(task.id),
    ):
        with pytest.raises(Missing):
            house.act(command, WEST)


def test_who_loses_his_rights_no_longer_sees_what_he_follows(house: House) -> None:
    story = offer(house, "A1")
    house.act(lambda e: e.follow_case(story.id), AN)
    assert numbers(house, Actor("an", "an", (Grant("clerk", OTHER),)), box="followed") == []


def test_a_snoozed_task_is_hidden_until_its_day_and_stands_in_its_own_list_meanwhile(house: House) -> None:
    task = offer(house, "A1").task("draft")
    offer(house, "B1")
    house.act(lambda e: e.claim(task.id), AN)
    house.act(lambda e: e.set_follow_up(task.id, house.clock.now() + timedelta(days=2)), AN)
    assert numbers(house, AN, box="mine") == []
    assert numbers(house, AN, box="snoozed", sort=("follow_up",)) == ["A1"]
    assert numbers(house, BO, box="snoozed") == []
    house.pass_time(days=3)
    assert numbers(house, AN, box="mine") == ["A1"]
    assert numbers(house, AN, box="snoozed") == []


def test_a_groups_task_that_one_person_has_put_off_stays_with_the_group(house: House) -> None:
    task = offer(house, "A1").task("draft")
    house.act(lambda e: e.set_follow_up(task.id, house.clock.now() + timedelta(days=2)), AN)
    assert numbers(house, AN, box="group") == [] == numbers(house, BO, box="snoozed")
    assert numbers(house, BO, box="group") == ["A1"] == numbers(house, AN, box="snoozed")


def test_a_task_is_unread_until_somebody_opens_it_each_for_himself(house: House) -> None:
    first, second = (offer(house, number).task("draft") for number in ("A1", "B1"))
    for _ in range(2):
        house.act(lambda e: e.see_task(first.id), AN)
    assert numbers(house, AN, box="group", unread=True) == ["B1"]
    assert numbers(house, BO, box="group", unread=True) == ["A1", "B1"]
    assert house.ask(lambda e: e.marks([first, second]).seen, AN) == {first.id}
    with house.database.reading() as session:
        assert session.query(SeenRow).count() == 1


def test_a_fact_that_is_kept_from_somebody_neither_finds_nor_selects_nor_sorts(house: House) -> None:
    with_facts(house, "E1", buyer="Wang Lei", amount=1)
    with_facts(house, "W1", OTHER, buyer="Wang Lei", amount=2)
    with_facts(house, "W2", OTHER, buyer="An Na", amount=3)
    assert veiled(house, FAR_WEST, search="wang") == ["W1"]
    assert veiled(house, FAR_WEST, facts={"buyer": ("=", "Wang Lei")}) == ["W1"]
    assert veiled(house, FAR_WEST, compared=(("buyer", "contains", "wang"),)) == ["W1"]
    assert veiled(house, FAR_WEST, sort=("fact:buyer",)) == ["W2", "W1", "E1"]
    assert veiled(house, AN, search="wang") == [] == veiled(house, AN, facts={"buyer": ("=", "Wang Lei")})
    assert veiled(house, AN, search="e1") == ["E1"]
