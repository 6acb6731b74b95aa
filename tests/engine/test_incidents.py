"""Incidents: what failed with its input, noted, edited with a reason, and run again without doing a thing twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from engine import jobs
from engine.api import (
    Context,
    HandlerRegistry,
    Incident,
    IncidentDetail,
    IncidentFilter,
    Invalid,
    JobContext,
    Missing,
    NotAllowed,
    Page,
    Stale,
    StepFailed,
)
from engine.models import JobRow
from kernel.actor import SYSTEM, Actor, Grant
from kernel.audit import AuditRow
from tests.engine.conftest import LEASE, House, Story, work
from tests.engine.spiff.play import diagram, flows
from tests.engine.test_many_hands import at_once

HOLD = (
    '<serviceTask id="hold"><extensionElements><keyturn:handler name="reserve.hold"/></extensionElements></serviceTask>'
    '<endEvent id="e"/>'
)
AT_ONCE = diagram('<startEvent id="s"/>' + HOLD + flows("s hold e"), "at_once")
HEAR = (
    '<receiveTask id="hear" messageRef="m"><extensionElements><keyturn:correlation name="unit" value="= unit"/>'
    "</extensionElements></receiveTask>"
)
LISTENS = diagram(
    '<startEvent id="s"/>' + HEAR + HOLD + flows("s hear hold e"), "listens", '<message id="m" name="go"/>'
)
ELSEWHERE = Actor("else", "else", (Grant("operator", "/b/", frozenset({"engine:operate"})),))


@dataclass(frozen=True)
class HoldIn:
    """Input."""

    unit: str


@dataclass(frozen=True)
class HoldOut:
    """Output."""

    number: int


class Outside:
    """What the handlers of these stories depend on."""

    def __init__(self) -> None:
        self.fault: Exception | None = None
        self.line_down = False
        self.held: list[str] = []
        self.sent: list[tuple[dict[str, Any], str]] = []


@pytest.fixture
def outside(registry: HandlerRegistry) -> Outside:
    told = Outside()

    @registry.job_kind("text.send", attempts=2)
    def send(payload: dict[str, Any], context: JobContext) -> None:
        if told.line_down:
            raise OSError("secret address")
        told.sent.append((payload, context.idempotency_key))

    @registry.handler("reserve.hold", errors={"reserve.hold.taken"})
    def hold(data: HoldIn, ctx: Context) -> HoldOut:
        ctx.send("text.send", {"unit": data.unit, "message_id": "m-1"})
        if told.fault:
            raise told.fault
        told.held.append(data.unit)
        return HoldOut(number=7)

    return told


def only(house: House) -> Incident:
    (incident,) = house.ask(lambda e: e.incidents())
    return incident


def detail(house: House, incident: Incident) -> IncidentDetail:
    found: IncidentDetail = house.ask(lambda e: e.get_incident(incident.id))
    return found


def work_until_idle(house: House, hours: int = 0) -> None:
    for _ in range(hours + 1):
        while work(house):
            pass
        house.clock.advance(timedelta(hours=1))


def failing_step(house: House, outside: Outside, **variables: Any) -> Story:
    """A case whose second step has failed with an error of the program."""
    outside.fault = ZeroDivisionError("secret of a customer")
    story = house.start("reserve", variables)
    with pytest.raises(StepFailed):
        story.complete("choose", unit="1-101")
    return story


def undeliverable(house: House, outside: Outside) -> Incident:
    """A message that could not be delivered as often as it is tried."""
    outside.line_down = True
    house.start("reserve").complete("choose", unit="1-101")
    work_until_idle(house, 3)
    return only(house)


def audited(house: House, action: str) -> list[AuditRow]:
    with house.database.reading() as session:
        rows = list(session.scalars(select(AuditRow).where(AuditRow.action == action).order_by(AuditRow.id)))
        session.expunge_all()
        return rows


def test_an_incident_shows_what_the_step_read_and_where_the_program_failed(house: House, outside: Outside) -> None:
    failing_step(house, outside, colour="red")
    found = detail(house, only(house))
    assert found.input == {"unit": "1-101"}
    assert any(line.startswith("tests/engine/test_incidents.py:") and " in hold" in line for line in found.trace)
    assert found.trace[-1] == "builtins.ZeroDivisionError"
    assert not any(line.startswith("/") for line in found.trace)
    assert "secret" not in repr(found)
    assert found.runs_as == "worker"


def test_a_delivery_shows_its_payload(house: House, outside: Outside) -> None:
    found = detail(house, undeliverable(house, outside))
    assert found.input == {"unit": "1-101", "message_id": "m-1"}
    assert found.editable == ("unit",)
    assert "secret" not in repr(found)


def test_a_start_that_failed_shows_what_it_began_with(house: House) -> None:
    house.deploy("approvers.dmn")
    with pytest.raises(StepFailed):
        house.start("route_discount", {"discount": 5, "applicant": "an"})
    assert detail(house, only(house)).input["discount"] == 5


def test_a_long_value_is_cut(house: House, outside: Outside) -> None:
    outside.fault = ZeroDivisionError()
    story = house.start("reserve")
    with pytest.raises(StepFailed):
        story.complete("choose", unit="x" * 50_000)
    assert len(detail(house, only(house)).input["unit"]) < 5000


def test_notes_are_left_for_the_next_operator_and_kept_when_it_is_resolved(house: House, outside: Outside) -> None:
    failing_step(house, outside)
    incident = only(house)
    house.act(lambda e: e.annotate(incident.id, " asked the bank "))
    noted = house.act(lambda e: e.annotate(incident.id, "the bank answered")).incident
    assert (noted.note, noted.noted_by) == ("the bank answered", house.admin.id)
    assert [row.before for row in audited(house, "incident:annotate")] == [
        {"note": None},
        {"note": "asked the bank"},
    ]
    outside.fault = None
    house.act(lambda e: e.retry(incident.id, reason="mended"))
    assert detail(house, incident).incident.note == "the bank answered"
    with pytest.raises(Invalid, match="comment_length"):
        house.act(lambda e: e.annotate(incident.id, "x" * 1001))


def test_incidents_of_another_place_are_not_there(house: House, outside: Outside) -> None:
    outside.fault = ZeroDivisionError()
    story = house.start("reserve", scope="/a/")
    with pytest.raises(StepFailed):
        story.complete("choose", unit="1")
    incident = only(house)
    assert house.ask(lambda e: e.find_incidents(), ELSEWHERE).rows == []
    for command in (
        lambda e: e.get_incident(incident.id),
        lambda e: e.annotate(incident.id, "mine"),
        lambda e: e.edit_incident(incident.id, {"unit": "2"}, "mine"),
        lambda e: e.retry(incident.id),
    ):
        with pytest.raises(Missing, match="incident_missing"):
            house.act(command, ELSEWHERE)
    with pytest.raises(NotAllowed, match="operate_missing"):
        house.act(lambda e: e.set_variables(story.id, {"unit": "2"}, "mine"), ELSEWHERE)


def test_incidents_are_found_by_what_failed_and_when(house: House, outside: Outside) -> None:
    failing_step(house, outside)
    house.clock.advance(timedelta(days=1))
    undeliverable_at = house.clock.now()
    outside.fault = None
    undeliverable_ones = house.start("reserve")
    outside.line_down = True
    undeliverable_ones.complete("choose", unit="1-102")
    work_until_idle(house, 3)

    def found(**wanted: Any) -> list[str]:
        page = house.ask(lambda e: e.find_incidents(IncidentFilter(**wanted)))
        assert page.count == len(page.rows)
        return [one.error_type for one in page.rows]

    assert found() == ["OSError", "ZeroDivisionError"]
    assert found(element_ids=("hold",)) == ["ZeroDivisionError"]
    assert found(error_types=("OSError",)) == ["OSError"]
    assert found(since=undeliverable_at) == ["OSError"]
    assert found(until=undeliverable_at) == ["ZeroDivisionError"]
    assert found(definition_keys=("nothing",)) == []
    second = house.ask(lambda e: e.find_incidents(None, Page(2, 1)))
    assert ([one.error_type for one in second.rows], second.count) == (["ZeroDivisionError"], 2)


def test_a_delivery_is_retried_with_other_tries_or_at_another_time(house: House, outside: Outside) -> None:
    incident = undeliverable(house, outside)
    later = house.clock.now() + timedelta(days=1)
    house.act(lambda e: e.retry(incident.id, attempts=1, due_at=later, reason="the line is being mended"))
    assert not work(house)
    house.clock.set(later)
    assert work(house)
    again = only(house)
    assert again.id != incident.id
    with house.database.reading() as session:
        job = session.scalars(select(JobRow).where(JobRow.kind == "message_out")).one()
        assert (job.attempts, job.max_attempts) == (1, 1)
    (row,) = audited(house, "incident:retry")
    assert row.reason == "the line is being mended"
    for attempts in (0, 51):
        with pytest.raises(Invalid, match="attempts_out_of_range"):
            house.act(lambda e, n=attempts: e.retry(again.id, attempts=n))


def test_a_step_runs_again_at_once_and_knows_no_other_time(house: House, outside: Outside) -> None:
    failing_step(house, outside)
    incident = only(house)
    with pytest.raises(Invalid, match="incident_runs_at_once"):
        house.act(lambda e: e.retry(incident.id, attempts=3))
    assert only(house).id == incident.id


def test_a_payload_is_edited_with_a_reason_and_goes_out_once_under_its_old_key(
    house: House, outside: Outside
) -> None:
    incident = undeliverable(house, outside)
    with pytest.raises(Invalid, match="reason_missing"):
        house.act(lambda e: e.edit_incident(incident.id, {"unit": "1-102"}, " "))
    with pytest.raises(Invalid, match="variable_type"):
        house.act(lambda e: e.edit_incident(incident.id, {"unit": 102}, "wrong"))
    with pytest.raises(Invalid, match="variable_not_there"):
        house.act(lambda e: e.edit_incident(incident.id, {"unti": "1-102"}, "wrong"))
    with pytest.raises(Invalid, match="variable_protected"):
        house.act(lambda e: e.edit_incident(incident.id, {"message_id": "m-2"}, "wrong"))
    with pytest.raises(Invalid, match="nothing_changes"):
        house.act(lambda e: e.edit_incident(incident.id, {"unit": "1-101"}, "wrong"))
    edited = house.act(lambda e: e.edit_incident(incident.id, {"unit": "1-102"}, "the unit was renamed"))
    assert edited.input == {"unit": "1-102", "message_id": "m-1"}
    outside.line_down = False
    house.act(lambda e: e.retry(incident.id))
    work_until_idle(house)
    (sent,) = outside.sent
    assert sent[0] == {"unit": "1-102", "message_id": "m-1"}
    (row,) = audited(house, "incident:edit_input")
    assert (row.before, row.after, row.reason) == (
        {"unit": "1-101"},
        {"unit": "1-102"},
        "the unit was renamed",
    )


def test_what_a_delivery_under_way_carries_is_not_changed_beneath_it(house: House, outside: Outside) -> None:
    incident = undeliverable(house, outside)
    house.act(lambda e: e.retry(incident.id))
    outside.line_down = True
    work(house)
    house.clock.advance(timedelta(hours=1))
    retrying = house.ask(lambda e: e.find_incidents(IncidentFilter(states=("retrying",)))).rows[0]
    with house.database.unit_of_work() as session:
        assert jobs.lease_next(session, house.clock.now(), LEASE, worker="w2")
    with pytest.raises(Stale, match="job_running"):
        house.act(lambda e: e.edit_incident(retrying.id, {"unit": "1-102"}, "too late"))


def test_what_a_person_answered_stays_theirs(house: House, outside: Outside) -> None:
    failing_step(house, outside, colour="red")
    incident = only(house)
    assert detail(house, incident).editable == ()
    with pytest.raises(Invalid, match="answers_of_person") as caught:
        house.act(lambda e: e.edit_incident(incident.id, {"unit": "1-102"}, "mistyped"))
    assert caught.value.params["who"] == "worker"


def test_process_data_behind_an_incident_is_edited_and_the_step_goes_on(house: House, outside: Outside) -> None:
    """spiff-arena #888: after an operator's edit the case could not go on."""
    story = house.start("say_receipt", {"order": "1"})
    assert story.state == "completed"
    outside.fault = ZeroDivisionError()
    story = house.start("reserve", {"colour": "red"})
    with pytest.raises(StepFailed):
        story.complete("choose", unit="1-101")
    incident = only(house)
    house.act(lambda e: e.edit_incident(incident.id, {"colour": "blue"}, "the customer chose again"))
    assert story.data == {"colour": "blue"}
    outside.fault = None
    house.act(lambda e: e.retry(incident.id))
    assert story.state == "completed"
    assert story.data == {"colour": "blue", "unit": "1-101", "held": 7}
    assert outside.held == ["1-101"]
    changed = next(e for e in story.history if e.code == "variables_changed")
    assert (changed.params["before"], changed.params["after"]) == ({"colour": "red"}, {"colour": "blue"})
    assert changed.params["reason"] == "the customer chose again"


