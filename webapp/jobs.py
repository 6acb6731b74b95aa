"""Running what is due: timers inside a transaction, deliveries outside of one.

The same code serves the embedded job thread and a worker process. Each timer and each delivery is a unit of work
of its own, so that one that fails holds nothing up: its incident is written, and the next is taken.
"""

from __future__ import annotations

import os
import threading
import time
from datetime import datetime, timedelta

import structlog
from sqlalchemy import delete
from sqlalchemy.exc import OperationalError

from engine import jobs
from engine.api import HandlerRegistry, Stale, StepFailed
from engine.batches import running as batches
from engine.in_hand import job_in_hand
from engine.queries.messages import forget_before as forget_messages
from engine.store.search import index_missing
from kernel.actor import SYSTEM
from kernel.clock import business_date
from kernel.database import is_passing
from ledger.notices.operations import forget_notices
from ledger.staff.queries import posts_left
from webapp.db import Database
from webapp.engine_room import engine_for
from webapp.inbox.bulk.running import forget_runs
from webapp.links.tokens import forget_links
from webapp.notifications.telling import Notices
from webapp.once import forget_before
from webapp.pace import forget_counts
from webapp.portal.tokens import forget_portal
from webapp.presence import forget_lookers
from webapp.request_sent import RequestSent
from webapp.statement_runs import forget_statement_runs

log = structlog.get_logger("keyturn.jobs")
LEASE = timedelta(minutes=5)
IDLE_SECONDS = 1.0
TIDY_EVERY = timedelta(days=1)
_SAME_KIND = 10
KEYS_KEPT = timedelta(days=30)
POSTS_LOOKED_BACK = timedelta(days=3)
NOTICES_KEPT = timedelta(days=180)
_PORTION = 200
_FINISHED_AT_MOST = 5


