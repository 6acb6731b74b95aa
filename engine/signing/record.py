"""Who decided a step together, as process data: what handlers read under the name `SIGNING`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from engine.results.tasks import Task
from engine.signing.rule import decision_of, opinion_of

#: The process variable that a completed task leaves behind when others decided with its holder. No hand sets it.
SIGNING = "signing"


@dataclass(frozen=True)
class Signed:
    """A step's decision with its parts.

    ``by`` completed it; ``own`` is what he decided himself, None when he left it to the others. ``entitled`` says
    that he might decide by role or because it was handed over to him. ``opinions`` are the others', by time.
    """

    by: str
    own: Mapping[str, Any] | None
    entitled: bool
    opinions: tuple[Mapping[str, Any], ...] = ()

    @property
    def people(self) -> tuple[str, ...]:
        """Everybody who decided here, the holder included."""
        added = [said[name] for said in self.opinions for name in ("by", "on_behalf_of")]
        return (*(str(person) for person in added if person), self.by)

    def values(self) -> dict[str, Any]:
        """As process data."""
        return {
            "by": self.by,
            "own": dict(self.own) if self.own is not None else None,
            "entitled": self.entitled,
            "opinions": [dict(said) for said in self.opinions],
        }


def opinions_in(tasks: Iterable[tuple[Task, Mapping[str, Any]]]) -> tuple[dict[str, Any], ...]:
    """What was said in the completed tasks of those who were added."""
    return tuple(
        {
            "by": task.completed_by,
            "on_behalf_of": task.on_behalf_of,
            "part": task.part,
            "decision": decision_of(answers),
            "opinion": opinion_of(answers),
            "at": instant(task.completed_at) if task.completed_at is not None else None,
        }
        for task, answers in tasks
        if task.state == "completed"
    )


def own_opinion(answers: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """What the holder said himself."""
    return {"decision": decision_of(answers), "opinion": opinion_of(answers), "at": instant(at)}


def instant(at: datetime) -> str:
    """An instant as process data holds it: UTC, to the second or finer."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