def test_a_retry_sends_nothing_twice(house: House, outside: Outside) -> None:
    failing_step(house, outside)
    incident = only(house)
    with pytest.raises(StepFailed):
        house.act(lambda e: e.retry(incident.id))
    outside.fault = None
    house.act(lambda e: e.retry(only(house).id))
    work_until_idle(house)
    assert (outside.held, len(outside.sent)) == (["1-101"], 1)
    with pytest.raises(Stale, match="incident_resolved"):
        house.act(lambda e: e.retry(incident.id))


def test_a_retry_and_the_person_who_acts_again_meet_and_one_of_them_does_it(
    house: House, outside: Outside
) -> None:
    """Each locks the case first; otherwise the two would wait for each other on PostgreSQL."""
    for _ in range(5):
        story = failing_step(house, outside)
        incident, task = only(house), story.task("choose")
        outside.fault = None
        acts = (
            lambda e, i=incident: e.retry(i.id),
            lambda e, t=task: e.complete(t.id, {"unit": "1-101"}),
        )
        answers = at_once(2, lambda n, acts=acts: house.act(acts[n], SYSTEM))
        assert sum(isinstance(answer, Stale) for answer in answers) == 1
        assert story.state == "completed"
        assert [e.code for e in story.history].count("task_completed") == 1
        assert house.ask(lambda e: e.incidents()) == []
    assert outside.held == ["1-101"] * 5


