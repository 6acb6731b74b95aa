"""Acts on many cases: progress, failures by case, workers that die, taking it back."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from engine.api import Batch, Engine, HandlerRegistry, InstanceFilter, Invalid, Missing, NotAllowed, Page, Stale
from engine.models import HistoryRow, InstanceRow
from kernel.actor import SYSTEM, Actor
from kernel.clock import MovedClock, SystemClock
from tests.webapp.changing import FIRST, LONGER, WITHOUT, deploy, start
from webapp.db import Database
from webapp.engine_room import engine_for
from webapp.jobs import JobRunner

WORKER = """
import sys
from engine.api import default_registry
from kernel.clock import SystemClock
from kernel.vault import new_vault
from webapp.db import Database
from webapp.jobs import JobRunner

runner = JobRunner(Database(sys.argv[1], new_vault(), SystemClock()), default_registry)
while runner.run_due(limit=1):
    print("one", flush=True)
"""


class Room:
    """An operator at a database with cases of version 1 in it, and a worker that can be let run."""

    def __init__(self, database: Database, admin: Actor) -> None:
        self.database = database
        self.admin = admin
        self.runner = JobRunner(database, HandlerRegistry())

    def act(self, do: object, actor: Actor | None = None) -> object:
        with self.database.unit_of_work(actor or self.admin) as session:
            return do(engine_for(session, actor or self.admin, self.database.clock))  # type: ignore[operator]

    def migrate_all(self, version: int = 2, **more: object) -> Batch:
        wanted = InstanceFilter(definition_keys=("story",))
        params = {"version": version, **more}
        return self.act(lambda e: e.start_batch("migrate", instances=wanted, params=params, reason="the law"))  # type: ignore[return-value]

    def batch(self, batch: Batch) -> Batch:
        return self.act(lambda e: e.batch(batch.id))  # type: ignore[return-value]

    def items(self, batch: Batch, state: str | None = None) -> list[object]:
        return self.act(lambda e: e.batch_items(batch.id, Page(size=500), state=state).rows)  # type: ignore[return-value]

    def versions(self) -> Counter[int]:
        with self.database.reading() as session:
            return Counter(session.scalars(select(InstanceRow.definition_version)))


@pytest.fixture
def room(database: Database, admin: Actor) -> Room:
    deploy(database, FIRST)
    return Room(database, admin)


def test_a_hundred_cases_are_migrated_in_one_act(room: Room) -> None:
    """spiff-arena #1671: migration only one by one."""
    start(room.database, count=100)
    deploy(room.database, LONGER)
    batch = room.migrate_all()
    assert (batch.state, batch.total, batch.waiting) == ("running", 100, 100)
    room.runner.run_due(limit=40)
    assert (room.batch(batch).succeeded, room.batch(batch).waiting) == (40, 60)
    room.runner.run_due()
    done = room.batch(batch)
    assert (done.state, done.succeeded, done.failed) == ("ended", 100, 0)
    assert room.versions() == {2: 100}
    assert room.runner.run_due() == 0


def test_the_list_says_which_cases_failed_and_why_and_the_others_are_done(room: Room) -> None:
    cases = start(room.database, count=6)
    room.act(lambda e: e.complete(e.get_instance(cases[3]).open_tasks[0], {"decision": "approved"}), SYSTEM)
    deploy(room.database, LONGER)
    later = start(room.database, count=1)
    room.act(lambda e: e.complete(e.get_instance(later[0]).open_tasks[0], {"decision": "approved"}), SYSTEM)
    batch = room.act(
        lambda e: e.start_batch("migrate", ids=(*cases, *later), params={"version": 1}, reason="back")
    )
    room.runner.run_due()
    found = {item.subject_id: item for item in room.items(batch, "failed")}  # type: ignore[arg-type, attr-defined]
    assert found.keys() == {*cases, *later}
    assert found[cases[3]].code == "instance_not_active"
    assert found[cases[0]].code == "migrate_same_version"
    assert (found[later[0]].code, found[later[0]].findings[0].code) == ("change_refused", "migrate_element_gone")
    assert found[later[0]].findings[0].element_id == "u"
    done = room.batch(batch)  # type: ignore[arg-type]
    assert (done.state, done.succeeded, done.failed) == ("ended", 0, 7)


