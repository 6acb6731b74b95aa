"""An office with a million open tasks, written by SQL: forty projects, ten roles, every third task somebody's.

Forty tasks belong to a case each.
"""

from __future__ import annotations

from sqlalchemy import text

from bench.databases import analyze
from bench.house import House
from engine.store.instances import TABLE as INSTANCES
from kernel.actor import Actor, Grant

ROLE = "role_3"
GROUP = "/group/"
OVERSEES = frozenset({"engine:operate"})

# Every column without a default that does not matter here is filled the same for all.
_COLUMNS = {
    "id": "{id}",
    "instance_id": "{case}",
    "definition_key": "'receipt'",
    "definition_version": "1",
    "element_id": "'wait'",
    "token": "0",
    "name": "'Check the receipt'",
    "name_labels": "{map}",
    "state": "'open'",
    "assignee": "CASE WHEN (n / 400) % 10 < 3 THEN 'person ' || (n % 400) END",
    "candidates": "{list}",
    "excluded": "{list}",
    "far_due": "{due}",
    "priority": "10 * (n % 7)",
    "path": "{path}",
    "facts": "{map}",
    "draft": "{map}",
    "created_at": "{created}",
    "troubled": "{false}",
    "revision": "1",
}
_WORDS = {
    "sqlite": {
        "id": "printf('%036d', n)",
        "case": "printf('%036d', n / 40)",
        "path": "printf('/group/p%02d/', n % 40)",
        "due": "CASE WHEN n % 5 THEN datetime('2026-01-01', ((n * 7919) % 31536000) || ' seconds') || '.000000' "
        "ELSE '9999-01-01 00:00:00.000000' END",
        "created": "datetime('2025-01-01', n || ' seconds') || '.000000'",
        "map": "'{}'",
        "list": "'[]'",
        "false": "0",
        "numbers": "WITH RECURSIVE s(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM s WHERE n < :last) "
        "SELECT n FROM s",
    },
    "postgresql": {
        "id": "lpad(n::text, 36, '0')",
        "case": "lpad((n / 40)::text, 36, '0')",
        "path": "'/group/p' || lpad((n % 40)::text, 2, '0') || '/'",
        "due": "CASE WHEN n % 5 > 0 THEN timestamptz '2026-01-01' "
        "+ make_interval(secs => ((n::bigint * 7919) % 31536000)::int) ELSE timestamptz '9999-01-01' END",
        "created": "timestamptz '2025-01-01' + make_interval(secs => n)",
        "map": "'{}'::jsonb",
        "list": "'[]'::jsonb",
        "false": "false",
        "numbers": "SELECT generate_series(0, :last) AS n",
    },
}


def project(number: int) -> str:
    """The path of a project."""
    return f"{GROUP}p{number:02}/"


def clerk_of(*paths: str) -> Actor:
    """Somebody who works in one role at each of some projects and has a few tasks."""
    return Actor("person 7", "Clerk", tuple(Grant(ROLE, path, frozenset()) for path in paths))


def manager_of(path: str) -> Actor:
    """Somebody who oversees a node."""
    return Actor("chief", "Manager", (Grant(ROLE, path, OVERSEES),))


MANAGER = manager_of(GROUP)


def fill(house: House, tasks: int) -> None:
    """Open tasks with one candidate role each, in cases that are copies of one."""
    case = house.start("receipt", {"sale": "nobody's"}).id
    words = _WORDS[house.database.engine.dialect.name]
    numbers = f"FROM ({words['numbers']}) AS numbers"
    values = ", ".join(value.format(**words) for value in _COLUMNS.values())
    candidate = f"{words['id']}, 0, 'role_' || ((n / 40) % 10), {words['path']}"
    others = ", ".join(column.name for column in INSTANCES.c if column.name != "id")
    with house.database.unit_of_work(house.actor) as session:
        insert = f"INSERT INTO engine_instance (id, {others}) SELECT {words['case']}, {others} {numbers}"
        own = {"case": case, "last": tasks - 1}
        session.execute(text(f"{insert}, engine_instance WHERE n % 40 = 0 AND id = :case"), own)
        insert = f"INSERT INTO engine_task ({', '.join(_COLUMNS)}) SELECT {values} {numbers}"
        session.execute(text(insert), {"last": tasks - 1})
        columns = "task_id, position, role, path"
        insert = f"INSERT INTO engine_task_candidate ({columns}) SELECT {candidate} {numbers}"
        session.execute(text(insert), {"last": tasks - 1})
    analyze(house.database.engine)
