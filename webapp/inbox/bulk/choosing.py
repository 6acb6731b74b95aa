"""Which tasks a run takes: those that were ticked, or all that the viewer's list finds and he may act on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engine.api import Engine, Page, Task, TaskFilter
from webapp.inbox.bulk.orders import kind_of
from webapp.inbox.rows import task_name

MOST = 500


@dataclass(frozen=True)
class Chosen:
    """A task of a run: its id, what it is called, and the revision that the person has seen (None if unknown)."""

    task_id: str
    label: str
    revision: int | None


def ticked(ids: Iterable[str], seen: Mapping[str, int]) -> list[Chosen]:
    """The ticked ones, each once, at most `MOST`; whether one may be acted on is asked when its turn comes."""
    return [Chosen(task_id, "", seen.get(task_id)) for task_id in dict.fromkeys(ids)][:MOST]


def all_found(engine: Engine, wanted: TaskFilter, act: str) -> tuple[list[Chosen], int]:
    """The first `MOST` of a list which the viewer may act on, and how many the list finds.

    The engine narrows the list to what its viewer may see; nothing the browser sends widens it.
    """
    fits = kind_of(act).fits
    found = engine.find_tasks(wanted, Page(1, MOST))
    rights = engine.rights_on(found.rows)
    return [
        Chosen(task.id, label_of(task), task.revision)
        for task, right in zip(found.rows, rights, strict=True)
        if fits(engine, task, right)
    ], found.count


def label_of(task: Task) -> str:
    """What a task is called in a report: its step and its unit or number, no person."""
    about = task.facts.get("unit") or task.facts.get("sale_no") or task.business_key
    return " · ".join(str(part) for part in (task_name(task), about) if part)[:255]
