"""Substitution in the engine: whose seat a command is given from, for one command alone, four eyes for both."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.orm import Session

from engine.api import Context, Engine, HandlerRegistry, Missing, NotAllowed, Page, Stand, Task, TaskFilter
from kernel.actor import Actor, Grant
from tests.engine.conftest import House, Story
from tests.engine.test_linear import WorkOutIn, WorkOutOut

SHOP, OTHER = "/keyturn/east/", "/keyturn/west/"
KEY = "approve_offer"
AN, BO = (Actor(name, name, (Grant("clerk", SHOP),)) for name in ("an", "bo"))
LIN = Actor("lin", "lin", (Grant("manager", SHOP),))
MO = Actor("mo", "mo", (Grant("guard", SHOP),))
CHIEF = Actor("chief", "chief", (Grant("manager", "/keyturn/", frozenset({"engine:operate"})),))


class Rules:
    """Who stands in for whom, as the test says; asked often or never."""

    def __init__(self) -> None:
        self.stands: dict[str, tuple[Stand, ...]] = {}
        self.asked = 0

    def of(self, session: Session, person: Actor) -> tuple[Stand, ...]:
        self.asked += 1
        return self.stands.get(person.id, ())


@pytest.fixture
def rules(house: House, registry: HandlerRegistry) -> Rules:
    @registry.handler("offers.work_out")
    def work_out(data: WorkOutIn, ctx: Context) -> WorkOutOut:
        return WorkOutOut(total=data.price)

    house.substitutions = Rules()
    return house.substitutions


def offer(house: House, number: str = "A1", scope: str = SHOP) -> Story:
    return house.start(KEY, {"offer_no": number}, scope=scope)


def box(house: House, viewer: Actor, **wanted: Any) -> list[Task]:
    found: list[Task] = house.ask(lambda e: e.find_tasks(TaskFilter(box="substituting", **wanted)), viewer).rows
    return found


def numbers(house: House, viewer: Actor, **wanted: Any) -> list[str | None]:
    return [task.business_key for task in box(house, viewer, **wanted)]


def test_a_substitute_sees_the_others_tasks_in_a_box_of_their_own_and_whose_they_are(
    house: House, rules: Rules
) -> None:
    offer(house, "A1")
    offer(house, "B1", OTHER)
    assert box(house, MO) == []
    rules.stands["mo"] = (Stand(AN),)
    (task,) = box(house, MO)
    assert (task.business_key, task.acting_for) == ("A1", "an")
    for own in ("mine", "group", "work"):
        assert house.ask(lambda e, own=own: e.find_tasks(TaskFilter(box=own)), MO).rows == []
    assert house.ask(lambda e: e.count_tasks(TaskFilter(box="substituting")), MO) == 1


def test_a_rule_for_other_processes_gives_nothing(house: House, rules: Rules) -> None:
    story = offer(house)
    rules.stands["mo"] = (Stand(AN, frozenset({"refund"})),)
    assert box(house, MO) == []
    with pytest.raises(NotAllowed, match="not_a_candidate"):
        story.complete("draft", MO, price=1)
    rules.stands["mo"] = (Stand(AN, frozenset({"refund", KEY})),)
    assert numbers(house, MO) == ["A1"]
    assert numbers(house, MO, definition_keys=("refund",)) == []
    story.complete("draft", MO, price=1)


def test_every_record_says_for_whom_by_whom(house: House, rules: Rules) -> None:
    rules.stands["mo"] = (Stand(AN),)
    story = offer(house)
    task = story.task("draft")
    house.act(lambda e: e.add_comment(task.id, "I look after it"), MO)
    claimed = house.act(lambda e: e.claim(task.id), MO)
    assert claimed.assignee == "an"
    house.act(lambda e: e.save_draft(task.id, {"price": 2}), MO)
    house.act(lambda e: e.complete(task.id, {"price": 3}), MO)
    done = house.ask(lambda e: e.get_task(task.id), MO).task
    assert (done.completed_by, done.on_behalf_of) == ("mo", "an")
    said = {(e.code, e.actor_id, e.on_behalf_of) for e in story.history if e.actor_id == "mo"}
    assert {(code, "mo", "an") for code in ("comment_added", "task_claimed", "task_completed")} <= said
    (comment,) = house.ask(lambda e: e.comments(story.id))
    assert (comment.author_id, comment.on_behalf_of) == ("mo", "an")


def test_what_is_taken_for_another_stays_his_when_the_rule_ends(house: House, rules: Rules) -> None:
    rules.stands["mo"] = (Stand(AN),)
    story = offer(house)
    task = story.task("draft")
    house.act(lambda e: e.claim(task.id), MO)
    rules.stands.clear()
    for command in (lambda e: e.complete(task.id, {"price": 1}), lambda e: e.unclaim(task.id)):
        with pytest.raises(NotAllowed):
            house.act(command, MO)
    story.complete("draft", AN, price=1)


def test_one_own_task_is_done_in_ones_own_place(house: House, rules: Rules) -> None:
    """Bo holds the role himself: the rule gives him nothing more, and the record names him alone."""
    rules.stands["bo"] = (Stand(AN),)
    story = offer(house)
    assert box(house, BO) == []
    task = story.task("draft")
    assert house.act(lambda e: e.claim(task.id), BO).assignee == "bo"
    house.act(lambda e: e.complete(task.id, {"price": 1}), BO)
    done = house.ask(lambda e: e.get_task(task.id), BO).task
    assert (done.completed_by, done.on_behalf_of) == ("bo", None)


def test_what_the_other_has_taken_is_his_even_for_one_of_the_same_group(house: House, rules: Rules) -> None:
    story = offer(house)
    task = story.task("draft")
    house.act(lambda e: e.claim(task.id), AN)
    with pytest.raises(NotAllowed, match="task_of_another"):
        house.act(lambda e: e.complete(task.id, {"price": 1}), BO)
    rules.stands["bo"] = (Stand(AN),)
    assert numbers(house, BO) == ["A1"]
    house.act(lambda e: e.complete(task.id, {"price": 1}), BO)
    done = house.ask(lambda e: e.get_task(task.id), BO).task
    assert (done.completed_by, done.on_behalf_of) == ("bo", "an")


def test_the_seat_is_left_after_the_command(house: House, rules: Rules) -> None:
    """Two commands in one transaction: the second is Mo's own again."""
    rules.stands["mo"] = (Stand(AN),)
    first, second = offer(house, "A1"), offer(house, "A2")

    def both(engine: Engine) -> None:
        engine.claim(first.task("draft").id)
        assert engine.host.actor == MO
        engine.claim(second.task("draft").id)

    house.act(both, MO)
    for story in (first, second):
        (claimed,) = [e for e in story.history if e.code == "task_claimed"]
        assert (claimed.actor_id, claimed.on_behalf_of) == ("mo", "an")


