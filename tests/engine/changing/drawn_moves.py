"""A case of a drawn process that an operator moves about by hand, at random."""

from __future__ import annotations

import random
from typing import Any

from engine.api import Change, ChangeRefused, Modification
from tests.engine.conftest import House
from tests.engine.proof.draughtsman import draw
from tests.engine.proof.drawing import Drawing
from tests.engine.proof.generator import generate
from tests.engine.proof.ours import Failed, Ours

STEPS = 30


class Handled:
    """A case, what may be done to it, and what was done so far."""

    def __init__(self, house: House, drawing: Drawing, seed: int, number: int) -> None:
        self.house = house
        self.chance = random.Random(seed)  # noqa: S311 - repeatable on purpose
        self.elements = [place.id for place in drawing.processes[drawing.main].places.values()]
        data = {"amount": self.chance.randint(1, 5), "people": [1, 2, 3], "nobody": [], "no": number}
        self.case = Ours(house, drawing, {**data, "doc": {"a": {"n": 0}, "b": [1]}})
        self.writes = {place.id: place.writes for place in drawing.places()}
        self.told: list[str] = [drawing.text]
        self.changed = 0
        # An inclusive join lets a token go when no other can come by an empty flow; one put there by hand may come
        # after that, alone, to a parallel join behind it. That depends on who is faster and is not foretold.
        self.uncertain = any(place.kind == "inclusiveGateway" for place in drawing.places())

    def change(self) -> bool:
        """Some change: what the preview says is what happens, or it is refused for the same reasons."""
        standing = [element for element, _ in self.case.people] + [wait.element_id for wait in self.case.others]
        kind = self.chance.choice(("before", "before", "after"))
        target = self.chance.choice([*self.elements, *standing])
        changes = [Change("cancel", self.chance.choice(standing)), Change(kind, target)]
        changes = changes[: self.chance.choice((1, 2, 2, 2))]
        self.told.append(f"change {changes}")
        looked = self.house.act(lambda e: e.modify(self.case.id, changes, reason="", dry_run=True))
        before = self.case.stored
        self.case.look()
        assert before == self.case.stored, self.told
        try:
            done = self.house.act(lambda e: e.modify(self.case.id, changes, reason="by hand"))
        except ChangeRefused as refused:
            assert [f.code for f in refused.findings] == [f.code for f in looked.findings], self.told
            return False
        finally:
            self.case.look()
        assert seen(looked) == seen(done), self.told
        self.changed += 1
        return True

    def step(self) -> None:
        """Something normal: a task is done, time passes, or an event comes."""
        if self.case.people and self.chance.random() < 0.8:
            element, _ = self.chance.choice(self.case.people)
            values = {name: self.chance.randint(1, 5) for name in self.writes[element]}
            self.told.append(f"complete {element} {values}")
            self.case.complete(element, 0, values)
            return
        due = [wait.due_at for wait in self.case.others if wait.due_at]
        named = [wait for wait in self.case.others if wait.kind in ("message", "signal")]
        if due and (not named or self.chance.random() < 0.5):
            self.told.append("time")
            self.case.pass_time(min(due))
        elif named:
            wait = self.chance.choice(named)
            self.told.append(f"{wait.kind} {wait.name}")
            self.case.tell(wait.kind, wait.name, {})

    def check(self) -> None:
        """A case that runs waits for something, and nothing of its state is lost when it is written."""
        if self.case.state == "active":
            waits = self.case.people or self.case.others
            assert waits or self.uncertain, f"nothing left to wait for: {self.told}"
            assert self.case.stored == self.case.written_again(), self.told


def seen(told: Modification) -> tuple[Any, ...]:
    """What preview and act must agree on."""
    waits = sorted((w.becomes, w.kind, w.element_id, str(w.due_at)) for w in told.waits)
    return told.possible, told.state, waits, told.steps, told.forgotten


def play(house: House, seed: int, number: int) -> int:
    """Play a drawing with changes by hand in between; how many were made."""
    tree = generate(seed)
    try:
        handled = Handled(house, draw(tree.body, tree.asides), seed, number)
    except Failed:
        return 0
    try:
        for _ in range(STEPS):
            handled.check()
            if handled.case.state != "active" or not (handled.case.people or handled.case.others):
                break
            if handled.chance.random() < 0.5 and any(handled.change() for _ in range(5)):
                continue
            handled.step()
    except Failed:
        pass
    finally:
        handled.case.stop()
    return handled.changed
