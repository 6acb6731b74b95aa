"""Jobs in worker processes: woken after a commit, swept by beat, each done once, whatever the broker loses."""

from __future__ import annotations

import signal
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import update

from engine.api import InstanceFilter, Page
from engine.tables.work import JobRow
from kernel.actor import SYSTEM
from tests.webapp.scaled.conftest import any_broker
from tests.webapp.scaled.installation import Installation, until
from webapp.engine_room import engine_for
from webapp.scaled.broker import celery_of, send_wake_up
from webapp.settings import Settings

Install = Callable[[str], Installation]
# Several interpreters start in each story, which takes long on a machine that is busy.
pytestmark = pytest.mark.timeout(400)


def begin(installation: Installation, key: str, **variables: str) -> str:
    """Start a case beside the running processes, so that nobody is woken."""
    with installation.database.unit_of_work() as session:
        return engine_for(session, SYSTEM, installation.database.clock).start(key, variables).id


def completed(installation: Installation, key: str) -> int:
    """How many cases have come to their end."""
    with installation.database.reading() as session:
        wanted = InstanceFilter(definition_keys=(key,), states=("completed",))
        return (
            engine_for(session, SYSTEM, installation.database.clock).find_instances(wanted, Page(size=200)).count
        )


def wake(installation: Installation, times: int = 1) -> None:
    """Send wake-ups as a web process does."""
    celery = celery_of(Settings(broker_url=installation.broker_url, queue=installation.queue))
    for _ in range(times):
        send_wake_up(celery)
    celery.close()


def test_beat_and_two_workers_do_everything_that_is_due_once(install: Install, broker: str) -> None:
    installation = install(broker)
    workers = [installation.start("worker", "--concurrency", "1") for _ in range(2)]
    beat = installation.start("beat")
    installation.ready(*workers)
    for number in range(20):
        begin(installation, "scaled_story", text=f"case-{number}")
    wake(installation, times=30)
    until(lambda: completed(installation, "scaled_story") == 20, "twenty cases to end")
    assert sorted(text for _, text, _ in installation.lines("note")) == sorted(f"case-{n}" for n in range(20))
    assert len(installation.lines("asked")) == 20
    assert [process.stop() for process in (*workers, beat)] == [0, 0, 0]


def test_a_worker_that_shall_stop_finishes_the_job_in_hand(install: Install) -> None:
    installation = install(any_broker())
    held = installation.folder / "held"
    held.touch()
    worker = installation.start("worker", "--concurrency", "1")
    installation.ready(worker)
    begin(installation, "scaled_asking", text="slow", held=str(held))
    wake(installation)
    until(lambda: installation.lines("asked"), "the job to begin")
    worker.handle.send_signal(signal.SIGTERM)
    held.unlink()
    assert worker.stop() == 0
    assert completed(installation, "scaled_asking") == 1


def test_a_worker_that_stalls_past_its_lease_cannot_write(install: Install) -> None:
    installation = install(any_broker())
    held = installation.folder / "held"
    held.touch()
    stalled = installation.start("worker", "--concurrency", "1")
    installation.ready(stalled)
    case = begin(installation, "scaled_asking", text="once", held=str(held))
    wake(installation)
    until(lambda: installation.lines("asked"), "the first worker to ask")
    stalled.signal_all(signal.SIGSTOP)
    held.unlink()
    with installation.database.unit_of_work() as session:
        over = installation.database.clock.now() - timedelta(seconds=1)
        session.execute(update(JobRow).where(JobRow.lock_owner.is_not(None)).values(locked_until=over))
    other = installation.start("worker", "--concurrency", "1")
    beat = installation.start("beat")
    until(lambda: completed(installation, "scaled_asking") == 1, "the second worker to finish")
    stalled.signal_all(signal.SIGCONT)
    until(lambda: stalled.says("lease lost"), "the first worker to notice")
    asked = {attempt: pid for _, _, pid, attempt in installation.lines("asked")}
    assert sorted(asked) == ["1", "2"]
    with installation.database.reading() as session:
        engine = engine_for(session, SYSTEM, installation.database.clock)
        assert engine.variables(case)["by"] == asked["2"]
        assert [event.code for event in engine.history(case)].count("instance_completed") == 1
    assert [process.stop() for process in (stalled, other, beat)] == [0, 0, 0]
