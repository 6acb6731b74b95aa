"""A case waits for another system while its diagram or its place is changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest

from engine import jobs
from engine.api import HandlerRegistry, Stale
from engine.handlers import JobContext
from kernel.actor import SYSTEM
from tests.engine.changing.versions import Versions, against, becoming, ends, flows, task, timer
from tests.engine.conftest import House, Story

START = '<startEvent id="s"/>'
LEASE = timedelta(minutes=5)


@dataclass(frozen=True)
class Asked:
    """What the other system is asked."""

    unit: str


@dataclass(frozen=True)
class Answered:
    """What it answers."""

    number: int


def asking(element: str, verb: str) -> str:
    inside = f'<extensionElements><keyturn:handler name="{verb}"/></extensionElements>'
    return f'<serviceTask id="{element}">{inside}</serviceTask>'


@pytest.fixture
def versions(house: House, registry: HandlerRegistry) -> Versions:
    """Two verbs that ask outside."""

    @registry.handler("outside.ask", external=True, errors={"outside.ask.no"})
    def ask(data: Asked, ctx: JobContext) -> Answered:
        return Answered(len(data.unit))

    @registry.handler("outside.ask_otherwise", external=True)
    def ask_otherwise(data: Asked, ctx: JobContext) -> Answered:
        return Answered(0)

    return Versions(house)


def lease(house: House) -> jobs.LeasedJob:
    with house.database.unit_of_work() as session:
        job = jobs.lease_next(session, house.clock.now(), LEASE, worker="w1")
    assert job is not None
    return job


def answer(house: House, job: jobs.LeasedJob, number: int) -> None:
    with house.database.unit_of_work() as session:
        jobs.finish(house.engine(session, SYSTEM).host, job, jobs.Outcome({"number": number}))


def test_the_answer_comes_to_the_new_version_even_when_it_is_being_asked_for(versions: Versions) -> None:
    versions.deploy(START, asking("ask", "outside.ask"), ends("e"), flows("s ask e"))
    story = versions.start({"unit": "1-101"})
    job = lease(versions.house)
    late = timer("late", "ask2", "P1D")
    versions.deploy(START, asking("ask2", "outside.ask"), late, task("t"), ends("e", "f"),
                    flows("s ask2 t e", "late f"))  # fmt: skip
    plan = versions.migrate(story, mapping={"ask": "ask2"})
    assert becoming(plan) == {"ask": "kept", "late": "begun"}
    assert story.waits == [("external", "ask2"), ("timer", "late")]
    answer(versions.house, job, 7)
    assert (story.data["number"], story.waiting_at) == (7, ["t"])
    story.complete("t")
    assert story.state == "completed"


def test_another_verb_is_refused_while_the_answer_is_awaited(versions: Versions) -> None:
    versions.deploy(START, asking("ask", "outside.ask"), ends("e"), flows("s ask e"))
    story = versions.start({"unit": "1-101"})
    versions.deploy(START, asking("ask", "outside.ask_otherwise"), ends("e"), flows("s ask e"))
    assert against(versions.preview(story)) == [("migrate_handler_changed", "ask")]
    answer(versions.house, lease(versions.house), 7)
    assert story.state == "completed"


def test_an_answer_after_the_case_was_moved_on_comes_to_nobody(versions: Versions) -> None:
    versions.deploy(START, asking("ask", "outside.ask"), task("t"), ends("e"), flows("s ask t e"))
    story: Story = versions.start({"unit": "1-101"})
    job = lease(versions.house)
    versions.house.act(lambda e: e.move(story.id, "ask", "t"))
    with pytest.raises(Stale, match="lease_lost"):
        answer(versions.house, job, 7)
    assert ("number" in story.data, story.waits) == (False, [("user", "t")])
    story.complete("t")
    assert story.state == "completed"


def test_an_answer_to_a_suspended_case_is_taken_and_the_case_goes_on_from_there(versions: Versions) -> None:
    """It comes but once: without it the case would wait for ever."""
    house = versions.house
    versions.deploy(START, asking("ask", "outside.ask"), task("t"), ends("e"), flows("s ask t e"))
    story = versions.start({"unit": "1-101"})
    job = lease(house)
    house.act(lambda e: e.suspend(story.id, "look first"))
    answer(house, job, 7)
    assert (story.state, story.data["number"]) == ("suspended", 7)
    with pytest.raises(Stale, match="instance_not_active"):
        story.complete("t")
    house.act(lambda e: e.resume(story.id, "all is well"))
    assert story.waiting_at == ["t"]
    story.complete("t")
    assert story.state == "completed"


def test_an_answer_that_ends_a_suspended_case_ends_it_when_it_is_resumed(versions: Versions) -> None:
    house = versions.house
    versions.deploy(START, asking("ask", "outside.ask"), flows("s ask"))
    story = versions.start({"unit": "1-101"})
    job = lease(house)
    house.act(lambda e: e.suspend(story.id, "look first"))
    answer(house, job, 7)
    assert story.state == "suspended"
    house.act(lambda e: e.resume(story.id, "all is well"))
    assert (story.state, story.data["number"]) == ("completed", 7)


def test_a_refusal_from_outside_reaches_the_boundary_event_of_a_suspended_case(versions: Versions) -> None:
    house = versions.house
    versions.deploy(START, asking("ask", "outside.ask"), task("t"), task("other"), ends("e", "f"),
                    '<boundaryEvent id="no" attachedToRef="ask"><errorEventDefinition errorRef="err"/></boundaryEvent>',
                    flows("s ask t e", "no other f"), roots='<error id="err" errorCode="outside.ask.no"/>')  # fmt: skip
    story = versions.start({"unit": "1-101"})
    job = lease(house)
    house.act(lambda e: e.suspend(story.id, "look first"))
    with house.database.unit_of_work() as session:
        jobs.finish(house.engine(session, SYSTEM).host, job, jobs.Outcome(error="outside.ask.no"))
    assert story.state == "suspended"
    house.act(lambda e: e.resume(story.id, "all is well"))
    assert story.waiting_at == ["other"]
