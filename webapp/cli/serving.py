"""``keyturn serve``: one process with web threads and a thread for jobs."""

from __future__ import annotations

import click

from webapp.serving import serve as serve_forever
from webapp.settings import Settings
from webapp.startup import open_database, require_schema


@click.command()
@click.option("--host", help="Address to listen on (KEYTURN_HOST).")
@click.option("--port", type=int, help="Port (KEYTURN_PORT).")
@click.pass_obj
def serve(settings: Settings, host: str | None, port: int | None) -> None:
    """Serve the desks, and run timers and deliveries beside them."""
    database = open_database(settings)
    require_schema(database)
    serve_forever(settings, database, host=host or settings.host, port=port or settings.port)


COMMANDS = [serve]
