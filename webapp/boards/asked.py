"""What the address of the board or of its rows asks for; every number of the board leads to such an address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.api import TaskFilter
from kernel.clock import Clock

ONLY = ("late", "nobody")
SIZE = 50


@dataclass(frozen=True)
class Asked:
    """Open tasks at or below ``path``, of a process, of the group ``role`` at ``at``, with a person.

    ``only`` is late (overdue), nobody (unassigned) or nothing.
    """

    path: str = ""
    process: str = ""
    role: str = ""
    at: str = ""
    person: str = ""
    only: str = ""
    sort: str = "due"
    number: int = 1


def read_asked(arguments: Mapping[str, str]) -> Asked:
    """From an address; what it does not know is left out."""
    only, sort = arguments.get("only", ""), arguments.get("sort", "due")
    number = arguments.get("page", "1")
    return Asked(
        path=arguments.get("path", "")[:250],
        process=arguments.get("process", "")[:255],
        role=arguments.get("role", "")[:60],
        at=arguments.get("at", "")[:250],
        person=arguments.get("person", "")[:36],
        only=only if only in ONLY else "",
        sort=sort if sort.removeprefix("-") in ("due", "created", "name") else "due",
        number=int(number) if number.isdecimal() and 0 < int(number[:6]) < 100_000 else 1,
    )


def task_filter(asked: Asked, clock: Clock) -> TaskFilter:
    """What the engine is asked."""
    rest = ("-priority", "created") if asked.sort == "due" else ("due", "created")
    return TaskFilter(
        box="overseen",
        path=asked.path or None,
        definition_keys=(asked.process,) if asked.process else (),
        roles=(asked.role,) if asked.role else (),
        offered_at=asked.at or None,
        assignee=asked.person or None,
        unassigned=asked.only == "nobody",
        due_before=clock.now() if asked.only == "late" else None,
        sort=(asked.sort, *rest),
    )
