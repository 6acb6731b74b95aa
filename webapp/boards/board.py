"""The board: the whole, each group, each person; a number leads to the tasks it counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import render_template, request, url_for
from sqlalchemy.orm import Session

from engine.api import Load
from kernel.actor import Actor
from ledger.organisation.queries import list_projects, names_of_paths
from webapp.acting import clock, reading
from webapp.boards.asked import read_asked
from webapp.boards.blueprint import pages
from webapp.engine_room import engine_for
from webapp.inbox.people import names_of
from webapp.inbox.rows import process_names
from webapp.wording import state_name


@dataclass(frozen=True)
class Line:
    """A group or a person: what it is called, what is open, and which tasks that is (as query arguments)."""

    name: str
    place: str
    load: Load
    about: dict[str, str]

    def url(self, only: str | None = None) -> str:
        """The address of its tasks, all or only some."""
        narrowed = {name: request.args[name] for name in ("path", "process") if request.args.get(name)}
        return url_for("boards.tasks", **narrowed, **self.about, **({"only": only} if only else {}))


@pages.get("/")
def index() -> str:
    """Load, overdue, unassigned and oldest, in the reader's scope."""
    with reading() as (session, actor):
        return render_template("boards/index.html", **_values(session, actor))


def _values(session: Session, actor: Actor) -> dict[str, Any]:
    asked, engine = read_asked(request.args), engine_for(session, actor, clock())
    found = engine.workload(asked.path or None, (asked.process,) if asked.process else ())
    places = projects(session, actor)
    nodes = names_of_paths(session, {group.path for group in found.groups})
    people = names_of(session, [one.person for one in found.people])
    return {
        "asked": asked,
        "whole": Line("", "", found.whole, {}),
        "groups": [
            Line(
                state_name(f"role.{one.role}"),
                nodes.get(one.path, one.path),
                one.load,
                {"role": one.role, "at": one.path},
            )
            for one in sorted(found.groups, key=lambda one: -one.load.open)
        ],
        "people": [Line(people[one.person], "", one.load, {"person": one.person}) for one in found.people],
        "most": max((one.load.open for one in (*found.groups, *found.people)), default=1),
        "projects": places,
        "processes": process_names(engine.find_definitions(kind="process")),
    }


def projects(session: Session, actor: Actor) -> list[tuple[str, str]]:
    """The projects in the reader's scope, as (path, name)."""
    paths = [project.path for project in list_projects(session, actor)]
    names = names_of_paths(session, set(paths))
    return [(path, names.get(path, path)) for path in paths]
