"""Every command and query of the engine, given by every role: who is let in, who is refused, who sees nothing."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from engine.api import Change, Engine, File, InstanceFilter, Page, PageOf, TaskFilter
from kernel.actor import Actor
from kernel.database import writing_session
from kernel.errors import KeyturnError, Missing, NotAllowed
from tests.webapp.permissions.table import compare
from tests.webapp.permissions.world import World
from webapp.engine_room import engine_for

FILE = "commands.txt"


def arguments(world: World) -> dict[str, Any]:
    """What the parameters of commands are filled with, by name. A new name goes in here."""
    clock, sixty = world.house.database.clock, 60
    someone = world.people["here"]["sales_manager"].id
    return {
        **world.ids,
        "cases": [],
        "copy_id": "none",
        "every": timedelta(hours=4),
        "part": "before",
        "readers": [world.people["elsewhere"]["legal"].id],
        "channel": "link",
        "revision": 1,
        "task_ids": [world.ids["task_id"]],
        "answer": "yes", "answers": {"decision": "approved", "remark": "fine"}, "assignee": someone,
        "at": ("decide",), "changes": {}, "days": sixty, "delegate_id": someone, "due_at": clock.now(),
        "attachment_id": "none", "file": File("photo", "door.png", "image/png", 1, "none"),
        "element_id": "decide", "facts": {}, "follow_up_at": clock.now() + timedelta(days=1), "found": [world.task],
        "from_": "decide", "grant": True, "left": "sales_manager@/kt/", "instance_filter": InstanceFilter(), "kind": "suspend",
        "message": "nothing", "name": "nothing", "new": 1, "old": 1, "people": [], "priority": sixty,
        "reason": "because", "resources": {}, "result": {}, "scope": world.house.project.path, "task": world.task,
        "task_filter": TaskFilter(box="work"), "tasks": [world.task], "text": "hello", "to": someone,
        "to_task": world.task.id, "version": 1, "way": "straight", "withdrawal_id": "none",
    }  # fmt: skip


# What is given beside the parameters without a default.
ALSO: dict[str, dict[str, Any]] = {
    "find_tasks": {"task_filter": TaskFilter(box="work"), "page": Page()},
    "readers_of": {"people": []},
    "decide": {
        "key": "arrears_levels",
        "questions": [{"debtor": "buyer", "kind": "deposit", "days_late": 1}],
    },
    "modify": {"changes": (Change("cancel", "decide"),)},
    "place_hold": {"business_key": "RG-1"},
}
# What is given that only the company knows.
HERE: dict[str, Callable[[World], dict[str, Any]]] = {
    "start": lambda world: {"scope": world.house.project.path},
    "why_cancelled": lambda world: {
        "task": replace(world.task, state="cancelled", completed_at=world.task.created_at)
    },
    "start_batch": lambda world: {"ids": (world.ids["instance_id"],)},
}


def commands() -> dict[str, Callable[..., Any]]:
    """The public methods of the engine's face."""
    return {name: method for name, method in inspect.getmembers(Engine, inspect.isfunction) if name[0] != "_"}


def filled(world: World, name: str, method: Callable[..., Any], known: dict[str, Any]) -> dict[str, Any]:
    given = dict(ALSO.get(name, {})) | HERE.get(name, lambda _world: {})(world)
    for one in list(inspect.signature(method).parameters.values())[1:]:
        if one.default is inspect.Parameter.empty and one.name not in given:
            assert one.name in known, (
                f"the command {name} has the parameter {one.name}: say in `arguments` of {__file__} what to give it"
            )
            given[one.name] = known[one.name]
    return given


def outcome(world: World, actor: Actor, name: str, given: dict[str, Any]) -> str:
    """What somebody gets; nothing of it is kept."""
    database = world.house.database
    with writing_session(database.engine, database.vault) as session:
        session.info["engine_factory"] = database.engine_for
        try:
            result = getattr(engine_for(session, actor, database.clock), name)(**given)
        except NotAllowed:
            return "no"
        except Missing:
            return "absent"
        except KeyturnError:
            return "yes"
        finally:
            session.rollback()
    rows = result.rows if isinstance(result, PageOf) else result
    return "no" if rows is False else "empty" if rows in ([], set(), {}, 0) else "yes"


@pytest.mark.timeout(900)
@pytest.mark.xdist_group("permissions commands.txt")
def test_every_command_lets_in_whom_the_table_says(world: World) -> None:
    known, found = arguments(world), {}
    for name, method in commands().items():
        given = filled(world, name, method, known)
        outcomes: dict[str, dict[str, str]] = {}
        for place, role, actor in world.everybody():
            outcomes.setdefault(place, {})[role] = outcome(world, actor, name, given)
        found[name] = outcomes
    told = compare(FILE, found)
    assert not told, "\n".join(told)
