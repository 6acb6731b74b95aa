"""What the job thread does with what is due: timers, deliveries, and deliveries that fail."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from engine.api import Context, HandlerRegistry, JobContext, default_registry
from engine.tables.instances import InstanceRow
from kernel.actor import SYSTEM
from kernel.clock import MovedClock
from kernel.facts import Fact, Telling, on, tell
from tests.engine.definitions.drawing import extended, flow, process
from webapp.db import Database
from webapp.engine_room import engine_for
from webapp.jobs import JobRunner, JobThread
from webapp.once import FormSent
from webapp.request_sent import RequestSent

PAUSE = (
    '<bpmn:intermediateCatchEvent id="pause"><bpmn:timerEventDefinition><bpmn:timeDuration>PT1H</bpmn:timeDuration>'
    "</bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>"
)
DIAGRAM = process(
    '<bpmn:startEvent id="begin"/><bpmn:endEvent id="done"/>',
    PAUSE,
    extended("serviceTask", 'id="tell"', '<keyturn:handler name="job_story.tell"/>'),
    flow("f1", "begin", "pause"),
    flow("f2", "pause", "tell"),
    flow("f3", "tell", "done"),
    key="job_story",
)


@dataclass(frozen=True)
class Told:
    """What the story's handler takes."""

    text: str


@dataclass
class Gateway:
    """The outside of the story: it notes what reached it and can be out of order."""

    reached: list[tuple[str, str]]
    broken: bool = False
    heard: threading.Event | None = None

    def deliver(self, payload: dict[str, str], context: JobContext) -> None:
        if self.broken:
            raise ConnectionError("the line is dead")
        self.reached.append((payload["text"], context.idempotency_key))
        if self.heard:
            self.heard.set()


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch) -> Gateway:
    gateway = Gateway([])
    story = HandlerRegistry()

    @story.handler("job_story.tell")
    def tell(data: Told, ctx: Context) -> None:
        """Send the text out."""
        ctx.send("job_story.note", {"text": data.text})

    story.job_kind("job_story.note", attempts=2)(gateway.deliver)
    monkeypatch.setitem(default_registry.handlers, "job_story.tell", story.handlers["job_story.tell"])
    monkeypatch.setitem(default_registry.job_kinds, "job_story.note", story.job_kinds["job_story.note"])
    return gateway


@pytest.fixture
def runner(database: Database, gateway: Gateway) -> JobRunner:
    with database.unit_of_work() as session:
        engine = engine_for(session, SYSTEM, database.clock)
        engine.deploy({"job_story.bpmn": DIAGRAM})
        engine.start("job_story", {"text": "hello"})
    return JobRunner(database, default_registry, name="worker-1")


def test_nothing_is_run_before_its_time(runner: JobRunner, gateway: Gateway) -> None:
    assert runner.run_due() == 0
    assert gateway.reached == []


def test_a_due_timer_fires_and_what_it_sends_goes_out_once(
    runner: JobRunner, gateway: Gateway, clock: MovedClock
) -> None:
    clock.advance(timedelta(hours=1))
    assert runner.run_due() == 2
    assert [text for text, _ in gateway.reached] == ["hello"]
    assert runner.run_due() == 0


def test_a_delivery_that_keeps_failing_becomes_an_incident_that_can_be_retried(
    runner: JobRunner, gateway: Gateway, clock: MovedClock, database: Database
) -> None:
    gateway.broken = True
    for _ in range(6):
        clock.advance(timedelta(hours=1))
        runner.run_due()
    with database.reading() as session:
        incidents = engine_for(session, SYSTEM, clock).incidents()
    assert [(i.error_type, i.state) for i in incidents] == [("ConnectionError", "open")]
    gateway.broken = False
    with database.unit_of_work() as session:
        engine_for(session, SYSTEM, clock).retry(incidents[0].id)
    runner.run_due()
    assert [text for text, _ in gateway.reached] == ["hello"]
    with database.reading() as session:
        assert engine_for(session, SYSTEM, clock).incidents() == []


