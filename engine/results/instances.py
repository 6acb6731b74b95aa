"""What the engine answers about cases, and which of them are asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from kernel.actor import Actor


@dataclass(frozen=True)
class Instance:
    """A process instance. ``state`` is active, suspended, completed, cancelled or failed."""

    id: str
    key: str
    version: int
    state: str
    business_key: str | None
    scope: str = "/"
    started_at: datetime | None = None
    started_by: str = ""
    ended_at: datetime | None = None
    revision: int = 0
    facts: dict[str, Any] = field(default_factory=dict)
    open_tasks: tuple[str, ...] = ()


@dataclass(frozen=True)
class DiagramState:
    """A diagram with what happened on it; ids are BPMN element ids, ``notes`` say who and when per element.

    ``holders`` are who has the open tasks of an element and of what it calls, None for one that nobody has.
    """

    xml: str
    completed: list[str]
    active: list[str]
    incidents: list[str]
    flows_taken: list[str]
    notes: dict[str, dict[str, Any]]
    holders: dict[str, list[str | None]]


@dataclass(frozen=True)
class InstanceFilter:
    """Which instances; ``viewer`` limits to the scope of that actor (default: the engine's actor).

    ``search`` finds by the beginnings of words and numbers in business keys and business facts. ``waiting_at`` is
    an element where a task, timer, external step or message waits. ``facts`` are as in `TaskFilter`. Of the times
    the first is included, the second is not. ``versions`` left out means all versions. ``began`` means only those
    that the viewer began; the actor's own list has those too of whom he stands in for.
    """

    viewer: Actor | None = None
    began: bool = False
    states: tuple[str, ...] = ()
    definition_keys: tuple[str, ...] = ()
    version: int | None = None
    business_key: str | None = None
    path: str | None = None
    search: str = ""
    with_incidents: bool = False
    waiting_at: str | None = None
    instance_ids: tuple[str, ...] = ()
    versions: tuple[int, ...] = ()
    facts: dict[str, tuple[str, Any]] = field(default_factory=dict)
    started_from: datetime | None = None
    started_before: datetime | None = None
    ended_from: datetime | None = None
    ended_before: datetime | None = None