def test_a_preview_of_many_changes_none(room: Room) -> None:
    start(room.database, count=4)
    deploy(room.database, WITHOUT)
    batch = room.migrate_all(dry_run=True)
    room.runner.run_due()
    assert (room.batch(batch).failed, room.versions()) == (4, {1: 4})
    batch = room.migrate_all(dry_run=True, mapping={"t": "u"})
    room.runner.run_due()
    assert (room.batch(batch).succeeded, room.versions()) == (4, {1: 4})
    with pytest.raises(Invalid, match="batch_cannot_be_undone"):
        room.act(lambda e: e.undo_batch(batch.id, "no"))


def test_a_worker_that_is_killed_leaves_a_batch_that_goes_on_and_does_nothing_twice(
    room: Room, database_url: str, clock: MovedClock
) -> None:
    start(room.database, count=60)
    deploy(room.database, LONGER)
    batch = room.migrate_all()
    for _ in range(3):
        words = [sys.executable, "-c", WORKER, database_url]
        worker = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own program
        assert worker.stdout is not None
        for _ in range(7):
            assert worker.stdout.readline() == "one\n"
        worker.kill()
        worker.wait()
        worker.stdout.close()
    halfway = room.batch(batch)
    assert (halfway.state, halfway.succeeded >= 21, halfway.waiting > 0) == ("running", True, True)
    clock.advance(SystemClock().now() - clock.now() + timedelta(minutes=1))
    room.runner.run_due()
    assert (room.batch(batch).state, room.batch(batch).succeeded, room.versions()) == ("ended", 60, {2: 60})
    with room.database.reading() as session:
        migrated = select(func.count()).where(HistoryRow.code == "instance_migrated")
        assert session.scalar(migrated) == 60


def test_a_batch_is_stopped_and_continued(room: Room) -> None:
    start(room.database, count=10)
    deploy(room.database, LONGER)
    batch = room.migrate_all()
    room.runner.run_due(limit=3)
    assert room.act(lambda e: e.stop_batch(batch.id).state) == "stopped"
    room.runner.run_due()
    assert room.batch(batch).succeeded == 3
    with pytest.raises(Stale, match="batch_in_other_state"):
        room.act(lambda e: e.stop_batch(batch.id))
    assert room.act(lambda e: e.continue_batch(batch.id).state) == "running"
    room.runner.run_due()
    assert (room.batch(batch).state, room.versions()) == ("ended", {2: 10})


def test_failed_items_are_tried_again_once_the_cause_is_mended(room: Room) -> None:
    cases = start(room.database, count=3)
    batch = room.act(lambda e: e.start_batch("resume", ids=tuple(cases), reason="go on"))
    room.runner.run_due()
    assert room.batch(batch).failed == 3  # type: ignore[arg-type]
    room.act(lambda e: e.suspend(cases[0], "stop"))
    room.act(lambda e: e.continue_batch(batch.id, failed=True))  # type: ignore[attr-defined]
    room.runner.run_due()
    again = room.batch(batch)  # type: ignore[arg-type]
    assert (again.state, again.succeeded, again.failed) == ("ended", 1, 2)


def test_a_batch_is_taken_back_by_another_one(room: Room) -> None:
    cases = start(room.database, count=5)
    deploy(room.database, WITHOUT)
    batch = room.migrate_all(mapping={"t": "u"})
    room.runner.run_due()
    assert room.versions() == {2: 5}
    undo = room.act(lambda e: e.undo_batch(batch.id, "a mistake"))
    assert (undo.undoes, undo.total) == (batch.id, 5)  # type: ignore[attr-defined]
    room.runner.run_due()
    assert room.versions() == {1: 5}
    with pytest.raises(Stale, match="batch_undone_already"):
        room.act(lambda e: e.undo_batch(batch.id, "again"))
    for case in cases:
        room.act(
            lambda e, case=case: e.complete(e.get_instance(case).open_tasks[0], {"decision": "approved"}), SYSTEM
        )
        assert room.act(lambda e, case=case: e.get_instance(case).state) == "completed"


