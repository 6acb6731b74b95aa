"""A page of fifty among a million open tasks, beside the best SQL we can write by hand for the very same rows."""

from __future__ import annotations

import statistics
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from bench.databases import fresh, kind_of
from bench.diagrams import receipt
from bench.house import House
from bench.inbox import GROUP, MANAGER, ROLE, clerk_of, fill, project
from bench.measuring import Figure, at_most, seconds
from bench.sizes import FULL, Sizes
from engine.api import Page, TaskFilter
from engine.results.paging import COUNT_CAP
from kernel.actor import Actor

SIZE = 50
ALLOWED_FACTOR, ALLOWED_MS, BARE_MS = 3.0, 3.0, 50.0
VIEWERS: tuple[tuple[str, Actor, str], ...] = (
    ("a clerk", clerk_of(project(3)), "work"),
    ("a clerk of 5 projects", clerk_of(*(project(number) for number in range(5))), "work"),
    ("a group manager", MANAGER, "work"),
    ("a group manager, all", MANAGER, "all"),
)

_ORDER = "far_due, urgency, created_at, task_id"
_ONE = f"""SELECT {{columns}} FROM engine_offer WHERE role = '{ROLE}' AND {{taken}} AND {{place}}"""
_MINE = """SELECT id AS task_id, far_due, -priority AS urgency, created_at FROM engine_task
WHERE assignee = :me AND state = 'open'"""
_ALL = """SELECT id AS task_id, far_due, -priority AS urgency, created_at FROM engine_task WHERE state = 'open'"""


def figures(url: str, sizes: Sizes = FULL) -> list[Figure]:
    """For each viewer: our page, the bare SQL's, and the larger of the two allowances."""
    with fresh(url) as place:
        house = House(place, {"receipt": receipt()})
        try:
            fill(house, sizes.tasks)
            return [figure for viewer in VIEWERS for figure in _figures(house, *viewer, kind_of(url), sizes)]
        finally:
            house.close()


def _figures(house: House, name: str, viewer: Actor, box: str, kind: str, sizes: Sizes) -> list[Figure]:
    ours, bare = [], []
    with house.database.reading() as session:
        if _ids(_page(house, session, viewer, box)) != _bare(session, viewer, box):
            raise RuntimeError(f"the bare SQL shows other tasks to {name}")
        for _ in range(sizes.lists):
            ours.append(seconds(lambda: _page(house, session, viewer, box)))
            bare.append(seconds(lambda: _bare(session, viewer, box)))
    page, by_hand = statistics.median(ours) * 1000, statistics.median(bare) * 1000
    allowed = max(ALLOWED_FACTOR * by_hand, by_hand + ALLOWED_MS)
    return [
        at_most(f"page of {SIZE} among {sizes.tasks:,} open tasks, {name}", page, round(allowed, 3), "ms", kind),
        at_most(f"the same by bare SQL, {name}", by_hand, BARE_MS, "ms", kind),
    ]


def _page(house: House, session: Session, viewer: Actor, box: str) -> Any:
    wanted = TaskFilter(box=box, viewer=viewer, states=("open",) if box == "all" else ())
    return house.engine(session).find_tasks(wanted, Page(1, SIZE))


def _ids(found: Any) -> list[str]:
    return [task.id for task in found.rows]


def _bare(session: Session, viewer: Actor, box: str) -> list[str]:
    """The ids of the page; all columns of its rows are read, and the count up to the cap."""
    branches = [_ALL] if box == "all" else [_MINE, *_offers(session, viewer)]
    values = {"me": viewer.id} if box != "all" else {}
    limited = _union(branches, f"SELECT * FROM ({{}} ORDER BY {_ORDER} LIMIT {SIZE}) AS b{{}}")
    page = f"""SELECT t.* FROM (SELECT * FROM ({limited}) AS u ORDER BY {_ORDER} LIMIT {SIZE}) AS p
    JOIN engine_task t ON t.id = p.task_id ORDER BY p.far_due, p.urgency, p.created_at, p.task_id"""
    some = _union(branches, f"SELECT task_id FROM ({{}} LIMIT {COUNT_CAP + 1}) AS b{{}}")
    rows = session.execute(text(page), values).all()
    session.execute(text(f"SELECT count(*) FROM (SELECT * FROM ({some}) AS u LIMIT {COUNT_CAP + 1}) AS c"), values)
    return [row.id for row in rows]


def _union(branches: list[str], form: str) -> str:
    return " UNION ".join(form.format(branch, number) for number, branch in enumerate(branches))


def _offers(session: Session, viewer: Actor) -> list[str]:
    sqlite = session.get_bind().dialect.name == "sqlite"
    free, column = ("taken = 0", "+path") if sqlite else ("NOT taken", "path")
    columns = "task_id, far_due, urgency, created_at"
    places = ["1 = 1" if path == GROUP else _within(column, path) for path in (g.path for g in viewer.grants)]
    return [_ONE.format(columns=columns, taken=free, place=place) for place in places]


def _within(column: str, path: str) -> str:
    return f"{column} >= '{path}' AND {column} < '{path[:-1]}0'"
