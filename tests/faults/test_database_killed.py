"""The database server dies with all its processes, in the middle of transactions, and recovers."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kernel.database import connect
from tests.faults import oracles, postgres
from tests.faults.company import House
from tests.faults.gateway import Gateway
from tests.faults.killing import Round
from tests.faults.serving import Server
from tests.waiting import wait_for
from webapp.schema import migrate

KILLS = 3


@pytest.mark.postgres
@pytest.mark.timeout(300)
def test_a_database_server_that_dies_takes_nothing_acknowledged_along(
    found: Callable[..., House], gateway: Gateway
) -> None:
    programs = postgres.programs()
    if programs is None:
        pytest.skip("there are no programs of PostgreSQL")
    with postgres.postgres_of_our_own(programs) as (server, _):
        engine = connect(server.url)
        migrate(engine)
        engine.dispose()
        house = found(homes=100, url=server.url)
        play = Round(house, gateway, [Server(house)], seed=300, filed=1)
        acts = play.load.diary.acts
        try:
            play.begin()
            for _ in range(KILLS):
                done = len(acts)
                wait_for(lambda: len(acts) > done + 2, "work goes on")  # noqa: B023
                server.kill()
                house.database.engine.dispose()
                server.start()
                assert not (wrong := oracles.at_rest(house, play.load.diary, gateway)), "\n".join(wrong)
            assert not (wrong := play.settle()), "\n".join(wrong)
        finally:
            play.end()
            house.database.engine.dispose()
    assert play.load.diary.answers["503"] > 0
