"""``keyturn serve``, ``keyturn worker``, ``keyturn beat``: the processes of an installation."""

from __future__ import annotations

import sys
from dataclasses import replace

import click

from webapp.scaled.beat import beat as beat_forever
from webapp.scaled.web import serve as serve_scaled
from webapp.scaled.worker import work
from webapp.serving import serve as serve_embedded
from webapp.settings import Settings
from webapp.startup import NotReady, open_database, require_schema


@click.command()
@click.option("--host", help="Address to listen on (KEYTURN_HOST).")
@click.option("--port", type=int, help="Port (KEYTURN_PORT).")
@click.option("--processes", type=click.IntRange(1, 64), help="Web processes, with a broker (KEYTURN_PROCESSES).")
@click.pass_obj
def serve(settings: Settings, host: str | None, port: int | None, processes: int | None) -> None:
    """Serve the desks; without a broker, run timers and deliveries beside them."""
    settings = replace(
        settings,
        host=host or settings.host,
        port=port or settings.port,
        processes=processes or settings.processes,
    )
    database = open_database(settings)
    require_schema(database)
    if settings.broker_url:
        database.engine.dispose()
        serve_scaled(settings)
    else:
        serve_embedded(settings, database, host=settings.host, port=settings.port)


@click.command()
@click.option("--concurrency", type=click.IntRange(1, 64), help="Jobs run at once (KEYTURN_CONCURRENCY).")
@click.pass_obj
def worker(settings: Settings, concurrency: int | None) -> None:
    """Run timers and deliveries when woken; needs a broker and PostgreSQL."""
    settings = replace(_with_broker(settings), concurrency=concurrency or settings.concurrency)
    database = open_database(settings)
    require_schema(database)
    database.engine.dispose()
    sys.exit(work(settings))


@click.command()
@click.pass_obj
def beat(settings: Settings) -> None:
    """Wake the workers every KEYTURN_SWEEP_SECONDS; needs a broker."""
    beat_forever(_with_broker(settings))


def _with_broker(settings: Settings) -> Settings:
    if not settings.broker_url:
        raise NotReady(
            "There is no broker. Set KEYTURN_BROKER_URL (redis://… or amqp://…), or run `keyturn serve` alone, "
            "which needs none."
        )
    return settings


COMMANDS = [serve, worker, beat]
