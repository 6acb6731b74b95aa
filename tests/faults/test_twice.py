"""The same thing comes twice: a stalled worker wakes up, a form is sent by many hands, a timer is seen by several."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select

import handlers
from engine.tables.instances import HistoryRow
from engine.tables.work import JobRow, SubscriptionRow
from kernel.ids import new_id
from tests.faults import oracles, relay
from tests.faults.client import Client, Diary
from tests.faults.company import OPERATOR, House, free_port
from tests.faults.gateway import Gateway
from tests.faults.killing import LEASE_RUNS_OUT
from tests.faults.serving import Server
from tests.stories.company import DEPOSIT, PROJECT
from tests.waiting import wait_for
from webapp.jobs import JobRunner

PAUSE = timedelta(minutes=relay.PAUSE_MINUTES)


def begin_relay(house: House, number: int) -> None:
    """A relay that has been told its word already."""
    house.act(lambda engine: engine.publish(relay.BEGUN, {}, {"number": number}))
    word = {"word": f"word {number}"}
    house.act(lambda engine: engine.publish(relay.WORD, {"number": number}, word, ttl=timedelta(days=1)))


def job(house: House, kind: str) -> JobRow:
    """The one job of a kind."""
    return house.read(lambda s: s.scalars(select(JobRow).where(JobRow.kind == kind)).one())


def test_a_worker_that_stalls_past_its_lease_cannot_write_when_it_wakes(house: House, gateway: Gateway) -> None:
    begin_relay(house, 1)
    stalling, other = Server(house), Server(house, port=free_port())
    try:
        gateway.hold_next()
        stalling.start()
        house.clock.advance(PAUSE)
        assert gateway.held.wait(60)
        stalling.hold()
        house.clock.advance(LEASE_RUNS_OUT)
        other.start()
        wait_for(gateway.told, "the other worker has done it all")
        answered = job(house, "external")
        gateway.release()
        stalling.go_on()
        wait_for(lambda: "lease lost" in stalling.log.read_text(), "the stalled worker learns that it is late")
        assert job(house, "external").done_at == answered.done_at
    finally:
        stalling.kill()
        other.kill()
    assert gateway.repetitions == 1
    assert not (wrong := oracles.settled(house, Diary(), gateway)), "\n".join(wrong)


def test_a_timer_that_several_workers_see_at_once_fires_once(
    house: House, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(relay.GATEWAY, str(gateway.port))
    for number in range(1, 9):
        begin_relay(house, number)
    house.clock.advance(PAUSE)
    runners = [JobRunner(house.database, handlers.registry(), name=f"worker {n}") for n in range(4)]
    together = Barrier(len(runners))

    def run(runner: JobRunner) -> None:
        together.wait()
        while runner.run_due():
            pass

    with ThreadPoolExecutor(len(runners)) as threads:
        list(threads.map(run, runners))
    runners[0].run_due()
    fired = house.read(
        lambda s: s.scalars(select(HistoryRow.instance_id).where(HistoryRow.code == "timer_fired")).all()
    )
    assert len(fired) == len(set(fired)) == 8
    assert gateway.repetitions == 0
    assert not (wrong := oracles.settled(house, Diary(), gateway)), "\n".join(wrong)


def test_a_request_sent_by_eight_hands_at_once_acts_once(house: House, gateway: Gateway) -> None:
    server, diary = Server(house), Diary()
    server.start()
    server.wait_ready()
    client = Client(house, diary, random.Random(3), [server.port])  # noqa: S311 - no secret.
    new = {"project_id": house.project_id, "name": "Sun Li", "phones": ["13700137003"]}
    customer = client.act("wei", "register", "/customers", new)
    begin = {
        "process": "booking_to_contract",
        "scope": PROJECT,
        "answers": {"entry": "walk_in", "unit_id": house.units[0], "customer_id": customer["id"]},
    }
    try:
        case = _by_many_hands(client, "/instances", begin, same_key=True)
        assert [status for status, _ in case] == [201] * 8
        assert len({answer["id"] for _, answer in case}) == 1
        terms = {
            "ownership": "sole",
            "buyers": [{"customer_id": customer["id"]}],
            "discounts": [],
            "plan_id": house.plan_id,
            "deposit_fen": DEPOSIT,
        }
        path = f"/tasks/{case[0][1]['open_tasks'][0]}/complete"
        done = _by_many_hands(client, path, {"answers": terms}, same_key=False)
        assert sorted(status for status, _ in done) == [200] + [409] * 7
    finally:
        server.kill()
    assert not (wrong := oracles.at_rest(house, diary, gateway)), "\n".join(wrong)


def _by_many_hands(client: Client, path: str, body: dict, *, same_key: bool) -> list[tuple[int, dict]]:
    keys = [new_id()] * 8 if same_key else [new_id() for _ in range(8)]
    together = Barrier(8)

    def send(key: str) -> tuple[int, dict]:
        together.wait()
        return client.send("POST", "wei", path, body, key, 60.0)

    with ThreadPoolExecutor(8) as threads:
        return list(threads.map(send, keys))


def test_a_word_spoken_before_its_listener_survives_a_kill_and_is_heard_once(
    house: House, gateway: Gateway
) -> None:
    server, diary = Server(house), Diary()
    client = Client(house, diary, random.Random(4), [server.port])  # noqa: S311 - no secret.
    word = {"name": relay.WORD, "correlation": {"number": 1}, "payload": {"word": "word 1"}, "ttl_seconds": 86_400}
    try:
        server.start()
        server.wait_ready()
        client.act(OPERATOR, "tell_relay:1", "/messages", word)
        server.kill()
        server.start()
        client.act(OPERATOR, "begin_relay:1", "/messages", {"name": relay.BEGUN, "payload": {"number": 1}})
        house.clock.advance(PAUSE)
        wait_for(gateway.told, "the word has been heard")
        assert not (wrong := oracles.at_rest(house, diary, gateway)), "\n".join(wrong)
        house.act(lambda engine: engine.publish(relay.BEGUN, {}, {"number": 1}))
        house.clock.advance(PAUSE)
        wait_for(lambda: listening(house), "somebody else listens for the same word")
    finally:
        server.kill()
    assert [(number, word) for number, _, word in gateway.told()] == [(1, "word 1")]


def listening(house: House) -> int:
    """How many wait for a word."""
    return house.read(lambda s: s.scalar(select(func.count()).where(SubscriptionRow.name == relay.WORD)) or 0)
