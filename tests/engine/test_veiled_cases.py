"""Lists of cases tell nobody of facts that are kept from him, neither by words nor by conditions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from engine.api import InstanceFilter
from kernel.actor import Actor, Grant
from tests.engine.conftest import House, Story
from tests.engine.test_search import sell

VIEW = frozenset({"engine:view"})
# He looks at cases everywhere, and may know the buyers of /b/ alone.
LOOKS = Actor("looks", "Looks", (Grant("viewer", "/", VIEW), Grant("seller", "/b/", frozenset({"buyers"}))))
KNOWS = Actor("knows", "Knows", (Grant("viewer", "/", VIEW | {"buyers"}),))


class SecretBuyers:
    """The customer is open to whoever holds the right, the note to nobody."""

    def nodes(self, actor: Actor) -> Mapping[str, tuple[str, ...]]:
        """Where."""
        return {"customer": actor.scope_paths("buyers"), "note": ()}


@pytest.fixture
def sales(house: House) -> tuple[Story, Story]:
    house.veils = SecretBuyers()
    return (
        sell(house, "A-1", "3栋 1201", "王小明", scope="/a/"),
        sell(house, "B-1", "5栋 1202", "王小明", scope="/b/"),
    )


def found(house: House, actor: Actor, **wanted: Any) -> list[str]:
    page = house.ask(lambda e: e.find_instances(InstanceFilter(**wanted)), actor)
    assert page.count == len(page.rows)
    return sorted(str(row.business_key) for row in page.rows)


def test_a_word_finds_a_case_only_where_the_fact_it_stands_in_may_be_seen(
    house: House, sales: tuple[Story, Story]
) -> None:
    assert found(house, LOOKS, search="王") == found(house, LOOKS, search="小明") == ["B-1"]
    assert found(house, KNOWS, search="王") == ["A-1", "B-1"]
    assert found(house, LOOKS, search="120") == ["A-1", "B-1"]
    assert found(house, LOOKS, search="3栋1201") == found(house, LOOKS, search="a-1") == ["A-1"]
    assert found(house, LOOKS, search="1201 王") == []


# What is open to all in a case, and what somebody types who hopes to learn whether its buyer's name begins so.
HINTS = [
    ("Planner 12", "lann"),  # The middle of a word.
    ("éland", "land"),
    ("Planner-12", "2"),  # The middle of a number.
    ("2026-03-02", "2026"),  # A day is no word.
    ("a-b-c-d-wang", "wang"),  # Neither is an id.
    (" ".join(map(str, range(30))) + " wang", "wang"),  # What is said late in a long text is not in the index.
    (["wang"], "wang"),
    ({"wang": "wang"}, "wang"),
    (True, "true"),
    (100, "100"),  # Nor is a number.
]


@pytest.mark.parametrize(("open_fact", "typed"), HINTS)
def test_no_word_hints_at_a_fact_that_is_hidden(house: House, open_fact: object, typed: str) -> None:
    """Whatever the hidden name is, the answer is the same; it must come of what is open alone."""
    house.veils = SecretBuyers()
    for number, buyer in enumerate((f"{typed} & Co", "Nobody of that name")):
        case = sell(house, f"K{number}", "3栋 1201", buyer, scope="/a/")
        house.act(lambda e, at=case.id: e.set_instance_facts(at, {"memo": open_fact}))
        house.act(lambda e, at=case: e.set_facts(at.task("draw").id, {"own": open_fact}))
    assert found(house, KNOWS, search=typed)[:1] == ["K0"], "who may know it finds it"
    assert found(house, LOOKS, search=typed) == []


@pytest.mark.parametrize(
    ("open_fact", "typed"),
    [
        ("Planner 12", "plan"),
        ("Planner 12", "12"),
        ("3栋Anna", "anna"),
        ("Anna-Maria", "maria"),
        ("华东 A12", "a12"),
        ("Tower B 1201", "b1201"),
        ("YX_7 (new)", "new"),
        ("小区é12", "12"),
    ],
)
def test_what_is_open_is_found_also_beside_what_is_hidden(house: House, open_fact: str, typed: str) -> None:
    house.veils = SecretBuyers()
    case = sell(house, "K-1", "3栋 1201", "王小明", scope="/a/")
    house.act(lambda e: e.set_instance_facts(case.id, {"memo": open_fact}))
    assert found(house, LOOKS, search=typed) == ["K-1"]


def test_what_a_case_learns_later_is_found_or_kept_by_its_own_name(
    house: House, sales: tuple[Story, Story]
) -> None:
    for story in sales:
        for element in ("draw", "sign"):
            story.complete(element)
        house.act(lambda e, at=story.id: e.set_instance_facts(at, {"contract_no": "YX-77", "note": "corner"}))
    assert found(house, LOOKS, search="yx-77") == ["A-1", "B-1"]
    assert found(house, KNOWS, search="corner") == []


def test_a_condition_on_a_fact_holds_only_where_the_fact_may_be_seen(
    house: House, sales: tuple[Story, Story]
) -> None:
    asked = {"customer": ("=", "王小明")}
    assert found(house, LOOKS, facts=asked) == ["B-1"]
    assert found(house, KNOWS, facts=asked) == ["A-1", "B-1"]
    assert found(house, LOOKS, facts={"unit": ("=", "3栋 1201")}) == ["A-1"]


def test_who_asks_for_somebody_else_finds_no_more_than_he_may_see_himself(
    house: House, sales: tuple[Story, Story]
) -> None:
    assert found(house, LOOKS, viewer=KNOWS, search="王") == ["B-1"]
    assert found(house, replace(LOOKS, grants=()), viewer=KNOWS, search="王") == []
