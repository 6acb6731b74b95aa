"""``keyturn instances``: what operators do with cases under way."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import click
from flask_babel import gettext

from engine.api import Change, Engine, Migration, Modification
from engine.findings import Finding
from engine.results.changes import WaitChange
from webapp.cli.operating import act, as_json, as_person, ask, show
from webapp.cli.wording import speaking
from webapp.language import N_
from webapp.settings import Settings
from webapp.wording import state_name, word

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
@click.option("--called", help="Key of a called process whose calls under way are meant instead.")
@click.option("--recalculate", is_flag=True, help="Count timers that the diagram changed from now.")
@click.option("--dry-run", is_flag=True, help="Only tell what it would mean.")
@click.option("--reason", default="", help="Why; kept in history and audit.")
@as_json
@as_person
@click.pass_obj
def migrate(
    settings: Settings,
    instance_id: str,
    version: int,
    pairs: tuple[str, ...],
    called: str | None,
    recalculate: bool,
    dry_run: bool,
    reason: str,
    as_json: bool,
    username: str | None,
) -> None:
    """Let a case go on by another version of its diagram, wholly or not at all."""
    if not dry_run and not reason.strip():
        raise click.UsageError("Give a --reason, or --dry-run to look first.")
    mapping = mapping_of(pairs)

    def do(engine: Engine) -> Migration:
        return engine.migrate(
            instance_id,
            version,
            mapping=mapping,
            recalculate=recalculate,
            called=called,
            dry_run=dry_run,
            reason=reason,
        )

    plan: Migration = ask(settings, username, do) if dry_run else act(settings, username, do)
    with speaking():
        if as_json:
            show(_as_json(plan))
        else:
            click.echo(_as_text(plan))
    if not plan.possible:
        raise click.exceptions.Exit(1)


@instances.command()
@click.argument("instance_id")
@click.argument("from_")
@click.argument("to")
@click.option("--dry-run", is_flag=True, help="Only tell what would happen.")
@click.option("--reason", default="", help="Why; kept in history and audit.")
@as_json
@as_person
@click.pass_obj
def move(settings: Settings, instance_id: str, from_: str, to: str, **told: Any) -> None:
    """Take the token at element FROM_ and let it come to element TO."""
    _modify(settings, instance_id, [Change("cancel", from_), Change("before", to)], **told)


@instances.command()
@click.argument("instance_id")
@click.option("--cancel", multiple=True, metavar="ELEMENT", help="End what waits here; repeatable.")
@click.option("--before", multiple=True, metavar="ELEMENT", help="Begin here; repeatable.")
@click.option("--after", multiple=True, metavar="ELEMENT", help="Go on as if this had been done; repeatable.")
@click.option("--dry-run", is_flag=True, help="Only tell what would happen.")
@click.option("--reason", default="", help="Why; kept in history and audit.")
@as_json
@as_person
@click.pass_obj
def modify(
    settings: Settings,
    instance_id: str,
    cancel: tuple[str, ...],
    before: tuple[str, ...],
    after: tuple[str, ...],
    **told: Any,
) -> None:
    """End branches and begin before or after elements, all together or not at all."""
    told_changes = (("cancel", cancel), ("before", before), ("after", after))
    changes = [Change(kind, element) for kind, elements in told_changes for element in elements]
    _modify(settings, instance_id, changes, **told)


def _modify(
    settings: Settings,
    instance_id: str,
    changes: list[Change],
    *,
    dry_run: bool,
    reason: str,
    as_json: bool,
    username: str | None,
) -> None:
    if not dry_run and not reason.strip():
        raise click.UsageError("Give a --reason, or --dry-run to look first.")

    def do(engine: Engine) -> Modification:
        return engine.modify(instance_id, changes, reason=reason, dry_run=dry_run)

    _tell(act(settings, username, do), as_json=as_json)


@instances.command()
@click.argument("instance_id")
@click.argument("at", nargs=-1, required=True)
@click.option("--version", type=int, help="Version of the diagram; the ended case's when left out.")
@click.option("--dry-run", is_flag=True, help="Only tell what would happen.")
@click.option("--reason", default="", help="Why; kept in history and audit.")
@as_json
@as_person
@click.pass_obj
def restart(
    settings: Settings,
    instance_id: str,
    at: tuple[str, ...],
    version: int | None,
    dry_run: bool,
    reason: str,
    as_json: bool,
    username: str | None,
) -> None:
    """Begin a new case with the data of an ended one, before the elements AT."""
    if not dry_run and not reason.strip():
        raise click.UsageError("Give a --reason, or --dry-run to look first.")

    def do(engine: Engine) -> Modification:
        return engine.restart(instance_id, at, version=version, reason=reason, dry_run=dry_run)

    _tell(act(settings, username, do), as_json=as_json)


def _tell(told: Modification, *, as_json: bool) -> None:
    with speaking():
        if as_json:
            show({**vars(told), "changes": [vars(change) for change in told.changes],
                  "waits": [vars(wait) for wait in told.waits], "findings": _findings(told.findings)})  # fmt: skip
        else:
            lines = [f"{told.instance_id} {state_name('instance.' + told.state)}", *_waits(told.waits)]
            lines += [f"  {gettext('done on the way')}: {', '.join(told.steps)}"] if told.steps else []
            lines += (
                [f"  {gettext('can no longer be undone')}: {', '.join(told.forgotten)}"] if told.forgotten else []
            )
            click.echo("\n".join([*lines, *sentences(told.findings)]))
    if not told.possible:
        raise click.exceptions.Exit(1)


def _as_text(plan: Migration) -> str:
    head = f"{plan.key} v{plan.from_version} → v{plan.to_version}"
    return "\n".join([head, *_waits(plan.waits), *sentences(plan.findings)])


def _waits(waits: Iterable[WaitChange]) -> list[str]:
    lines = []
    for wait in waits:
        due = f" {wait.due_at.isoformat()}" if wait.due_at else ""
        lines.append(f"  {wait.element_name} [{wait.to or wait.element_id}] {gettext(BECOMES[wait.becomes])}{due}")
    return lines


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
        "waits": [vars(wait) for wait in plan.waits],
        "findings": _findings(plan.findings),
    }


def _findings(findings: Iterable[Finding]) -> list[dict[str, object]]:
    return [{"code": f.code, "element_id": f.element_id, "text": word(f.code, f.params)} for f in findings]


COMMANDS = [instances]
