"""A case is halted, the world goes on, the case catches up."""

from __future__ import annotations

import pytest

from engine.api import Stale
from kernel.actor import SYSTEM
from tests.engine.changing.versions import Versions, ends, flows, received, task, timer

START = '<startEvent id="s"/>'
PAID = '<message id="m" name="paid"/>'


def test_a_message_to_a_suspended_case_is_received_once_when_it_goes_on(versions: Versions) -> None:
    """Money that came in meanwhile must not be forgotten."""
    house = versions.house
    versions.deploy(START, task("t"), received("in", "t", "m"), task("z"), ends("e", "f"),
                    flows("s t e", "in z f"), roots=PAID)  # fmt: skip
    story, running = versions.start({"order": "7"}), versions.start({"order": "8"})
    house.act(lambda e: e.suspend(story.id, "look first"))
    assert house.act(lambda e: e.publish("paid", {"order": "7"}, {"fen": 5}), SYSTEM) == 0
    assert house.act(lambda e: e.publish("paid", {"order": "8"}, {"fen": 6}), SYSTEM) == 1
    assert (story.state, story.waiting_at, running.waiting_at) == ("suspended", ["t"], ["z"])
    house.act(lambda e: e.resume(story.id, "all is well"))
    assert (story.waiting_at, story.data["fen"]) == (["z"], 5)
    story.complete("z")
    assert story.state == "completed"
    again = versions.start({"order": "7"})
    assert again.waiting_at == ["t"]


def test_timers_that_fell_due_meanwhile_fire_once_in_order(versions: Versions) -> None:
    house = versions.house
    first = timer("one", "t", "R/P1D", kind="timeCycle", interrupting=False)
    versions.deploy(START, task("t"), first, timer("two", "t", "P2D", interrupting=False), ends("e", "f", "g"),
                    flows("s t e", "one f", "two g"))  # fmt: skip
    story = versions.start()
    house.act(lambda e: e.suspend(story.id, "holiday"))
    assert house.pass_time(days=2, hours=1) == 0
    with pytest.raises(Stale, match="instance_not_active"):
        story.complete("t")
    house.act(lambda e: e.resume(story.id, "back"))
    assert house.run_due() == 3
    assert [element for element in story.done() if element in ("one", "two")] == ["one", "two", "one"]
    story.complete("t")
    assert story.state == "completed"


def test_a_suspended_case_says_why_and_goes_on_with_a_normal_step(versions: Versions) -> None:
    """spiff-arena #888: every act of an operator is followed by a normal step."""
    versions.deploy(START, task("t"), ends("e"), flows("s t e"))
    story = versions.start()
    versions.house.act(lambda e: e.suspend(story.id, "look first"))
    with pytest.raises(Stale, match="instance_in_other_state"):
        versions.house.act(lambda e: e.suspend(story.id, "twice"))
    versions.house.act(lambda e: e.resume(story.id, "all is well"))
    told = [(e.code, e.params.get("reason")) for e in story.history if e.code.startswith("instance_")]
    assert told[1:] == [("instance_suspended", "look first"), ("instance_resumed", "all is well")]
    story.complete("t")
    assert story.state == "completed"
