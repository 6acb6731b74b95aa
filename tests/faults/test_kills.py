"""Processes die in the middle of the day's work; nothing is lost, nothing is done twice, everything goes on."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from tests.faults import record
from tests.faults.company import House
from tests.faults.gateway import Gateway
from tests.faults.killing import Round
from tests.faults.serving import Server
from tests.machine import POSTGRES

KILLS = int(os.environ.get("KEYTURN_FAULT_KILLS", "20"))
FIRST_SEED = int(os.environ.get("KEYTURN_FAULT_SEED", "1"))
PER_ROUND = 20
ROUNDS = range(FIRST_SEED, FIRST_SEED + max(1, -(-KILLS // PER_ROUND)))


@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", ROUNDS)
def test_whoever_is_killed_every_acknowledged_act_is_there_once_and_all_cases_end(
    found: Callable[..., House], gateway: Gateway, seed: int
) -> None:
    setup = f"`serve` on {'PostgreSQL' if POSTGRES else 'SQLite'}"
    if record.is_recorded(setup, seed):
        pytest.skip("recorded")
    house = found(homes=200)
    play = Round(house, gateway, [Server(house)], seed)
    try:
        wrong = play.run(min(KILLS, PER_ROUND))
    finally:
        play.end()
    record.note(setup, seed, **play.figures(), wrong=int(bool(wrong)))
    assert not wrong, "\n".join(wrong)
    assert len(play.load.diary.acts) > play.kills
