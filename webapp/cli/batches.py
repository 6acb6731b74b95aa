"""``keyturn batches``: one act on many cases, done one after the other by the workers."""

from __future__ import annotations

from typing import Any

import click
from flask_babel import gettext

from engine.api import Batch, BatchItem, Engine, IncidentFilter, InstanceFilter, Page
from webapp.cli.instances import mapping_of, sentences
from webapp.cli.operating import act, as_json, as_person, ask, because, show
from webapp.cli.wording import speaking
from webapp.settings import Settings
from webapp.wording import state_name, word

MOST = 200


@click.group()
def batches() -> None:
    """One act on many cases: order it, follow it, halt it, take it back."""


@batches.command()
@click.argument("kind", type=click.Choice(["migrate", "cancel", "suspend", "resume", "retry"]))
@click.argument("ids", nargs=-1)
@click.option("--process", help="All running cases of this process (its open incidents for retry).")
@click.option("--from", "from_version", type=int, help="Only cases of this version.")
@click.option("--at", "waiting_at", help="Only cases that wait at this element.")
@click.option("--to", "version", type=int, help="For migrate: the version to go on by.")
@click.option(
    "--map", "pairs", multiple=True, metavar="OLD=NEW", help="For migrate: new id of an element or flow."
)
@click.option("--called", help="For migrate: key of a called process whose calls under way are meant.")
@click.option("--recalculate", is_flag=True, help="For migrate: count changed timers from now.")
@click.option("--dry-run", is_flag=True, help="For migrate: only find out which cases would fail, and why.")
@because
@as_person
@as_json
@click.pass_obj
def start(
    settings: Settings, kind: str, ids: tuple[str, ...], reason: str, username: str | None, **told: Any
) -> None:
    """Order KIND on the cases with IDS (for retry: incidents), or on those that the options pick."""
    if bool(ids) is bool(told["process"]):
        raise click.UsageError("Give IDS or --process.")
    keys = (told["process"],) if told["process"] else ()
    picked = InstanceFilter(definition_keys=keys, version=told["from_version"], waiting_at=told["waiting_at"])

    def do(engine: Engine) -> Batch:
        return engine.start_batch(
            kind,
            reason=reason,
            ids=ids,
            instances=picked if keys and kind != "retry" else None,
            incidents=IncidentFilter(definition_keys=keys) if keys and kind == "retry" else None,
            params=_params(kind, told),
        )

    _show(act(settings, username, do), as_json=told["as_json"])


def _params(kind: str, told: dict[str, Any]) -> dict[str, Any]:
    if kind != "migrate":
        return {}
    if told["version"] is None:
        raise click.UsageError("Say with --to which version the cases shall go on by.")
    params = {"version": told["version"], "mapping": mapping_of(told["pairs"])}
    return params | {name: told[name] for name in ("recalculate", "dry_run", "called")}


@batches.command("list")
@as_person
@as_json
@click.pass_obj
def list_batches(settings: Settings, username: str | None, as_json: bool) -> None:
    """The last orders, the newest first."""
    found = ask(settings, username, lambda engine: engine.batches(Page(size=MOST)).rows)
    if as_json:
        show(found)
        return
    for batch in found:
        _show(batch, as_json=False)


@batches.command("show")
@click.argument("batch_id")
@click.option("--all", "whole", is_flag=True, help="List every case, not only those that failed.")
@as_person
@as_json
@click.pass_obj
def show_batch(settings: Settings, batch_id: str, whole: bool, username: str | None, as_json: bool) -> None:
    """How far a batch is, which cases failed and why."""
    state = None if whole else "failed"

    def do(engine: Engine) -> tuple[Batch, list[BatchItem]]:
        return engine.batch(batch_id), engine.batch_items(batch_id, Page(size=10_000), state=state).rows

    batch, items = ask(settings, username, do)
    if as_json:
        show({**vars(batch), "items": [vars(item) for item in items]})
        return
    _show(batch, as_json=False)
    with speaking():
        for item in items:
            why = word(item.code, item.params) if item.code else ""
            click.echo(
                f"{item.position:5} {item.subject_id} {state_name('batch_item.' + item.state)} {why}".rstrip()
            )
            for line in sentences(item.findings):
                click.echo(f"      {line}")


@batches.command()
@click.argument("batch_id")
@as_person
@click.pass_obj
def stop(settings: Settings, batch_id: str, username: str | None) -> None:
    """Begin no further case."""
    _show(act(settings, username, lambda engine: engine.stop_batch(batch_id)), as_json=False)


@batches.command("continue")
@click.argument("batch_id")
@click.option("--failed", is_flag=True, help="Try the failed cases again too.")
@as_person
@click.pass_obj
def go_on(settings: Settings, batch_id: str, failed: bool, username: str | None) -> None:
    """Let a stopped batch go on."""
    _show(act(settings, username, lambda engine: engine.continue_batch(batch_id, failed=failed)), as_json=False)


@batches.command()
@click.argument("batch_id")
@because
@as_person
@click.pass_obj
def undo(settings: Settings, batch_id: str, reason: str, username: str | None) -> None:
    """Order the taking back of all that a batch did."""
    _show(act(settings, username, lambda engine: engine.undo_batch(batch_id, reason)), as_json=False)


def _show(batch: Batch, *, as_json: bool) -> None:
    if as_json:
        show({**vars(batch), "waiting": batch.waiting})
        return
    with speaking():
        counts = gettext(
            "done %(done)s, failed %(failed)s, waiting %(waiting)s",
            done=batch.succeeded,
            failed=batch.failed,
            waiting=batch.waiting,
        )
        click.echo(f"{batch.id} {batch.kind} {state_name('batch.' + batch.state)}: {counts}")


COMMANDS = [batches]
