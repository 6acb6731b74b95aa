"""The clock goes back two hours and forth three days while the house is at work."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from engine.tables.instances import HistoryRow
from engine.tables.work import JobRow
from tests.faults import oracles, relay
from tests.faults.client import Client, Diary
from tests.faults.company import OPERATOR, House
from tests.faults.gateway import Gateway
from tests.faults.serving import Server
from tests.waiting import wait_for

BACK, FORTH = timedelta(hours=-2), timedelta(days=3)


@pytest.fixture
def server(house: House) -> Iterator[Server]:
    """The house, served."""
    server = Server(house)
    server.start()
    server.wait_ready()
    yield server
    server.kill()


def begin_and_tell(client: Client, numbers: range) -> None:
    """Relays are begun, and the word of each is spoken before it listens."""
    for number in numbers:
        begin = {"name": relay.BEGUN, "payload": {"number": number}}
        word = {"name": relay.WORD, "correlation": {"number": number}, "payload": {"word": f"word {number}"}}
        client.act(OPERATOR, f"begin_relay:{number}", "/messages", begin)
        client.act(OPERATOR, f"tell_relay:{number}", "/messages", word | {"ttl_seconds": 10 * 86_400})


def timers_left(house: House) -> int:
    """How many jobs are still to be done."""
    return house.read(lambda s: s.scalar(select(func.count()).where(JobRow.state == "waiting")) or 0)


def test_timers_fire_once_in_order_whatever_the_clock_does(house: House, server: Server, gateway: Gateway) -> None:
    diary = Diary()
    client = Client(house, diary, random.Random(1), [server.port])  # noqa: S311 - no secret.
    house.clock.advance(timedelta(days=1))  # Before the day they were hired nobody may do anything.
    begin_and_tell(client, range(1, 6))
    house.clock.advance(BACK)
    begin_and_tell(client, range(6, 11))
    assert not (wrong := oracles.at_rest(house, diary, gateway)), "\n".join(wrong)
    assert gateway.told() == []
    house.clock.advance(FORTH)
    wait_for(lambda: timers_left(house) == 0, "everything is done")
    house.clock.advance(BACK)
    begin_and_tell(client, range(11, 13))
    house.clock.advance(FORTH)
    wait_for(lambda: timers_left(house) == 0, "everything is done again")
    assert not (wrong := oracles.settled(house, diary, gateway)), "\n".join(wrong)
    assert [number for number, *_ in gateway.told()] == list(range(1, 13))
    fired = house.read(
        lambda s: s.scalars(select(HistoryRow.instance_id).where(HistoryRow.code == "timer_fired")).all()
    )
    assert len(fired) == len(set(fired)) == 12
    done = house.read(
        lambda s: s.scalars(select(JobRow.due_at).where(JobRow.kind == "timer").order_by(JobRow.done_at)).all()
    )
    assert list(done[:10]) == sorted(done[:10])
