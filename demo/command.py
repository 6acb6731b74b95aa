"""``keyturn demo``: make the demo company, serve it on the loopback address, make it anew."""

from __future__ import annotations

import contextlib
import ipaddress
import shutil
import time
from dataclasses import replace
from pathlib import Path

import click

from demo.build import build, last_evening
from demo.cast import PASSWORD, shown_accounts
from handlers.jobs import use_office
from kernel.clock import MovedClock, SystemClock
from webapp.cli.wording import speaking
from webapp.paperwork.office import PaperOffice, outlets_of
from webapp.schema import migrate
from webapp.serving import serve
from webapp.settings import Settings
from webapp.startup import NotReady, open_database
from webapp.wording import word

FOLDER = Path("var/demo")
_FINISHED = "finished"


@click.group()
def demo() -> None:
    """The demo company: a synthetic developer that lives through the real processes."""


@demo.command()
@click.pass_obj
def run(settings: Settings) -> None:
    """Serve the demo company; makes it first if it is not there."""
    settings = demo_settings(settings)
    make_once(settings)
    database = open_database(settings)
    migrate(database.engine)
    _introduce(settings)
    serve(settings, database, host=settings.host, port=settings.port, demo_accounts=accounts)


@demo.command()
@click.pass_obj
def reset(settings: Settings) -> None:
    """Throw the demo company away and make it anew."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    make_once(demo_settings(settings))


def demo_settings(settings: Settings) -> Settings:
    """The settings of the demo: its own database and keys, the loopback address only."""
    if not _is_loopback(settings.host):
        raise NotReady(
            "The demo has accounts with a known password, so it listens on the loopback address only. "
            "Leave KEYTURN_HOST out, or start a real company with `keyturn init`."
        )
    url = f"sqlite:///{FOLDER / 'keyturn.db'}"
    return replace(settings, database_url=url, secret_file=FOLDER / "keys.json")


def _is_loopback(host: str) -> bool:
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"


def make_once(settings: Settings) -> None:
    """Build the company unless it is finished; one that was interrupted is made anew."""
    if (FOLDER / _FINISHED).exists():
        return
    shutil.rmtree(FOLDER, ignore_errors=True)
    begun = time.monotonic()
    click.echo("Making the demo company (once, a minute or two):")
    ends_at = last_evening(SystemClock().now())
    clock = MovedClock(ends_at)
    database = open_database(settings, clock=clock, create=True)
    migrate(database.engine)
    use_office(PaperOffice(database, outlets_of(settings, database)))
    made = build(database, clock, ends_at, say=click.echo)
    database.engine.dispose()
    (FOLDER / _FINISHED).touch()
    click.echo(f"  done: {made.units} homes, {made.sales} sales, in {time.monotonic() - begun:.0f} s")


def _introduce(settings: Settings) -> None:
    click.echo(f"\nOpen http://{settings.host}:{settings.port} and sign in as (password {PASSWORD}):")
    with speaking():
        for role, member in shown_accounts():
            click.echo(f"  {member.username:12} {word(f'role.{role}')} ({member.name})")
    click.echo("")


def accounts() -> list[tuple[str, str, str]]:
    """(role in the reader's language, user name, password) for the sign-in page of the demo."""
    return [(word(f"role.{role}"), member.username, PASSWORD) for role, member in shown_accounts()]