def test_a_case_that_cannot_be_read_keeps_no_other_timer_from_firing(
    runner: JobRunner, gateway: Gateway, clock: MovedClock, database: Database
) -> None:
    with database.unit_of_work() as session:
        session.execute(update(InstanceRow).values(tokens_format=999))
        engine_for(session, SYSTEM, clock).start("job_story", {"text": "second"})
    clock.advance(timedelta(hours=1))
    runner.run_due(limit=5)
    assert [text for text, _ in gateway.reached] == ["second"]
    with database.reading() as session:
        rows = engine_for(session, SYSTEM, clock).incidents(state=None)
    assert [row.error_type for row in rows] == ["StateFormatUnknown"]


@dataclass(frozen=True)
class Paused(Fact):
    """The story's pause is over."""

    text: str


def test_a_subscriber_that_fails_puts_the_timer_off_and_keeps_no_other_one_from_firing(
    runner: JobRunner,
    gateway: Gateway,
    clock: MovedClock,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its failure is no step of any case, so the engine itself learns of it only by the job."""

    def tell_fact(data: Told, ctx: Context) -> None:
        tell(ctx.session, Paused(data.text))
        ctx.send("job_story.note", {"text": data.text})

    def refuse(fact: Paused, telling: Telling) -> None:
        if fact.text == "hello":
            raise LookupError("nobody knows this text")

    story = HandlerRegistry()
    story.handler("job_story.tell")(tell_fact)
    monkeypatch.setitem(default_registry.handlers, "job_story.tell", story.handlers["job_story.tell"])
    on(Paused)(refuse)
    with database.unit_of_work() as session:
        engine_for(session, SYSTEM, clock).start("job_story", {"text": "second"})
    clock.advance(timedelta(hours=1))
    runner.run_due(limit=5)
    assert [text for text, _ in gateway.reached] == ["second"]
    with database.reading() as session:
        rows = engine_for(session, SYSTEM, clock).incidents(state=None)
    assert [(row.error_type, row.state, row.retryable) for row in rows] == [("LookupError", "retrying", True)]


def test_the_thread_runs_what_is_due_and_stops_when_told(
    runner: JobRunner, gateway: Gateway, clock: MovedClock
) -> None:
    gateway.heard = threading.Event()
    clock.advance(timedelta(hours=1))
    thread = JobThread(runner)
    thread.start()
    assert gateway.heard.wait(20)
    thread.stop()
    assert [text for text, _ in gateway.reached] == ["hello"]


def test_keys_of_forms_and_requests_are_dropped_after_a_month(
    runner: JobRunner, clock: MovedClock, database: Database
) -> None:
    with database.unit_of_work() as session:
        session.add(FormSent(key="a:old", at=clock.now(), location="/"))
        session.add(RequestSent(key="a:old", at=clock.now(), asked="x"))
    clock.advance(timedelta(days=20))
    with database.unit_of_work() as session:
        session.add(FormSent(key="a:new", at=clock.now(), location="/"))
    clock.advance(timedelta(days=11))
    runner.tidy()
    with database.reading() as session:
        assert session.scalars(select(FormSent.key)).all() == ["a:new"]
        assert session.scalars(select(RequestSent.key)).all() == []


def test_a_flood_of_timers_keeps_no_message_waiting(
    runner: JobRunner, gateway: Gateway, clock: MovedClock, database: Database
) -> None:
    with database.unit_of_work() as session:
        for number in range(30):
            engine_for(session, SYSTEM, clock).start("job_story", {"text": f"case {number}"})
    clock.advance(timedelta(hours=1))
    assert runner.run_due(limit=22) == 22
    assert 5 <= len(gateway.reached) <= 15
    runner.run_due()
    assert len(gateway.reached) == 31
