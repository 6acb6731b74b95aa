"""Commands about versions of diagrams and tables: list, compare, make an earlier one the newest again."""

from __future__ import annotations

from typing import Any

import click
from flask_babel import gettext

from engine.api import Definition, ElementDifference, Engine
from webapp.cli.operating import act, as_json, as_person, ask, show
from webapp.cli.wording import speaking
from webapp.language import N_
from webapp.settings import Settings

BECOMES = {"added": N_("added"), "removed": N_("removed"), "changed": N_("changed")}
kind_of = click.option("--kind", type=click.Choice(["process", "decision"]), default="process", show_default=True)


@click.command()
@click.argument("key")
@kind_of
@as_person
@as_json
@click.pass_obj
def versions(settings: Settings, key: str, kind: str, username: str | None, as_json: bool) -> None:
    """The versions of a process or decision, the newest first."""
    found: list[Definition] = ask(settings, username, lambda engine: engine.find_versions(key, kind=kind))
    if as_json:
        show(found)
        return
    for one in found:
        when = one.deployed_at.isoformat(timespec="seconds") if one.deployed_at else ""
        click.echo(f"v{one.version:<4} {when} {one.note}".rstrip())


@click.command()
@click.argument("key")
@click.argument("old", type=int)
@click.argument("new", type=int)
@as_person
@as_json
@click.pass_obj
def compare(settings: Settings, key: str, old: int, new: int, username: str | None, as_json: bool) -> None:
    """What two versions of a process do not share, element by element."""
    found: list[ElementDifference] = ask(settings, username, lambda engine: engine.compare(key, old, new))
    if as_json:
        show(found)
        return
    with speaking():
        for one in found:
            fields = f": {', '.join(one.fields)}" if one.fields else ""
            click.echo(f"{gettext(BECOMES[one.becomes])} {one.element_name} [{one.element_id}] {one.kind}{fields}")


@click.command()
@click.argument("key")
@click.argument("version", type=int)
@click.option("--note", default="", help="Why, for the list of versions.")
@kind_of
@as_person
@click.pass_obj
def rollback(settings: Settings, key: str, version: int, username: str | None, **told: Any) -> None:
    """Make an earlier version of a process or decision the newest again; running cases stay on theirs."""

    def do(engine: Engine) -> Definition:
        return engine.roll_back(key, version, **told)

    done: Definition = act(settings, username, do)
    click.echo(f"{done.kind:10} {done.key} v{done.version} (= v{version})")


COMMANDS = [versions, compare, rollback]
