"""Further drawings, played in memory beside the reference: many more of them for the same time.

Each step is written down and read back as on a database; what the commands add is left to the other drawings.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.engine.proof.course import Course
from tests.engine.proof.draughtsman import draw
from tests.engine.proof.generator import generate
from tests.engine.proof.in_memory import InMemory
from tests.engine.proof.ours import Failed

DIAGRAMS = int(os.environ.get("KEYTURN_PROOF_DIAGRAMS", "200"))
FIRST = 10_000
GROUPS = 4
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def stage(expected: Any, ours: Any) -> Iterator[tuple[str, Any, Any]]:
    """Everything that must agree between two steps."""
    yield "offered tasks", sorted(expected.offered()), sorted(ours.offered())
    yield "waiting events", timed(expected.waiting()), timed(ours.waiting())
    yield "data", expected.data, ours.data
    yield "end", expected.ended, ours.ended
    for element, count in Counter(expected.offered()).items():
        for index in range(min(count, 2)):
            yield f"data at {element}", expected.data_at(element, index), ours.data_at(element, index)


def timed(waits: list[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """Waits with the instants of timers alone: only a job tells since when an external service waits."""
    return sorted((kind, element, due if kind == "timer" else "") for kind, element, due in waits)


def play(course: Course) -> Iterator[tuple[str, Any, Any]]:
    """Play to the end; what must agree, as it comes."""
    ours, failed = None, False
    try:
        ours = InMemory(course.drawing, deepcopy(course.data), NOW)
    except Failed:
        failed = True
    yield "error nobody catches at the start", course.failed, failed
    if ours is None or course.expected is None:
        return
    yield from stage(course.expected, ours)
    while not course.failed and (choice := course.step()) is not None:
        try:
            choice.act(ours)
        except Failed:
            failed = True
        yield f"error nobody catches after {choice}", course.failed, failed
        if not failed:
            yield from (
                (f"{what} after {choice}", one, other) for what, one, other in stage(course.expected, ours)
            )
    if not failed:
        yield "elements done", sorted(course.expected.done.elements()), sorted(ours.services.done)


@pytest.mark.timeout(max(120, DIAGRAMS))
@pytest.mark.parametrize("group", range(GROUPS))
def test_a_drawn_process_goes_its_way_in_memory_as_bpmn_says(group: int) -> None:
    for seed in range(FIRST + group, FIRST + DIAGRAMS, GROUPS):
        tree = generate(seed)
        drawing = draw(tree.body, tree.asides)
        for what, expected, found in play(Course(drawing, seed, NOW)):
            assert expected == found, f"seed {seed}, {what}\n{drawing.text}"
