"""A task that is about to be late warns, a late one is escalated: each once, moved and cancelled with its task."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

import pytest
from sqlalchemy import select

from engine.api import DefinitionError, NotAllowed, TaskLate
from engine.tables.columns import table_of
from engine.tables.work import JobRow
from kernel.actor import Actor, Grant
from kernel.clock import MovedClock
from tests.engine.conftest import DIAGRAMS, House, NoDirectory, Story

JOBS = table_of(JobRow)
CLERK = Actor("clerk", "Clerk", grants=(Grant("clerk", "/", frozenset()),))
MANAGER = Actor("manager", "Manager", grants=(Grant("manager", "/", frozenset()),))


class TwoRoles(NoDirectory):
    """A clerk and a manager, unless the test takes the manager away."""

    managers: tuple[str, ...] = ("manager",)
    bosses: Mapping[str, str] = MappingProxyType({})

    def manager(self, staff_id: str, levels: int) -> str | None:
        """Whom the test named as somebody's boss."""
        return self.bosses.get(staff_id)

    def above(self, role: str, path: str) -> str | None:
        """The manager stands above the clerk."""
        return "manager" if role == "clerk" else None

    def holders(self, role: str, path: str) -> list[str]:
        """Who holds a role."""
        return {"clerk": ["clerk"], "manager": list(self.managers)}.get(role, [])


@pytest.fixture
def story(house: House) -> Story:
    """A task due in 8 working hours from Monday nine, warned of 2 working hours before."""
    house.directory = TwoRoles(CLERK, MANAGER)
    return house.start("answer_in_time", {"no": "1", "applicant": "someone"})


