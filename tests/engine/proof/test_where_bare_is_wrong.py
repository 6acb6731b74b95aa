"""Where bare SpiffWorkflow is known to do otherwise than BPMN, the reference is right and the engine agrees with it.

Each test names what is known, draws it small, and holds two things: the engine does what the specification says, and
bare SpiffWorkflow still does not. The day the second fails, `bare.beyond_bare` can let that kind of drawing in.
"""

from __future__ import annotations

import pytest

from tests.engine.conftest import House
from tests.engine.proof.bare import beyond_bare
from tests.engine.proof.blocks import Aside, Block, Guard
from tests.engine.proof.draughtsman import draw
from tests.engine.proof.drawing import Many
from tests.engine.proof.generator import Tree
from tests.engine.proof.sides import play

USER = Block("user")
ROW = Block("row", (USER, USER))
WRITES = Block("user", writes_amount=True)


def failing(code: str, caught: str | None) -> Block:
    """A sub-process that may end with an error, beside another that catches the same."""
    inside = Block("row", (WRITES, Block("fail", code=code, number=1)))
    calm = Block("sub", (USER,), guards=(Guard("error", True, USER, True, caught),))
    return Block("fork", (Block("sub", (inside,), guards=(Guard("error", True, USER, True, code),)), calm))


KNOWN = {
    "a service always completes at once": Tree(Block("outside", code="proof.e1")),
    "event sub-processes start by themselves, do not interrupt and are not seen waiting": Tree(
        ROW, (Aside("message", True, USER),)
    ),
    "a non-interrupting boundary event fires once": Tree(
        Block("user", guards=(Guard("message", False, USER),)),
    ),
    "links are passed as if they were nothing": Tree(Block("link", (USER,))),
    "an escalation is caught at what runs beside its thrower": Tree(
        Block(
            "fork",
            (
                Block("row", (USER, Block("hop", code="look"), USER)),
                Block("sub", (USER,), guards=(Guard("escalation", True, USER, True, "look"),)),
            ),
        )
    ),
    "several flows out of a task are rejected": Tree(Block("spread", (USER, USER))),
    "the counters of a multi-instance are not seen by its completion condition": Tree(
        Block("user", many=Many(False, "people", until=2))
    ),
    "an instance is unusable after a boundary event of a multi-instance sub-process": Tree(
        Block("sub", (ROW,), guards=(Guard("message", True, USER, True),), many=Many(False, "people"))
    ),
    "a multi-instance activity behind a boundary event cannot begin": Tree(
        Block("user", guards=(Guard("message", True, Block("user", many=Many(False, "people"))),)),
    ),
    "what an interrupted sub-process wrote is lost, and conditions read it": Tree(
        Block(
            "row",
            (
                Block("sub", (Block("row", (WRITES, USER)),), guards=(Guard("message", True, USER, True),)),
                Block("choice", (USER, Block("script"))),
            ),
        )
    ),
    "an error fires every live catcher of its code, and a catch-all besides a specific one": Tree(
        failing("proof.e1", "proof.e1")
    ),
    "a join in a loop does not wait on its second turn, and mixes in values of the first": Tree(
        Block("loop", (Block("fork", (USER, USER)),), number=8)
    ),
}


@pytest.mark.parametrize("known", KNOWN)
def test_the_engine_does_what_bpmn_says_where(hasty: House, known: str) -> None:
    tree = KNOWN[known]
    assert known in beyond_bare(draw(tree.body, tree.asides))
    for seed in range(8):
        outcome = play(hasty, tree, seed, bare=False)
        assert outcome.difference is None, outcome.report()


@pytest.mark.parametrize("known", KNOWN)
def test_bare_spiffworkflow_still_does_otherwise_where(hasty: House, known: str) -> None:
    assert any(play(hasty, KNOWN[known], seed, bare=True).difference is not None for seed in range(20))
