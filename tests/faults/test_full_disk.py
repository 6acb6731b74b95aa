"""The disk is full: requests are refused, nothing is half done, and with room again everything goes on."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from kernel.database import connect
from tests.faults import disk, oracles, postgres
from tests.faults.company import House
from tests.faults.gateway import Gateway
from tests.faults.killing import Round
from tests.faults.serving import Server
from tests.waiting import wait_for
from webapp.schema import migrate

TIMES = 3


@pytest.mark.timeout(300)
def test_a_full_disk_refuses_and_with_room_again_everything_goes_on(
    found: Callable[..., House], gateway: Gateway, _template: Path, tmp_path: Path
) -> None:
    with disk.small(tmp_path / "disk") as small:
        file = small.folder / "keyturn.db"
        shutil.copy(_template, file)
        house = found(homes=60, url=f"sqlite:///{file}")
        server = Server(house)
        play = Round(house, gateway, [server], seed=200, filed=1)
        answers = play.load.diary.answers
        try:
            play.begin()
            for number in range(1, TIMES + 1):
                small.fill(server.pid)
                refused = answers["503"]
                wait_for(lambda: answers["503"] > refused + 3, "requests are refused")  # noqa: B023
                assert not (wrong := oracles.at_rest(house, play.load.diary, gateway)), "\n".join(wrong)
                if number == TIMES:
                    server.kill()
                    small.empty(0)
                    server.start()
                    server.wait_ready()
                small.empty(server.pid)
                done = len(play.load.diary.acts)
                wait_for(lambda: len(play.load.diary.acts) > done, "work goes on")  # noqa: B023
            assert not (wrong := play.settle()), "\n".join(wrong)
        finally:
            play.end()
            house.database.engine.dispose()


@pytest.mark.postgres
@pytest.mark.timeout(300)
def test_a_full_disk_under_postgresql_loses_nothing_acknowledged(
    found: Callable[..., House], gateway: Gateway
) -> None:
    programs = postgres.programs()
    if programs is None:
        pytest.skip("there are no programs of PostgreSQL")
    with postgres.postgres_of_our_own(programs, megabytes=96) as (database, small):
        if not small.is_mounted:
            pytest.skip("nothing may be mounted here")
        engine = connect(database.url)
        migrate(engine)
        engine.dispose()
        house = found(homes=60, url=database.url)
        play = Round(house, gateway, [Server(house)], seed=201, filed=1)
        answers = play.load.diary.answers
        try:
            play.begin()
            small.fill(0)
            wait_for(lambda: answers["503"] > 3, "requests are refused")
            small.empty(0)
            house.database.engine.dispose()
            database.revive()
            assert not (wrong := oracles.at_rest(house, play.load.diary, gateway)), "\n".join(wrong)
            assert not (wrong := play.settle()), "\n".join(wrong)
        finally:
            play.end()
            house.database.engine.dispose()
