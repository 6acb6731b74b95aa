"""The command for chasing arrears: one daily run, worked off at once."""

from __future__ import annotations

import sys

import click

from kernel.actor import ROOT
from kernel.clock import business_date
from ledger.arrears.kinds import RunState
from ledger.arrears.models import ArrearsRun
from ledger.arrears.runs import begin_run, failed_items
from webapp.arrears.running import plan, work
from webapp.cli.operating import as_person, opened, person
from webapp.settings import Settings


@click.command("arrears-run")
@click.option("--at", "path", default=ROOT, help="Path of a node; the whole company by default.")
@click.option("--dry-run", is_flag=True, help="Only tell what would be done.")
@as_person
@click.pass_obj
def arrears_run(settings: Settings, path: str, dry_run: bool, username: str) -> None:
    """Find every late instalment, open and advance its case; a second run changes nothing."""
    database = opened(settings)
    if dry_run:
        wanted = plan(database, path)
        opening = sum(sale.case_id is None for sale in wanted.sales)
        click.echo(f"{opening} to open, {len(wanted.sales) - opening} to advance, {len(wanted.settled)} to close")
        return
    actor = person(database, username)
    with database.unit_of_work(actor) as session:
        run, _ = begin_run(session, actor, database.clock, path=path, on=business_date(database.clock))
        run_id, state, waiting = run.id, run.state, run.waiting_lines
    if waiting:
        click.echo(f"{waiting} bank lines wait to be matched.", err=True)
    if state is RunState.REFUSED:
        sys.exit(1)
    work(database, run_id, seconds=float("inf"))
    with database.reading() as session:
        ended = session.get_one(ArrearsRun, run_id)
        for item in failed_items(session, run_id):
            click.echo(f"{item.subject_id}: {item.code}", err=True)
        click.echo(f"{ended.done} of {ended.total} cases opened, advanced or closed, {ended.failed} failed")


COMMANDS = [arrears_run]
