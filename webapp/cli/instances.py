"""``keyturn instances``: what operators do with cases under way."""

from __future__ import annotations

import json
from collections.abc import Iterable

import click
from flask_babel import gettext

from engine.api import Migration
from engine.findings import Finding
from kernel.actor import SYSTEM
from webapp.cli.wording import speaking
from webapp.engine_room import engine_for
from webapp.language import N_
from webapp.settings import Settings
from webapp.startup import open_database, require_schema
from webapp.wording import word

BECOMES = {"kept": N_("stays"), "renewed": N_("waits anew"), "ended": N_("ends"), "begun": N_("begins")}


@click.group()
def instances() -> None:
    """Change cases under way."""


def mapping_of(pairs: tuple[str, ...]) -> dict[str, str]:
    """``old=new`` pairs as a map; refuses what has no equals sign."""
    found = {}
    for pair in pairs:
        old, equals, new = pair.partition("=")
        if not (old and equals and new):
            raise click.BadParameter(f"{pair!r} is not of the form OLD=NEW", param_hint="--map")
        found[old] = new
    return found


@instances.command()
@click.argument("instance_id")
@click.option("--to", "version", type=int, required=True, help="Version of the diagram to go on by.")
@click.option("--map", "pairs", multiple=True, metavar="OLD=NEW", help="New id of an element or flow; repeatable.")
@click.option("--recalculate", is_flag=True, help="Count timers that the diagram changed from now.")
@click.option("--dry-run", is_flag=True, help="Only tell what it would mean.")
@click.option("--reason", default="", help="Why; kept in history and audit.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def migrate(
    settings: Settings,
    instance_id: str,
    version: int,
    pairs: tuple[str, ...],
    recalculate: bool,
    dry_run: bool,
    reason: str,
    as_json: bool,
) -> None:
    """Let a case go on by another version of its diagram, wholly or not at all."""
    if not dry_run and not reason.strip():
        raise click.UsageError("Give a --reason, or --dry-run to look first.")
    database = open_database(settings)
    require_schema(database)
    with database.unit_of_work(SYSTEM) as session:
        engine = engine_for(session, SYSTEM, database.clock)
        plan = engine.migrate(
            instance_id,
            version,
            mapping=mapping_of(pairs),
            recalculate=recalculate,
            dry_run=dry_run,
            reason=reason,
        )
    with speaking():
        click.echo(json.dumps(_as_json(plan), ensure_ascii=False, indent=2) if as_json else _as_text(plan))
    if not plan.possible:
        raise click.exceptions.Exit(1)


def _as_text(plan: Migration) -> str:
    lines = [f"{plan.key} v{plan.from_version} → v{plan.to_version}"]
    for wait in plan.waits:
        due = f" {wait.due_at.isoformat()}" if wait.due_at else ""
        lines.append(f"  {wait.element_name} [{wait.to or wait.element_id}] {gettext(BECOMES[wait.becomes])}{due}")
    lines += sentences(plan.findings)
    return "\n".join(lines)


def sentences(findings: Iterable[Finding]) -> list[str]:
    """Findings as lines in the terminal's language."""
    return [f"  [{f.element_id or '-'}] {word(f.code, f.params)}" for f in findings]


def _as_json(plan: Migration) -> dict[str, object]:
    return {
        "instance_id": plan.instance_id,
        "from_version": plan.from_version,
        "to_version": plan.to_version,
        "possible": plan.possible,
        "done": plan.done,
        "tokens": [vars(token) for token in plan.tokens],
        "waits": [{**vars(w), "due_at": w.due_at.isoformat() if w.due_at else None} for w in plan.waits],
        "findings": [
            {"code": f.code, "element_id": f.element_id, "text": word(f.code, f.params)} for f in plan.findings
        ],
    }


COMMANDS = [instances]
