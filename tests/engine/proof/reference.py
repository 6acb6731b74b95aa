"""What BPMN 2.0 says a drawing does: a token game of our own, independent of the engine and of SpiffWorkflow.

Written from the specification: chapter 10 for sub-processes, events and loops, chapter 13 for the semantics of
gateways and of completion. It keeps plain objects in memory, saves nothing, and is as slow as it likes.
"""

from __future__ import annotations

import itertools
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.engine.proof.drawing import Condition, Drawing, Happening, Line, Place, Process

_WAITED_FOR = ("message", "timer", "signal")
_STAYS = ("userTask", "receiveTask", "subProcess", "callActivity")


class Uncaught(Exception):
    """An error that nobody catches: the step is an incident and must leave everything as it was."""


@dataclass
class Values:
    """Data of a process, a called process or a loop instance; names are looked up and written outwards."""

    own: dict[str, Any]
    outer: Values | None = None

    def seen(self) -> dict[str, Any]:
        """Everything visible."""
        return {**(self.outer.seen() if self.outer else {}), **self.own}

    def put(self, name: str, value: Any) -> None:
        """Where the name is known, else in the outermost."""
        home = self
        while home.outer is not None and name not in home.own:
            home = home.outer
        home.own[name] = value


@dataclass(eq=False)
class Wait:
    """Something awaited. ``role`` says what its coming does: own, rival, guard or aside."""

    order: int
    role: str
    place: Place
    event: Happening
    owner: Token | Region
    due: datetime | None = None
    turns: int = 1


@dataclass(eq=False)
class Token:
    """Stands at a place; ``state`` is ready, open (something must come) or joining."""

    order: int
    place: Place
    region: Region
    values: Values
    via: str | None = None
    state: str = "ready"
    body: Token | None = None
    waits: list[Wait] = field(default_factory=list)
    inner: Region | None = None
    instances: list[Token] = field(default_factory=list)
    items: list[Any] = field(default_factory=list)
    begun: int = 0
    done: int = 0
    counters: Values | None = None
    results: dict[int, Any] = field(default_factory=dict)
    number: int = 0


@dataclass(eq=False)
class Region:
    """A process, called process or sub-process that runs."""

    process: Process
    name: str
    values: Values
    host: Token | None
    tokens: list[Token] = field(default_factory=list)
    armed: list[Wait] = field(default_factory=list)
    over: bool = False


