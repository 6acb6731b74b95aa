"""The tasks behind a number of the board."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from engine.api import COUNT_CAP, Page
from kernel.actor import Actor
from ledger.organisation.queries import names_of_paths
from webapp.acting import clock, reading
from webapp.boards.asked import SIZE, Asked, read_asked, task_filter
from webapp.boards.blueprint import pages
from webapp.engine_room import engine_for
from webapp.inbox.people import candidates_named, names_of
from webapp.inbox.rows import process_names, row_of
from webapp.wording import state_name


@pages.get("/tasks")
def tasks() -> str:
    """Open tasks that the reader oversees, narrowed as the address says."""
    with reading() as (session, actor):
        return render_template("boards/tasks.html", **_values(session, actor))


def _values(session: Session, actor: Actor) -> dict[str, Any]:
    asked, engine = read_asked(request.args), engine_for(session, actor, clock())
    found = engine.find_tasks(task_filter(asked, clock()), Page(asked.number, SIZE))
    processes = process_names(engine.find_definitions(kind="process"))
    people = {person for task in found.rows for person in (task.assignee, *task.people)}
    names = names_of(session, {asked.person, *people})
    return {
        "asked": asked,
        "found": found,
        "total": f"{COUNT_CAP:,}+" if found.capped else found.count,
        "rows": [row_of(task, processes, actor) for task in found.rows],
        "groups": {task.id: candidates_named(task, names) for task in found.rows},
        "names": names,
        "filters": _filters(session, asked, processes, names),
    }


def _filters(
    session: Session, asked: Asked, processes: dict[str, str], names: dict[str, str]
) -> list[tuple[str, str]]:
    """What narrows the list as (words, argument), each to be taken off."""
    nodes = names_of_paths(session, {path for path in (asked.path, asked.at) if path})
    role = state_name(f"role.{asked.role}")
    at = nodes.get(asked.at, asked.at)
    found = {
        "role": f"{role} · {at}" if asked.at else role,
        "person": names.get(asked.person, asked.person),
        "only": _("Overdue") if asked.only == "late" else _("Nobody has it"),
        "process": processes.get(asked.process, asked.process),
        "path": nodes.get(asked.path, asked.path),
    }
    return [(words, name) for name, words in found.items() if getattr(asked, name)]
