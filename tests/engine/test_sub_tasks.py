"""Who has a task asks for pieces of work under it: cases of their own, shown with it, waited for where that is the rule."""

from __future__ import annotations

import pytest

from engine.api import Instance, Invalid, Missing, NotAllowed, Stand, TaskFilter
from kernel.actor import Actor, Grant
from tests.engine.changing.versions import Versions, ends, flows
from tests.engine.conftest import House, NoDirectory, Story
from tests.engine.going_back.people import START, step

SHOP = "/keyturn/east/"
MAY_ASK = frozenset({"work:start"})


def someone(name: str, *roles: str, rights: frozenset[str] = frozenset()) -> Actor:
    return Actor(name, name, tuple(Grant(role, SHOP, rights) for role in roles))


LIN, TOM, LEA = someone("lin", "manager", rights=MAY_ASK), someone("tom", "manager"), someone("lea", "legal")
MO, STRANGER = someone("mo", "guard"), someone("stranger", "guard", rights=MAY_ASK)


class Rules:
    """Mo stands in for Lin."""

    def of(self, session: object, person: Actor) -> tuple[Stand, ...]:
        return (Stand(LIN),) if person.id == "mo" else ()


class Strict(NoDirectory):
    """A house in which tasks wait for what was asked for under them."""

    def waits_for_work(self, path: str) -> bool:
        return True


@pytest.fixture
def story(house: House) -> Story:
    """A manager is to sign; a process of one task asks the lawyers for their work."""
    house.substitutions = Rules()
    versions = Versions(house)
    versions.deploy(START, step("sign", "manager"), ends("e"), flows("s sign e"))
    versions.deploy(START, step("look", "legal"), ends("e"), flows("s look e"), key="work")
    return Story(house, house.act(lambda e: e.start("story", scope=SHOP)))


def ask(story: Story, actor: Actor = LIN) -> Instance:
    task = story.task("sign")
    begun: Instance = story.house.act(lambda e: e.ask_for_work(task.id, "work", {"title": "Read it"}), actor)
    return begun


def shown(story: Story, actor: Actor = LIN) -> list[tuple[str, str, list[str]]]:
    task = story.task("sign")
    pieces = story.house.ask(lambda e: e.sub_tasks(task.id), actor)
    return [(one.by, one.state, [open_task.element_id for open_task in one.open_tasks]) for one in pieces]


def test_it_stands_in_the_inbox_of_who_is_asked_and_the_task_shows_how_it_goes(story: Story) -> None:
    work = ask(story)
    found = story.house.ask(lambda e: e.find_tasks(TaskFilter(box="group")), LEA).rows
    assert [(task.element_id, task.instance_id, task.path) for task in found] == [("look", work.id, SHOP)]
    assert shown(story) == [("lin", "active", ["look"])]
    assert story.house.ask(lambda e: e.work_above(work.id), LIN) == story.task("sign").id
    assert story.house.ask(lambda e: e.work_above(work.id), LEA) is None  # She sees the work, not the task above.
    with pytest.raises(Missing):
        shown(story, LEA)
    Story(story.house, work).complete("look", LEA)
    assert shown(story) == [("lin", "completed", [])]
    told = next(event for event in story.history if event.code == "work_asked")
    assert (told.actor_id, told.params) == ("lin", {"case": work.id})


def test_where_it_is_the_rule_the_task_waits_for_what_was_asked(house: House, story: Story) -> None:
    house.directory = Strict()
    work = ask(story)
    with pytest.raises(Invalid, match="sub_tasks_open") as refused:
        story.complete("sign", LIN)
    assert refused.value.params["count"] == 1
    Story(house, work).complete("look", LEA)
    story.complete("sign", LIN)
    assert story.state == "completed"


def test_elsewhere_it_is_only_warned_of_and_goes_on_by_itself(story: Story) -> None:
    work = Story(story.house, ask(story))
    story.complete("sign", LIN)
    assert (story.state, work.waiting_at) == ("completed", ["look"])


def test_only_who_has_the_task_asks_and_a_substitute_for_him(story: Story) -> None:
    with pytest.raises(NotAllowed, match="not_a_candidate"):
        ask(story, STRANGER)
    with pytest.raises(NotAllowed, match="start_not_allowed"):
        ask(story, TOM)
    task = story.task("sign")
    story.house.act(lambda e: e.claim(task.id), LIN)
    with pytest.raises(NotAllowed, match="task_of_another"):
        ask(story, TOM)
    ask(story, MO)
    told = next(event for event in story.history if event.code == "work_asked")
    assert (told.actor_id, told.on_behalf_of) == ("mo", "lin")
