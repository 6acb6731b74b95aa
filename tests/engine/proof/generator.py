"""Draws diagrams at random from a seed: the same seed, the same diagram."""

from __future__ import annotations

import random
from dataclasses import dataclass

from tests.engine.proof.blocks import Aside, Block, Guard
from tests.engine.proof.drawing import Many

_PLAIN = ("user", "script", "nested", "user")
_BARE_BLOCKS = (
    *_PLAIN,
    "row",
    "row",
    "choice",
    "fork",
    "some",
    "race",
    "loop",
    "sub",
    "call",
    "wait",
    "service",
    "fail",
    "many",
    "hop",
)
_ALL_BLOCKS = (
    *_BARE_BLOCKS,
    "many",
    "spread",
    "web",
    "link",
    "hop",
    "hop",
    "stop",
    "stop",
    "guarded",
    "guarded",
    "guarded",
    "aside",
    "aside",
    "receive",
    "outside",
)
_GUARDS = ("message", "timer", "signal")
_CODES = tuple(f"proof.e{n}" for n in range(1, 9))


@dataclass(frozen=True)
class Tree:
    """What a seed stands for: the blocks, and the event sub-processes of the process itself."""

    body: Block
    asides: tuple[Aside, ...] = ()


def generate(seed: int) -> Tree:
    """Even seeds draw anything, odd ones mostly what bare SpiffWorkflow also does right."""
    return _Generator(seed).tree()