class JobRunner:
    """Runs due jobs of one database under a worker's name."""

    def __init__(
        self, database: Database, registry: HandlerRegistry, *, name: str = "", lease: timedelta = LEASE
    ) -> None:
        self._database = database
        self._registry = registry
        self.name = name or f"{os.uname().nodename}:{os.getpid()}"
        self._lease = lease
        # The kind that had work is asked first again, but not for ever: a flood of one keeps no other waiting.
        self._kinds = [self._fire_timer, self._deliver, self._batch_item]
        self._in_turn = 0
        self._notices = Notices(database)

    def run_due(self, *, limit: int = 1000, seconds: float = 3600.0) -> int:
        """Run what is due now, at most ``limit`` jobs; returns how many were run or failed.

        After ``seconds`` no further job is begun, so that a worker that shall stop does so soon.
        """
        done, ends = 0, time.monotonic() + seconds
        self._notices.tell_if_time()
        while done < limit and time.monotonic() < ends and self._run_one():
            done += 1
        return done

    def now(self) -> datetime:
        """The instant of the database's clock."""
        return self._database.clock.now()

    def tidy(self) -> None:
        """Drop the keys of forms and requests that nobody will send again, and messages that are over."""
        before = self.now() - KEYS_KEPT
        with self._database.unit_of_work(SYSTEM) as session:
            forget_before(session, before)
            forget_runs(session, before)
            forget_statement_runs(session, before)
            forget_counts(session, self.now() - TIDY_EVERY)
            forget_lookers(session, self.now())
            session.execute(delete(RequestSent).where(RequestSent.at < before))
            forget_messages(session, before)
            forget_links(session, before)
            forget_portal(session, before)
            forget_notices(session, self.now() - NOTICES_KEPT)
        self._look_at_posts()
        self._index_cases()

    def _look_at_posts(self) -> None:
        """Have what waits at posts looked at whose holders' time is over; looking twice changes nothing."""
        with self._database.unit_of_work(SYSTEM) as session:
            today = business_date(self._database.clock)
            engine = engine_for(session, SYSTEM, self._database.clock)
            for role, path in posts_left(session, today - POSTS_LOOKED_BACK, today):
                engine.offer_anew(f"{role}@{path}")

    def _index_cases(self) -> None:
        """Let cases be found that began under an earlier version."""
        indexed = _PORTION
        while indexed == _PORTION:
            with self._database.unit_of_work(SYSTEM) as session:
                indexed = index_missing(session, _PORTION)

    def _run_one(self) -> bool:
        # Reading first: on SQLite a look that writes would stand in the way of everybody who works.
        with self._database.reading() as session:
            if not jobs.any_due(session, self.now()):
                return False
        for _ in range(len(self._kinds) + 1):
            if self._in_turn < _SAME_KIND and self._kinds[0]():
                self._in_turn += 1
                return True
            self._kinds.append(self._kinds.pop(0))
            self._in_turn = 0
        return False

    def _fire_timer(self) -> bool:
        held = None
        try:
            with self._database.unit_of_work(SYSTEM) as session:
                try:
                    engine = engine_for(session, SYSTEM, self._database.clock)
                    ran = engine.run_due(limit=1) > 0
                finally:
                    held = job_in_hand(session.info)
            return ran
        except StepFailed as failure:
            # The unit of work has recorded the incident and put the job off.
            log.warning("timer failed", **_told(failure))
            return True
        except OperationalError as fault:
            if not is_passing(fault):
                raise
            log.info("timer met others", job=held)
            return True
        except Exception as fault:
            if held is None:
                raise
            # A subscriber of what the timer caused has failed: the job is put off, or no later one ever comes.
            log.warning("timer failed", job=held, error=type(fault).__name__)
            with self._database.unit_of_work(SYSTEM) as session:
                jobs.put_off(session, self._database.clock, held, fault)
            return True

    def _batch_item(self) -> bool:
        held = None
        clock = self._database.clock
        try:
            with self._database.unit_of_work(SYSTEM) as session:
                host = engine_for(session, SYSTEM, clock).host
                held = batches.next_item(host)
                if held is not None:
                    batches.run_item(host, held)
        except OperationalError:
            raise
        except Exception as fault:
            if held is None:
                raise
            log.warning("batch item failed", batch=held.batch.id, item=held.position, error=type(fault).__name__)
            with self._database.unit_of_work(SYSTEM) as session:
                batches.fail_item(engine_for(session, SYSTEM, clock).host, held, fault)
        return held is not None

    def _deliver(self) -> bool:
        clock = self._database.clock
        with self._database.unit_of_work(SYSTEM) as session:
            job = jobs.lease_next(session, clock.now(), self._lease, worker=self.name)
        if job is None:
            return False
        try:
            self._finish(job, jobs.run(job, self._registry, clock))
        except Stale:
            log.warning("lease lost", job=job.id, instance=job.instance_id)
        except StepFailed as failure:
            log.warning("step failed", **_told(failure))
        except Exception as fault:
            self._put_off(job, fault)
        return True

    def _finish(self, job: jobs.LeasedJob, outcome: jobs.Outcome) -> None:
        """Write down what came of a job; meeting others is no reason to call outside a second time."""
        for tries_left in reversed(range(_FINISHED_AT_MOST)):
            try:
                with self._database.unit_of_work(SYSTEM) as session:
                    jobs.finish(engine_for(session, SYSTEM, self._database.clock).host, job, outcome)
                return
            except OperationalError as fault:
                if not is_passing(fault) or not tries_left:
                    raise

    def _put_off(self, job: jobs.LeasedJob, fault: Exception) -> None:
        log.warning(
            "delivery failed", job=job.id, kind=job.name, instance=job.instance_id, attempt=job.attempt,
            error=type(fault).__name__,
        )  # fmt: skip
        try:
            with self._database.unit_of_work(SYSTEM) as session:
                jobs.fail(session, self._database.clock, job, fault)
        except Stale:
            log.warning("lease lost", job=job.id, instance=job.instance_id)


def _told(failure: StepFailed) -> dict[str, str | None]:
    return {
        "job": failure.job_id,
        "instance": failure.instance_id,
        "process": failure.definition_key,
        "element": failure.element_id,
        "error": failure.error_type,
    }


class JobThread:
    """The embedded job thread of ``keyturn serve``."""

    def __init__(self, runner: JobRunner) -> None:
        self._runner = runner
        self._stop = threading.Event()
        self._called = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="jobs", daemon=True)

    def start(self) -> None:
        """Begin to run what is due."""
        self._thread.start()

    def wake(self) -> None:
        """Look now, something has become due."""
        self._called.set()

    def stop(self) -> None:
        """Finish the job in hand and end."""
        self._stop.set()
        self._called.set()
        self._thread.join(timeout=LEASE.total_seconds())

    def _loop(self) -> None:
        structlog.contextvars.bind_contextvars(worker=self._runner.name)
        tidied_at = None
        while not self._stop.is_set():
            try:
                if tidied_at is None or self._runner.now() - tidied_at > TIDY_EVERY:
                    tidied_at = self._runner.now()
                    self._runner.tidy()
                ran = self._runner.run_due(limit=1)
            except Exception as fault:
                log.error("jobs interrupted", error=type(fault).__name__)
                ran = 0
            if not ran:
                self._called.wait(IDLE_SECONDS)
                self._called.clear()
