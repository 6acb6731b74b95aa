"""The fact that a task is late or about to be, for whoever tells the people that its diagram names."""

from __future__ import annotations

from dataclasses import dataclass

from engine.results.tasks import Task
from kernel.facts import Fact


@dataclass(frozen=True)
class TaskLate(Fact):
    """A task has come to a stage of its escalation: ``at`` is warning or breach, ``people`` are staff ids.

    Told once for each stage of a task; ``key`` says which.
    """

    at: str
    task: Task
    people: tuple[str, ...]
    key: str
