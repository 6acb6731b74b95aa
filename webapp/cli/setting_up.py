"""Commands that set an installation up: a new company, the schema."""

from __future__ import annotations

import click
from sqlalchemy.orm import Session

from kernel.actor import SYSTEM
from kernel.clock import Clock
from ledger.organisation.operations import add_node, rename_node
from ledger.organisation.queries import list_nodes
from ledger.staff.operations import add_staff
from ledger.staff.queries import has_staff
from webapp.definitions import deploy_shipped
from webapp.schema import migrate as apply_migrations
from webapp.settings import Settings
from webapp.startup import NotReady, open_database


@click.command()
@click.option("--company", prompt="Name of the company", help="Name of the company or group.")
@click.option("--code", default="group", show_default=True, help="Its short code in small letters.")
@click.option("--administrator", prompt="User name of the first administrator", help="User name.")
@click.option("--name", prompt="Full name of the first administrator", help="Full name.")
@click.option(
    "--password", prompt="Password (ten characters or more)", hide_input=True, confirmation_prompt=True,
    envvar="KEYTURN_ADMINISTRATOR_PASSWORD", help="Password; typed or from the environment, not written here.",
)  # fmt: skip
@click.pass_obj
def init(settings: Settings, company: str, code: str, administrator: str, name: str, password: str) -> None:
    """Start an empty company: keys, database, first administrator, shipped processes."""
    database = open_database(settings, create=True)
    _, after = apply_migrations(database.engine)
    with database.unit_of_work(SYSTEM) as session:
        if has_staff(session):
            raise NotReady("There is a company in this database already. Nothing was changed.")
        _name_company(session, database.clock, code, company)
        add_staff(
            session,
            SYSTEM,
            database.clock,
            username=administrator,
            display_name=name,
            password=password,
            roles=[("administrator", "/")],
            must_change_password=False,
        )
        deployed = deploy_shipped(session, SYSTEM, database.clock)
    click.echo(
        f"Keys        {settings.secret_file} (keep a copy in a safe place: without it the data cannot be read)"
    )
    click.echo(f"Database    schema {after}")
    click.echo(f"Processes   {', '.join(f'{d.key} v{d.version}' for d in deployed)}")
    click.echo("Now run `keyturn serve` and sign in.")


def _name_company(session: Session, clock: Clock, code: str, company: str) -> None:
    """Make the group, or give the one that an import before this made its right name."""
    nodes = list_nodes(session)
    if nodes:
        rename_node(session, SYSTEM, clock, path=nodes[0].path, name=company)
    else:
        add_node(session, SYSTEM, clock, kind="group", code=code, name=company)


@click.command()
@click.pass_obj
def migrate(settings: Settings) -> None:
    """Bring the database up to date."""
    database = open_database(settings, create=True)
    before, after = apply_migrations(database.engine)
    click.echo(f"Schema {after}: nothing to do." if before == after else f"Schema {before or 'empty'} → {after}.")


COMMANDS = [init, migrate]
