"""A drawn process in two versions, and a case that hops between them while the reference plays on."""

from __future__ import annotations

import random
from copy import deepcopy
from dataclasses import replace
from typing import Any

from engine.api import ChangeRefused
from tests.engine.conftest import House
from tests.engine.proof.course import Course
from tests.engine.proof.draughtsman import draw
from tests.engine.proof.drawing import Drawing, Line, Place, Process
from tests.engine.proof.generator import generate
from tests.engine.proof.ours import Failed, Ours, file_of


def longer(process: Process, chance: random.Random) -> tuple[Process, dict[str, str]]:
    """The process with scripts drawn into some of its flows; which flow now leads to where an old one led.

    Sometimes the first half keeps the flow's id, sometimes the second one, as an analyst's editor happens to do.
    """
    drawn, renamed = deepcopy(process), {}
    defaults = {place.default for place in process.places.values()}
    for line in process.lines.values():
        source = process.places[line.source]
        if source.kind == "eventBasedGateway" or chance.random() > 0.4:
            continue
        added = Place(f"x_{line.id}", "scriptTask", source.region)
        drawn.places[added.id] = added
        if line.condition is not None or line.id in defaults or chance.random() < 0.5:
            drawn.lines[line.id] = replace(line, target=added.id)
            drawn.lines[f"{line.id}_on"] = Line(f"{line.id}_on", added.id, line.target)
            renamed[line.id] = f"{line.id}_on"
        else:
            drawn.lines[f"{line.id}_to"] = Line(f"{line.id}_to", line.source, added.id)
            drawn.lines[line.id] = replace(line, source=added.id)
    return drawn, renamed


class Hopping(Ours):
    """A case that is migrated between version 1 and version 2 of its process."""

    def __init__(
        self, house: House, drawing: Drawing, data: dict[str, Any], second: bytes, renamed: dict[str, str]
    ) -> None:
        super().__init__(house, drawing, data)
        first = house.ask(lambda e: e.get_instance(self.id).version)
        house.act(lambda e: e.deploy({f"{drawing.main}.bpmn": second}))
        self.versions = [first, house.ask(lambda e: e.get_definition(drawing.main).version)]
        self.renamed = renamed
        self.hops = 0

    def hop(self) -> None:
        """Go on by the other version; where a join's flow has become two, say which one is meant."""
        there = self.versions[1 - self.hops % 2]
        forth = self.hops % 2 == 0
        named = self.renamed if forth else {new: old for old, new in self.renamed.items()}
        looked = self.house.ask(lambda e: e.migrate(self.id, there, dry_run=True))
        assert all(wait.becomes == "kept" for wait in looked.waits), looked.waits
        unclear = {finding.code for finding in looked.findings} - {"migrate_flow_gone"}
        assert not unclear, looked.findings
        try:
            self.house.act(lambda e: e.migrate(self.id, there, mapping={} if looked.possible else named))
        except ChangeRefused as refused:
            raise AssertionError(refused.findings) from refused
        self.hops += 1
        self.look()


def play(house: House, seed: int, number: int, *, insert: bool) -> int:
    """Play a drawing and migrate before every third step or so; how often. Raises AssertionError at a difference."""
    tree = generate(seed)
    drawing = draw(tree.body, tree.asides)
    chance = random.Random(seed)  # noqa: S311 - repeatable on purpose
    course = Course(drawing, seed, house.clock.now(), no=number)
    main = drawing.processes[drawing.main]
    other, renamed = longer(main, chance) if insert else (main, {})
    second = file_of(other).replace(b"</definitions>", b"<!-- again --></definitions>")
    try:
        case = Hopping(house, drawing, course.data, second, renamed)
    except Failed:
        return 0
    try:
        _follow(case, course, chance, {f"v_{place}" for place in other.places.keys() - main.places.keys()})
    finally:
        case.stop()
    return case.hops


def _follow(case: Hopping, course: Course, chance: random.Random, added: set[str]) -> None:
    expected = course.expected
    assert expected is not None
    told = [course.drawing.text]
    while True:
        if case.state == "active" and chance.random() < 0.4:
            case.hop()
            told.append("hop")
        _compare(case, expected, added, told)
        choice = course.step()
        if choice is None:
            break
        told.append(str(choice))
        try:
            choice.act(case)
        except Failed:
            assert course.failed, told
            return
        assert not course.failed, told
    done = [element for element in case.done() if f"v_{element}" not in added]
    assert (sorted(expected.done.elements()), told) == (done, told)


def _compare(case: Hopping, expected: Any, added: set[str], told: list[str]) -> None:
    data = {name: value for name, value in case.data.items() if name not in added}
    assert (sorted(expected.offered()), told) == (sorted(case.offered()), told)
    assert (expected.waiting(), told) == (case.waiting(), told)
    assert (expected.data, told) == (data, told)
    assert (expected.ended, told) == (case.ended, told)
    assert case.stored == case.written_again(), told
