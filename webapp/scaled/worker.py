"""``keyturn worker``: runs what is due whenever a wake-up comes, in several child processes."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import structlog
from celery import Celery
from celery.signals import setup_logging, worker_process_init, worker_ready

import handlers
from handlers.jobs import use_office
from webapp import request_log
from webapp.jobs import JobRunner
from webapp.paperwork.office import PaperOffice, outlets_of
from webapp.scaled.broker import ALONE_SECONDS, BATCH, BATCH_SECONDS, RUN_DUE, TIDY, celery_of, send_wake_up
from webapp.scaled.wake_ups import WakeUps
from webapp.settings import Settings
from webapp.startup import open_database


class Hands:
    """The runner of one child process, made after the fork: connections are not shared between processes."""

    def __init__(self, settings: Settings, celery: Celery) -> None:
        self._settings = settings
        self._celery = celery
        self._runner: JobRunner | None = None
        self._wake_ups = WakeUps(lambda: send_wake_up(celery))

    def begin(self, **_signal: Any) -> None:
        """Connect this child process."""
        database = open_database(self._settings)
        database.wake = self._wake_ups.ask
        use_office(PaperOffice(database, outlets_of(self._settings, database)))
        self._runner = JobRunner(
            database, handlers.registry(), lease=timedelta(seconds=self._settings.lease_seconds)
        )
        structlog.contextvars.bind_contextvars(worker=self._runner.name)

    @property
    def runner(self) -> JobRunner:
        """The runner of this process."""
        if self._runner is None:
            self.begin()
        assert self._runner is not None  # noqa: S101 - begin has just made it.
        return self._runner

    def run_due(self) -> None:
        """Run a batch; one that is not soon done calls two others, so that many hands share many or long jobs."""
        began = time.monotonic()
        ran = self.runner.run_due(limit=BATCH, seconds=ALONE_SECONDS)
        if ran < BATCH and time.monotonic() - began < ALONE_SECONDS:
            return
        for _ in range(2):
            send_wake_up(self._celery)
        self.runner.run_due(limit=BATCH, seconds=BATCH_SECONDS)

    def tidy(self) -> None:
        """Drop what nobody will ask for again."""
        self.runner.tidy()


def work(settings: Settings) -> int:
    """Work until the process is told to stop, then finish the job in hand; returns the exit code."""
    celery = celery_of(settings)
    hands = Hands(settings, celery)
    _register(celery, {RUN_DUE: hands.run_due, TIDY: hands.tidy})
    worker_process_init.connect(hands.begin, weak=False)
    worker_ready.connect(lambda **_signal: celery.send_task(TIDY, ignore_result=True), weak=False)
    log_as_we_do(settings)
    worker = celery.Worker(
        hostname=f"keyturn-{os.getpid()}@{os.uname().nodename}", without_gossip=True, without_mingle=True,
        without_heartbeat=True, loglevel=settings.log_level, task_events=False, quiet=True,
    )  # fmt: skip
    worker.start()
    return int(worker.exitcode or 0)


def _register(celery: Celery, tasks: dict[str, Callable[[], None]]) -> None:
    for name, act in tasks.items():
        celery.task(act, name=name, ignore_result=True)


def log_as_we_do(settings: Settings) -> None:
    """Keep Celery from setting up a log of its own; its lines come out as ours."""

    def set_up(**_signal: Any) -> None:
        request_log.configure(settings.log_level, as_json=settings.log_json)
        request_log.configure_libraries(settings.log_level, as_json=settings.log_json)

    setup_logging.connect(set_up, weak=False)