def local(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


def stages(story: Story) -> list[tuple[str, str, datetime]]:
    """The escalation jobs of a case."""
    query = select(JOBS).where(JOBS.c.instance_id == story.id, JOBS.c.kind == "escalation").order_by(JOBS.c.due_at)
    with story.house.database.reading() as session:
        return [(job.name, job.state, job.due_at) for job in session.execute(query)]


def told(story: Story) -> list[str]:
    """What escalations left in the history."""
    wanted = ("task_warned", "task_overdue", "task_told", "task_priority_raised", "task_handed_to_")
    return [event.code for event in story.history if event.code.startswith(wanted)]


BREACH = ["task_overdue", "task_told", "task_priority_raised", "task_handed_to_role"]


def test_the_warning_and_the_breach_come_once_each_at_their_minute(
    house: House, story: Story, clock: MovedClock
) -> None:
    assert stages(story) == [
        ("warning", "waiting", local("2026-03-02T16:30")),
        ("breach", "waiting", local("2026-03-03T09:30")),
    ]
    clock.set(local("2026-03-02T16:29"))
    assert house.run_due() == 0
    clock.set(local("2026-03-02T16:30"))
    assert house.run_due() == 1
    assert told(story) == ["task_warned", "task_told"]
    clock.set(local("2026-03-03T09:30"))
    assert house.run_due() == 1
    assert house.pass_time(days=30) == 0
    assert told(story) == ["task_warned", "task_told", *BREACH]
    task = story.task("answer")
    assert (task.priority, task.candidates, task.assignee) == (90, ("manager@/",), None)


def test_the_line_manager_of_who_has_it_hears_of_the_breach_else_the_role_above(
    house: House, story: Story, clock: MovedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[TaskLate] = []
    monkeypatch.setattr("engine.commands.escalate.tell", lambda _session, fact: heard.append(fact))
    other = house.start("answer_in_time", {"no": "2", "applicant": "someone"})
    house.act(lambda e: e.claim(story.task("answer").id), CLERK)
    house.directory.bosses = {"clerk": "boss"}
    clock.set(local("2026-03-03T09:30"))
    house.run_due()
    breaches = {fact.task.instance_id: fact.people for fact in heard if fact.at == "breach"}
    assert breaches == {story.id: ("boss",), other.id: ("manager",)}


def test_who_had_the_task_can_no_longer_do_it_after_it_went_to_the_manager(
    house: House, story: Story, clock: MovedClock
) -> None:
    task = story.task("answer")
    house.act(lambda e: e.claim(task.id), CLERK)
    clock.set(local("2026-03-03T10:00"))
    assert house.run_due() == 2
    with pytest.raises(NotAllowed):
        house.act(lambda e: e.complete(task.id, {}), CLERK)
    lost = house.ask(lambda e: e.lost_task(task.id), CLERK)
    assert (lost.code, lost.params["role"]) == ("task_went_to_role", "manager")
    house.act(lambda e: e.claim(task.id), MANAGER)
    house.act(lambda e: e.complete(task.id, {}), MANAGER)
    assert story.state == "completed"


def test_a_late_start_fires_both_in_order(house: House, story: Story) -> None:
    assert house.pass_time(days=10) == 2
    assert told(story) == ["task_warned", "task_told", *BREACH]


@pytest.mark.parametrize("how", ["completed", "withdrawn", "cancelled"])
def test_nothing_fires_for_a_task_that_is_done_or_gone(house: House, story: Story, how: str) -> None:
    if how == "completed":
        story.complete("answer")
    elif how == "withdrawn":
        house.act(lambda e: e.publish("answer_withdrawn", {"no": "1"}))
    else:
        house.act(lambda e: e.cancel(story.id, "no longer wanted"))
    assert {state for _, state, _ in stages(story)} == {"cancelled"}
    assert house.pass_time(days=10) == 0
    assert told(story) == []


def test_they_move_with_the_due_time_and_fire_no_second_time(
    house: House, story: Story, clock: MovedClock
) -> None:
    task = story.task("answer")
    clock.set(local("2026-03-02T16:30"))
    assert house.run_due() == 1
    house.act(lambda e: e.set_due(task.id, local("2026-03-05T12:00")))
    assert stages(story)[-1] == ("breach", "waiting", local("2026-03-05T12:00"))
    clock.set(local("2026-03-05T11:59"))
    assert house.run_due() == 0
    house.act(lambda e: e.set_due(task.id, None))
    assert house.pass_time(days=1) == 0
    house.act(lambda e: e.set_due(task.id, local("2026-03-09T12:00")))
    clock.set(local("2026-03-09T12:00"))
    assert house.run_due() == 1
    assert told(story) == ["task_warned", "task_told", *BREACH]


def test_a_due_time_set_by_hand_is_counted_anew_from_the_diagram(house: House, story: Story) -> None:
    task = story.task("answer")
    moved = house.act(lambda e: e.set_due(task.id, local("2026-03-20T12:00")))
    assert moved.due_at == local("2026-03-20T12:00")
    house.clock.advance(timedelta(hours=1))
    again = house.act(lambda e: e.recalculate_due(task.id))
    assert again.due_at == local("2026-03-03T09:30")
    assert [at for _, _, at in stages(story)] == [local("2026-03-02T16:30"), local("2026-03-03T09:30")]
    with pytest.raises(NotAllowed):
        house.act(lambda e: e.recalculate_due(task.id), CLERK)


def test_a_task_never_becomes_nobody_s(house: House, story: Story) -> None:
    house.directory.managers = ()
    house.pass_time(days=10)
    assert told(story)[-1] == "task_handed_to_nobody"
    assert story.task("answer").candidates == ("clerk@/",)


def test_it_is_not_handed_to_the_applicant(house: House, clock: MovedClock) -> None:
    house.directory = TwoRoles(CLERK, MANAGER)
    story = house.start("answer_in_time", {"no": "2", "applicant": "manager"})
    house.pass_time(days=10)
    assert told(story)[-1] == "task_handed_to_nobody"


def test_a_suspended_case_escalates_when_it_goes_on(house: House, story: Story) -> None:
    house.act(lambda e: e.suspend(story.id, "wait"))
    assert house.pass_time(days=10) == 0
    house.act(lambda e: e.resume(story.id, "go on"))
    assert house.run_due() == 2
    assert told(story) == ["task_warned", "task_told", *BREACH]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('due="8 working hours"', 'due="8 working weeks"', "timer_unreadable"),
        ('warn="2 working hours"', 'warn="2026-03-02"', "warning_unreadable"),
        ('warn="2 working hours"', 'warn="= 1 +"', "feel_syntax"),
        ('warn="2 working hours"', "", "escalation_without_warning"),
        ('due="8 working hours"', "", "escalation_without_due"),
        ('at="breach"', 'at="late"', "escalation_at_unknown"),
        ('notify="manager" priority="90" handTo="manager"', "", "escalation_empty"),
        ('priority="90"', 'priority="high"', "escalation_priority"),
        ('notify="assignee, candidates"', 'notify="boss"', "escalation_people_unknown"),
    ],
)
def test_what_cannot_happen_is_refused_at_deployment(house: House, old: str, new: str, code: str) -> None:
    text = (DIAGRAMS / "answer_in_time.bpmn").read_text()
    assert old in text
    resources: dict[str, Any] = {"answer_in_time.bpmn": text.replace(old, new).encode()}
    with pytest.raises(DefinitionError) as refused:
        house.act(lambda e: e.deploy(resources))
    assert code in {finding.code for finding in refused.value.findings}
