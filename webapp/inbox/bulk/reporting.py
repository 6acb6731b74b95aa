"""What came of a run, in words: the counts, and each task that was refused with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from kernel.actor import Actor
from webapp.inbox.bulk.choosing import MOST
from webapp.inbox.bulk.running import counts, items, run_of
from webapp.inbox.people import names_of
from webapp.wording import word

PEOPLE = ("by", "assignee", "owner", "person", "former")


@dataclass(frozen=True)
class Refused:
    """A task that was not acted on, and why."""

    id: str
    label: str
    why: str


@dataclass(frozen=True)
class Report:
    """A run as a page tells it; ``found`` is how many the list held, ``capped`` whether some were left out."""

    id: str
    act: str
    state: str
    done: int
    waiting: int
    total: int
    found: int
    refused: list[Refused]
    done_items: list[tuple[str, str]]

    @property
    def capped(self) -> bool:
        """Whether the list held more than one run takes."""
        return self.found > MOST


def report(session: Session, actor: Actor, run_id: str) -> Report:
    """In a fixed number of queries; raises `Missing`."""
    run, numbers, all_items = run_of(session, actor, run_id), counts(session, run_id), items(session, run_id)
    refused = [item for item in all_items if item.state == "refused"]
    names_of(session, {_text(item.params, name) for item in refused for name in PEOPLE})
    return Report(
        id=run.id,
        act=run.act,
        state=run.state,
        done=numbers["done"],
        waiting=numbers["waiting"],
        total=sum(numbers.values()),
        found=run.found,
        refused=[Refused(item.task_id, item.label, why(item.code, item.params)) for item in refused],
        done_items=[(item.task_id, item.label) for item in all_items if item.state == "done"],
    )


def why(code: str | None, params: Mapping[str, Any] | None) -> str:
    """The sentence of a refusal; instants were kept as text."""
    return word(code or "unexpected", {name: _instant(name, value) for name, value in (params or {}).items()})


def _instant(name: str, value: Any) -> Any:
    try:
        return datetime.fromisoformat(value) if name == "at" and isinstance(value, str) else value
    except ValueError:
        return value


def _text(params: Mapping[str, Any] | None, name: str) -> str | None:
    value = (params or {}).get(name)
    return value if isinstance(value, str) else None
