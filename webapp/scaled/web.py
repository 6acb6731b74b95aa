"""``keyturn serve`` with a broker: gunicorn with several processes, each with threads, none of them runs jobs."""

from __future__ import annotations

import logging
import shutil
import tempfile
from typing import Any

import click
from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

from handlers.jobs import use_office
from webapp import request_log
from webapp.desks import build_app
from webapp.metrics import process_ended, share_figures
from webapp.paperwork.office import PaperOffice, outlets_of
from webapp.scaled.broker import broker_answers, celery_of, send_wake_up
from webapp.scaled.wake_ups import WakeUps
from webapp.settings import Settings
from webapp.startup import open_database

_FINISH_SECONDS = 30


def serve(settings: Settings) -> None:
    """Serve until the process is told to stop; requests in hand are finished."""
    request_log.configure(settings.log_level, as_json=settings.log_json)
    request_log.configure_libraries(settings.log_level, as_json=settings.log_json)
    folder = tempfile.mkdtemp(prefix="keyturn-figures-")
    share_figures(folder)
    click.echo(f"Keyturn serves on http://{settings.host}:{settings.port} with {settings.processes} processes")
    try:
        _Web(settings).run()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def application(settings: Settings) -> Flask:
    """The application of one web process, with connections of its own."""
    database = open_database(settings)
    celery = celery_of(settings)
    database.wake = WakeUps(lambda: send_wake_up(celery)).ask
    use_office(PaperOffice(database, outlets_of(settings, database)))
    app = build_app(settings, database)
    app.extensions["keyturn.broker_answers"] = lambda: broker_answers(celery)
    return app


class _Web(BaseApplication):  # type: ignore[misc]
    """Gunicorn, told by our settings alone."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        super().__init__()

    def load_config(self) -> None:
        told: dict[str, Any] = {
            "bind": f"{self._settings.host}:{self._settings.port}",
            "workers": self._settings.processes,
            "worker_class": "gthread",
            "threads": self._settings.threads,
            "graceful_timeout": _FINISH_SECONDS,
            "timeout": 2 * _FINISH_SECONDS,
            "keepalive": 15,
            "logger_class": _Lines,
            "control_socket_disable": True,
            "child_exit": lambda _server, worker: process_ended(worker.pid),
            # Which proxies are believed is the application's own setting.
            "secure_scheme_headers": {},
        }
        for name, value in told.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return application(self._settings)


class _Lines(Logger):  # type: ignore[misc]
    """Gunicorn's own lines, among ours; requests are logged by the application."""

    def setup(self, cfg: Any) -> None:
        self.error_log.handlers[:] = []
        self.error_log.propagate = True
        self.error_log.setLevel(logging.INFO)

    def access(self, *_request: Any) -> None:
        """Say nothing."""