def test_a_start_retried_in_vain_is_one_incident_and_starts_one_case(house: House, outside: Outside) -> None:
    house.act(lambda e: e.deploy({"at_once.bpmn": AT_ONCE}))
    outside.fault = ZeroDivisionError()
    with pytest.raises(StepFailed):
        house.act(lambda e: e.start("at_once", {"unit": "1-101"}), SYSTEM)
    for unit in ("1-102", "1-103"):
        first = only(house)
        house.act(lambda e, i=first, u=unit: e.edit_incident(i.id, {"unit": u}, "another home was meant"))
        with pytest.raises(StepFailed):
            house.act(lambda e, i=first: e.retry(i.id))
    outside.fault = None
    house.act(lambda e: e.retry(only(house).id))
    assert outside.held == ["1-103"]
    assert house.ask(lambda e: e.incidents()) == []
    with pytest.raises(Stale, match="incident_resolved"):
        house.act(lambda e: e.retry(first.id))


def test_an_event_that_a_case_cannot_take_is_one_incident_however_often_it_is_sent(
    house: House, outside: Outside
) -> None:
    house.act(lambda e: e.deploy({"listens.bpmn": LISTENS}))
    story = Story(house, house.act(lambda e: e.start("listens", {"unit": "1-101"})))
    outside.fault = ZeroDivisionError()
    for _ in range(3):
        with pytest.raises(StepFailed):
            house.act(lambda e: e.publish("go", {"unit": "1-101"}, {}), SYSTEM)
    assert (only(house).element_id, story.state) == ("hold", "active")
    outside.fault = None
    assert house.act(lambda e: e.publish("go", {"unit": "1-101"}, {}), SYSTEM) == 1
    assert (story.state, outside.held) == ("completed", ["1-101"])
    assert house.ask(lambda e: e.incidents()) == []
