"""The end of history: finished cases go when their time is over, whole and logged; what is held or runs stays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, insert, select
from sqlalchemy.exc import DatabaseError

from engine.api import Context, HandlerRegistry, Invalid, JobContext, JobFilter, Missing, NotAllowed, Stale
from engine.models import (
    CandidateRow,
    CommentRow,
    HistoryRow,
    InstanceRow,
    JobRow,
    ReleaseRow,
    TaskFactRow,
    TaskRow,
    WordRow,
)
from kernel.actor import SYSTEM, Actor, Grant
from kernel.audit import AuditRow
from tests.engine.conftest import WORKER, House, Story

LOCAL = Actor("lo", "lo", (Grant("operator", "/a/", frozenset({"engine:operate"})),))
OF_CASES = (InstanceRow, HistoryRow, CommentRow, TaskRow, CandidateRow, TaskFactRow, WordRow)


@dataclass(frozen=True)
class Text:
    """What is told."""

    unit: str


@pytest.fixture
def teller(registry: HandlerRegistry) -> None:
    @registry.job_kind("text.send", attempts=2)
    def send(payload: dict[str, Any], context: JobContext) -> None:
        raise OSError

    @registry.handler("reserve.hold", errors={"reserve.hold.taken"})
    def hold(data: Text, ctx: Context) -> None:
        ctx.send("text.send", {"unit": data.unit}, key=f"told:{data.unit}")


def rows(house: House, model: Any) -> int:
    with house.database.reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def finish(house: House, order: str, **more: Any) -> Story:
    """A case that has ended, with comments and tasks."""
    story = house.start("pay_in_time", {"order": order}, business_key=f"RG-{order}", **more)
    pay = story.task("pay")
    house.act(lambda e: e.set_facts(pay.id, {"unit": "3栋 1201"}))
    house.act(lambda e: e.add_comment(pay.id, "asked twice"), WORKER)
    story.complete("pay")
    return story


def keep(house: House, days: int | None, key: str = "pay_in_time") -> None:
    house.act(lambda e: e.set_history_days(key, days, "the law"))


def test_a_finished_case_goes_whole_when_its_time_is_over_and_the_audit_says_so(house: House) -> None:
    story = finish(house, "1")
    running = house.start("pay_in_time", {"order": "2"})
    keep(house, 30)
    assert house.pass_time(days=29) > 0
    assert story.state == "completed"
    house.pass_time(days=2)
    with pytest.raises(Missing, match="instance_missing"):
        house.ask(lambda e: e.history(story.id))
    assert running.state == "active"
    for model in OF_CASES:
        with house.database.reading() as session:
            left = session.scalars(select(model)).all()
        told = {getattr(row, "instance_id", None) or getattr(row, "id", "") for row in left}
        assert story.id not in told
    with house.database.reading() as session:
        row = session.scalars(select(AuditRow).where(AuditRow.action == "instance:erase")).one()
    assert (row.subject_id, row.reason) == (story.id, "30 d")
    assert row.before and row.before["key"] == "pay_in_time"
    progress = house.ask(lambda e: e.history_progress())
    assert (progress.erased, progress.to_go, progress.held) == (1, 0, 0)


def test_without_a_time_history_stays_for_ever(house: House) -> None:
    story = finish(house, "1")
    house.pass_time(days=40_000)
    assert story.state == "completed"
    keep(house, 30)
    keep(house, None)
    house.run_due()
    assert story.state == "completed"


def test_what_is_held_stays_until_the_hold_is_lifted(house: House) -> None:
    one, by_key, free = finish(house, "1"), finish(house, "2"), finish(house, "3")
    of_one = house.act(lambda e: e.place_hold("law suit", instance_id=one.id))
    of_key = house.act(lambda e: e.place_hold("audit", business_key="RG-2"))
    keep(house, 1)
    house.pass_time(days=2)
    assert (one.state, by_key.state) == ("completed", "completed")
    with pytest.raises(Missing):
        assert free.state
    progress = house.ask(lambda e: e.history_progress())
    assert (progress.held, progress.to_go) == (2, 0)
    assert {hold.id for hold in house.ask(lambda e: e.find_holds())} == {of_one.id, of_key.id}
    house.act(lambda e: e.lift_hold(of_one.id, "settled"))
    with pytest.raises(Stale, match="legal_hold_lifted"):
        house.act(lambda e: e.lift_hold(of_one.id, "settled"))
    house.pass_time(days=1)
    with pytest.raises(Missing):
        assert one.state
    assert by_key.state == "completed"
    assert [hold.id for hold in house.ask(lambda e: e.find_holds())] == [of_key.id]


def test_a_case_with_something_left_to_send_stays(house: House, teller: None) -> None:
    story = house.start("reserve")
    story.complete("choose", unit="1-101")
    assert story.state == "completed"
    keep(house, 1, "reserve")
    house.pass_time(days=2)
    assert story.state == "completed"


def test_the_key_of_a_delivery_stays_unique_for_ever(house: House, teller: None) -> None:
    story = house.start("reserve")
    story.complete("choose", unit="1-101")
    with house.database.unit_of_work() as session:
        session.query(JobRow).filter(JobRow.kind == "message_out").update({"state": "done"})
    keep(house, 1, "reserve")
    house.pass_time(days=2)
    with pytest.raises(Missing):
        assert story.state
    (job,) = house.ask(lambda e: e.find_jobs(JobFilter(states=("done",), kinds=("message_out",)))).rows
    assert job.instance_id is None
    again = house.start("reserve")
    again.complete("choose", unit="1-101")
    assert house.ask(lambda e: e.find_jobs(JobFilter(kinds=("message_out",)))).rows == []


def test_the_clean_up_goes_portion_by_portion_and_on_after_a_stop(house: House) -> None:
    for order in range(5):
        finish(house, str(order))
    house.act(lambda e: e.set_history_days("pay_in_time", 1, "the law"))
    house.clock.advance(timedelta(days=2))
    assert house.act(lambda e: e.clean_history(2)) == 2
    assert house.ask(lambda e: e.history_progress()).to_go == 3
    assert [house.act(lambda e: e.clean_history(2)) for _ in range(3)] == [2, 1, 0]
    assert rows(house, InstanceRow) == 0


def test_nobody_deletes_the_history_of_what_runs_or_is_held_not_even_by_the_lawful_way(house: House) -> None:
    running = house.start("pay_in_time", {"order": "1"})
    held = finish(house, "2")
    house.act(lambda e: e.place_hold("law suit", business_key="RG-2"))
    for story in (running, held):
        with pytest.raises(DatabaseError, match="append_only"), house.database.unit_of_work() as session:
            session.execute(delete(HistoryRow).where(HistoryRow.instance_id == story.id))
        with pytest.raises(DatabaseError, match="only_what_may_go"), house.database.unit_of_work() as session:
            release = {"instance_id": story.id, "at": house.clock.now()}
            session.execute(insert(ReleaseRow).values(release))
    with pytest.raises(DatabaseError, match="append_only"), house.database.unit_of_work() as session:
        session.query(HistoryRow).update({"code": "x"})


def test_ending_history_needs_the_right_for_the_house_a_reason_and_one_subject(house: House) -> None:
    story = finish(house, "1", scope="/a/")
    for command in (
        lambda e: e.clean_history(),
        lambda e: e.history_progress(),
        lambda e: e.find_holds(),
        lambda e: e.place_hold("mine", business_key="RG-1"),
        lambda e: e.set_history_days("pay_in_time", 1, "mine"),
    ):
        with pytest.raises(NotAllowed, match="operate_missing"):
            house.act(command, LOCAL)
    assert house.act(lambda e: e.place_hold("mine", instance_id=story.id), LOCAL).placed_by == "lo"
    for wanted in ({}, {"instance_id": story.id, "business_key": "RG-1"}):
        with pytest.raises(Invalid, match="legal_hold_of_what"):
            house.act(lambda e, w=wanted: e.place_hold("both", **w))
    with pytest.raises(Missing, match="legal_hold_missing"):
        house.act(lambda e: e.lift_hold("nothing", "x"), SYSTEM)
