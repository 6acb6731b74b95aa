"""One process that serves the desks: web threads by waitress, and a thread that runs what is due."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Callable
from datetime import timedelta
from types import FrameType

import click
from waitress import create_server

import handlers
from handlers.jobs import use_office
from webapp import request_log
from webapp.db import Database
from webapp.desks import build_app
from webapp.jobs import JobRunner, JobThread
from webapp.paperwork.office import PaperOffice, outlets_of
from webapp.settings import Settings

Accounts = Callable[[], list[tuple[str, str, str]]]


def serve(
    settings: Settings, database: Database, *, host: str, port: int, demo_accounts: Accounts | None = None
) -> None:
    """Serve until the process is told to stop; ``demo_accounts`` are offered on the sign-in page of the demo."""
    request_log.configure(settings.log_level, as_json=settings.log_json)
    app = build_app(settings, database)
    app.extensions["keyturn.demo_accounts"] = demo_accounts
    server = create_server(app, host=host, port=port, threads=settings.threads, ident="Keyturn")
    use_office(PaperOffice(database, outlets_of(settings, database)))
    lease = timedelta(seconds=settings.lease_seconds)
    thread = JobThread(JobRunner(database, handlers.registry(), lease=lease))
    database.wake = thread.wake
    thread.start()
    click.echo(f"Keyturn serves on http://{host}:{port} (stop with Ctrl+C)")
    signal.signal(signal.SIGTERM, _interrupt)
    with contextlib.suppress(KeyboardInterrupt):
        server.run()
    server.close()
    thread.stop()


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