def test_four_eyes_hold_for_the_substitute_and_for_whom_he_stands_in(house: House, rules: Rules) -> None:
    """OpenMetadata #14337, by the door of substitution."""
    story = offer(house)
    story.complete("draft", AN, price=200_000)
    rules.stands = {"an": (Stand(LIN),), "mo": (Stand(Actor("an", "an", (Grant("manager", SHOP),))),)}
    for who in (AN, MO):
        with pytest.raises(NotAllowed, match="four_eyes"):
            story.complete("approve", who)
    rules.stands["mo"] = (Stand(LIN),)
    story.complete("approve", MO)
    done = [e for e in story.history if e.code == "task_completed"][-1]
    assert (done.actor_id, done.on_behalf_of) == ("mo", "lin")


def test_who_did_it_for_the_applicant_may_not_approve_it_either(house: House, rules: Rules) -> None:
    """Mo drafts for An: four eyes keep both out."""
    story = offer(house)
    rules.stands["mo"] = (Stand(AN),)
    story.complete("draft", MO, price=200_000)
    for name in ("mo", "an"):
        with pytest.raises(NotAllowed, match="four_eyes"):
            story.complete("approve", Actor(name, name, (Grant("manager", SHOP),)))


def test_operating_is_not_handed_on(house: House, rules: Rules) -> None:
    """Mo stands in for the chief: his tasks, not his power over others'; an operator operates as himself."""
    rules.stands = {"mo": (Stand(CHIEF),), "chief": (Stand(AN),)}
    story = offer(house)
    task = story.task("draft")
    with pytest.raises(NotAllowed):
        house.act(lambda e: e.assign(task.id, "bo"), MO)
    with pytest.raises(NotAllowed):
        house.act(lambda e: e.cancel(story.id, reason="no"), MO)
    house.act(lambda e: e.assign(task.id, "bo"), CHIEF)
    (assigned,) = [e for e in story.history if e.code == "task_assigned"]
    assert (assigned.actor_id, assigned.on_behalf_of) == ("chief", None)


def test_a_substitutes_substitute_gets_nothing(house: House, rules: Rules) -> None:
    rules.stands = {"mo": (Stand(BO),), "bo": (Stand(LIN),)}
    story = offer(house)
    story.complete("draft", AN, price=200_000)
    assert box(house, MO) == []
    with pytest.raises(NotAllowed):
        story.complete("approve", MO)


def test_the_case_is_seen_through_its_task_and_no_other(house: House, rules: Rules) -> None:
    here, elsewhere = offer(house, "A1"), offer(house, "B1", OTHER)
    rules.stands["mo"] = (Stand(AN),)
    assert house.ask(lambda e: e.get_instance(here.id), MO).id == here.id
    assert house.ask(lambda e: e.history(here.id), MO)
    with pytest.raises(Missing):
        house.ask(lambda e: e.get_instance(elsewhere.id), MO)
    rules.stands["mo"] = (Stand(AN, frozenset({"refund"})),)
    with pytest.raises(Missing):
        house.ask(lambda e: e.get_instance(here.id), MO)


def test_the_boxes_of_two_people_come_in_one_order_each_task_once(house: House, rules: Rules) -> None:
    rules.stands["mo"] = (Stand(AN), Stand(BO), Stand(Actor("wu", "wu", (Grant("clerk", OTHER),))))
    for number, scope in (("A1", SHOP), ("B1", OTHER), ("A2", SHOP), ("B2", OTHER), ("A3", SHOP)):
        offer(house, number, scope)
        house.pass_time(minutes=1)
    assert numbers(house, MO) == ["A1", "B1", "A2", "B2", "A3"]
    assert numbers(house, MO, sort=("-business_key",)) == ["B2", "B1", "A3", "A2", "A1"]
    assert numbers(house, MO, sort=("-created",)) == ["A3", "B2", "A2", "B1", "A1"]
    assert [t.acting_for for t in box(house, MO)] == ["an", "wu", "an", "wu", "an"]

    def page(engine: Engine) -> list[str | None]:
        found = engine.find_tasks(TaskFilter(box="substituting"), Page(2, 2))
        assert found.count == 5
        return [row.business_key for row in found.rows]

    assert house.ask(page, MO) == ["A2", "B2"]


def test_nobodys_rules_are_asked_for_when_the_task_is_ones_own(house: House, rules: Rules) -> None:
    """What most commands are costs nothing more."""
    story = offer(house)
    before = rules.asked
    task = story.task("draft")
    rules.asked = before
    house.act(lambda e: e.claim(task.id), AN)
    house.act(lambda e: e.complete(task.id, {"price": 1}), AN)
    assert rules.asked == before
