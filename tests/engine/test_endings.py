"""What stands for a case in the world follows its end, whichever way it comes, in the same transaction."""

from __future__ import annotations

import pytest

from engine.api import Change, Ending, HandlerRegistry, Stale
from tests.engine.changing.versions import Versions, ends, flows, task
from tests.engine.conftest import House


@pytest.fixture
def versions(house: House) -> Versions:
    """A case with one task."""
    versions = Versions(house)
    versions.deploy('<startEvent id="s"/>', task("t"), ends("e"), flows("s t e"))
    return versions


@pytest.fixture
def told(registry: HandlerRegistry) -> list[Ending]:
    """What the process is told when a case of it ends."""
    heard: list[Ending] = []
    registry.ending("story")(heard.append)
    return heard


def test_every_end_is_told_once_with_the_data_and_the_reason(versions: Versions, told: list[Ending]) -> None:
    done, cancelled = versions.start({"price": 5}), versions.start({"price": 6})
    done.complete("t", verdict="yes")
    versions.house.act(lambda e: e.cancel(cancelled.id, "twice"))
    assert [(one.instance_id, one.state, one.reason) for one in told] == [
        (done.id, "completed", None),
        (cancelled.id, "cancelled", "twice"),
    ]
    assert [one.variables for one in told] == [{"price": 5, "verdict": "yes"}, {"price": 6}]


def test_a_move_past_the_last_step_ends_it_too(versions: Versions, told: list[Ending]) -> None:
    story = versions.start()
    changes = [Change("cancel", "t"), Change("before", "e")]
    versions.house.act(lambda e: e.modify(story.id, changes, reason="done by hand"))
    assert [one.state for one in told] == ["completed"]


def test_what_follows_may_keep_a_case_from_ending(versions: Versions, registry: HandlerRegistry) -> None:
    def refuse(_ended: Ending) -> None:
        raise Stale("money_left")

    registry.ending("story")(refuse)
    story = versions.start()
    with pytest.raises(Stale, match="money_left"):
        versions.house.act(lambda e: e.cancel(story.id, "twice"))
    assert (story.state, story.waiting_at) == ("active", ["t"])


def test_two_that_follow_the_same_process_are_refused_when_they_are_registered(
    registry: HandlerRegistry, told: list[Ending]
) -> None:
    with pytest.raises(ValueError, match="endings of story are registered twice"):
        registry.ending("story")(lambda _ended: None)