class _Generator:
    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - repeatable on purpose
        self.free = seed % 2 == 0
        self.codes = iter(_CODES)
        self.beside = 0
        self.looped = 0

    def tree(self) -> Tree:
        body = Block("row", tuple(self.block(3) for _ in range(self.random.randint(1, 3))))
        return Tree(body, self._asides(2) if self.free and self._chance(0.15) else ())

    def _chance(self, share: float) -> bool:
        return self.random.random() < share

    def block(self, depth: int) -> Block:
        """One block, at most so deep."""
        kinds = _PLAIN if depth == 0 else _ALL_BLOCKS if self.free else _BARE_BLOCKS
        kind = self.random.choice(kinds)
        if kind in ("user", "script", "nested"):
            return self._plain(kind)
        block: Block = getattr(self, f"_{kind}")(depth)
        return block

    def _plain(self, kind: str) -> Block:
        concurrent = self.beside > 0 and not (self.free and self._chance(0.3))
        if kind == "nested" and concurrent:
            kind = "script"
        return Block(kind, writes_amount=kind == "user" and not concurrent and self._chance(0.6))

    def _number(self) -> int:
        return self.random.randint(3, 8)

    def _together(self, depth: int, count: int) -> tuple[Block, ...]:
        self.beside += 1
        parts = tuple(self.block(depth - 1) for _ in range(count))
        self.beside -= 1
        return parts

    def _row(self, depth: int) -> Block:
        return Block("row", tuple(self.block(depth - 1) for _ in range(self.random.randint(2, 3))))

    def _choice(self, depth: int) -> Block:
        parts = tuple(self.block(depth - 1) for _ in range(self.random.randint(2, 3)))
        return Block("choice", parts, number=self._number())

    def _fork(self, depth: int) -> Block:
        return Block("fork", self._together(depth, self.random.randint(2, 3)))

    def _some(self, depth: int) -> Block:
        if self.looped and not self.free:
            return self._fork(depth)
        return Block("some", self._together(depth, self.random.randint(2, 3)), number=self._number())

    def _spread(self, depth: int) -> Block:
        return Block("spread", self._together(depth, 2), number=self._number())

    def _web(self, depth: int) -> Block:
        return Block("web", self._together(depth, 3), number=self._number())

    def _race(self, depth: int) -> Block:
        kinds = ["message", "timer", *(["signal", "receive"] if self.free else [])]
        count = self.random.randint(2, len(kinds))
        parts = tuple(self.block(depth - 1) for _ in range(count))
        return Block("race", parts, events=tuple(self.random.sample(kinds, count)))

    def _loop(self, depth: int) -> Block:
        self.looped += 1
        body = self.block(depth - 1)
        self.looped -= 1
        return Block("loop", (body,), number=self._number())

    def _link(self, depth: int) -> Block:
        return Block("link", (self.block(depth - 1),))

    def _wait(self, _depth: int) -> Block:
        return Block("wait", events=(self.random.choice(_GUARDS),))

    def _receive(self, depth: int) -> Block:
        return Block("receive", guards=self._guards(depth) if self._chance(0.4) else ())

    def _sub(self, depth: int) -> Block:
        return Block("sub", (self.block(depth - 1),), guards=self._guards(depth) if self._chance(0.4) else ())

    def _call(self, depth: int) -> Block:
        return Block("call", (self.block(depth - 1),), guards=self._guards(depth) if self._chance(0.3) else ())

    def _aside(self, depth: int) -> Block:
        kind = "call" if self._chance(0.2) else "sub"
        return Block(kind, (self.block(depth - 1),), asides=self._asides(depth))

    def _guarded(self, depth: int) -> Block:
        inside = (self.block(depth - 1),)
        block = self.random.choice((Block("user"), Block("sub", inside), Block("call", inside)))
        return Block(block.kind, block.parts, guards=self._guards(depth))

    def _many(self, depth: int) -> Block:
        sequential = self._chance(0.5)
        self.beside += not sequential
        inside = (self.block(depth - 1) if self.free else self._plain("user"),)
        self.beside -= not sequential
        block = self.random.choice((Block("user"), Block("user"), Block("sub", inside), Block("call", inside)))
        collection = self.random.choice(("people", "people", "nobody", None))
        until = 2 if self.free and self._chance(0.3) else None
        many = Many(sequential, collection, count=2, until=until, gathers=block.kind == "user")
        guards = self._guards(depth) if self.free and self._chance(0.4) else ()
        return Block(block.kind, block.parts, guards=guards, many=many)

    def _service(self, depth: int) -> Block:
        code = self._code()
        caught = None if self.free and self._chance(0.3) else code
        task = Block("service", code=code)
        path = self.block(min(depth - 1, 1))
        guard = Guard("error", True, path, merges=self._chance(0.8), code=caught)
        if self._chance(0.6):
            return Block("service", code=code, guards=(guard,))
        return Block("sub", (Block("row", (task, self.block(0))),), guards=(guard,))

    def _outside(self, depth: int) -> Block:
        code = self._code()
        guards = self._guards(depth) if self._chance(0.4) else ()
        guard = Guard("error", True, self.block(min(depth - 1, 1)), merges=True, code=code)
        return Block("outside", code=code, guards=(*guards, guard))

    def _fail(self, depth: int) -> Block:
        code = self._code()
        parts = (self.block(depth - 1), Block("fail", code=code, number=self._number()))
        if self.free and self._chance(0.5):
            aside = Aside("error", True, self.block(depth - 1), code if self._chance(0.7) else None)
            return Block("sub", (Block("row", parts),), asides=(aside,))
        guard = Guard("error", True, self.block(min(depth - 1, 1)), merges=self._chance(0.8), code=code)
        return Block("sub", (Block("row", parts),), guards=(guard,))

    def _stop(self, depth: int) -> Block:
        branch = Block("row", (self.block(depth - 1), Block("stop", number=self.random.randint(1, 5))))
        self.beside += 1
        other = self.block(depth - 1)
        self.beside -= 1
        return Block("sub", (Block("fork", (branch, other)),))

    def _hop(self, depth: int) -> Block:
        code = f"look{self.random.randint(1, 3)}"
        parts = (self.block(depth - 1), Block("hop", code=code), self.block(0))
        caught = code if not self.free or self._chance(0.7) else None
        interrupting = not self.free or self._chance(0.5)
        path = self._beside_path(depth, interrupting)
        if self.free and self._chance(0.4):
            return Block("sub", (Block("row", parts),), asides=(Aside("escalation", interrupting, path, caught),))
        guard = Guard("escalation", interrupting, path, merges=interrupting, code=caught)
        return Block("sub", (Block("row", parts),), guards=(guard,))

    def _code(self) -> str:
        # In what bare SpiffWorkflow is to do right no two catchers share a code.
        if self.free:
            return self.random.choice(_CODES[:3])
        return next(self.codes, "proof.e9")

    def _guards(self, depth: int) -> tuple[Guard, ...]:
        kinds = self.random.sample(_GUARDS, self.random.randint(1, 2))
        return tuple(self._guard(kind, depth) for kind in kinds)

    def _guard(self, kind: str, depth: int) -> Guard:
        interrupting = not self.free or self._chance(0.5)
        turns = self.random.choice((1, 2, 3)) if kind == "timer" and not interrupting else 1
        merges = self._chance(0.8 if interrupting else 0.2)
        return Guard(kind, interrupting, self._beside_path(depth, interrupting), merges, turns=turns)

    def _beside_path(self, depth: int, interrupting: bool) -> Block:
        self.beside += not interrupting
        path = self.block(min(depth - 1, 1))
        self.beside -= not interrupting
        return path

    def _asides(self, depth: int) -> tuple[Aside, ...]:
        kinds = self.random.sample(_GUARDS, self.random.randint(1, 2))
        found = []
        for kind in kinds:
            interrupting = self._chance(0.5)
            found.append(Aside(kind, interrupting, self._beside_path(depth, interrupting)))
        return tuple(found)
