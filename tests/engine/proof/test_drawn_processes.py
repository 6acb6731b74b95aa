"""Processes drawn at random do in the engine what BPMN says, and what bare SpiffWorkflow does where it is right.

Each drawing is deployed and played through the engine's commands, every step a unit of work of its own: the state is
compacted, written, and read back. Beside it runs the reference (`reference.py`), a token game written from the
specification, and, wherever nothing is drawn that `bare.beyond_bare` names, bare SpiffWorkflow in memory. After every
step the offered tasks, what each of them sees, the process data, the awaited events with their instants, and the end
must agree; at the end the history too. A difference is cut down and printed as a short text with its seed.

200 drawings run here; ``make proof`` draws 2,000 (KEYTURN_PROOF_DIAGRAMS).
"""

from __future__ import annotations

import os

import pytest

from tests.engine.conftest import House
from tests.engine.proof.bare import beyond_bare
from tests.engine.proof.coverage import count
from tests.engine.proof.draughtsman import draw
from tests.engine.proof.generator import generate
from tests.engine.proof.shrinking import shrink
from tests.engine.proof.sides import play

DIAGRAMS = int(os.environ.get("KEYTURN_PROOF_DIAGRAMS", "200"))
GROUPS = 10
# In how many of 200 drawings each kind must have been done, not merely drawn.
OFTEN, SELDOM = 10, 2
LEAST = {
    **dict.fromkeys(
        (
            "userTask", "scriptTask", "scriptTask nested data", "serviceTask", "receiveTask message", "subProcess",
            "subProcess in subProcess", "callActivity", "endEvent error", "endEvent terminate",
            "exclusiveGateway split", "exclusiveGateway join", "parallelGateway split", "parallelGateway join",
            "inclusiveGateway split", "inclusiveGateway join", "eventBasedGateway split",
            "intermediateCatchEvent message", "intermediateCatchEvent timer", "intermediateCatchEvent signal",
            "intermediateCatchEvent link", "intermediateThrowEvent link", "intermediateThrowEvent escalation",
            "boundaryEvent timer", "boundaryEvent message", "boundaryEvent error", "boundaryEvent signal",
            "userTask with several flows out",
        ),
        OFTEN,
    ),
    **dict.fromkeys(
        (
            "boundaryEvent timer beside", "boundaryEvent message beside", "boundaryEvent cycle",
            "serviceTask external", "boundaryEvent escalation", "boundaryEvent escalation beside",
            "boundaryEvent signal beside", "event sub-process message", "event sub-process message beside",
            "event sub-process timer", "event sub-process timer beside", "event sub-process signal",
            "event sub-process signal beside", "event sub-process error", "event sub-process escalation",
            "event sub-process escalation beside", "userTask at once", "userTask one after the other",
            "subProcess at once", "subProcess one after the other", "callActivity at once",
            "callActivity one after the other",
        ),
        SELDOM,
    ),
}  # fmt: skip


@pytest.mark.timeout(max(120, DIAGRAMS))
@pytest.mark.parametrize("group", range(GROUPS))
def test_a_drawn_process_goes_its_way_on_all_sides_alike(hasty: House, group: int) -> None:
    for seed in range(group, DIAGRAMS, GROUPS):
        tree = generate(seed)
        outcome = play(hasty, tree, seed)
        if outcome.difference is not None:
            pytest.fail(f"seed {seed}{shrink(hasty, tree, seed, outcome).report()}", pytrace=False)


def test_every_kind_of_element_was_drawn_and_really_happened() -> None:
    drawn, fired = count(iter(range(200)))
    few = {kind: (drawn[kind], fired[kind]) for kind, least in LEAST.items() if fired[kind] < least}
    assert not few, f"too seldom (drawn, done): {few}"


def test_half_of_the_drawings_are_played_by_bare_spiffworkflow_too() -> None:
    trees = [generate(seed) for seed in range(200)]
    shared = [tree for tree in trees if not beyond_bare(draw(tree.body, tree.asides))]
    assert len(shared) >= 80


def test_the_same_seed_draws_the_same() -> None:
    assert [generate(seed) for seed in range(50)] == [generate(seed) for seed in range(50)]
