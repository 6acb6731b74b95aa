"""A drawn diagram as plain data, from which each side gets its own file and the reference its graph.

Nothing here knows the engine or SpiffWorkflow. Element ids are unique over all processes of a drawing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Condition:
    """``name > number``, which FEEL and Python read alike."""

    name: str
    number: int

    @property
    def text(self) -> str:
        """As both languages write it."""
        return f"{self.name} > {self.number}"


@dataclass(frozen=True)
class Happening:
    """An event definition. ``kind`` is message, timer, signal, error, escalation, terminate or link.

    A timer waits ``seconds``; ``turns`` above one makes it a cycle. ``name`` is a message's or signal's name, or
    the code of an error or escalation, None for a catch-all.
    """

    kind: str
    name: str | None = None
    seconds: int = 0
    turns: int = 1


@dataclass(frozen=True)
class Many:
    """Multi-instance: over ``collection`` or ``count`` times; ``until`` many are done; results gathered or not."""

    sequential: bool
    collection: str | None
    count: int = 0
    until: int | None = None
    gathers: bool = False


@dataclass
class Place:
    """A node. ``region`` is the process or sub-process it stands in; ``writes`` what a person answers there,
    ``outside`` that a service works outside the transaction."""

    id: str
    kind: str
    region: str
    event: Happening | None = None
    attached: str | None = None
    interrupting: bool = True
    default: str | None = None
    many: Many | None = None
    calls: str | None = None
    code: str | None = None
    outside: bool = False
    aside: bool = False
    nested: bool = False
    writes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Line:
    """A sequence flow."""

    id: str
    source: str
    target: str
    condition: Condition | None = None


@dataclass
class Process:
    """One process and everything inside it."""

    key: str
    places: dict[str, Place] = field(default_factory=dict)
    lines: dict[str, Line] = field(default_factory=dict)

    def outgoing(self, place: str) -> list[Line]:
        """In the order drawn."""
        return [line for line in self.lines.values() if line.source == place]

    def incoming(self, place: str) -> list[Line]:
        """In the order drawn."""
        return [line for line in self.lines.values() if line.target == place]

    def inside(self, region: str) -> list[Place]:
        """The places directly in a region."""
        return [place for place in self.places.values() if place.region == region]

    def guards(self, place: str) -> list[Place]:
        """The boundary events of an activity."""
        return [other for other in self.places.values() if other.attached == place]

    def start(self, region: str) -> Place:
        """Where a region begins."""
        return next(place for place in self.inside(region) if place.kind == "startEvent")


@dataclass
class Drawing:
    """The main process and those it calls. ``text`` says in indented lines what was drawn."""

    main: str
    processes: dict[str, Process]
    text: str
    features: frozenset[str]

    def places(self) -> Iterator[Place]:
        """All places of all processes."""
        for process in self.processes.values():
            yield from process.places.values()
