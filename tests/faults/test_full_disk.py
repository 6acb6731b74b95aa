"""The disk is full: requests are refused, nothing is half done, and with room again everything goes on."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults import disk, oracles
from tests.faults.company import House
from tests.faults.gateway import Gateway
from tests.faults.killing import Round
from tests.faults.serving import Server, wait_for

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
