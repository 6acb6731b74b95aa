"""One process that serves the desks: web threads by waitress, and a thread that runs what is due."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Callable
from datetime import timedelta
from types import FrameType
from typing import Any

import click
from flask import Flask
from waitress import create_server
from waitress.server import BaseWSGIServer

import handlers
from handlers.jobs import use_office
from webapp import request_log
from webapp.db import Database
from webapp.desks import build_app
from webapp.jobs import JobRunner, JobThread
from webapp.paperwork.office import PaperOffice, outlets_of
from webapp.settings import Settings

CONNECTIONS = 600
IDLE_SECONDS = 60
Accounts = Callable[[], list[tuple[str, str, str]]]


def serve(
    settings: Settings, database: Database, *, host: str, port: int, demo_accounts: Accounts | None = None
) -> None:
    """Serve until the process is told to stop; ``demo_accounts`` are offered on the sign-in page of the demo."""
    request_log.configure(settings.log_level, as_json=settings.log_json)
    app = build_app(settings, database)
    app.extensions["keyturn.demo_accounts"] = demo_accounts
    server = web_server(app, host=host, port=port, threads=settings.threads)
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


def web_server(app: Flask, *, host: str, port: int, threads: int, **more: Any) -> BaseWSGIServer:
    """A server of an application that does not run yet; port 0 takes a free one.

    A browser keeps up to six connections open. With waitress's own limit of a hundred the seventeenth visitor
    would wait until somebody else's are given up.
    """
    return create_server(
        app,
        host=host,
        port=port,
        threads=threads,
        ident="Keyturn",
        connection_limit=CONNECTIONS,
        channel_timeout=IDLE_SECONDS,
        # Unlike select, poll takes any number of connections.
        asyncore_use_poll=True,
        **more,
    )


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
