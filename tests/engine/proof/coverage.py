"""What kinds of elements drawings hold and which of them really happened, so that the proof cannot run dry."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

from tests.engine.proof.course import Course
from tests.engine.proof.draughtsman import draw
from tests.engine.proof.drawing import Drawing, Place, Process
from tests.engine.proof.generator import generate

_NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def count(seeds: Iterator[int]) -> tuple[Counter[str], Counter[str]]:
    """In how many drawings each kind occurs, and in how many it was done."""
    drawn: Counter[str] = Counter()
    fired: Counter[str] = Counter()
    for seed in seeds:
        tree = generate(seed)
        drawing = draw(tree.body, tree.asides)
        course = Course(drawing, seed, _NOW)
        while course.step() is not None:
            pass
        done = course.expected.fired if course.expected is not None else set()
        drawn.update(_kinds(drawing, None))
        fired.update(_kinds(drawing, done))
    return drawn, fired


def _kinds(drawing: Drawing, done: set[str] | None) -> set[str]:
    found = set()
    for process in drawing.processes.values():
        for place in process.places.values():
            if done is None or place.id in done:
                found.update(_names(process, place))
    return found


def _names(process: Process, place: Place) -> Iterator[str]:
    event = f" {place.event.kind}" if place.event is not None else ""
    owner = process.places.get(place.region)
    beside = "" if place.interrupting else " beside"
    if place.kind == "boundaryEvent" and place.event is not None and place.event.turns > 1:
        yield "boundaryEvent cycle"
    if place.kind == "startEvent" and owner is not None and owner.aside:
        yield f"event sub-process{event}{beside}"
    elif place.kind.endswith("Gateway"):
        yield f"{place.kind} {'join' if len(process.incoming(place.id)) > 1 else 'split'}"
    else:
        yield f"{place.kind}{event}{beside}"
    if place.many is not None:
        yield f"{place.kind} {'one after the other' if place.many.sequential else 'at once'}"
    if place.kind == "subProcess" and owner is not None:
        yield "subProcess in subProcess"
    if place.outside:
        yield "serviceTask external"
    if place.nested:
        yield "scriptTask nested data"
    if place.kind == "userTask" and len(process.outgoing(place.id)) > 1:
        yield "userTask with several flows out"
