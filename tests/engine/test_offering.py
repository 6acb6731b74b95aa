"""Candidates are set anew by who oversees tasks; what somebody puts off stays in everybody else's list."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from engine.api import Invalid, NotAllowed, Stale, TaskFilter
from kernel.actor import Actor, Grant
from tests.engine.changing.versions import Versions, ends, flows
from tests.engine.conftest import House, NoDirectory, Story
from tests.engine.going_back.people import START, step

SHOP = "/keyturn/east/"
OVERSEES = frozenset({"tasks:oversee"})


def someone(name: str, *roles: str, at: str = SHOP, rights: frozenset[str] = frozenset()) -> Actor:
    return Actor(name, name, tuple(Grant(role, at, rights) for role in roles))


ASKER = someone("asker", "clerk", "legal")
LIN, TOM = someone("lin", "manager"), someone("tom", "manager")
LEA = someone("lea", "legal")
HEAD = someone("head", "head", rights=OVERSEES)
CHIEF = someone("chief", "chief", rights=frozenset({"engine:operate"}))
AFAR = someone("afar", "legal", at="/keyturn/west/")


class Holders(NoDirectory):
    """Who holds which role."""

    def holders(self, role: str, path: str) -> list[str]:
        return [person.id for person in self.people.values() if person.has_role(role, path)]


@pytest.fixture
def story(house: House) -> Story:
    """The asker asked; a manager is to check, never the asker."""
    house.directory = Holders(ASKER, LIN, TOM, LEA, HEAD, CHIEF, AFAR)
    versions = Versions(house)
    asks = step("ask", "clerk", more='completedBy="asked_by"')
    checks = step("check", "manager", more='excluded="= [asked_by]"')
    versions.deploy(START, asks, checks, ends("e"), flows("s ask check e"))
    begun = Story(house, house.act(lambda e: e.start("story", scope=SHOP)))
    begun.complete("ask", ASKER)
    return begun


def offer(
    story: Story, actor: Actor = HEAD, *, groups: Any = (), people: Any = (), reason: str = "Lin is ill"
) -> Any:
    task = story.task("check")
    return story.house.act(lambda e: e.set_candidates(task.id, groups, people, reason=reason), actor)


def box(story: Story, actor: Actor, name: str = "group") -> list[str]:
    found = story.house.ask(lambda e: e.find_tasks(TaskFilter(box=name)), actor)
    assert found.count == len(found.rows)
    return [task.element_id for task in found.rows]


def test_the_old_holder_loses_it_at_once_and_the_new_ones_may_take_it(story: Story) -> None:
    task = story.task("check")
    story.house.act(lambda e: e.claim(task.id), LIN)
    offered = offer(story, groups=["legal"], people=["tom"])
    assert offered.candidates == (f"legal@{SHOP}", "user:tom")
    assert [box(story, one) for one in (LIN, TOM, LEA)] == [[], ["check"], ["check"]]
    assert box(story, LIN, "mine") == []
    with pytest.raises(NotAllowed, match="not_a_candidate"):
        story.house.act(lambda e: e.complete(task.id, {}), LIN)
    told = next(e for e in story.history if e.code == "task_offered")
    assert (told.actor_id, told.params) == (
        "head",
        {"former": "lin", "reason": "Lin is ill", "groups": ["legal"], "staff": ["tom"]},
    )
    story.complete("check", LEA)
    assert story.state == "completed"


def test_what_was_offered_is_still_there_after_the_case_was_read_again(story: Story) -> None:
    offer(story, people=["tom"])
    story.house.act(lambda e: e.suspend(story.id, "checked"), CHIEF)
    story.house.act(lambda e: e.resume(story.id, "checked"), CHIEF)
    story.house.pass_time(days=1)
    assert box(story, TOM) == ["check"]


def test_four_eyes_keep_out_the_applicant_by_name_and_by_role(story: Story) -> None:
    with pytest.raises(NotAllowed, match="four_eyes_of"):
        offer(story, people=["asker"])
    offer(story, groups=["legal"])
    with pytest.raises(NotAllowed, match="four_eyes"):
        story.complete("check", ASKER)
    with pytest.raises(NotAllowed, match="candidates_kept_out"):
        offer(story, groups=["clerk"])


def test_nobody_but_who_oversees_may_and_he_does_not_let_himself_in(story: Story) -> None:
    with pytest.raises(NotAllowed, match="oversee_missing"):
        offer(story, LIN, people=["tom"])
    for himself in ({"people": ["head"]}, {"groups": ["head"]}):
        with pytest.raises(NotAllowed, match="offer_to_self"):
            offer(story, **himself)
    assert offer(story, CHIEF, people=["chief"]).candidates == ("user:chief",)


@pytest.mark.parametrize(
    ("wrong", "code", "field"),
    [
        ({"reason": " ", "people": ["tom"]}, "reason_missing", "reason"),
        ({}, "candidates_number", "groups"),
        ({"groups": ["janitor"]}, "candidates_vacant", "groups"),
        ({"groups": ["legal@/keyturn/west/"]}, "candidates_elsewhere", "groups"),
        ({"people": ["afar"]}, "person_elsewhere", "people"),
        ({"people": ["nobody"]}, "person_missing", "people"),
    ],
)
def test_bad_input_names_its_field_and_changes_nothing(story: Story, wrong: Any, code: str, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        offer(story, **wrong)
    assert (refused.value.code, refused.value.field) == (code, field)
    assert box(story, LIN) == ["check"]


def test_a_done_task_is_offered_to_nobody(story: Story) -> None:
    task = story.task("check")
    story.complete("check", LIN)
    with pytest.raises(Stale, match="task_closed"):
        story.house.act(lambda e: e.set_candidates(task.id, (), ["tom"], reason="late"), HEAD)


def test_who_puts_a_groups_task_off_hides_it_from_himself_alone(story: Story) -> None:
    task, later = story.task("check"), story.house.clock.now() + timedelta(days=2)
    story.house.act(lambda e: e.set_follow_up(task.id, later), LIN)
    assert [box(story, LIN, name) for name in ("group", "work", "snoozed")] == [[], [], ["check"]]
    assert [box(story, TOM, name) for name in ("group", "work", "snoozed")] == [["check"], ["check"], []]
    (asleep,) = story.house.ask(lambda e: e.find_tasks(TaskFilter(box="snoozed", sort=("follow_up",))), LIN).rows
    assert asleep.follow_up_at == later
    assert story.task("check").revision == task.revision
    story.house.clock.advance(timedelta(days=2))
    assert [box(story, LIN, name) for name in ("group", "snoozed")] == [["check"], []]


def test_what_was_put_off_comes_back_by_hand_and_when_it_is_taken(story: Story) -> None:
    task, later = story.task("check"), story.house.clock.now() + timedelta(days=2)
    story.house.act(lambda e: e.set_follow_up(task.id, later), LIN)
    story.house.act(lambda e: e.set_follow_up(task.id, None), LIN)
    assert box(story, LIN) == ["check"]
    story.house.act(lambda e: e.set_follow_up(task.id, later), LIN)
    story.house.act(lambda e: e.claim(task.id), LIN)
    assert box(story, LIN, "mine") == ["check"]


def test_a_holders_own_putting_off_ends_when_he_gives_it_back(story: Story) -> None:
    task, later = story.task("check"), story.house.clock.now() + timedelta(days=2)
    story.house.act(lambda e: e.claim(task.id), LIN)
    story.house.act(lambda e: e.set_follow_up(task.id, later), LIN)
    assert box(story, LIN, "mine") == []
    story.house.act(lambda e: e.unclaim(task.id), LIN)
    assert [box(story, one) for one in (LIN, TOM)] == [["check"], ["check"]]
    story.house.act(lambda e: e.claim(task.id), TOM)
    story.house.act(lambda e: e.set_follow_up(task.id, later), TOM)
    story.house.act(lambda e: e.assign(task.id, "lin"), CHIEF)
    assert box(story, LIN, "mine") == ["check"]
