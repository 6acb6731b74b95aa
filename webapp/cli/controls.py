"""Commands about processes as a whole, and about messages that nobody waited for."""

from __future__ import annotations

from datetime import datetime

import click

from engine.api import Page
from webapp.cli.operating import Instant, act, as_person, ask, because, show
from webapp.settings import Settings


@click.group()
def processes() -> None:
    """Processes as a whole: suspend, activate, how long their history stays."""


@processes.command("show")
@click.argument("key")
@as_person
@click.pass_obj
def show_control(settings: Settings, key: str, username: str | None) -> None:
    """Show whether a process is suspended and what is scheduled."""
    show(ask(settings, username, lambda e: e.definition_control(key)))


@processes.command("suspend")
@click.argument("key")
@click.option("--at", type=Instant(), help="From when; now without it.")
@click.option("--until", type=Instant(), help="Until when; until it is activated without it.")
@because
@as_person
@click.pass_obj
def suspend(
    settings: Settings, key: str, at: datetime | None, until: datetime | None, reason: str, username: str | None
) -> None:
    """Start nothing new of a process."""
    show(act(settings, username, lambda e: e.suspend_definition(key, reason, until=until, at=at)))


@processes.command("activate")
@click.argument("key")
@click.option("--at", type=Instant(), help="From when; now without it.")
@because
@as_person
@click.pass_obj
def activate(settings: Settings, key: str, at: datetime | None, reason: str, username: str | None) -> None:
    """Let a suspended process be started again."""
    show(act(settings, username, lambda e: e.activate_definition(key, reason, at=at)))


@processes.command("keep-history")
@click.argument("key")
@click.option("--days", type=int, help="How long finished cases stay; for ever without it.")
@because
@as_person
@click.pass_obj
def keep_history(settings: Settings, key: str, days: int | None, reason: str, username: str | None) -> None:
    """Set how long finished cases of a process stay."""
    show(act(settings, username, lambda e: e.set_history_days(key, days, reason)))


@click.command("messages")
@click.option("--state", type=click.Choice(["waiting", "expired", "delivered"]), default="waiting")
@click.option("--name", help="Name of the message.")
@click.option("--page", type=int, default=1)
@as_person
@click.pass_obj
def list_messages(settings: Settings, state: str, name: str | None, page: int, username: str | None) -> None:
    """List messages that nobody waited for when they came."""
    show(ask(settings, username, lambda e: e.find_messages(Page(page), state=state, name=name)))


COMMANDS = [processes, list_messages]
