"""Timers, deliveries and external steps in an operator's hands, and what a wrong or late clock does to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import jobs
from engine.api import (
    Engine,
    HandlerRegistry,
    Invalid,
    Job,
    JobContext,
    JobFilter,
    Missing,
    Place,
    RoleChecker,
    Stale,
)
from engine.errors import CannotGoOn
from engine.timers import after, as_working, parse_instant
from kernel.actor import SYSTEM, Actor, Grant
from kernel.audit import AuditRow
from kernel.calendar import ChineseCalendar
from tests.engine.conftest import LEASE, FreeForms, House, NoDirectory, Story, work

ELSEWHERE = Actor("else", "else", (Grant("operator", "/b/", frozenset({"engine:operate"})),))


def waiting_job(house: House, story: Story, element_id: str) -> Job:
    """The job that waits at an element."""
    found = house.ask(lambda e: e.find_jobs(JobFilter(instance_id=story.id, element_ids=(element_id,))))
    (job,) = found.rows
    return job


def fired(story: Story) -> list[str | None]:
    return [e.element_id for e in story.history if e.code == "timer_fired"]


def test_jobs_are_found_by_kind_place_case_and_time(house: House) -> None:
    story = house.start("pay_in_time", {"order": "1"}, scope="/a/", business_key="RG-1")
    house.start("pay_in_time", {"order": "2"}, scope="/b/")

    def found(**wanted: Any) -> list[str | None]:
        return [job.element_id for job in house.ask(lambda e: e.find_jobs(JobFilter(**wanted))).rows]

    assert found() == ["remind", "remind", "lapse", "lapse"]
    assert found(instance_id=story.id) == ["remind", "lapse"]
    assert found(business_key="RG-1", element_ids=("lapse",)) == ["lapse"]
    assert found(path="/b/") == ["remind", "lapse"]
    assert found(kinds=("external",)) == []
    soon = house.clock.now() + timedelta(days=2)
    assert found(due_before=soon) == ["remind", "remind"]
    assert found(due_from=soon) == ["lapse", "lapse"]
    assert [j.element_id for j in house.ask(lambda e: e.find_jobs(), ELSEWHERE).rows] == ["remind", "lapse"]
    house.act(lambda e: e.suspend(story.id, "wait"))
    assert found(suspended=True) == ["remind", "lapse"]


def test_a_timer_is_fired_now_and_a_cycle_keeps_its_rhythm(house: House) -> None:
    story = house.start("pay_in_time", {"order": "1"})
    begun = house.clock.now()
    job = waiting_job(house, story, "remind")
    house.act(lambda e: e.fire_job(job.id, "the buyer asked"))
    assert house.run_due() == 1
    assert story.waiting_at == ["call", "pay"]
    assert waiting_job(house, story, "remind").due_at == begun + timedelta(days=1)
    with pytest.raises(Stale, match="job_over"):
        house.act(lambda e: e.fire_job(job.id, "again"))
    moved = next(e for e in story.history if e.code == "timer_moved")
    assert (moved.element_id, moved.params["reason"]) == ("remind", "the buyer asked")
    with house.database.reading() as session:
        row = session.scalars(select(AuditRow).where(AuditRow.action == "job:fire")).one()
        assert (row.actor_id, row.reason) == (house.admin.id, "the buyer asked")


def test_a_timer_is_put_off_and_the_case_knows_it(house: House) -> None:
    story = house.start("pay_in_time", {"order": "1"})
    job = waiting_job(house, story, "lapse")
    later = job.due_at + timedelta(days=10)
    house.act(lambda e: e.set_job_due(job.id, later, "agreed with the buyer"))
    shown = {w.element_id: w.due_at for w in house.ask(lambda e: e.waiting(story.id))}
    assert shown["lapse"] == later
    house.pass_time(days=8)
    assert "pay" in story.waiting_at
    house.pass_time(days=9)
    assert "pay" not in story.waiting_at
    assert "close" in story.waiting_at


def test_a_timer_is_recalculated_from_its_diagram_and_the_data_of_today(
    house: House, registry: HandlerRegistry
) -> None:
    registry.handler("wait.go")(lambda data, ctx: None)
    story = house.start("wait_a_while", {"until": "2026-03-20T01:00:00+00:00"})
    job = waiting_job(house, story, "pause")
    assert job.due_at == datetime(2026, 3, 20, 1, tzinfo=UTC)
    house.act(lambda e: e.set_variables(story.id, {"until": "2026-03-10T01:00:00+00:00"}, "earlier"))
    assert waiting_job(house, story, "pause").due_at == datetime(2026, 3, 20, 1, tzinfo=UTC)
    again = house.act(lambda e: e.recalculate_job(job.id, "the date was corrected"))
    assert again.due_at == datetime(2026, 3, 10, 1, tzinfo=UTC)
    house.clock.set(again.due_at)
    assert house.run_due() == 1
    assert story.state == "completed"


def test_a_duration_is_counted_anew_from_when_it_began_or_from_now(house: House) -> None:
    story = house.start("pay_in_time", {"order": "1"})
    begun = house.clock.now()
    job = waiting_job(house, story, "lapse")
    house.act(lambda e: e.set_job_due(job.id, begun + timedelta(days=90), "by mistake"))
    house.clock.advance(timedelta(hours=12))
    assert house.act(lambda e: e.recalculate_job(job.id, "as drawn")).due_at == begun + timedelta(days=7)
    moved = house.act(lambda e: e.recalculate_job(job.id, "as drawn, from today", from_now=True))
    assert moved.due_at == begun + timedelta(days=7, hours=12)


def test_jobs_of_a_suspended_case_wait_and_of_another_place_are_not_there(house: House) -> None:
    story = house.start("pay_in_time", {"order": "1"}, scope="/a/")
    job = waiting_job(house, story, "lapse")
    house.act(lambda e: e.suspend(story.id, "wait"))
    with pytest.raises(Stale, match="job_suspended"):
        house.act(lambda e: e.fire_job(job.id, "now"))
    house.act(lambda e: e.set_job_due(job.id, house.clock.now(), "when it goes on"))
    assert house.run_due() == 0
    house.act(lambda e: e.resume(story.id, "on"))
    assert house.run_due() == 1
    for command in (
        lambda e: e.get_job(job.id),
        lambda e: e.fire_job(job.id, "mine"),
        lambda e: e.set_job_due(job.id, house.clock.now(), "mine"),
        lambda e: e.retry_job(job.id, "mine"),
    ):
        with pytest.raises(Missing, match="job_missing"):
            house.act(command, ELSEWHERE)
    with pytest.raises(Invalid, match="reason_missing"):
        house.act(lambda e: e.fire_job(job.id, ""))


@dataclass(frozen=True)
class Answer:
    """What the outside system says."""

    rate_bp: int


@pytest.fixture
def line(registry: HandlerRegistry) -> dict[str, bool]:
    """The line to an outside system; it is down."""
    line = {"down": True}

    @registry.handler("outside.ask", errors={"outside.ask.refused"}, external=True)
    def ask(data: dict[str, Any], ctx: JobContext) -> Answer:
        if line["down"]:
            raise OSError
        return Answer(420)

    return line


def dead(house: House) -> tuple[Story, Job]:
    """A case whose outside system could not be reached as often as it is tried."""
    story = house.start("ask_outside", {"order": "1"})
    for _ in range(40):
        work(house)
        house.clock.advance(timedelta(hours=1))
    return story, waiting_job(house, story, "ask")


def test_a_dead_letter_gets_new_tries_and_the_case_goes_on(house: House, line: dict[str, bool]) -> None:
    story, job = dead(house)
    assert (job.state, job.attempts) == ("failed", 8)
    again = house.act(lambda e: e.retry_job(job.id, "the line is mended", attempts=2))
    assert (again.state, again.attempts, again.max_attempts) == ("waiting", 0, 2)
    assert house.ask(lambda e: e.incidents()) == []
    with pytest.raises(Stale, match="job_not_failed"):
        house.act(lambda e: e.retry_job(job.id, "twice"))
    line["down"] = False
    assert work(house)
    assert story.waiting_at == ["after"]
    assert story.data["rate_bp"] == 420


def test_no_case_is_an_island_after_a_failure_outside(house: House, line: dict[str, bool]) -> None:
    """The outside system acted, its answer was lost: an operator enters it, checked as if it had come by itself."""
    story, job = dead(house)
    with pytest.raises(Invalid, match=r"field_type|field_missing"):
        house.act(lambda e: e.answer_job(job.id, {"rate_bp": "4.2 %"}, "by phone"))
    house.act(lambda e: e.answer_job(job.id, {"rate_bp": 410}, "by phone"))
    assert story.waiting_at == ["after"]
    assert story.data["rate_bp"] == 410
    assert house.ask(lambda e: e.incidents()) == []
    assert not work(house)
    story.complete("after")
    assert story.state == "completed"
    assert next(e for e in story.history if e.code == "answered_by_hand").params["reason"] == "by phone"
    with pytest.raises(Stale, match="job_over"):
        house.act(lambda e: e.answer_job(job.id, {"rate_bp": 400}, "twice"))


def test_a_worker_that_comes_back_late_finds_the_answer_there(house: House, line: dict[str, bool]) -> None:
    story = house.start("ask_outside", {"order": "1"})
    with house.database.unit_of_work() as session:
        leased = jobs.lease_next(session, house.clock.now(), LEASE, worker="w1")
    assert leased is not None
    with pytest.raises(Stale, match="job_running"):
        house.act(lambda e: e.answer_job(leased.id, {"rate_bp": 410}, "by phone"))
    house.clock.advance(LEASE + timedelta(seconds=1))
    house.act(lambda e: e.answer_job(leased.id, {"rate_bp": 410}, "by phone"))
    with pytest.raises(Stale, match="lease_lost"), house.database.unit_of_work() as session:
        jobs.finish(house.engine(session, SYSTEM).host, leased, jobs.Outcome({"rate_bp": 420}))
    assert story.data["rate_bp"] == 410


def test_after_an_outage_late_timers_of_many_cases_fire_in_order_each_once(house: House) -> None:
    stories = []
    for order in "123":
        stories.append(house.start("pay_in_time", {"order": order}))
        house.clock.advance(timedelta(hours=1))
    assert house.pass_time(days=30) == 9
    for story in stories:
        assert fired(story) == ["remind", "remind", "lapse"]
    at = [event.at for story in stories for event in story.history if event.code == "timer_fired"]
    assert len(at) == 9
    assert house.run_due() == 0


def test_a_clock_that_is_set_back_fires_nothing_twice_and_loses_nothing(house: House) -> None:
    story = house.start("pay_in_time", {"order": "1"})
    assert house.pass_time(days=1, hours=1) == 1
    house.clock.advance(timedelta(days=-1))
    assert house.run_due() == 0
    assert house.pass_time(days=1) == 0
    assert house.pass_time(days=1) == 1
    house.clock.advance(timedelta(days=-365))
    assert house.run_due() == 0
    assert house.pass_time(days=365 + 30) == 1
    assert fired(story) == ["remind", "remind", "lapse"]


def test_a_lease_taken_before_the_clock_was_set_back_is_free_when_its_time_has_come(
    house: House, line: dict[str, bool]
) -> None:
    story = house.start("ask_outside", {"order": "1"})
    with house.database.unit_of_work() as session:
        assert jobs.lease_next(session, house.clock.now(), LEASE, worker="w1")
    house.clock.advance(timedelta(hours=-1))
    line["down"] = False
    assert not work(house)
    house.clock.advance(timedelta(hours=1) + LEASE + timedelta(seconds=1))
    assert work(house)
    assert story.waiting_at == ["after"]


class BerlinPlaces:
    """Everything below ``/berlin/`` counts in Berlin's time."""

    def at(self, session: Session, path: str) -> Place:
        """Berlin, or the house's zone."""
        return Place(ChineseCalendar(), "Europe/Berlin" if path.startswith("/berlin/") else "Asia/Shanghai")


