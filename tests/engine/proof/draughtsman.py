"""Lays a tree of blocks out as a drawing: places, lines, and a text to read when something differs."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.engine.proof.blocks import Aside, Block, Guard
from tests.engine.proof.drawing import Condition, Drawing, Happening, Line, Place, Process

MAIN = "proof"
AMOUNT = "amount"
Ends = tuple[str, str]


def draw(tree: Block, asides: tuple[Aside, ...] = ()) -> Drawing:
    """The drawing of a whole process; ``asides`` are event sub-processes of the process itself."""
    return Draughtsman().draw(tree, asides)


class Draughtsman:
    """Knows where it draws and which ids are taken."""

    def __init__(self) -> None:
        self.processes: dict[str, Process] = {}
        self.process = Process(MAIN)
        self.region = MAIN
        self.count = 0
        self.lines: list[str] = []
        self.depth = 0
        self.features: set[str] = set()
        self.within: list[str] = []

    def draw(self, tree: Block, asides: tuple[Aside, ...]) -> Drawing:
        """Everything."""
        self._process(MAIN, tree, asides)
        return Drawing(MAIN, self.processes, "\n".join(self.lines), frozenset(self.features))

    # Pencil

    def _name(self, prefix: str) -> str:
        self.count += 1
        return f"{prefix}{self.count}"

    def _say(self, text: str) -> None:
        self.lines.append("  " * self.depth + text)

    def _put(self, prefix: str, kind: str, **more: Any) -> str:
        place = Place(self._name(prefix), kind, self.region, **more)
        self.process.places[place.id] = place
        return place.id

    def _connect(self, source: str, target: str, condition: Condition | None = None) -> str:
        line = Line(self._name("f"), source, target, condition)
        self.process.lines[line.id] = line
        return line.id

    @contextmanager
    def _inside(self, kind: str, text: str = "") -> Iterator[None]:
        if text:
            self._say(text)
        self.depth += 1
        self.within.append(kind)
        yield
        self.within.pop()
        self.depth -= 1

    @contextmanager
    def _region(self, region: str) -> Iterator[None]:
        outer, self.region = self.region, region
        yield
        self.region = outer

    def _process(self, key: str, tree: Block, asides: tuple[Aside, ...] = ()) -> None:
        outer, self.process = self.process, Process(key)
        self.processes[key] = self.process
        with self._region(key):
            self._framed(tree, asides)
        self.process = outer

    def _framed(
        self, tree: Block, asides: tuple[Aside, ...], event: Happening | None = None, **start: Any
    ) -> None:
        begin = self._put("b", "startEvent", event=event, **start)
        first, last = self._block(tree)
        self._connect(begin, first)
        self._connect(last, self._put("e", "endEvent"))
        for aside in asides:
            self._aside(aside)

    def _aside(self, aside: Aside) -> None:
        kind = "interrupting" if aside.interrupting else "beside"
        sub = self._put("aside", "subProcess", aside=True)
        with self._inside("aside"), self._region(sub):
            event = self._happening(aside.kind, sub, aside.code)
            self._say(f"event sub-process {sub} on {_words(event)}, {kind}")
            self._framed(aside.path, (), event, interrupting=aside.interrupting)

    def _happening(self, kind: str, owner: str, code: str | None = None, turns: int = 1) -> Happening:
        if kind == "timer":
            # Lengths whose sums never meet, so that no two timers of a drawing fall due in one instant by chance.
            self.count += 1
            return Happening("timer", seconds=1_000 + (self.count * 7_919_317) % 999_983, turns=turns)
        if kind in ("message", "signal"):
            return Happening(kind, f"{kind}_{owner}")
        return Happening(kind, code)

    # Blocks

    def _block(self, block: Block) -> Ends:
        if block.many is not None and "guard" in self.within:
            self.features.add("multi-instance behind a boundary event")
        drawn: Ends = getattr(self, f"_{block.kind}")(block)
        return drawn

    def _row(self, block: Block) -> Ends:
        ends = [self._block(part) for part in block.parts]
        for (_, last), (first, _) in itertools.pairwise(ends):
            self._connect(last, first)
        return ends[0][0], ends[-1][1]

    def _user(self, block: Block) -> Ends:
        task = self._put("u", "userTask", many=block.many)
        self.process.places[task].writes = (f"v_{task}", *([AMOUNT] if block.writes_amount else []))
        self._say(f"user {task}{_loops(block)}{' writes amount' if block.writes_amount else ''}")
        return self._guarded(task, block)

    def _script(self, _block: Block) -> Ends:
        script = self._put("s", "scriptTask")
        self._say(f"script {script}")
        return script, script

    def _nested(self, _block: Block) -> Ends:
        script = self._put("s", "scriptTask", nested=True)
        self._say(f"script {script} changes nested data")
        return script, script

    def _service(self, block: Block) -> Ends:
        task = self._put("t", "serviceTask", code=block.code)
        self._say(f"service {task} raises {block.code} when amount is above 5")
        return self._guarded(task, block)

    def _outside(self, block: Block) -> Ends:
        task = self._put("t", "serviceTask", code=block.code, outside=True)
        self._say(f"external service {task} raises {block.code} when amount is above 5")
        return self._guarded(task, block)

    def _receive(self, block: Block) -> Ends:
        task = self._put("r", "receiveTask", many=block.many)
        self.process.places[task].event = Happening("message", f"message_{task}")
        self._say(f"receive {task}{_loops(block)}")
        return self._guarded(task, block)

    def _wait(self, block: Block) -> Ends:
        catch = self._put("w", "intermediateCatchEvent")
        event = self._happening(block.events[0], catch)
        self.process.places[catch].event = event
        self._say(f"wait {catch} for {_words(event)}")
        return catch, catch

    def _hop(self, block: Block) -> Ends:
        throw = self._put("h", "intermediateThrowEvent", event=Happening("escalation", block.code))
        self._say(f"escalate {block.code} at {throw}")
        return throw, throw

    def _leave(self, block: Block, event: Happening) -> Ends:
        split = self._put("x", "exclusiveGateway")
        end = self._put("e", "endEvent", event=event)
        after = self._put("s", "scriptTask")
        self._connect(split, end, Condition(AMOUNT, block.number))
        self.process.places[split].default = self._connect(split, after)
        self._say(f"end {end} with {_words(event)} if amount > {block.number}, else script {after}")
        return split, after

    def _fail(self, block: Block) -> Ends:
        return self._leave(block, Happening("error", block.code))

    def _stop(self, block: Block) -> Ends:
        return self._leave(block, Happening("terminate"))

    def _choice(self, block: Block) -> Ends:
        split, join = self._put("x", "exclusiveGateway"), self._put("x", "exclusiveGateway")
        with self._inside("choice", f"choice {split}, {join}"):
            self._branches(block, split, join, conditions=True)
        return split, join

    def _fork(self, block: Block) -> Ends:
        split, join = self._put("p", "parallelGateway"), self._put("p", "parallelGateway")
        self._note_loop()
        with self._inside("fork", f"fork {split}, {join}"):
            self._branches(block, split, join, conditions=False)
        return split, join

    def _some(self, block: Block) -> Ends:
        split, join = self._put("o", "inclusiveGateway"), self._put("o", "inclusiveGateway")
        self._note_loop()
        with self._inside("some", f"some {split}, {join}"):
            self._branches(block, split, join, conditions=True)
        return split, join

    def _note_loop(self) -> None:
        if "loop" in self.within:
            self.features.add("branches in a loop")

    def _branches(self, block: Block, split: str, join: str, *, conditions: bool) -> None:
        for number, part in enumerate(block.parts):
            last_one = number == len(block.parts) - 1
            condition = Condition(AMOUNT, block.number - 2 * number) if conditions and not last_one else None
            self._say(f"if {condition.text}" if condition else "default" if conditions else "and")
            first, last = self._block(part)
            line = self._connect(split, first, condition)
            self._connect(last, join)
            if conditions and last_one:
                self.process.places[split].default = line

    def _spread(self, block: Block) -> Ends:
        """Two flows out of a task, one with a condition, met by an inclusive join."""
        task = self._put("u", "userTask")
        self.process.places[task].writes = (f"v_{task}",)
        join = self._put("o", "inclusiveGateway")
        with self._inside("some", f"user {task} with two flows out, {join}"):
            for condition, part in zip((None, Condition(AMOUNT, block.number)), block.parts, strict=True):
                self._say(f"if {condition.text}" if condition else "always")
                first, last = self._block(part)
                self._connect(task, first, condition)
                self._connect(last, join)
        return task, join

    def _web(self, block: Block) -> Ends:
        """Two branches and an inclusive join of three flows, of which the second branch can take two."""
        split, join = self._put("p", "parallelGateway"), self._put("o", "inclusiveGateway")
        choice = self._put("x", "exclusiveGateway")
        with self._inside("some", f"web {split}, {choice}, {join}"):
            ends = [self._block(part) for part in block.parts]
        self._connect(split, ends[0][0])
        self._connect(ends[0][1], join)
        self._connect(split, ends[1][0])
        self._connect(ends[1][1], choice)
        self._connect(choice, ends[2][0], Condition(AMOUNT, block.number))
        self.process.places[choice].default = self._connect(choice, join)
        self._connect(ends[2][1], join)
        return split, join

    def _race(self, block: Block) -> Ends:
        gateway, merge = self._put("g", "eventBasedGateway"), self._put("x", "exclusiveGateway")
        with self._inside("race", f"race {gateway}, {merge}"):
            for kind, part in zip(block.events, block.parts, strict=True):
                first, last = self._block(Block("receive") if kind == "receive" else Block("wait", events=(kind,)))
                self._connect(gateway, first)
                with self._inside("race"):
                    then, end = self._block(part)
                self._connect(last, then)
                self._connect(end, merge)
        return gateway, merge

    def _loop(self, block: Block) -> Ends:
        enter, leave = self._put("l", "exclusiveGateway"), self._put("l", "exclusiveGateway")
        with self._inside("loop", f"loop {enter}, {leave}"):
            first, last = self._block(block.parts[0])
            ask, asked = self._user(Block("user"))
        self._connect(enter, first)
        self._connect(last, ask)
        self._connect(asked, leave)
        after = self._put("s", "scriptTask")
        self._say(f"script {after}")
        self._connect(leave, after, Condition(f"v_{ask}", block.number))
        self.process.places[leave].default = self._connect(leave, enter)
        return enter, after

    def _link(self, block: Block) -> Ends:
        name = self._name("link")
        throw = self._put("k", "intermediateThrowEvent", event=Happening("link", name))
        catch = self._put("k", "intermediateCatchEvent", event=Happening("link", name))
        self._say(f"link {throw} to {catch}")
        first, last = self._block(block.parts[0])
        self._connect(catch, first)
        return throw, last

    def _sub(self, block: Block) -> Ends:
        sub = self._put("sub", "subProcess", many=block.many)
        with self._inside("sub", f"sub-process {sub}{_loops(block)}"), self._region(sub):
            self._framed(block.parts[0], block.asides)
        return self._guarded(sub, block)

    def _call(self, block: Block) -> Ends:
        key = self._name("called_")
        call = self._put("c", "callActivity", calls=key, many=block.many)
        with self._inside("call", f"call {call} of {key}{_loops(block)}"):
            self._process(key, block.parts[0], block.asides)
        return self._guarded(call, block)

    def _guarded(self, task: str, block: Block) -> Ends:
        last = task
        if any(guard.merges for guard in block.guards):
            last = self._put("x", "exclusiveGateway")
            self._connect(task, last)
        for guard in block.guards:
            self._guard(task, guard, last)
        return task, last

    def _guard(self, task: str, guard: Guard, merge: str) -> None:
        boundary = self._put("d", "boundaryEvent", attached=task, interrupting=guard.interrupting)
        event = self._happening(guard.kind, boundary, guard.code, guard.turns)
        self.process.places[boundary].event = event
        kind = "interrupting" if guard.interrupting else "beside"
        with self._inside("guard", f"{task} on {_words(event)} at {boundary}, {kind}"):
            first, last = self._block(guard.path)
        self._connect(boundary, first)
        self._connect(last, merge if guard.merges else self._put("e", "endEvent"))


def _loops(block: Block) -> str:
    if block.many is None:
        return ""
    order = "one after the other" if block.many.sequential else "at once"
    until = f" until {block.many.until} are done" if block.many.until else ""
    return f" {order} for {block.many.collection or block.many.count}{until}"


def _words(event: Happening) -> str:
    if event.kind == "timer":
        return f"{event.turns} × {event.seconds} s"
    return f"{event.kind} {event.name}"
