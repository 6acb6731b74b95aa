"""Cases of processes drawn at random are moved about by hand: the preview tells what happens, and they go on.

Nothing says where such a case ought to go, so what is demanded is that preview and act agree in everything they
tell, that a refused change leaves no trace, and that a case which runs always waits for something: no parallel
join is left with a token that waits for ever.
"""

from __future__ import annotations

import os

import pytest

from tests.engine.changing.drawn_moves import play
from tests.engine.conftest import House
from tests.engine.proof.conftest import hasty

__all__ = ["hasty"]

DRAWINGS = int(os.environ.get("KEYTURN_PROOF_DIAGRAMS", "200")) // 10
GROUPS = 5


@pytest.mark.timeout(max(120, DRAWINGS))
@pytest.mark.parametrize("group", range(GROUPS))
def test_a_drawn_process_is_moved_about_and_goes_on(hasty: House, group: int) -> None:
    changed = 0
    for seed in range(group, DRAWINGS, GROUPS):
        try:
            changed += play(hasty, 20_000 + seed, 200_000 + seed)
        except AssertionError as difference:
            raise AssertionError(f"seed {seed}: {difference}") from difference
    assert changed >= DRAWINGS // GROUPS // 4