class Reference:
    """One instance of a drawing."""

    def __init__(self, drawing: Drawing, data: dict[str, Any], now: datetime) -> None:
        self.drawing = drawing
        self.now = now
        self.orders = itertools.count(1)
        self.ready: deque[Token] = deque()
        self.done: Counter[str] = Counter()
        self.fired: set[str] = set()
        main = drawing.processes[drawing.main]
        self.root = Region(main, main.key, Values(data), None)
        self._begin(self.root, main.start(main.key))
        self._run()

    # Looking

    @property
    def ended(self) -> bool:
        """Whether the instance has completed."""
        return self.root.over

    @property
    def data(self) -> dict[str, Any]:
        """Process data."""
        return self.root.values.own

    def offered(self) -> list[str]:
        """Open user tasks, the oldest first."""
        return [token.place.id for token in self._people()]

    def waiting(self) -> list[tuple[str, str, str]]:
        """Events awaited: kind, element, and the instant of timers."""
        return sorted((w.event.kind, w.place.id, w.due.isoformat() if w.due else "") for w in self._waits())

    def names(self, kind: str) -> list[str]:
        """The names of messages or signals awaited."""
        return sorted({w.event.name or "" for w in self._waits() if w.event.kind == kind})

    def next_due(self) -> datetime | None:
        """When the next timer is due."""
        return min((w.due for w in self._waits() if w.due and w.event.kind == "timer"), default=None)

    def parked(self) -> list[Token]:
        """External services that wait for a worker, the oldest first."""
        waits = sorted((w.due, w.order, w.owner) for w in self._waits() if w.due and w.event.kind == "external")
        return [owner for _, _, owner in waits if isinstance(owner, Token)]

    def data_at(self, element: str, index: int) -> dict[str, Any]:
        """What one of the open tasks at an element sees."""
        return [t for t in self._people() if t.place.id == element][index].values.seen()

    # Acting

    def complete(self, element: str, index: int, answers: dict[str, Any]) -> None:
        """A person has done a task."""
        token = [t for t in self._people() if t.place.id == element][index]
        for name, value in answers.items():
            token.values.put(name, value)
        self._leave(token)
        self._run()

    def tell(self, kind: str, name: str, payload: dict[str, Any]) -> int:
        """A message or signal comes: everybody who waits for it now gets it, in turn; to how many."""
        taken = 0
        for wait in [w for w in self._waits() if w.event.kind == kind and w.event.name == name]:
            if wait in list(self._waits()):
                taken += 1
                self._come(wait, payload)
                self._run()
        return taken

    def pass_time(self, now: datetime) -> None:
        """The clock moves; what is due by then comes in order."""
        self.now = now
        while due := [w for w in self._waits() if w.event.kind == "timer" and w.due and w.due <= now]:
            first = min(due, key=lambda w: (w.due, w.order))
            self._come(first, {})
            self._run()

    def work(self) -> None:
        """A worker answers for the oldest external service, with what it was given when it was reached."""
        token = self.parked()[0]
        (amount,) = token.items
        if amount > 5:
            self._throw(token, "error", token.place.code)
        else:
            token.waits = []
            token.values.put(f"v_{token.place.id}", amount * 2)
            self._leave(token)
        self._run()

    # Walking through everything

    def _tokens(self, region: Region | None = None) -> Iterator[Token]:
        for token in list((region or self.root).tokens):
            yield token
            for instance in list(token.instances):
                yield instance
                if instance.inner is not None:
                    yield from self._tokens(instance.inner)
            if token.inner is not None:
                yield from self._tokens(token.inner)

    def _regions(self, region: Region | None = None) -> Iterator[Region]:
        here = region or self.root
        yield here
        for token in here.tokens:
            for host in (token, *token.instances):
                if host.inner is not None:
                    yield from self._regions(host.inner)

    def _people(self) -> list[Token]:
        open_ones = [
            t for t in self._tokens() if t.place.kind == "userTask" and t.state == "open" and not t.instances
        ]
        return sorted((t for t in open_ones if not _is_body(t)), key=lambda t: t.order)

    def _waits(self) -> list[Wait]:
        found = [wait for token in self._tokens() for wait in token.waits]
        found += [wait for region in self._regions() for wait in region.armed]
        return sorted(found, key=lambda wait: wait.order)

    # Beginning and ending regions

    def _begin(self, region: Region, start: Place) -> None:
        for place in region.process.inside(region.name):
            if place.aside:
                begin = region.process.start(place.id)
                if begin.event is not None and begin.event.kind in _WAITED_FOR:
                    region.armed.append(self._wait("aside", place, begin.event, region, shown=begin))
        self._arrive(self._token(region, start, None))

    def _open(self, token: Token) -> None:
        """Begin what is inside a sub-process or call activity."""
        token.state = "open"
        if token.place.kind == "callActivity":
            process = self.drawing.processes[token.place.calls or ""]
            token.inner = Region(process, process.key, Values(dict(token.values.seen())), token)
        else:
            token.inner = Region(token.region.process, token.place.id, token.values, token)
        self._begin(token.inner, token.inner.process.start(token.inner.name))

    def _finish_if_empty(self, region: Region) -> None:
        if region.tokens or region.over:
            return
        region.over = True
        region.armed = []
        host = region.host
        if host is None:
            return
        if host.place.kind == "callActivity":
            for name, value in region.values.own.items():
                host.values.put(name, value)
        host.inner = None
        self._leave(host)

    def _remove(self, token: Token) -> None:
        """Take a token away with everything that hangs on it."""
        for instance in list(token.instances):
            self._remove(instance)
        if token.inner is not None:
            token.inner.over = True
            self._clear(token.inner)
            token.inner = None
        token.waits = []
        token.state = "gone"
        holder = token.body.instances if token.body is not None else token.region.tokens
        if token in holder:
            holder.remove(token)

    def _clear(self, region: Region) -> None:
        for token in list(region.tokens):
            self._remove(token)
        region.armed = []

    # Tokens

    def _token(self, region: Region, place: Place, via: str | None) -> Token:
        token = Token(next(self.orders), place, region, region.values, via)
        region.tokens.append(token)
        return token

    def _wait(
        self, role: str, place: Place, event: Happening, owner: Token | Region, shown: Place | None = None
    ) -> Wait:
        due = self.now + timedelta(seconds=event.seconds) if event.kind == "timer" else None
        return Wait(next(self.orders), role, shown or place, event, owner, due, event.turns)

    def _arrive(self, token: Token) -> None:
        place = token.place
        if place.many is not None and token.body is None:
            self._begin_many(token)
            return
        if token.body is None and (place.kind in _STAYS or place.outside):
            self._guard(token)
        if place.outside:
            token.state = "open"
            token.items = [token.values.seen()["amount"]]
            token.waits.append(Wait(next(self.orders), "own", place, Happening("external"), token, self.now))
        elif place.kind == "userTask":
            token.state = "open"
        elif place.kind == "receiveTask" or (place.kind == "intermediateCatchEvent" and _is_awaited(place)):
            token.state = "open"
            token.waits.append(self._wait("own", place, _event(place), token))
        elif place.kind == "eventBasedGateway":
            token.state = "open"
            for line in token.region.process.outgoing(place.id):
                rival = token.region.process.places[line.target]
                token.waits.append(self._wait("rival", rival, _event(rival), token))
        elif place.kind in ("subProcess", "callActivity"):
            self._open(token)
        elif place.kind in ("parallelGateway", "inclusiveGateway") and self._joins(token):
            token.state = "joining"
            if place.kind == "parallelGateway":
                self._join_parallel(token)
        else:
            self.ready.append(token)

    def _guard(self, token: Token) -> None:
        for guard in token.region.process.guards(token.place.id):
            if _is_awaited(guard):
                token.waits.append(self._wait("guard", guard, _event(guard), token))

    def _run(self) -> None:
        while self.ready or self._join_inclusive():
            token = self.ready.popleft()
            if token.state == "ready":
                self._act(token)

    def _act(self, token: Token) -> None:
        place, region = token.place, token.region
        if place.kind == "scriptTask":
            self._calculate(token)
        elif place.kind == "serviceTask":
            if token.values.seen()["amount"] > 5:
                self._throw(token, "error", place.code)
                return
            token.values.put(f"v_{place.id}", token.values.seen()["amount"] * 2)
        elif place.kind == "intermediateThrowEvent" and _event(place).kind == "escalation":
            self._throw(token, "escalation", _event(place).name)
            if token.state == "gone":
                return
        elif place.kind == "endEvent" and place.event is not None:
            if place.event.kind == "error":
                self._note(token)
                self._throw(token, "error", place.event.name)
                return
            for other in list(region.tokens):
                if other is not token:
                    self._remove(other)
            region.armed = []
        self._leave(token)

    def _calculate(self, token: Token) -> None:
        if token.place.nested:
            seen = token.values.seen()["doc"]
            token.values.put("doc", {**seen, "a": {**seen["a"], "n": seen["a"]["n"] + 1}})
            return
        token.values.put(f"v_{token.place.id}", token.values.seen()["amount"] + 1)

    def _note(self, token: Token) -> None:
        self.done[token.place.id] += 1
        self.fired.add(token.place.id)

    def _leave(self, token: Token) -> None:
        """A token is done at its place and goes on by its lines."""
        self._note(token)
        if token.body is not None:
            self._instance_done(token)
            return
        lines = self._chosen(token)
        region = token.region
        self._remove(token)
        for line in lines:
            self._arrive(self._token(region, region.process.places[line.target], line.id))
        self._finish_if_empty(region)

    def _chosen(self, token: Token) -> list[Line]:
        place, process = token.place, token.region.process
        lines = process.outgoing(place.id)
        if place.event is not None and place.event.kind == "link" and place.kind == "intermediateThrowEvent":
            same = [p for p in process.places.values() if p.event == place.event and p.id != place.id]
            return [Line(f"link of {place.id}", place.id, same[0].id)]
        if place.kind == "parallelGateway":
            return lines
        default = [line for line in lines if line.id == place.default]
        others = [line for line in lines if line.id != place.default]
        open_ones = [line for line in others if _holds(line.condition, token.values.seen())]
        if place.kind == "exclusiveGateway":
            return open_ones[:1] or default
        return open_ones or default

    # Joins

    def _joins(self, token: Token) -> bool:
        return len(token.region.process.incoming(token.place.id)) > 1

    def _here(self, token: Token) -> dict[str | None, Token]:
        """The longest waiting token of each line into a gateway."""
        found: dict[str | None, Token] = {}
        for other in token.region.tokens:
            if other.place is token.place and other.state == "joining":
                found.setdefault(other.via, other)
        return found

    def _join_parallel(self, token: Token) -> None:
        here = self._here(token)
        if len(here) == len(token.region.process.incoming(token.place.id)):
            self._melt(token, here)

    def _melt(self, token: Token, here: dict[str | None, Token]) -> None:
        for other in here.values():
            if other is not token and other.via != token.via:
                self._remove(other)
        if here[token.via] is not token:
            self._remove(here[token.via])
        token.state = "ready"
        self.ready.append(token)

    def _join_inclusive(self) -> bool:
        """BPMN 13.4.3: wait for who can still come to an empty line, unless he can also come to one that has."""
        for token in sorted(self._tokens(), key=lambda t: t.order):
            if token.place.kind == "inclusiveGateway" and token.state == "joining":
                here = self._here(token)
                if not any(self._is_awaited_at(token, other, here) for other in token.region.tokens):
                    self._melt(token, here)
                    return True
        return False

    def _is_awaited_at(self, token: Token, other: Token, here: dict[str | None, Token]) -> bool:
        if other.place is token.place:
            return False
        reached = _lines_reached(token.region.process, other.place.id, avoiding=token.place.id)
        incoming = {line.id for line in token.region.process.incoming(token.place.id)}
        return bool(reached & (incoming - here.keys())) and not reached & here.keys()

    # Events

    def _come(self, wait: Wait, payload: dict[str, Any]) -> None:
        owner = wait.owner
        if isinstance(owner, Region):
            self._come_aside(owner, wait, payload)
            return
        if wait.role == "own":
            owner.waits = []
            self._take(owner.values, payload)
            owner.state = "ready"
            self.ready.append(owner)
            return
        region = owner.region
        if wait.role == "rival":
            self._note(owner)
            self._remove(owner)
        elif wait.place.interrupting:
            self._remove(owner)
        else:
            self._again(wait, owner.waits)
        going = self._token(region, wait.place, None)
        self._take(region.values, payload)
        self.ready.append(going)

    def _come_aside(self, region: Region, wait: Wait, payload: dict[str, Any]) -> None:
        self._take(region.values, payload)
        if wait.place.interrupting:
            self._clear(region)
        else:
            self._again(wait, region.armed)
        self._arrive(self._token(region, region.process.places[wait.place.region], None))

    def _again(self, wait: Wait, waits: list[Wait]) -> None:
        if wait.event.kind != "timer":
            return
        wait.turns -= 1
        if wait.turns == 0:
            waits.remove(wait)
        elif wait.due is not None:
            wait.due += timedelta(seconds=wait.event.seconds)

    def _take(self, values: Values, payload: dict[str, Any]) -> None:
        for name, value in payload.items():
            values.put(name, value)

    def _throw(self, token: Token, kind: str, code: str | None) -> None:
        """To the nearest catcher outwards; an error without one is an incident, an escalation is spent."""
        here: Token | None = token
        while here is not None:
            host = here.body or here
            process, region = host.region.process, host.region
            guard = _best(process.guards(host.place.id), kind, code)
            if guard is not None:
                if guard.interrupting:
                    self._remove(host)
                self.ready.append(self._token(region, guard, None))
                return
            starts = [process.start(p.id) for p in process.inside(region.name) if p.aside]
            aside = _best(starts, kind, code)
            if aside is not None and aside.region != host.place.id:
                if aside.interrupting:
                    self._clear(region)
                self._arrive(self._token(region, process.places[aside.region], None))
                return
            here = region.host
        if kind == "error":
            raise Uncaught(code)

    # Loops

    def _begin_many(self, token: Token) -> None:
        many = token.place.many
        assert many is not None
        token.items = list(token.values.seen()[many.collection]) if many.collection else list(range(many.count))
        if not token.items:
            self._write_results(token)
            self.ready.append(token)
            return
        token.state = "open"
        token.counters = Values({}, token.values)
        self._guard(token)
        for _ in range(1 if many.sequential else len(token.items)):
            if token.state == "open":
                self._begin_instance(token)

    def _begin_instance(self, token: Token) -> None:
        number = token.begun
        token.begun += 1
        self._count(token)
        own: dict[str, Any] = {"loopCounter": number}
        if token.place.many is not None and token.place.many.collection:
            own["item"] = token.items[number]
        instance = Token(next(self.orders), token.place, token.region, Values(own, token.counters), body=token)
        instance.number = number
        token.instances.append(instance)
        self._arrive(instance)

    def _instance_done(self, instance: Token) -> None:
        token = instance.body
        assert token is not None
        many = token.place.many
        assert many is not None
        token.done += 1
        self._count(token)
        token.results[instance.number] = instance.values.seen().get(f"v_{token.place.id}")
        self._remove(instance)
        if token.done == len(token.items) or (many.until is not None and token.done >= many.until):
            for rival in list(token.instances):
                self._remove(rival)
            self._write_results(token)
            token.state = "ready"
            self.ready.append(token)
        elif many.sequential:
            self._begin_instance(token)

    @staticmethod
    def _count(token: Token) -> None:
        """Its instances see how far a loop is."""
        assert token.counters is not None
        token.counters.own.update(
            nrOfInstances=len(token.items),
            nrOfActiveInstances=token.begun - token.done,
            nrOfCompletedInstances=token.done,
        )

    def _write_results(self, token: Token) -> None:
        if token.place.many is not None and token.place.many.gathers:
            token.values.put(f"r_{token.place.id}", [token.results[n] for n in sorted(token.results)])


