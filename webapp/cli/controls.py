"""Commands about processes as a whole, and about messages that nobody waited for."""

from __future__ import annotations

from datetime import datetime

import click

import handlers
from engine.api import OperationFilter, Page
from webapp.cli.operating import Instant, act, as_json, as_person, ask, because, show
from webapp.jobs import JobRunner
from webapp.settings import Settings
from webapp.startup import open_database, require_schema


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


@click.command("used-by")
@click.argument("kind", type=click.Choice(["process", "decision", "form", "handler"]))
@click.argument("name")
@as_person
@as_json
@click.pass_obj
def used_by(settings: Settings, kind: str, name: str, username: str | None, as_json: bool) -> None:
    """List which processes use a process, decision, form or handler, with their open cases."""
    found = ask(settings, username, lambda e: e.used_by(kind, name))
    if as_json:
        show(found)
        return
    for one in found:
        click.echo(f"{one.key} v{one.version}  {one.open_cases} open  {', '.join(one.elements)}")


@click.command("operations")
@click.option("--action", help="Such as instance:cancel.")
@click.option("--case", help="Id of a case, incident, job or process.")
@click.option("--since", type=Instant())
@click.option("--until", type=Instant())
@click.option("--page", type=int, default=1)
@as_person
@click.pass_obj
def list_operations(
    settings: Settings,
    action: str | None,
    case: str | None,
    since: datetime | None,
    until: datetime | None,
    page: int,
    username: str | None,
) -> None:
    """List what operators did, why, and on whose behalf, the latest first."""
    wanted = OperationFilter(action=action, subject_id=case, since=since, until=until)
    show(ask(settings, username, lambda e: e.operations(wanted, Page(page))))


@click.group()
def history() -> None:
    """The end of history: what must stay, and clearing what is over."""


@history.command("hold")
@click.option("--case", help="Id of a case.")
@click.option("--business-key", help="All cases with this business key.")
@because
@as_person
@click.pass_obj
def hold(
    settings: Settings, case: str | None, business_key: str | None, reason: str, username: str | None
) -> None:
    """Keep the history of a case, or of all with a business key, until the hold is lifted."""
    show(act(settings, username, lambda e: e.place_hold(reason, instance_id=case, business_key=business_key)))


@history.command("lift")
@click.argument("hold_id")
@because
@as_person
@click.pass_obj
def lift(settings: Settings, hold_id: str, reason: str, username: str | None) -> None:
    """Lift a hold."""
    show(act(settings, username, lambda e: e.lift_hold(hold_id, reason)))


@history.command("holds")
@as_person
@click.pass_obj
def holds(settings: Settings, username: str | None) -> None:
    """List what is held."""
    show(ask(settings, username, lambda e: e.find_holds()))


@history.command("clean")
@click.option("--portion", type=click.IntRange(1, 1000), default=25, show_default=True, help="Cases at a time.")
@as_person
@click.pass_obj
def clean(settings: Settings, portion: int, username: str | None) -> None:
    """Erase the finished cases whose time is over; can be stopped and goes on where it was."""
    erased = 0
    while done := act(settings, username, lambda e: e.clean_history(portion)):
        erased += done
        left = ask(settings, username, lambda e: e.history_progress()).to_go
        click.echo(f"{erased} erased, {left} to go")
    held = ask(settings, username, lambda e: e.history_progress()).held
    click.echo(f"{erased} erased, {held} held")


@click.command()
@click.pass_obj
def tidy(settings: Settings) -> None:
    """Drop what is over (keys of requests, messages) and index old cases, as the job thread does once a day."""
    database = open_database(settings)
    require_schema(database)
    JobRunner(database, handlers.registry()).tidy()


COMMANDS = [tidy, processes, list_messages, used_by, list_operations, history]
