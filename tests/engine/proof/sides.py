"""Plays one drawing on all sides with the same choices and says where they first differ."""

from __future__ import annotations

import itertools
from collections import Counter
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from tests.engine.conftest import House
from tests.engine.proof.bare import Bare, Broken, beyond_bare
from tests.engine.proof.course import Course
from tests.engine.proof.draughtsman import draw
from tests.engine.proof.drawing import Drawing
from tests.engine.proof.generator import Tree
from tests.engine.proof.ours import Failed, Ours
from tests.engine.proof.reference import Reference

# Every instance has a number of its own, by which its messages find it among those of other drawings.
_numbers = itertools.count(1)


@dataclass
class Outcome:
    """How a play went; ``difference`` is None when all sides agreed, ``by_bare`` when bare was one of them."""

    drawing: Drawing
    choices: list[str] = field(default_factory=list)
    difference: str | None = None
    by_bare: bool = False

    def report(self) -> str:
        """For whoever has to find the fault."""
        steps = "\n".join(f"  {n + 1}. {choice}" for n, choice in enumerate(self.choices))
        return f"\n{self.drawing.text}\n\nafter\n{steps or '  its start'}\n\n{self.difference}"


class Differs(Exception):
    """Two sides say different things."""


def play(house: House, tree: Tree, seed: int, *, bare: bool | None = None) -> Outcome:
    """Draw, play, compare after each step; ``bare`` takes bare SpiffWorkflow in or leaves it out against the rule."""
    drawing = draw(tree.body, tree.asides)
    outcome = Outcome(drawing, by_bare=not beyond_bare(drawing) if bare is None else bare)
    try:
        _Match(house, seed, outcome).play()
    except Differs as fault:
        outcome.difference = str(fault)
    except Broken as fault:
        outcome.difference = f"bare SpiffWorkflow raised {fault}"
    return outcome


class _Match:
    def __init__(self, house: House, seed: int, outcome: Outcome) -> None:
        self.outcome = outcome
        now = house.clock.now()
        self.course = Course(outcome.drawing, seed, now, no=next(_numbers), payloads=not outcome.by_bare)
        self.ours: Ours | None = None
        try:
            self.ours = Ours(house, outcome.drawing, self.course.data)
        except Failed:
            self._same("error nobody catches at the start", self.course.failed, True)
        if outcome.by_bare and self.course.expected is not None:
            self.bare: Bare | None = Bare(outcome.drawing, deepcopy(self.course.data), now)
        else:
            self.bare = None

    def play(self) -> None:
        """Until something differs or nothing more happens."""
        ours, expected = self.ours, self.course.expected
        self._same("error nobody catches at the start", self.course.failed, ours is None)
        if ours is None or expected is None:
            return
        try:
            self._compare(ours, expected)
            while self._step(ours):
                self._compare(ours, expected)
            self._same("the specification that instances share", ours.shared_before, ours.shared())
            if not self.course.failed:
                self._same("elements done in the history", sorted(expected.done.elements()), ours.done())
        finally:
            ours.stop()

    def _step(self, ours: Ours) -> bool:
        """Whether a step went through on all sides."""
        before = ours.offered(), ours.data
        choice = self.course.step()
        if choice is None:
            return False
        self.outcome.choices.append(str(choice))
        failed = False
        try:
            choice.act(ours)
        except Failed:
            failed = True
        self._same("error nobody catches", self.course.failed, failed)
        if failed:
            if choice.kind not in ("time", "work"):  # Timers due before the failing one have done their work.
                self._same("what a failed step left as it was", before, (ours.offered(), ours.data))
            return False
        if self.bare is not None:
            choice.act(self.bare)
        return True

    def _compare(self, ours: Ours, expected: Reference) -> None:
        self._same("offered tasks", sorted(expected.offered()), sorted(ours.offered()))
        self._same("waiting events", expected.waiting(), ours.waiting())
        self._same("data", expected.data, ours.data)
        self._same("end", expected.ended, ours.ended)
        self._same("state read and written again", ours.stored, ours.written_again())
        for element, count in Counter(expected.offered()).items():
            for index in range(min(count, 2)):
                seen = expected.data_at(element, index)
                self._same(f"data at {element}", seen, ours.data_at(element, index))
        if self.bare is not None:
            self.bare.compare(ours, self._same)

    def _same(self, what: str, expected: Any, found: Any) -> None:
        if expected != found:
            raise Differs(f"{what}:\n  expected {expected}\n  found    {found}")
