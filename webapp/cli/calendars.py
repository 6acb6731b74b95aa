"""Commands about business calendars: load the holidays of a further year, show what a place counts by."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import click

from kernel.actor import ROOT
from kernel.calendar.file import DaysUnreadable, read_days
from ledger.calendars.operations import load_days
from ledger.calendars.queries import calendar_at
from webapp.cli.operating import as_person, opened, person
from webapp.cli.wording import speaking
from webapp.settings import Settings
from webapp.wording import word


@click.group("calendar")
def calendar_group() -> None:
    """Business calendars: public holidays, make-up workdays, blocks."""


@calendar_group.command("load")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Replace days that are known otherwise; without it they are told.")
@as_person
@click.pass_obj
def load(settings: Settings, file: Path, replace: bool, username: str | None) -> None:
    """Load the public holidays and make-up workdays of a year from a CSV or JSON file, all or none."""
    try:
        days = read_days(file.read_bytes(), file.name)
    except DaysUnreadable as refused:
        raise click.ClickException(_in_rows(refused)) from refused
    database = opened(settings)
    actor = person(database, username)
    with database.unit_of_work(actor) as session:
        report = load_days(session, actor, database.clock, days, file.name, replace=replace)
    click.echo(f"{report.added} days added, {report.same} known already, {report.replaced} replaced.")


@calendar_group.command("show")
@click.argument("month", metavar="YYYY-MM")
@click.option("--at", "path", default=ROOT, help="Path of a node of the organisation, such as /keyturn/shanghai/.")
@click.pass_obj
def show_month(settings: Settings, month: str, path: str) -> None:
    """Show each day of a month as a place counts it."""
    try:
        day = date.fromisoformat(f"{month}-01")
    except ValueError as wrong:
        raise click.BadParameter("write a month such as 2027-02", param_hint="YYYY-MM") from wrong
    with opened(settings).reading() as session:
        calendar = calendar_at(session, path).calendar
    first = day
    while day.month == first.month:
        known = calendar.day(day)
        told = [f"{day:%Y-%m-%d %a}", known.kind, " ".join(map(str, known.blocks)), known.names.get("zh", "")]
        click.echo("  ".join(part for part in [*told, known.source] if part))
        day += timedelta(days=1)


def _in_rows(refused: DaysUnreadable) -> str:
    with speaking():
        rows = [f"{problem.row}: {word(problem.code, problem.params)}" for problem in refused.problems]
        return "\n".join([word(refused.code, refused.params), *rows])


COMMANDS = [calendar_group]
