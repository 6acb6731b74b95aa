"""Commands that bring data in."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import click
from sqlalchemy.orm import Session

from kernel.actor import SYSTEM, Actor
from kernel.clock import Clock
from ledger.inventory.importing import ImportReport, Permit, import_units
from ledger.inventory.price_list import read_price_list
from ledger.inventory.wording import refusal_text, report_json
from ledger.organisation.models import Project
from ledger.organisation.operations import add_node, create_project
from ledger.organisation.queries import find_project, list_nodes
from ledger.staff.queries import actor_for, find_by_username
from webapp.cli.wording import terminal_language
from webapp.settings import Settings
from webapp.startup import NotReady, open_database, require_schema


class PermitOption(click.ParamType):
    """A presale permit as NO:DATE."""

    name = "NO:DATE"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> Permit:
        """Split at the last colon; the date is ISO."""
        number, _, day = value.rpartition(":")
        try:
            return Permit(number.strip(), date.fromisoformat(day.strip()))
        except ValueError:
            self.fail(
                f"{value!r} is no permit; write its number, a colon and the date, such as 2026-017:2026-03-01"
            )


@click.command("import-units")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--project", "code", required=True, help="Code of the project the units belong to.")
@click.option("--create-project", "name", help="Create the project with this name if it does not exist.")
@click.option("--permit", type=PermitOption(), help="Presale permit that covers the units.")
@click.option("--release", is_flag=True, help="Release the prices at once (the administrator's right).")
@click.option("--as", "username", help="Act as this member of staff instead of the system.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.pass_obj
def import_units_command(
    settings: Settings,
    file: Path,
    code: str,
    name: str | None,
    permit: Permit | None,
    release: bool,
    username: str | None,
    as_json: bool,
) -> None:
    """Load a price list (Excel or CSV); good rows go in, wrong rows come back with their reason."""
    price_list = read_price_list(file.read_bytes(), file.name)
    database = open_database(settings)
    require_schema(database)
    with database.unit_of_work(SYSTEM) as session:
        actor = _actor(session, username, database.clock)
        project = _project(session, actor, database.clock, code, name)
        report = import_units(
            session,
            actor,
            database.clock,
            project_id=project.id,
            price_list=price_list,
            permit=permit,
            release=release,
        )
    _print(report, as_json)


def _actor(session: Session, username: str | None, clock: Clock) -> Actor:
    if username is None:
        return SYSTEM
    account = find_by_username(session, username)
    if account is None:
        raise NotReady(f"There is no account {username!r}.")
    return actor_for(session, account.id, clock)


def _project(session: Session, actor: Actor, clock: Clock, code: str, name: str | None) -> Project:
    project = find_project(session, actor, code)
    if project is not None:
        return project
    if name is None:
        raise NotReady(f"There is no project {code!r}. Add --create-project NAME to create it.")
    if not list_nodes(session):
        add_node(session, actor, clock, kind="group", code="group", name=name)
    return create_project(session, actor, clock, name=name, code=code)


def _print(report: ImportReport, as_json: bool) -> None:
    language = terminal_language()
    if as_json:
        click.echo(json.dumps(report_json(report, language), ensure_ascii=False, indent=2))
        return
    click.echo(
        f"{report.imported} imported, {report.updated} updated, {report.unchanged} unchanged "
        f"({report.withheld} of them not for sale), {len(report.refused)} refused"
    )
    for row in report.refused:
        click.echo(f"  {row.sheet} row {row.row} unit {row.unit}: {refusal_text(row, language)}")


COMMANDS = [import_units_command]
