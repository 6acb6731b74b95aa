"""A small process in three versions with a case of the first, deployed into a house of desks."""

from __future__ import annotations

from kernel.actor import SYSTEM
from tests.engine.changing.versions import ends, flows, task
from tests.engine.spiff.play import diagram
from webapp.db import Database
from webapp.engine_room import engine_for

FORM = "approval/decide"
FIRST = ('<startEvent id="s"/>', task("t", form=FORM), ends("e"), flows("s t e"))
LONGER = ('<startEvent id="s"/>', task("t", form=FORM), task("u", form=FORM), ends("e"), flows("s t u e"))
WITHOUT = ('<startEvent id="s"/>', task("u", form=FORM), ends("e"), flows("s u e"))


def deploy(database: Database, *bodies: tuple[str, ...]) -> None:
    """Deploy versions of the process ``story``, one after the other."""
    for body in bodies:
        with database.unit_of_work() as session:
            resources = {"story.bpmn": diagram("".join(body), "story")}
            engine_for(session, SYSTEM, database.clock).deploy(resources)


def start(database: Database, path: str = "/", count: int = 1) -> list[str]:
    """Start cases of the newest version."""
    with database.unit_of_work() as session:
        engine = engine_for(session, SYSTEM, database.clock)
        return [engine.start("story", {}, scope=path).id for _ in range(count)]