def test_a_day_is_counted_in_the_zone_of_the_project(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def engine(session: Any, actor: Actor | None = None) -> Engine:
        return Engine(
            session, actor or house.admin, clock=house.clock, checker=RoleChecker(), forms=FreeForms(),
            directory=NoDirectory(), calendar=ChineseCalendar(), registry=house.registry, places=BerlinPlaces(),
        )  # fmt: skip

    monkeypatch.setattr(house, "engine", engine)
    house.clock.set(datetime(2026, 3, 28, 11, 0, tzinfo=UTC))
    there = house.start("pay_in_time", {"order": "1"}, scope="/berlin/")
    here = house.start("pay_in_time", {"order": "2"}, scope="/shanghai/")
    # The night to 29 March has 23 hours in Berlin: noon comes an hour earlier in UTC.
    assert waiting_job(house, there, "remind").due_at == datetime(2026, 3, 29, 10, 0, tzinfo=UTC)
    assert waiting_job(house, here, "remind").due_at == datetime(2026, 3, 29, 11, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "duration", "expected"),
    [
        # Spring forward: 02:30 does not exist on 29 March 2026; the timer fires at the instant that follows.
        ("2026-03-28T02:30", "P1D", "2026-03-29T03:30"),
        ("2026-03-29T01:30", "PT1H", "2026-03-29T03:30"),
        # Fall back: an hour is an hour, a day is the same time of day.
        ("2026-10-24T02:30", "P1D", "2026-10-25T02:30"),
        ("2026-10-25T02:30", "P1D", "2026-10-26T02:30"),
        ("2026-10-24T12:00", "PT24H", "2026-10-25T11:00"),
    ],
)
def test_daylight_saving_moves_no_day_and_no_hour(start: str, duration: str, expected: str) -> None:
    zone = "Europe/Berlin"
    begin = parse_instant(start, zone)
    due = after(begin, duration, ChineseCalendar(), zone)
    assert due.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == datetime.fromisoformat(expected)
    assert due > begin


