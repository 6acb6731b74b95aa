"""Cases that an earlier release left half-way are taken up by this one and come to the same end.

Their rows were written by that release (`write.py`): state, tasks, jobs, subscriptions, history and the diagram.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from engine.api import HandlerRegistry, StateFormatUnknown
from engine.spiff.codec import FORMAT
from engine.store.instances import TABLE
from kernel.clock import MovedClock
from tests.engine.conftest import House
from tests.engine.states.stories import stories
from tests.engine.states.telling import Teller, register, take_up
from tests.engine.states.write import opened_house, tell

RELEASES = Path(__file__).parent / "releases"
FILES = sorted(RELEASES.glob("*/*.json"))


def taken_up(
    house: House, registry: HandlerRegistry, clock: MovedClock, file: Path
) -> tuple[Teller, dict[str, Any]]:
    """A kept case in a database of this release."""
    kept = json.loads(file.read_text(encoding="utf-8"))
    register(registry)
    clock.set(datetime.fromisoformat(kept["now"]))
    with house.database.unit_of_work() as session:
        take_up(session, kept["rows"])
    return Teller(house, kept["instance"], kept["no"]), kept


@pytest.mark.parametrize("file", FILES, ids=[f"{f.parent.name}/{f.stem}" for f in FILES])
def test_a_case_of_an_earlier_release_goes_on_to_the_same_end(
    house: House, registry: HandlerRegistry, clock: MovedClock, file: Path
) -> None:
    teller, kept = taken_up(house, registry, clock, file)
    assert teller.seen() == kept["seen"]
    for told in kept["rest"]:
        teller.go(tuple(told["step"]))
        assert teller.seen() == told["seen"], told["step"]


def test_a_state_of_an_unknown_format_is_refused_and_left_as_it_is(
    house: House, registry: HandlerRegistry, clock: MovedClock
) -> None:
    """A later release wrote it: an older one must neither guess nor touch it."""
    teller, _ = taken_up(house, registry, clock, RELEASES / "0.1.0" / "in_a_user_task.json")
    before = teller.seen()
    with house.database.unit_of_work() as session:
        session.execute(update(TABLE).where(TABLE.c.id == teller.id).values(tokens_format=FORMAT + 1))
    with pytest.raises(StateFormatUnknown) as refused:
        teller.go(("complete", "t", {}))
    assert refused.value.params == {"found": FORMAT + 1, "known": FORMAT}
    assert teller.seen() == before


@pytest.mark.parametrize("story", stories(), ids=lambda story: story.name)
def test_the_stories_are_told_by_this_release_as_well(house: House, registry: HandlerRegistry, story: Any) -> None:
    """So that `write.py` can keep them when this release comes out."""
    register(registry)
    assert tell(house, story)["rest"][-1]["seen"]["waits"] == []


@pytest.mark.parametrize("name", ["signing_before_half_done", "signing_after_begun"])
def test_a_signing_in_flight_is_kept_and_taken_up_as_well(
    house: House, registry: HandlerRegistry, clock: MovedClock, tmp_path: Path, name: str
) -> None:
    story = next(one for one in stories() if one.name == name)
    file = tmp_path / "kept.json"
    file.write_text(json.dumps(tell(opened_house(f"sqlite:///{tmp_path}/then.db"), story)))
    teller, kept = taken_up(house, registry, clock, file)
    for told in kept["rest"]:
        teller.go(tuple(told["step"]))
        assert teller.seen() == told["seen"], told["step"]


def test_every_release_kept_every_story_there_was() -> None:
    first = {file.stem for file in (RELEASES / "0.1.0").glob("*.json")}
    assert len(first) >= 20
    assert first <= {story.name for story in stories()}
