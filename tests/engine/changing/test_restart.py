"""An ended case begins anew with its data, if what it stands for in the world can follow."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from sqlalchemy import select

from engine.api import ChangeRefused, Context, HandlerRegistry, Invalid, Modification, NotAllowed, Stale
from engine.handlers import Restart
from kernel.actor import Actor, Grant
from kernel.audit import AuditRow
from kernel.errors import Stale as TooLate
from tests.engine.changing.versions import Versions, ends, flows, task, timer
from tests.engine.conftest import Story

START = '<startEvent id="s"/>'
CLERK = Actor("00000000-0000-0000-0000-0000000000c1", "Clerk", (Grant("clerk", "/"),))
PAY = (
    '<serviceTask id="pay" name="Pay"><extensionElements><keyturn:handler name="story.pay"/></extensionElements>'
    "</serviceTask>"
)


@dataclass(frozen=True)
class Nothing:
    """Nothing goes in or out."""


def restarted(story: Story, *at: str, dry_run: bool = False) -> Modification:
    found: Modification = story.house.act(lambda e: e.restart(story.id, at, reason="anew", dry_run=dry_run))
    return found


def follower(story: Story, told: Modification) -> Story:
    return Story(story.house, story.house.ask(lambda e: e.get_instance(told.instance_id)))


def test_an_ended_case_begins_anew_before_an_element_with_its_data(versions: Versions) -> None:
    versions.deploy(START, task("t"), task("u"), timer("lapse", "u", "P2D"), ends("e", "f"),
                    flows("s t u e", "lapse f"))  # fmt: skip
    story = versions.start({"price": 5})
    story.complete("t", verdict="yes")
    with pytest.raises(Stale, match="restart_still_runs"):
        restarted(story, "u")
    story.complete("u")
    looked = restarted(story, "u", dry_run=True)
    assert {(w.becomes, w.element_id) for w in looked.waits} == {("begun", "u"), ("begun", "lapse")}
    assert (looked.done, len(story.house.ask(lambda e: e.find_instances()).rows)) == (False, 1)
    again = follower(story, restarted(story, "u"))
    assert (again.waiting_at, again.data, story.state) == (["u"], {"price": 5, "verdict": "yes"}, "completed")
    assert again.history[1].params == {"former_id": story.id, "elements": ["u"], "reason": "anew"}
    assert story.history[-1].params == {"follower_id": again.id, "reason": "anew"}
    with versions.house.database.reading() as session:
        row = session.scalars(select(AuditRow).where(AuditRow.action == "instance:restart")).one()
    assert (row.subject_id, row.before, row.reason) == (again.id, {"instance_id": story.id}, "anew")
    again.complete("u")
    assert again.state == "completed"


def test_rows_that_would_not_follow_forbid_it_by_name(versions: Versions, registry: HandlerRegistry) -> None:
    @registry.handler("story.pay")
    def pay(data: Nothing, ctx: Context) -> Nothing:
        return Nothing()

    versions.deploy(START, PAY, task("t"), ends("e"), flows("s pay t e"))
    story = versions.start()
    versions.house.act(lambda e: e.cancel(story.id, "a mistake"))
    looked = restarted(story, "t", dry_run=True)
    assert [(f.code, f.element_name) for f in looked.findings] == [("restart_rows_left", "Pay")]
    with pytest.raises(ChangeRefused):
        restarted(story, "t")
    asked: list[Restart] = []

    @registry.restart("story")
    def follow(restart: Restart) -> None:
        asked.append(restart)
        if len(asked) == 1:
            raise TooLate("already_started")

    assert [f.code for f in restarted(story, "t", dry_run=True).findings] == ["restart_rows_refuse"]
    again = follower(story, restarted(story, "t"))
    assert (asked[-1].done, asked[-1].at, asked[-1].instance_id) == (("pay",), ("t",), story.id)
    again.complete("t")
    assert (again.state, story.state) == ("completed", "cancelled")


def test_a_key_that_is_taken_again_and_wrong_places_are_refused(versions: Versions) -> None:
    versions.deploy(START, task("t"), ends("e"), flows("s t e"))
    house = versions.house
    story = Story(house, house.act(lambda e: e.start("story", {}, business_key="K-1")))
    story.complete("t")
    other = house.act(lambda e: e.start("story", {}, business_key="K-1"))
    with pytest.raises(Stale, match="already_started"):
        restarted(story, "t")
    house.act(lambda e: e.cancel(other.id, "x"))
    assert [f.code for f in restarted(story, "nothing", dry_run=True).findings] == ["change_element_unknown"]
    with pytest.raises(Invalid, match="change_empty"):
        restarted(story)
    with pytest.raises(NotAllowed, match="operate_missing"):
        house.act(lambda e: e.restart(story.id, ("t",), reason="x"), CLERK)
    again = follower(story, restarted(story, "t"))
    assert again.instance.business_key == "K-1"
