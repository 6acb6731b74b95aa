"""``keyturn instances find``: from whatever somebody knows of a case to the case."""

from __future__ import annotations

from datetime import datetime

import click

from engine.api import InstanceFilter, Page
from webapp.cli.instances import instances
from webapp.cli.operating import Instant, as_json, as_person, ask, show
from webapp.facts import read_facts
from webapp.settings import Settings

STATES = ["active", "suspended", "completed", "cancelled", "failed"]


@instances.command()
@click.argument("words", nargs=-1)
@click.option("--state", type=click.Choice(STATES), multiple=True)
@click.option("--process", help="Key of a process.")
@click.option("--version", type=int, multiple=True, help="Of the process; all unless given.")
@click.option("--element", help="Where something waits: a task, timer, external step or message.")
@click.option("--fact", multiple=True, help="A business fact compared: 'amount_fen>=100000'.")
@click.option("--failing", is_flag=True, help="Only with an open incident.")
@click.option("--started-from", type=Instant())
@click.option("--started-before", type=Instant())
@click.option("--ended-from", type=Instant())
@click.option("--ended-before", type=Instant())
@click.option("--page", type=int, default=1)
@as_person
@as_json
@click.pass_obj
def find(
    settings: Settings,
    words: tuple[str, ...],
    state: tuple[str, ...],
    process: str | None,
    version: tuple[int, ...],
    element: str | None,
    fact: tuple[str, ...],
    failing: bool,
    started_from: datetime | None,
    started_before: datetime | None,
    ended_from: datetime | None,
    ended_before: datetime | None,
    page: int,
    username: str | None,
    as_json: bool,
) -> None:
    """Find cases by beginnings of words and numbers (a unit, a customer, a key) and by what else is known."""
    wanted = InstanceFilter(
        search=" ".join(words),
        states=state,
        definition_keys=(process,) if process else (),
        versions=version,
        waiting_at=element,
        facts=read_facts(fact),
        with_incidents=failing,
        started_from=started_from,
        started_before=started_before,
        ended_from=ended_from,
        ended_before=ended_before,
    )
    found = ask(settings, username, lambda e: e.find_instances(wanted, Page(page)))
    if as_json:
        show(found)
        return
    for row in found.rows:
        begun = f"{row.started_at:%Y-%m-%d %H:%M}Z"
        click.echo(f"{row.id}  {begun}  {row.key} v{row.version}  {row.state:9}  {row.business_key or ''}")
    click.echo(f"{len(found.rows)} / {found.count}{'+' if found.capped else ''}")


COMMANDS: list[click.Command] = []  # It joins the group of the other acts on cases.
