"""The parts that diagrams are made of, as a tree that can be printed and cut down."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tests.engine.proof.drawing import Many

# How few parts a block still makes sense with; blocks not named here need all of theirs.
_FEWEST = {"row": 1, "choice": 2, "fork": 2, "some": 2, "race": 2}
ACTIVITIES = frozenset({"user", "service", "receive", "sub", "call"})


@dataclass(frozen=True)
class Guard:
    """A boundary event with what follows it. ``merges``: its path joins the main one behind the activity."""

    kind: str
    interrupting: bool
    path: Block
    merges: bool = False
    code: str | None = None
    turns: int = 1


@dataclass(frozen=True)
class Aside:
    """An event sub-process."""

    kind: str
    interrupting: bool
    path: Block
    code: str | None = None


@dataclass(frozen=True)
class Block:
    """``kind`` names what is drawn; ``number`` bends conditions, ``code`` is thrown, ``events`` are waited for."""

    kind: str
    parts: tuple[Block, ...] = ()
    guards: tuple[Guard, ...] = ()
    asides: tuple[Aside, ...] = ()
    many: Many | None = None
    number: int = 5
    code: str | None = None
    events: tuple[str, ...] = ()
    writes_amount: bool = False

    def size(self) -> int:
        """How many blocks there are."""
        inside = [*self.parts, *(guard.path for guard in self.guards), *(aside.path for aside in self.asides)]
        return 1 + sum(block.size() for block in inside) + len(self.guards) + len(self.asides)

    def smaller(self) -> Iterator[Block]:
        """The same with one thing less, the boldest cuts first."""
        yield from self.parts
        yield from (guard.path for guard in self.guards)
        yield from (aside.path for aside in self.asides)
        for number in range(len(self.parts)):
            if len(self.parts) > _FEWEST.get(self.kind, len(self.parts)):
                rest = self.parts[:number] + self.parts[number + 1 :]
                yield replace(self, parts=rest, events=self.events[: len(rest)])
        for number in range(len(self.guards)):
            yield replace(self, guards=self.guards[:number] + self.guards[number + 1 :])
        for number in range(len(self.asides)):
            yield replace(self, asides=self.asides[:number] + self.asides[number + 1 :])
        if self.many is not None:
            yield replace(self, many=None)
        if self.writes_amount:
            yield replace(self, writes_amount=False)
        yield from self._with_smaller_parts()
        if self.size() > 1 and self.kind != "user":
            yield Block("user")

    def _with_smaller_parts(self) -> Iterator[Block]:
        for number, part in enumerate(self.parts):
            for less in part.smaller():
                yield replace(self, parts=(*self.parts[:number], less, *self.parts[number + 1 :]))
        for number, guard in enumerate(self.guards):
            for less in guard.path.smaller():
                fewer = replace(guard, path=less)
                yield replace(self, guards=(*self.guards[:number], fewer, *self.guards[number + 1 :]))
        for number, aside in enumerate(self.asides):
            for less in aside.path.smaller():
                other = replace(aside, path=less)
                yield replace(self, asides=(*self.asides[:number], other, *self.asides[number + 1 :]))
