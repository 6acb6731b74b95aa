"""Commands for operators: what failed, its input, running it again, editing process data."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import click

from engine.api import Engine, Incident, IncidentFilter, Page
from kernel.actor import SYSTEM, Actor
from kernel.errors import KeyturnError
from ledger.staff.queries import actor_for, find_by_username
from webapp.cli.wording import in_words, speaking
from webapp.db import Database
from webapp.engine_room import engine_for
from webapp.settings import Settings
from webapp.startup import NotReady, open_database, require_schema
from webapp.wording import word

Work = Callable[..., Any]


class Instant(click.ParamType):
    """An ISO 8601 instant; without a zone it is UTC."""

    name = "INSTANT"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Read it."""
        try:
            found = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no instant; write one such as 2026-03-02T09:00+08:00")
        return found if found.tzinfo else found.replace(tzinfo=UTC)


class Assignment(click.ParamType):
    """``NAME=JSON``."""

    name = "NAME=JSON"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, Any]:
        """Split at the first equals sign; what follows is JSON."""
        name, equals, written = value.partition("=")
        try:
            if not equals:
                raise ValueError
            return name, json.loads(written)
        except ValueError:
            self.fail(f"{value!r} is no value; write NAME=JSON, such as floor=3 or 'unit=\"1-101\"'")


as_person = click.option("--as", "username", help="Act as this member of staff instead of the system.")
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
because = click.option("--reason", required=True, help="Why; kept with the act.")


def ask(settings: Settings, username: str | None, do: Callable[[Engine], Any]) -> Any:
    """Run a query."""
    database = opened(settings)
    with database.reading() as session:
        return do(engine_for(session, person(database, username), database.clock))


def act(settings: Settings, username: str | None, do: Callable[[Engine], Any]) -> Any:
    """Run a command in one unit of work."""
    database = opened(settings)
    actor = person(database, username)
    with database.unit_of_work(actor) as session:
        return do(engine_for(session, actor, database.clock))


def show(value: Any) -> None:
    """Print a result as JSON."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))


def opened(settings: Settings) -> Database:
    """The database, once its schema fits."""
    database = open_database(settings)
    require_schema(database)
    return database


def person(database: Database, username: str | None) -> Actor:
    """Who acts: a member of staff, or the system when nobody is named."""
    if username is None:
        return SYSTEM
    with database.reading() as session:
        account = find_by_username(session, username)
        if account is None:
            raise NotReady(f"There is no account {username!r}.")
        return actor_for(session, account.id, database.clock)


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return vars(value)
    return value.isoformat() if isinstance(value, datetime) else str(value)


@click.group()
def incidents() -> None:
    """What failed for a technical reason: list, look, note, edit, run again."""


@incidents.command("list")
@click.option(
    "--state", type=click.Choice(["open", "retrying", "resolved", "all"]), default="open", show_default=True
)
@click.option("--process", help="Key of a process.")
@click.option("--element", help="Id of an element of the diagram.")
@click.option("--page", type=int, default=1)
@as_person
@as_json
@click.pass_obj
def list_incidents(
    settings: Settings, state: str, process: str, element: str, page: int, username: str, as_json: bool
) -> None:
    """List incidents, the newest first."""
    wanted = IncidentFilter(
        states=() if state == "all" else (state,),
        definition_keys=(process,) if process else (),
        element_ids=(element,) if element else (),
    )
    found = ask(settings, username, lambda e: e.find_incidents(wanted, Page(page)))
    if as_json:
        show(found)
        return
    with speaking():
        for one in found.rows:
            click.echo(_line(one))
    click.echo(f"{len(found.rows)} / {found.count}{'+' if found.capped else ''}")


def _line(one: Incident) -> str:
    told = word(one.message_code, one.params)
    place = f"{one.definition_key}.{one.element_id}"
    return f"{one.id}  {one.created_at:%Y-%m-%d %H:%M}Z  {place}  {one.error_type}: {told}"


@incidents.command("show")
@click.argument("incident_id")
@as_person
@click.pass_obj
def show_incident(settings: Settings, incident_id: str, username: str) -> None:
    """Show an incident with its input and where in the program it failed."""
    show(ask(settings, username, lambda e: e.get_incident(incident_id)))


@incidents.command("note")
@click.argument("incident_id")
@click.argument("text")
@as_person
@click.pass_obj
def note_incident(settings: Settings, incident_id: str, text: str, username: str) -> None:
    """Leave a note on an incident; an empty one removes it."""
    act(settings, username, lambda e: e.annotate(incident_id, text))


@incidents.command("edit")
@click.argument("incident_id")
@click.argument("changes", nargs=-1, required=True, type=Assignment())
@click.option("--force", is_flag=True, help="Allow another kind of value and a new name.")
@because
@as_person
@click.pass_obj
def edit_incident(
    settings: Settings,
    incident_id: str,
    changes: tuple[tuple[str, Any], ...],
    force: bool,
    reason: str,
    username: str,
) -> None:
    """Give what failed other input: NAME=JSON …"""
    show(act(settings, username, lambda e: e.edit_incident(incident_id, dict(changes), reason, force=force)))


@incidents.command("retry")
@click.argument("incident_ids", nargs=-1, required=True)
@click.option("--attempts", type=int, help="How often at most (timers, deliveries, external steps).")
@click.option("--at", "due_at", type=Instant(), help="When (timers, deliveries, external steps).")
@click.option("--reason", default="", help="Why; kept with the act.")
@as_person
@click.pass_obj
def retry_incidents(
    settings: Settings,
    incident_ids: tuple[str, ...],
    attempts: int | None,
    due_at: datetime | None,
    reason: str,
    username: str,
) -> None:
    """Run again what failed, each for itself; ends with 1 when one of them fails again."""
    failed = 0
    for one in dict.fromkeys(incident_ids):
        try:
            act(settings, username, lambda e, i=one: e.retry(i, attempts=attempts, due_at=due_at, reason=reason))
            click.echo(f"{one}  ok")
        except KeyturnError as refused:
            failed += 1
            click.echo(f"{one}  {in_words(refused)}", err=True)
    if failed:
        sys.exit(1)


@click.command("set-variables")
@click.argument("instance_id")
@click.argument("changes", nargs=-1, required=True, type=Assignment())
@click.option("--element", help="Where a token stands (data of a called process).")
@click.option("--force", is_flag=True, help="Allow another kind of value and a new name.")
@because
@as_person
@click.pass_obj
def set_variables(
    settings: Settings,
    instance_id: str,
    changes: tuple[tuple[str, Any], ...],
    element: str | None,
    force: bool,
    reason: str,
    username: str,
) -> None:
    """Set process data of a case by hand: NAME=JSON …"""
    show(
        act(
            settings,
            username,
            lambda e: e.set_variables(instance_id, dict(changes), reason, force=force, element_id=element),
        )
    )


COMMANDS = [incidents, set_variables]
