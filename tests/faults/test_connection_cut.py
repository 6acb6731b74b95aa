"""The wire to PostgreSQL is cut: before a commit, amid a transaction, or after the commit before its answer."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable

import pytest

from tests.faults import oracles, proxy
from tests.faults.company import House
from tests.faults.gateway import Gateway
from tests.faults.killing import Round
from tests.faults.serving import Server
from tests.waiting import wait_for

CUTS = 3


@pytest.mark.postgres
@pytest.mark.timeout(300)
@pytest.mark.parametrize("where", [proxy.BEFORE, proxy.AFTER, proxy.AMID])
def test_a_cut_connection_loses_nothing_and_doubles_nothing(
    found: Callable[..., House], database_url: str, gateway: Gateway, where: str
) -> None:
    house = found(homes=100)
    dice = random.Random(where)  # noqa: S311 - where to cut, not a secret.
    with proxy.laid(database_url) as wire:
        house.settings = dataclasses.replace(house.settings, database_url=proxy.through(database_url, wire))
        play = Round(house, gateway, [Server(house)], seed=100, filed=1)
        try:
            play.begin()
            for _ in range(CUTS):
                wire.cut_next(where, dice)
                wait_for(lambda: not wire.is_planned, "the wire is cut")
                assert not (wrong := oracles.at_rest(house, play.load.diary, gateway)), "\n".join(wrong)
            assert not (wrong := play.settle()), "\n".join(wrong)
        finally:
            play.end()
    assert wire.cuts == {where: CUTS}
    assert play.load.diary.answers["503"] > 0
