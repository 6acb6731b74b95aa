"""Cases of processes drawn at random are migrated again and again on their way, and go it as if they were not.

Beside each case runs the proof's token game, which knows one version only. Migrated to an identical version, or to
one with elements inserted and back again, the case offers the same tasks, waits for the same events at the same
instants, does the same elements, its verbs included, once each, and ends alike.
"""

from __future__ import annotations

import os

import pytest

from tests.engine.changing.drawn import play
from tests.engine.conftest import House
from tests.engine.proof.conftest import hasty

__all__ = ["hasty"]

DRAWINGS = int(os.environ.get("KEYTURN_PROOF_DIAGRAMS", "200")) // 10
GROUPS = 5


@pytest.mark.timeout(max(120, DRAWINGS))
@pytest.mark.parametrize("insert", [False, True], ids=["identical", "inserted"])
@pytest.mark.parametrize("group", range(GROUPS))
def test_a_drawn_process_goes_its_way_through_every_migration(hasty: House, group: int, insert: bool) -> None:
    hops = 0
    for seed in range(group, DRAWINGS, GROUPS):
        try:
            hops += play(hasty, 10_000 + seed, 100_000 + seed, insert=insert)
        except AssertionError as difference:
            raise AssertionError(f"seed {seed}: {difference}") from difference
    assert hops >= DRAWINGS // GROUPS // 4
