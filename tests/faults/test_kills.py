"""Processes die in the middle of the day's work; nothing is lost, nothing is done twice, everything goes on."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.faults import brokers, record
from tests.faults.brokers import Broker
from tests.faults.company import House, free_port
from tests.faults.gateway import Gateway
from tests.faults.killing import Round
from tests.faults.serving import Server
from tests.machine import BROKERS, POSTGRES

# In the ordinary suite one round a set-up: 20 kills on SQLite, 20 on PostgreSQL in its three set-ups together.
KILLS = int(os.environ.get("KEYTURN_FAULT_KILLS", "0"))
PER_ROUND = 20
ROUNDS = range(1, 1 + max(1, KILLS // PER_ROUND))


def play_out(play: Round, setup: str, seed: int, *, kills: int) -> None:
    """Play a round, note it, and find nothing wrong; ``kills`` is how many an ordinary run makes."""
    try:
        wrong = play.run(PER_ROUND if KILLS else kills)
    finally:
        play.end()
    record.note(setup, seed, **play.figures(), wrong=int(bool(wrong)))
    assert not wrong, "\n".join(wrong)
    assert len(play.load.diary.acts) > play.kills


def skip_if_recorded(setup: str, seed: int) -> None:
    """A round that was run before and noted is not run again."""
    if record.is_recorded(setup, seed):
        pytest.skip("recorded")


@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", ROUNDS)
def test_whenever_the_server_is_killed_every_acknowledged_act_is_there_once_and_all_cases_end(
    found: Callable[..., House], gateway: Gateway, seed: int
) -> None:
    setup = f"`serve` on {'PostgreSQL' if POSTGRES else 'SQLite'}"
    skip_if_recorded(setup, seed)
    house = found(homes=200)
    play_out(Round(house, gateway, [Server(house)], seed), setup, seed, kills=8 if POSTGRES else 20)


@pytest.mark.postgres
@pytest.mark.timeout(400)
@pytest.mark.parametrize("kind", ["Redis", "RabbitMQ"])
@pytest.mark.parametrize("seed", ROUNDS)
def test_whichever_of_many_processes_is_killed_or_its_broker_nothing_is_lost_or_done_twice(
    found: Callable[..., House], gateway: Gateway, tmp_path: Path, kind: str, seed: int
) -> None:
    setup = f"2 × `serve`, 2 × `worker`, `beat`, PostgreSQL, {kind}"
    skip_if_recorded(setup, seed)
    house = found(homes=200)
    with open_broker(kind, tmp_path) as broker:
        house.settings = replace(
            house.settings, broker_url=broker.url, queue=broker.queue, processes=1, threads=2, concurrency=1
        )
        web = [Server(house, "web", port=free_port()) for _ in range(2)]
        others = [Server(house, role) for role in ("worker", "worker", "beat")]
        play_out(Round(house, gateway, [*web, *others], seed, broker=broker), setup, seed, kills=6)


def open_broker(kind: str, folder: Path) -> AbstractContextManager[Broker]:
    """A broker of the kind, or the test is left out."""
    if kind == "Redis":
        if brokers.REDIS_SERVER is None:
            pytest.skip("there is no redis-server")
        return brokers.redis_of_our_own(folder)
    if not BROKERS["rabbitmq"]:
        pytest.skip("rabbitmq is not named")
    return brokers.queue_of_rabbitmq(BROKERS["rabbitmq"])
