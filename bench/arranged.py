"""Pages of the inbox as people arrange it, by business facts, in orders of two keys; and the board of managers."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import text
from sqlalchemy.orm import Session

from bench.databases import analyze, fresh
from bench.diagrams import receipt
from bench.house import House
from bench.inbox import MANAGER, clerk_of, fill, manager_of, project
from bench.measuring import Figure, at_most, medians
from bench.sizes import FULL, Sizes
from engine.api import Page, TaskFilter
from engine.tables.following import WHOLE_CASE
from kernel.actor import Actor

ALLOWED_MS = 300.0
_SIZE = 50
_VIEWERS = (("a clerk", clerk_of(project(3))), ("a group manager", MANAGER))
_DEAR = (("amount_fen", ">=", 300_000), ("amount_fen", "<=", 900_000))
_WAYS = {
    "usual": TaskFilter(box="work"),
    "by amount from and to": TaskFilter(
        box="work", compared=(("amount_fen", ">=", 900_000), ("amount_fen", "<=", 910_000))
    ),
    "by two sort keys, both facts": TaskFilter(box="work", sort=("fact:project", "-fact:amount_fen")),
    "by two sort keys, a fact and due": TaskFilter(box="work", sort=("-fact:amount_fen", "due")),
    "by amount and by two sort keys": TaskFilter(
        box="work", compared=_DEAR, sort=("fact:project", "-fact:amount_fen")
    ),
    "unread alone": TaskFilter(box="work", unread=True),
    "what is snoozed": TaskFilter(box="snoozed"),
    "what is followed": TaskFilter(box="followed"),
}
# Every task has an amount and a project; each viewer has opened nine tasks of ten and follows thirty cases and
# twenty tasks.
_FACTS = (
    "INSERT INTO engine_task_fact (task_id, name, number) SELECT id, 'amount_fen', "
    "(CAST(substr(id, 28) AS bigint) * 7919) % 1000003 FROM engine_task WHERE definition_key = 'receipt'",
    "INSERT INTO engine_task_fact (task_id, name, text) SELECT id, 'project', path FROM engine_task "
    "WHERE definition_key = 'receipt'",
)
_SEEN = (
    "INSERT INTO engine_seen (person, task_id, at) SELECT :me, id, created_at FROM engine_task "
    "WHERE CAST(substr(id, 28) AS integer) % 10 > 0 AND definition_key = 'receipt'"
)
_FOLLOWS = (
    "INSERT INTO engine_follow (person, instance_id, task_id, since) SELECT :me, id, :whole, started_at "
    "FROM engine_instance WHERE id <= :case",
    "INSERT INTO engine_follow (person, instance_id, task_id, since) SELECT :me, instance_id, id, created_at "
    "FROM engine_task WHERE id > :task AND id <= :last",
)


def figures(url: str, sizes: Sizes = FULL) -> list[Figure]:
    """For each viewer and way: how long a page with its count takes."""
    with fresh(url) as place:
        house = House(place, {"receipt": receipt()})
        try:
            fill(house, sizes.arranged_tasks)
            arrange(house)
            return measured(house, sizes)
        finally:
            house.close()


def measured(house: House, sizes: Sizes) -> list[Figure]:
    """The figures of a house that is filled and arranged."""
    with house.database.reading() as session:
        pages = [f for name, who in _VIEWERS for f in _figures(house, session, name, who, sizes)]
        return [*pages, *_boards(house, session, sizes)]


def arrange(house: House) -> None:
    """Give every task its facts, and each viewer what was read and is followed."""
    with house.database.unit_of_work(house.actor) as session:
        session.execute(text("DELETE FROM engine_task_fact"))
        for statement in _FACTS:
            session.execute(text(statement))
        for _, viewer in _VIEWERS:
            session.execute(text(_SEEN), {"me": viewer.id})
            session.execute(text(_FOLLOWS[0]), {"me": viewer.id, "whole": WHOLE_CASE, "case": f"{29:036}"})
            session.execute(text(_FOLLOWS[1]), {"me": viewer.id, "task": f"{2000:036}", "last": f"{2020:036}"})
    analyze(house.database.engine)


def _figures(house: House, session: Session, name: str, viewer: Actor, sizes: Sizes) -> list[Figure]:
    works = [lambda way=way: _page(house, session, viewer, way) for way in _WAYS.values()]
    taken, kind = medians(*works, runs=sizes.runs), house.database.engine.dialect.name
    return [
        at_most(
            f"page of {_SIZE} among {sizes.arranged_tasks:,}, {name}, {way}", took * 1000, ALLOWED_MS, "ms", kind
        )
        for way, took in zip(_WAYS, taken, strict=True)
    ]


def _page(house: House, session: Session, viewer: Actor, wanted: TaskFilter) -> object:
    engine = house.engine(session)
    return engine.marks(engine.find_tasks(replace(wanted, viewer=viewer), Page(1, _SIZE)).rows)


def _boards(house: House, session: Session, sizes: Sizes) -> list[Figure]:
    """The board of who oversees everything, and of who oversees one project."""
    managers = {"a group manager": MANAGER, "a project's manager": manager_of(project(3))}
    works = [lambda who=who: house.engine(session, who).workload() for who in managers.values()]
    taken, kind = medians(*works, runs=sizes.runs), house.database.engine.dialect.name
    return [
        at_most(f"board of {sizes.arranged_tasks:,} open tasks, {name}", took * 1000, ALLOWED_MS, "ms", kind)
        for name, took in zip(managers, taken, strict=True)
    ]
