"""The list of tasks, whole or as the part that keeps itself fresh."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from flask import Response, current_app, make_response, redirect, render_template, request, url_for
from flask import session as cookie
from sqlalchemy.orm import Session

from engine.api import COUNT_CAP, Engine, Page, TaskFilter
from kernel.actor import Actor
from ledger.organisation.queries import list_projects, names_of_paths
from webapp.acting import clock, reading
from webapp.elsewhere import work_elsewhere
from webapp.engine_room import engine_for
from webapp.inbox import columns, saved
from webapp.inbox.blueprint import pages
from webapp.inbox.bulk.views import last_report
from webapp.inbox.came_from import with_list
from webapp.inbox.criteria import CRITERIA
from webapp.inbox.filters import SIZE, Wanted, late, read_wanted, sorted_also, task_filter
from webapp.inbox.lines import lines_of
from webapp.inbox.people import colleagues
from webapp.inbox.rows import process_names
from webapp.process_data import sees_fact

LEFT = "inbox_left"


@pages.get("/inbox")
def index() -> Response:
    """My tasks, my groups', those delegated, followed, snoozed and done."""
    is_part = bool(request.headers.get("HX-Request"))
    with reading() as (session, actor):
        filters = saved.filters_of(session, actor)
        wanted = _wanted(filters)
        if request.args.getlist("key"):
            return _at_order(wanted)
        values = list_values(session, actor, wanted) | {"filters": filters, "current": wanted.saved}
        values["filter_missing"] = bool(request.args.get("filter")) and not wanted.saved
        values["editing"] = _named(filters, request.args.get("edit", ""))
        if not is_part:
            values |= last_report(session, actor) | {"colleagues": colleagues(session, actor)}
            values["not_put_off"] = cookie.pop(LEFT, None)
            values["left"] = values["left"] or values["not_put_off"]
        template = "inbox/_list.html" if is_part else "inbox/index.html"
        answer = make_response(render_template(template, **values))
    answer.vary.add("HX-Request")
    if is_part:
        answer.add_etag()
        answer.make_conditional(request)
    return answer


def _wanted(filters: list[saved.Saved]) -> Wanted:
    """What the address asks; a filter that is not there for the reader asks nothing."""
    one = _named(filters, request.args.get("filter", ""))
    return saved.narrowed_by(one, request.args.to_dict()) if one else read_wanted(request.args)


def _named(filters: list[saved.Saved], filter_id: str) -> saved.Saved | None:
    return next((one for one in filters if one.id == filter_id), None)


def _at_order(wanted: Wanted) -> Response:
    """The address of the list in the order that was chosen key by key."""
    keys, ways = request.args.getlist("key"), request.args.getlist("way")
    chosen = ",".join(f"{way if way == '-' else ''}{key}" for key, way in zip(keys, ways, strict=False) if key)
    sort = read_wanted({"box": wanted.box, "sort": chosen}).sort
    return redirect(url_for("inbox.index", **replace(wanted, sort=sort).arguments()))  # type: ignore[return-value]


def list_values(session: Session, actor: Actor, wanted: Wanted) -> dict[str, Any]:
    """What the templates of the list need, in a fixed number of queries."""
    engine = engine_for(session, actor, clock())
    definitions = engine.find_definitions(kind="process")
    processes = process_names(definitions)
    found = engine.find_tasks(asked(wanted), Page(wanted.number, SIZE))
    projects = _projects(session, actor)
    shown = columns_shown(session, actor, wanted, one_project=len(projects) < 2)
    stands_in = bool(engine.substitutes_for())
    return {
        "wanted": wanted,
        "lines": with_list(lines_of(session, engine, actor, found.rows, processes), wanted),
        "stands_in": stands_in,
        "found": found,
        "total": f"{COUNT_CAP:,}+" if found.capped else found.count,
        "counts": _counts(engine, wanted, stands_in=stands_in),
        "processes": processes,
        "projects": projects,
        "columns": [columns.COLUMNS[key] for key in shown],
        "offered_columns": sorted(columns.offered(wanted.box), key=lambda c: _place(shown, c.key)),
        "sortable": [column for column in columns.offered(wanted.box) if column.sort],
        "criteria": visible_criteria(actor),
        "sorted_also": partial(sorted_also, box=wanted.box),
        "startable": engine.startable(),
        "elsewhere": work_elsewhere(),
        "left": None,
        "bulk": None,
    }


def columns_shown(session: Session, actor: Actor, wanted: Wanted, *, one_project: bool) -> tuple[str, ...]:
    """The columns of a list: those that its filter brings, else the reader's own choice, else the usual ones."""
    own = wanted.columns or columns.chosen(session, actor.id, wanted.box)
    return own or columns.usual(wanted.box, one_project=one_project)


def asked(wanted: Wanted) -> TaskFilter:
    """What the engine is asked for a list."""
    return task_filter(wanted, clock(), current_app.extensions["keyturn.settings"].zone)


def visible_criteria(actor: Actor) -> list[Any]:
    """The criteria on what somebody may see anywhere."""
    places = actor.scope_paths()
    return [c for c in CRITERIA if any(sees_fact(actor, c.fact, path) for path in places)]


def shown_count(count: int) -> str:
    """A count in a chip, capped."""
    return f"{COUNT_CAP:,}+" if count > COUNT_CAP else str(count)


def _place(shown: tuple[str, ...], key: str) -> int:
    return shown.index(key) if key in shown else len(shown)


def _counts(engine: Engine, wanted: Wanted, *, stands_in: bool) -> dict[str, str]:
    boxes = ("mine", "group", "delegated", "followed", "snoozed", *(["substituting"] if stands_in else []))
    lists = {box: Wanted(box=box) for box in boxes}
    if wanted.box != "done":
        lists["late"] = late(wanted)
        lists["soon"] = replace(wanted, due="soon", number=1)
    counts = {name: shown_count(engine.count_tasks(asked(one))) for name, one in lists.items()}
    return counts | {"copies": shown_count(engine.count_unread_copies())}


def _projects(session: Session, actor: Actor) -> list[tuple[str, str]]:
    paths = [project.path for project in list_projects(session, actor)]
    names = names_of_paths(session, set(paths))
    return [(path, names.get(path, path)) for path in paths]