def _is_body(token: Token) -> bool:
    return token.place.many is not None and token.body is None


def _event(place: Place) -> Happening:
    assert place.event is not None
    return place.event


def _is_awaited(place: Place) -> bool:
    return _event(place).kind in _WAITED_FOR


def _holds(condition: Condition | None, seen: dict[str, Any]) -> bool:
    return condition is None or seen[condition.name] > condition.number


def _best(places: list[Place], kind: str, code: str | None) -> Place | None:
    """Who names the code, else who names none."""
    fitting = [p for p in places if p.event is not None and p.event.kind == kind]
    exact = [p for p in fitting if _event(p).name == code]
    return next(iter(exact or [p for p in fitting if _event(p).name is None]), None)


def _lines_reached(process: Process, source: str, *, avoiding: str) -> set[str]:
    """The lines that a token at a place can still come by without passing a gateway."""
    found: set[str] = set()
    todo = [source]
    seen = {source}
    while todo:
        place = todo.pop()
        targets = [(line.id, line.target) for line in process.outgoing(place)]
        found.update(line for line, _ in targets)
        nexts = [target for _, target in targets if target != avoiding]
        nexts += [guard.id for guard in process.guards(place)]
        link = process.places[place].event
        if link is not None and link.kind == "link":
            nexts += [p.id for p in process.places.values() if p.event == link]
        todo += [place for place in nexts if place not in seen]
        seen.update(nexts)
    return found
