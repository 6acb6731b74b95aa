"""Processes drawn at random, done in a random order, then undone in a random order of what is offered.

Whatever is drawn, each completion is undone exactly once, and nothing before what came after it.
"""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass, field

import pytest

from tests.engine.spiff.play import Play, diagram, flows
from tests.engine.spiff.test_compensation import throwing, undoing

MANY = (
    "<multiInstanceLoopCharacteristics{}><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>"
)


@dataclass
class Drawing:
    """A process in the making; ``before`` holds pairs of tasks of which the first always completes first."""

    random: random.Random
    count: int = 0
    tasks: list[str] = field(default_factory=list)
    before: set[tuple[str, str]] = field(default_factory=set)

    def name(self, kind: str) -> str:
        """A new id."""
        self.count += 1
        return f"{kind}{self.count}"

    def block(self, depth: int) -> tuple[str, str, str, list[str]]:
        """XML, first and last node, and the tasks inside."""
        kinds = ["task"] if depth == 0 else ["task", "row", "fork", "sub", "many"]
        kind = self.random.choice(kinds)
        drawn: tuple[str, str, str, list[str]] = getattr(self, f"_{kind}")(depth - 1)
        return drawn

    def _task(self, _depth: int, marker: str = "") -> tuple[str, str, str, list[str]]:
        name = self.name("t")
        self.tasks.append(name)
        return f'<userTask id="{name}">{marker}</userTask>{undoing(name)}', name, name, [name]

    def _many(self, _depth: int) -> tuple[str, str, str, list[str]]:
        return self._task(0, MANY.format(self.random.choice(["", ' isSequential="true"'])))

    def _row(self, depth: int) -> tuple[str, str, str, list[str]]:
        parts = [self.block(depth) for _ in range(self.random.randint(2, 3))]
        for earlier, later in itertools.combinations(parts, 2):
            self.before |= set(itertools.product(earlier[3], later[3]))
        joined = "".join(flows(f"{a[2]} {b[1]}") for a, b in itertools.pairwise(parts))
        return "".join(p[0] for p in parts) + joined, parts[0][1], parts[-1][2], [t for p in parts for t in p[3]]

    def _fork(self, depth: int) -> tuple[str, str, str, list[str]]:
        split, join = self.name("f"), self.name("j")
        parts = [self.block(depth) for _ in range(2)]
        xml = f'<parallelGateway id="{split}"/><parallelGateway id="{join}"/>' + "".join(p[0] for p in parts)
        xml += "".join(flows(f"{split} {p[1]}", f"{p[2]} {join}") for p in parts)
        return xml, split, join, [t for p in parts for t in p[3]]

    def _sub(self, depth: int) -> tuple[str, str, str, list[str]]:
        name, start, end = self.name("sub"), self.name("a"), self.name("z")
        xml, first, last, tasks = self.block(depth)
        inside = f'<startEvent id="{start}"/>{xml}<endEvent id="{end}"/>' + flows(
            f"{start} {first}", f"{last} {end}"
        )
        return f'<subProcess id="{name}">{inside}</subProcess>', name, name, tasks

    def draw(self) -> bytes:
        """The whole process: a block, then the event that undoes it."""
        xml, first, last, _ = self.block(4)
        body = f'<startEvent id="s"/>{xml}<userTask id="over"/><endEvent id="e"/>{throwing("back")}'
        return diagram(body + flows(f"s {first}", f"{last} back over e"))


def go(play: Play, choose: random.Random) -> list[str]:
    """Complete offered tasks at random up to ``over``; the tasks in order."""
    done: list[str] = []
    while (offered := play.waits("user")) != ["over"]:
        done.append(choose.choice(offered))
        play.complete(done[-1])
    return done


@pytest.mark.parametrize("seed", range(80))
def test_each_completion_is_undone_once_and_nothing_before_what_came_after_it(seed: int) -> None:
    drawing = Drawing(random.Random(seed))  # noqa: S311 - repeatable on purpose
    play = Play(drawing.draw())
    done = go(play, random.Random(seed))  # noqa: S311 - repeatable on purpose
    completed = [name for name in done if not name.startswith("undo_")]
    undone = [name.removeprefix("undo_") for name in done if name.startswith("undo_")]
    assert sorted(undone) == sorted(completed)
    assert done == [*completed, *(f"undo_{name}" for name in undone)]
    last = {name: len(undone) - undone[::-1].index(name) for name in undone}
    wrong = {(a, b) for a, b in drawing.before if undone.index(a) < last[b] - 1}
    assert wrong == set()
    assert play.complete("over").ended
