"""The same person recurs in a case (自动通过): skip, go up, or ask; nobody silently approves his own case."""

from __future__ import annotations

import pytest

from engine.api import NotAllowed
from kernel.actor import SYSTEM, Actor
from tests.engine.changing.versions import Versions, ends, flows
from tests.engine.conftest import House, NoDirectory, Story
from tests.engine.going_back.people import ANNA, BEN, CARL, START, step

HOLDERS = {"clerk": [ANNA.id], "manager": [BEN.id], "director": [CARL.id]}
ABOVE = {"clerk": "manager", "manager": "director"}


class Staff(NoDirectory):
    """Who holds which role, and which role stands above which."""

    def holders(self, role: str, path: str) -> list[str]:
        return HOLDERS.get(role, [])

    def above(self, role: str, path: str) -> str | None:
        return ABOVE.get(role)


@pytest.fixture
def versions(house: House) -> Versions:
    house.directory = Staff()
    return Versions(house)


def begun(versions: Versions, *body: str, by: Actor = SYSTEM) -> Story:
    versions.deploy(START, *body, ends("e"))
    return Story(versions.house, versions.house.act(lambda e: e.start("story"), by))


def approval(element: str, role: str, repeat: str = "ask") -> str:
    return step(
        element, role, "approve", f'repeat="{repeat}" completedBy="by_{element}" passed="passed_{element}"'
    )


def last(story: Story, code: str) -> dict[str, object]:
    event = next(e for e in story.history[::-1] if e.code == code)
    return {"by": event.actor_id, "element": event.element_id, **event.params}


def test_who_has_decided_the_same_question_is_passed_with_what_he_said(versions: Versions) -> None:
    story = begun(versions, approval("one", "manager"), approval("two", "manager", "skip"), flows("s one two e"))
    story.complete("one", BEN, decision="approved", opinion="fine")
    assert story.state == "completed"
    told = last(story, "task_passed")
    assert (told["element"], told["person"], told["step_element"], told["why"]) == ("two", BEN.id, "one", "repeat")
    assert (story.data["by_two"], story.data["passed_two"]["by"]) == (BEN.id, BEN.id)
    assert story.data["passed_one"] is None
    passed = story.house.ask(lambda e: e.steps(story.id))
    assert [(one.element_id, one.by, one.passed) for one in passed] == [
        ("one", BEN.id, False),
        ("two", BEN.id, True),
    ]


def test_left_alone_a_task_asks(versions: Versions) -> None:
    story = begun(versions, approval("one", "manager"), approval("two", "manager"), flows("s one two e"))
    story.complete("one", BEN, decision="approved")
    assert story.waiting_at == ["two"]


def test_somebody_else_is_asked_although_another_has_decided(versions: Versions) -> None:
    story = begun(versions, approval("one", "manager"), approval("two", "director", "skip"), flows("s one two e"))
    story.complete("one", BEN, decision="approved")
    assert story.waiting_at == ["two"]


def test_what_was_entered_in_between_is_a_new_question(versions: Versions) -> None:
    body = (approval("one", "manager"), step("mend", "clerk"), approval("two", "manager", "skip"))
    story = begun(versions, *body, flows("s one mend two e"))
    story.complete("one", BEN, decision="approved")
    story.complete("mend", ANNA, amount=9)
    assert story.waiting_at == ["two"]


def test_up_asks_the_next_role_instead_of_the_same_person(versions: Versions) -> None:
    story = begun(versions, approval("one", "manager"), approval("two", "manager", "up"), flows("s one two e"))
    story.complete("one", BEN, decision="approved")
    task = story.task("two")
    assert (task.candidates, task.excluded) == (("director@/",), (BEN.id,))
    told = last(story, "task_raised")
    assert (told["person"], told["role"]) == (BEN.id, "director")


def test_the_applicant_never_passes_by_himself_his_task_goes_up(versions: Versions) -> None:
    body = (step("enter", "manager", "approve"), approval("one", "manager", "skip"))
    story = begun(versions, *body, flows("s enter one e"), by=BEN_STARTS)
    story.complete("enter", BEN, decision="approved")
    task = story.task("one")
    assert (task.candidates, task.excluded) == (("director@/",), (BEN.id,))
    with pytest.raises(NotAllowed):
        story.complete("one", BEN, decision="approved")
    story.complete("one", CARL, decision="approved")
    assert story.state == "completed"


def test_the_applicant_at_the_top_is_kept_out_and_nobody_decides_for_him(versions: Versions) -> None:
    own = step("one", "director", "approve", 'repeat="skip"')
    story = begun(versions, own, flows("s one e"), by=Actor(CARL.id, "Carl", CARL.grants, is_system=True))
    task = story.task("one")
    assert task.excluded == (CARL.id,)
    with pytest.raises(NotAllowed, match="four_eyes"):
        story.complete("one", CARL, decision="approved")


BEN_STARTS = Actor(BEN.id, "Ben", BEN.grants, is_system=True)
