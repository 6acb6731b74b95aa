"""The list that a task's own page was opened from: it goes along in the addresses of that task.

So whoever comes from a narrowed or sorted list is offered the next of that list, also after taking the task or
remarking on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import current_app, request, url_for
from sqlalchemy.orm import Session

from engine.api import Engine, Page, Task
from kernel.actor import Actor
from kernel.errors import Missing
from webapp.acting import clock
from webapp.inbox import saved
from webapp.inbox.blueprint import pages
from webapp.inbox.criteria import BY_NAME
from webapp.inbox.filters import SIZE, Wanted, task_filter
from webapp.inbox.lines import Line

_LIST, _PLACE = "list", "at"
_LONGEST, _DIGITS = 2000, 6
_NAMES = {"filter", "box", "process", "version", "project", "due", "q", "sort", "columns", *BY_NAME}


@dataclass(frozen=True)
class CameFrom:
    """A list as its address asks for it, and the place in it where the task stood, counted from 0."""

    arguments: Mapping[str, str]
    at: int

    def address(self) -> str:
        """Where the list is."""
        return url_for("inbox.index", **self.arguments)

    def along(self) -> dict[str, str]:
        """What the address of a task carries."""
        return {_LIST: urlencode(self.arguments), _PLACE: str(self.at)}


def came_from() -> CameFrom | None:
    """The list that the address at hand names."""
    written, at = request.args.get(_LIST, ""), request.args.get(_PLACE, "")
    if not written or len(written) > _LONGEST or not at.isdecimal() or len(at) > _DIGITS:
        return None
    arguments = parse_qsl(written, keep_blank_values=True)
    return CameFrom({name: text for name, text in arguments if name in _NAMES}, int(at))


def list_address() -> str:
    """Where the list is that the task was opened from; the inbox where none is known."""
    source = came_from()
    return source.address() if source is not None else url_for("inbox.index")


def with_list(lines: Iterable[Line], wanted: Wanted) -> list[Line]:
    """The lines of a page of a list, each leading to its task by an address that names the list."""
    first, arguments = (wanted.number - 1) * SIZE, wanted.arguments()
    return [
        replace(line, url=url_for("inbox.task", task_id=line.row.id, **CameFrom(arguments, first + place).along()))
        if line.url == url_for("inbox.task", task_id=line.row.id)
        else line
        for place, line in enumerate(lines)
    ]


def next_in_list(
    session: Session, engine: Engine, actor: Actor, source: CameFrom, done: str
) -> tuple[Task, CameFrom] | None:
    """The open task that stands where the one that was done stood, or behind it; after the last one the first."""
    try:
        wanted = saved.asked_for(session, actor, source.arguments)
    except Missing:
        return None
    asked = task_filter(wanted, clock(), current_app.extensions["keyturn.settings"].zone)
    for place in dict.fromkeys((source.at, source.at + 1, 0)):
        for task in engine.find_tasks(asked, Page(place + 1, 1)).rows:
            if task.id != done and task.state == "open":
                return task, replace(source, at=place)
    return None


@pages.url_defaults
def _stay(_endpoint: str, values: dict[str, Any]) -> None:
    """Every address of the very task that is shown names the list too: its forms, and where they lead back to."""
    here = (request.view_args or {}).get("task_id") if request else None
    if here is not None and values.get("task_id") == here and _LIST not in values:
        source = came_from()
        values.update(source.along() if source is not None else {})