def test_many_are_halted_and_let_go_and_ended(room: Room) -> None:
    cases = tuple(start(room.database, count=4))
    for kind, state in (("suspend", "suspended"), ("resume", "active"), ("cancel", "cancelled")):
        room.act(lambda e, kind=kind: e.start_batch(kind, ids=cases, reason="a test"))
        room.runner.run_due()
        assert {room.act(lambda e, case=case: e.get_instance(case).state) for case in cases} == {state}


def test_many_are_moved_by_hand(room: Room) -> None:
    deploy(room.database, LONGER)
    cases = start(room.database, count=3)
    room.act(lambda e: e.complete(e.get_instance(cases[0]).open_tasks[0], {"decision": "approved"}), SYSTEM)
    changes = [{"kind": "cancel", "element_id": "t"}, {"kind": "before", "element_id": "u"}]
    order = {"ids": tuple(cases), "reason": "by hand"}
    batch = room.act(lambda e: e.start_batch("modify", params={"changes": changes}, **order))
    room.runner.run_due()
    assert (room.batch(batch).succeeded, room.batch(batch).failed) == (2, 1)  # type: ignore[arg-type]
    (failed,) = room.items(batch, "failed")  # type: ignore[arg-type]
    assert (failed.subject_id, failed.findings[0].code) == (cases[0], "change_nobody_there")  # type: ignore[attr-defined]
    with pytest.raises(Invalid, match="change_empty"):
        room.act(lambda e: e.start_batch("modify", params={"changes": [{"x": 1}]}, **order))


def test_only_who_may_operate_gives_and_sees_orders(room: Room, actor_with: object) -> None:
    here = start(room.database, "/a/b/", 2)
    there = start(room.database, "/a/c/", 2)
    deploy(room.database, LONGER)
    mine: Actor = actor_with("engine:operate", "engine:view", path="/a/b/")  # type: ignore[operator]
    nobody: Actor = actor_with("engine:view")  # type: ignore[operator]
    order = {"params": {"version": 2}, "reason": "the law"}

    def migrate(engine: Engine, **more: object) -> Batch:
        return engine.start_batch("migrate", **order, **more)  # type: ignore[arg-type]

    with pytest.raises(NotAllowed, match="operate_missing"):
        room.act(lambda e: migrate(e, ids=tuple(here)), nobody)
    with pytest.raises(Missing, match="instance_missing"):
        room.act(lambda e: migrate(e, ids=tuple(there)), mine)
    batch = room.act(lambda e: migrate(e, instances=InstanceFilter()), mine)
    assert (batch.total, batch.scope) == (2, "/a/b/")  # type: ignore[attr-defined]
    room.runner.run_due()
    assert room.versions() == {1: 2, 2: 2}
    whole = room.migrate_all()
    with pytest.raises(NotAllowed, match="operate_missing"):
        room.act(lambda e: e.stop_batch(whole.id), mine)
    with pytest.raises(Missing, match="batch_not_found"):
        room.act(lambda e: e.batch(whole.id), mine)
    with pytest.raises(Invalid, match="reason_missing"):
        room.act(lambda e: e.start_batch("cancel", ids=tuple(here), reason=" "))
    with pytest.raises(Invalid, match="batch_kind_unknown"):
        room.act(lambda e: e.start_batch("burn", ids=tuple(here), reason="x"))
    with pytest.raises(Invalid, match="batch_empty"):
        room.act(lambda e: e.start_batch("cancel", instances=InstanceFilter(states=("failed",)), reason="x"))
