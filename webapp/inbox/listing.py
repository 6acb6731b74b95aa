"""The list of tasks, whole or as the part that keeps itself fresh."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Response, current_app, make_response, render_template, request
from flask import session as cookie
from sqlalchemy.orm import Session

from engine.api import COUNT_CAP, Engine, Page
from kernel.actor import Actor
from ledger.organisation.queries import list_projects, names_of_paths
from webapp.acting import clock, reading
from webapp.engine_room import engine_for
from webapp.inbox.blueprint import pages
from webapp.inbox.filters import SIZE, Wanted, late, read_wanted, task_filter
from webapp.inbox.rows import process_names, row_of

LEFT = "inbox_left"


@pages.get("/inbox")
def index() -> Response:
    """My tasks, my groups', done ones."""
    wanted = read_wanted(request.args)
    is_part = bool(request.headers.get("HX-Request"))
    with reading() as (session, actor):
        values = list_values(session, actor, wanted)
        if not is_part:
            values["left"] = cookie.pop(LEFT, None)
        template = "inbox/_list.html" if is_part else "inbox/index.html"
        answer = make_response(render_template(template, **values))
    answer.vary.add("HX-Request")
    if is_part:
        answer.add_etag()
        answer.make_conditional(request)
    return answer


def list_values(session: Session, actor: Actor, wanted: Wanted) -> dict[str, Any]:
    """What the templates of the list need, in a fixed number of queries."""
    engine = engine_for(session, actor, clock())
    definitions = engine.find_definitions(kind="process")
    processes = process_names(definitions)
    found = engine.find_tasks(_asked(wanted), Page(wanted.number, SIZE))
    return {
        "wanted": wanted,
        "rows": [row_of(task, processes, actor) for task in found.rows],
        "found": found,
        "total": f"{COUNT_CAP:,}+" if found.capped else found.count,
        "counts": _counts(engine, wanted),
        "processes": processes,
        "projects": _projects(session, actor),
        "startable": engine.startable(),
        "left": None,
    }


def _asked(wanted: Wanted) -> Any:
    return task_filter(wanted, clock(), current_app.extensions["keyturn.settings"].zone)


def _counts(engine: Engine, wanted: Wanted) -> dict[str, str]:
    asked = {box: Wanted(box=box) for box in ("mine", "group")}
    if wanted.box != "done":
        asked["late"] = late(wanted)
        asked["soon"] = replace(wanted, due="soon", number=1)
    return {name: _shown(engine.count_tasks(_asked(one))) for name, one in asked.items()}


def _shown(count: int) -> str:
    return f"{COUNT_CAP:,}+" if count > COUNT_CAP else str(count)


def _projects(session: Session, actor: Actor) -> list[tuple[str, str]]:
    paths = [project.path for project in list_projects(session, actor)]
    names = names_of_paths(session, set(paths))
    return [(path, names.get(path, path)) for path in paths]
