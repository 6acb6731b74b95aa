"""An order on many cases goes on after every kill, and does no case twice."""

from __future__ import annotations

import random
import threading

import pytest
from sqlalchemy import func, select

from engine.tables.instances import HistoryRow, InstanceRow
from tests.faults import oracles, relay
from tests.faults.client import Client, Diary
from tests.faults.company import OPERATOR, House
from tests.faults.gateway import Gateway
from tests.faults.serving import Server
from tests.waiting import wait_for

CASES, KILLS = 60, 4


@pytest.mark.timeout(300)
def test_a_batch_of_migrations_that_is_killed_again_and_again_migrates_each_case_once(
    house: House, gateway: Gateway
) -> None:
    for number in range(1, CASES + 1):
        house.act(lambda engine, n=number: engine.publish(relay.BEGUN, {}, {"number": n}))  # type: ignore[misc]
    redrawn = relay.DIAGRAM.replace(b'id="pause"', b'id="pause" name="A longer breath"')
    house.act(lambda engine: engine.deploy({f"{relay.KEY}.bpmn": redrawn}))
    dice, diary, server = random.Random(5), Diary(), Server(house)  # noqa: S311 - no secret.
    client = Client(house, diary, dice, [server.port])
    order = {
        "kind": "migrate",
        "which": {"process": relay.KEY},
        "params": {"version": 2},
        "reason": "a breath more",
    }
    try:
        server.start()
        batch = client.act(OPERATOR, "order:batch", "/batches", order)["id"]
        for _ in range(KILLS):
            done = migrated(house)
            wait_for(lambda: migrated(house) > done, "the batch goes on")  # noqa: B023
            threading.Event().wait(dice.uniform(0.0, 0.02))
            server.kill()
            server.start()
        wait_for(lambda: house.act(lambda engine: engine.batch(batch)).state == "ended", "the batch ends")
    finally:
        server.kill()
    found = house.act(lambda engine: engine.batch(batch))
    assert (found.total, found.succeeded, found.failed) == (CASES, CASES, 0)
    versions = select(InstanceRow.definition_version).where(InstanceRow.definition_key == relay.KEY)
    assert set(house.read(lambda s: s.scalars(versions).all())) == {2}
    twice = select(HistoryRow.instance_id).where(HistoryRow.code == "instance_migrated")
    often = house.read(lambda s: s.scalars(twice).all())
    assert len(often) == len(set(often)) == CASES
    diary.acts.clear()  # The order is looked at above.
    assert not (wrong := oracles.at_rest(house, diary, gateway)), "\n".join(wrong)


def migrated(house: House) -> int:
    """How many cases have been migrated."""
    query = select(func.count()).where(HistoryRow.code == "instance_migrated")
    return house.read(lambda s: s.scalar(query) or 0)
