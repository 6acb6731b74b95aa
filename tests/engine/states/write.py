"""Writes the states that this release keeps: ``python -m tests.engine.states.write RELEASE``, once per release.

Each story of `stories.py` is told on a database of its own up to the point where its state is kept. Then it is told
to its end by the same release, which is what every later release must come to as well. The files go to
``tests/engine/states/releases/RELEASE`` and are never written again; `test_releases.py` takes them up.
"""

from __future__ import annotations

import json
import sys
import tempfile
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from engine.api import HandlerRegistry
from kernel.actor import ROOT, Actor, Grant
from kernel.clock import MovedClock
from kernel.database import connect
from kernel.vault import new_vault
from tests.conftest import AllPermissions
from tests.engine.conftest import House
from tests.engine.states.stories import Story, stories
from tests.engine.states.telling import Teller, keep, register
from webapp.db import Database
from webapp.schema import migrate

RELEASES = Path(__file__).parent / "releases"
BEGIN = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def write(release: str) -> int:
    """Write all stories of a release; how many."""
    folder = RELEASES / release
    folder.mkdir(parents=True)
    for story in stories():
        with tempfile.TemporaryDirectory() as place:
            kept = tell(opened_house(f"sqlite:///{place}/keyturn.db"), story)
        text = json.dumps({"release": release, **kept}, ensure_ascii=False, indent=1, sort_keys=True)
        (folder / f"{story.name}.json").write_text(text + "\n", encoding="utf-8")
    return len(stories())


def tell(house: House, story: Story) -> dict[str, Any]:
    """What is kept of a story: its rows half-way, and all that was seen from there to its end."""
    house.act(lambda e: e.deploy(story.files))
    begun = house.act(lambda e: e.start("story", story.variables))
    teller = Teller(house, begun.id, story.variables.get("no"))
    for step in story.begun:
        teller.go(step)
    with house.database.reading() as session:
        rows = keep(session)
    kept = {"instance": begun.id, "no": teller.no, "now": house.clock.now().isoformat(), "rows": rows}
    seen = teller.seen()
    rest = []
    for step in story.rest:
        teller.go(step)
        rest.append({"step": step, "seen": teller.seen()})
    assert rest[-1]["seen"]["waits"] == [], story.name
    return {**kept, "seen": seen, "rest": rest}


def opened_house(url: str) -> House:
    """An engine on a new database."""
    engine = connect(url)
    migrate(engine)
    engine.dispose()
    clock, registry = MovedClock(BEGIN), HandlerRegistry()
    register(registry)
    admin = Actor(str(uuid.UUID(int=1)), "Ada", grants=(Grant("administrator", ROOT, AllPermissions()),))
    return House(Database(url, new_vault(), clock), clock, admin, registry)


if __name__ == "__main__":
    sys.stdout.write(f"{write(sys.argv[1])} states written\n")
