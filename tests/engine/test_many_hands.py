"""Several people and workers at once, each in a transaction of their own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from engine import jobs
from engine.api import Stale
from engine.store.instances import lock_instance, save_instance
from kernel.actor import SYSTEM
from kernel.database import is_passing
from tests.engine.changing.versions import Versions, ends, flows, task
from tests.engine.conftest import House
from tests.engine.test_inbox import AN, BO, SHOP


def at_once(count: int, do: Callable[[int], Any]) -> list[Any]:
    """Run the same act in several threads that begin together; results and `Stale` refusals."""
    gate = threading.Barrier(count)

    def run(number: int) -> Any:
        gate.wait()
        try:
            return do(number)
        except Stale as refusal:
            return refusal

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def test_of_many_who_complete_a_task_one_does(house: House) -> None:
    story = house.start("pay_in_time", {"order": "1"})
    task = story.task("pay")
    answers = at_once(4, lambda n: house.act(lambda e: e.complete(task.id, {"n": n}), SYSTEM))
    refused = [answer for answer in answers if isinstance(answer, Stale)]
    assert len(refused) == 3
    assert {refusal.code for refusal in refused} == {"task_closed"}
    assert [e.code for e in story.history].count("task_completed") == 1
    assert story.state == "completed"


def hear(element: str, at: str) -> str:
    """A message beside a task, by the case's own number."""
    key = '<extensionElements><keyturn:correlation name="to" value="= me"/></extensionElements>'
    event = '<messageEventDefinition messageRef="m"/>'
    return (
        f'<boundaryEvent id="{element}" attachedToRef="{at}" cancelActivity="false">{key}{event}</boundaryEvent>'
    )


SAY = (
    '<intermediateThrowEvent id="say"><extensionElements><keyturn:correlation name="to" value="= you"/>'
    '</extensionElements><messageEventDefinition messageRef="m"/></intermediateThrowEvent>'
)


def test_two_cases_that_tell_each_other_at_once_both_go_on_and_neither_becomes_an_incident(house: House) -> None:
    """PostgreSQL ends one of two that wait for each other; that is nothing to mend, it is done again."""
    versions = Versions(house)
    versions.deploy('<startEvent id="s"/>', task("t"), SAY, task("u"), hear("h1", "t"), hear("h2", "u"),
                    ends("e", "f", "g"), flows("s t say u e", "h1 f", "h2 g"),
                    roots='<message id="m" name="hello"/>', key="pair")  # fmt: skip

    def until_done(task_id: str) -> None:
        while True:
            try:
                house.act(lambda e: e.complete(task_id, {}), SYSTEM)
                return
            except OperationalError as fault:
                assert is_passing(fault)

    for n in range(5):
        pair = [versions.start({"me": f"{n}{a}", "you": f"{n}{b}"}, key="pair") for a, b in ("xy", "yx")]
        tasks = [story.task("t").id for story in pair]
        at_once(2, lambda one, tasks=tasks: until_done(tasks[one]))
        for story in pair:
            assert story.waiting_at == ["u"]
            assert [event.code for event in story.history].count("event_received") == 1
    assert house.ask(lambda e: e.incidents(state=None)) == []


def test_of_two_who_claim_at_once_one_wins(house: House) -> None:
    story = house.start("pay_in_time", {"order": "1"}, scope=SHOP)
    task = story.task("pay")
    people = (AN, BO)
    answers = at_once(2, lambda n: house.act(lambda e: e.claim(task.id), people[n]))
    assert sum(isinstance(answer, Stale) for answer in answers) == 1


def test_workers_share_the_due_timers_and_fire_each_once(house: House) -> None:
    stories = [house.start("pay_in_time", {"order": str(n)}) for n in range(8)]
    house.clock.advance(timedelta(days=1))

    def worker(_number: int) -> int:
        done = 0
        while house.act(lambda e: e.run_due(house.clock.now()), SYSTEM):
            done += 1
        return done

    assert sum(at_once(3, worker)) == 8
    assert all(story.waiting_at == ["call", "pay"] for story in stories)


def test_a_timer_and_a_person_at_once_leave_one_way_out(house: House) -> None:
    story = house.start("pay_in_time", {"order": "1"})
    task = story.task("pay")
    house.clock.advance(timedelta(days=2))
    house.run_due()
    house.clock.advance(timedelta(days=5))
    acts: list[Callable[[Any], Any]] = [
        lambda e: e.complete(task.id, {}),
        lambda e: e.run_due(house.clock.now()),
    ]
    at_once(2, lambda n: house.act(acts[n], SYSTEM))
    done = story.done()
    assert ("paid" in done) != ("lapse" in done)


def test_a_message_and_the_beginning_of_its_wait_never_miss_each_other(house: House) -> None:
    house.deploy("wait_for_receipt.bpmn")
    for number in range(6):
        order = {"order": str(number)}
        acts: list[Callable[[Any], Any]] = [
            lambda e, o=order: e.start("wait_for_receipt", o, business_key=o["order"]),
            lambda e, o=order: e.publish("receipt_confirmed", o, {"amount": 1}, ttl=timedelta(hours=1)),
        ]
        at_once(2, lambda n, a=acts: house.act(a[n]))  # type: ignore[misc]
    instances = house.ask(lambda e: e.find_instances()).rows
    assert len(instances) == 6
    assert all(house.ask(lambda e, i=i: e.waiting(i.id))[0].kind == "user" for i in instances)


def test_the_same_case_started_twice_at_once_begins_once(house: House) -> None:
    house.deploy("pay_in_time.bpmn")
    begun = at_once(2, lambda _n: house.act(lambda e: e.start("pay_in_time", {"order": "1"}, business_key="YX-1")))
    assert [getattr(answer, "code", "") for answer in begun].count("already_started") == 1
    assert len(house.ask(lambda e: e.find_instances()).rows) == 1


def test_a_writer_who_read_an_older_revision_cannot_write(house: House) -> None:
    story = house.start("pay_in_time", {"order": "1"})
    with house.database.unit_of_work() as session:
        record = lock_instance(session, story.id)
        stale = replace(record, revision=record.revision - 1)
        with pytest.raises(Stale, match="instance_changed"):
            save_instance(session, house.clock, stale)
        save_instance(session, house.clock, record)
    assert story.instance.revision == record.revision


def test_two_workers_never_lease_the_same_job(house: House) -> None:
    @house.registry.handler("outside.ask", errors={"outside.ask.refused"}, external=True)
    def ask(data: dict[str, Any], ctx: Any) -> None:
        """Never run here."""

    for _ in range(4):
        house.start("ask_outside", {"unit": "1"})

    def lease(number: int) -> list[str]:
        held = []
        while True:
            with house.database.unit_of_work() as session:
                job = jobs.lease_next(session, house.clock.now(), timedelta(minutes=1), worker=f"w{number}")
            if job is None:
                return held
            held.append(job.id)

    leased = [job for jobs_held in at_once(3, lease) for job in jobs_held]
    assert len(leased) == len(set(leased)) == 4
