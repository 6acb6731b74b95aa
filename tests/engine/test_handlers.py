"""Handlers: typed, faults, outgoing jobs, steps outside the transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from engine import jobs
from engine.api import BusinessError, Context, HandlerRegistry, Invalid, Stale, StepFailed
from engine.handlers import JobContext
from engine.models import JobRow
from kernel.actor import SYSTEM, Actor
from tests.engine.conftest import LEASE, WORKER, House, work


@dataclass(frozen=True)
class HoldIn:
    """Input."""

    unit: str


@dataclass(frozen=True)
class HoldOut:
    """Output."""

    number: int


@dataclass(frozen=True)
class Nothing:
    """No fields."""


@pytest.fixture
def held(registry: HandlerRegistry) -> dict[str, Any]:
    """What the handler is to do; every test sets it."""
    told: dict[str, Any] = {"keys": [], "sent": []}

    @registry.job_kind("text.send", attempts=3)
    def send(payload: dict[str, Any], context: JobContext) -> None:
        told["sent"].append((payload, context.idempotency_key))
        if told.get("line_down"):
            raise OSError("line down")

    @registry.handler("reserve.hold", errors={"reserve.hold.taken"})
    def hold(data: HoldIn, ctx: Context) -> HoldOut:
        told["keys"].append(ctx.idempotency_key)
        told["actor"] = ctx.ledger_actor
        ctx.send("text.send", {"unit": data.unit})
        if "fault" in told:
            raise told["fault"]
        return HoldOut(number=7)

    return told


def test_inputs_and_outputs_are_what_the_diagram_declares(house: House, held: dict[str, Any]) -> None:
    story = house.start("reserve")
    story.complete("choose", unit="1-101")
    assert story.state == "completed"
    assert story.data == {"unit": "1-101", "held": 7}
    assert held["actor"] == Actor("worker", "Worker", is_system=True)


def test_a_business_error_takes_the_boundary_event(house: House, held: dict[str, Any]) -> None:
    held["fault"] = BusinessError("reserve.hold.taken")
    story = house.start("reserve")
    story.complete("choose", unit="1-101")
    assert story.waiting_at == ["sorry"]


def test_anything_unexpected_rolls_back_and_leaves_an_incident_that_can_be_retried(
    house: House, held: dict[str, Any]
) -> None:
    held["fault"] = ZeroDivisionError("secret of a customer")
    story = house.start("reserve")
    with pytest.raises(StepFailed) as caught:
        story.complete("choose", unit="1-101")
    assert (caught.value.element_id, caught.value.error_type) == ("hold", "ZeroDivisionError")
    assert "secret" not in str(caught.value)
    assert story.waiting_at == ["choose"]
    assert story.data == {}
    (incident,) = house.ask(lambda e: e.incidents())
    assert incident.retryable
    with pytest.raises(StepFailed):
        house.act(lambda e: e.retry(incident.id))
    (incident,) = house.ask(lambda e: e.incidents())
    del held["fault"]
    house.act(lambda e: e.retry(incident.id))
    assert story.state == "completed"
    assert house.ask(lambda e: e.incidents()) == []
    done = next(e for e in story.history if e.code == "task_completed")
    assert done.actor_id == WORKER.id
    assert len(set(held["keys"])) == 1


def test_completing_after_all_resolves_the_incident(house: House, held: dict[str, Any]) -> None:
    held["fault"] = ZeroDivisionError()
    story = house.start("reserve")
    with pytest.raises(StepFailed):
        story.complete("choose", unit="1-101")
    del held["fault"]
    story.complete("choose", unit="1-102")
    assert house.ask(lambda e: e.incidents()) == []


def test_a_refusal_is_for_the_person_who_acts_and_no_incident(
    house: House, held: dict[str, Any], admin: Actor
) -> None:
    held["fault"] = Stale("unit_taken", by="somebody")
    story = house.start("reserve")
    task = story.task("choose")
    house.act(lambda e: e.assign(task.id, admin.id))
    with pytest.raises(Stale, match="unit_taken"):
        house.act(lambda e: e.complete(task.id, {"unit": "1"}), admin)
    assert house.ask(lambda e: e.incidents()) == []


def outgoing(house: House) -> list[Any]:
    with house.database.reading() as session:
        return list(session.scalars(select(JobRow).where(JobRow.kind == "message_out").order_by(JobRow.id)))


def test_an_outgoing_job_is_written_with_the_step_and_delivered_after_it(
    house: House, held: dict[str, Any]
) -> None:
    house.start("reserve").complete("choose", unit="1-101")
    assert held["sent"] == []
    assert work(house)
    assert not work(house)
    (job,) = outgoing(house)
    assert job.state == "done"
    assert held["sent"] == [({"unit": "1-101"}, job.idempotency_key)]


def test_a_step_that_rolls_back_sends_nothing(house: House, held: dict[str, Any]) -> None:
    held["fault"] = ZeroDivisionError()
    with pytest.raises(StepFailed):
        house.start("reserve").complete("choose", unit="1-101")
    assert outgoing(house) == []


def test_a_job_that_fails_is_put_off_longer_each_time_then_waits_for_a_person(
    house: House, held: dict[str, Any]
) -> None:
    held["line_down"] = True
    house.start("reserve").complete("choose", unit="1-101")
    for seconds in (30, 60):
        assert work(house)
        assert not work(house)
        house.clock.advance(timedelta(seconds=seconds))
    assert house.ask(lambda e: e.incidents()) == []
    assert work(house)
    (incident,) = house.ask(lambda e: e.incidents())
    assert (incident.error_type, incident.message_code) == ("OSError", "unexpected")
    house.clock.advance(timedelta(days=9))
    assert not work(house)
    held["line_down"] = False
    house.act(lambda e: e.retry(incident.id))
    assert work(house)
    assert [job.state for job in outgoing(house)] == ["done"]
    assert len({key for _, key in held["sent"]}) == 1


def test_a_delivery_that_succeeds_after_all_leaves_no_incident_behind(house: House, held: dict[str, Any]) -> None:
    held["line_down"] = True
    house.start("reserve").complete("choose", unit="1-101")
    assert work(house)
    assert [one.state for one in house.ask(lambda e: e.incidents(state=None))] == ["retrying"]
    held["line_down"] = False
    house.clock.advance(timedelta(minutes=1))
    assert work(house)
    assert [one.state for one in house.ask(lambda e: e.incidents(state=None))] == ["resolved"]


def test_a_worker_that_stalls_beyond_its_lease_cannot_finish(house: House, held: dict[str, Any]) -> None:
    house.start("reserve").complete("choose", unit="1-101")
    with house.database.unit_of_work() as session:
        slow = jobs.lease_next(session, house.clock.now(), LEASE, worker="slow")
    with house.database.unit_of_work() as session:
        assert jobs.lease_next(session, house.clock.now(), LEASE, worker="quick") is None
    house.clock.advance(LEASE + timedelta(seconds=1))
    with house.database.unit_of_work() as session:
        quick = jobs.lease_next(session, house.clock.now(), LEASE, worker="quick")
    assert slow is not None
    assert quick is not None
    assert (quick.id, quick.attempt) == (slow.id, 2)
    with pytest.raises(Stale, match="lease_lost"), house.database.unit_of_work() as session:
        jobs.finish(house.engine(session, SYSTEM).host, slow, jobs.Outcome())


def test_a_job_that_takes_one_worker_after_the_other_along_waits_for_a_person_in_the_end(
    house: House, held: dict[str, Any]
) -> None:
    house.start("reserve").complete("choose", unit="1-101")
    (job,) = outgoing(house)
    deaths = 0
    while house.act(lambda e: jobs.lease_next(e.host.session, house.clock.now(), LEASE, worker="dies")):
        deaths += 1
        house.clock.advance(LEASE + timedelta(seconds=1))
        assert deaths < 100
    assert deaths == job.max_attempts
    assert [row.state for row in outgoing(house)] == ["failed"]
    (incident,) = house.ask(lambda e: e.incidents())
    assert (incident.message_code, incident.state, incident.params["tries"]) == ("worker_lost", "open", deaths)
    house.act(lambda e: e.retry(incident.id))
    assert work(house)
    assert [row.state for row in outgoing(house)] == ["done"]


@pytest.fixture
def outside(registry: HandlerRegistry) -> dict[str, Any]:
    """What the outside answers."""
    told: dict[str, Any] = {}

    @registry.handler("outside.ask", errors={"outside.ask.refused"}, external=True)
    def ask(data: HoldIn, ctx: JobContext) -> HoldOut:
        told["key"] = ctx.idempotency_key
        if "fault" in told:
            raise told["fault"]
        return HoldOut(number=len(data.unit))

    return told


def test_an_external_step_parks_the_worker_asks_and_a_second_transaction_resumes(
    house: House, outside: dict[str, Any]
) -> None:
    story = house.start("ask_outside", {"unit": "1-101", "secret": "not sent"})
    assert story.waits == [("external", "ask")]
    assert "key" not in outside
    with house.database.reading() as session:
        payload = session.scalars(select(JobRow.payload)).one()
    assert payload == {"handler": "outside.ask", "input": {"unit": "1-101"}}
    assert work(house)
    assert story.waiting_at == ["after"]
    assert story.data["number"] == 5


def test_an_external_step_may_answer_with_a_business_error(house: House, outside: dict[str, Any]) -> None:
    outside["fault"] = BusinessError("outside.ask.refused")
    story = house.start("ask_outside", {"unit": "1-101"})
    assert work(house)
    assert story.waiting_at == ["refused"]


def test_an_external_step_whose_instance_was_cancelled_answers_to_nobody(
    house: House, outside: dict[str, Any]
) -> None:
    story = house.start("ask_outside", {"unit": "1-101"})
    with house.database.unit_of_work() as session:
        job = jobs.lease_next(session, house.clock.now(), LEASE, worker="w1")
    assert job is not None
    house.act(lambda e: e.cancel(story.id, "customer gave up"))
    with pytest.raises(Stale, match="lease_lost"), house.database.unit_of_work() as session:
        jobs.finish(house.engine(session, SYSTEM).host, job, jobs.Outcome({"number": 1}))
    assert story.state == "cancelled"


def test_a_timer_whose_step_fails_is_tried_again_and_then_waits_for_a_person(
    house: House, registry: HandlerRegistry
) -> None:
    broken = True

    @registry.handler("wait.go")
    def go(data: Nothing, ctx: Context) -> None:
        if broken:
            raise ZeroDivisionError

    story = house.start("wait_a_while", {"until": "2026-03-03T09:00:00+08:00"})
    house.clock.advance(timedelta(days=1))
    for _ in range(5):
        with pytest.raises(StepFailed):
            house.run_due()
        assert house.run_due() == 0
        house.clock.advance(timedelta(hours=6))
    assert house.run_due() == 0
    (incident,) = house.ask(lambda e: e.incidents())
    assert (incident.element_id, incident.instance_id) == ("go", story.id)
    broken = False
    house.act(lambda e: e.retry(incident.id))
    assert house.run_due() == 1
    assert story.state == "completed"


def test_a_name_is_registered_once(registry: HandlerRegistry) -> None:
    @registry.handler("a.b")
    def first(data: Nothing, ctx: Context) -> None:
        """The first."""

    with pytest.raises(ValueError, match="registered twice"):

        @registry.handler("a.b")
        def second(data: Nothing, ctx: Context) -> None:
            """Another."""


def test_typed_input_names_the_field_that_is_wrong(registry: HandlerRegistry) -> None:
    @registry.handler("a.b")
    def run(data: HoldIn, ctx: Context) -> HoldOut:
        """Never run."""
        return HoldOut(1)

    with pytest.raises(Invalid) as caught:
        registry.handlers["a.b"].load({"unit": 5})
    assert (caught.value.code, caught.value.field) == ("field_type", "unit")
    with pytest.raises(Invalid) as caught:
        registry.handlers["a.b"].load({})
    assert (caught.value.code, caught.value.field) == ("field_missing", "unit")
    with pytest.raises(Invalid, match="result_type"):
        registry.handlers["a.b"].dump(HoldIn("x"))