def test_an_hour_from_the_second_half_past_two_of_the_long_night_is_an_hour() -> None:
    second = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert after(second, "PT1H", ChineseCalendar(), "Europe/Berlin") - second == timedelta(hours=1)


def test_working_days_follow_the_calendar_of_the_place(house: House) -> None:
    calendar = ChineseCalendar({date(2026, 3, 3): False})
    begin = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
    assert after(begin, "P1WD", ChineseCalendar()) == datetime(2026, 3, 3, 1, 0, tzinfo=UTC)
    assert after(begin, "P1WD", calendar) == datetime(2026, 3, 4, 1, 0, tzinfo=UTC)
    # 2026-02-14 is a Saturday worked for the spring festival; the festival itself is not.
    festival = datetime(2026, 2, 13, 1, 0, tzinfo=UTC)
    assert after(festival, "P1WD", ChineseCalendar()) == datetime(2026, 2, 14, 1, 0, tzinfo=UTC)
    assert after(festival, "P2WD", ChineseCalendar()) == datetime(2026, 2, 24, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2 working hours", "2026-02-14T10:00"),
        ("90 working minutes", "2026-02-14T09:30"),
        ("1.5 working hours", "2026-02-14T09:30"),
        ("1 working day", "2026-02-14T17:00"),
        ("2 working days", "2026-02-24T17:00"),
        ("9 working hours", "2026-02-24T09:30"),
    ],
)
def test_working_time_is_written_as_it_is_spoken(text: str, expected: str) -> None:
    begin = parse_instant("2026-02-13T17:00")
    assert after(begin, text, ChineseCalendar()) == parse_instant(expected)
    assert after(parse_instant(expected), text, ChineseCalendar(), times=-1) == begin


def test_half_a_day_and_endless_work_are_no_times() -> None:
    begin = parse_instant("2026-02-13T17:00")
    for text in ("1.5 working days", "20001 working hours", "8 working weeks"):
        with pytest.raises(CannotGoOn):
            after(begin, text, ChineseCalendar())
    assert as_working("PT8H30M") == "510 working minutes"
