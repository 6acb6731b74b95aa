"""Commands about timers, deliveries and external steps."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click

from engine.api import JobFilter, Page
from webapp.cli.operating import Assignment, Instant, act, as_json, as_person, ask, because, show
from webapp.settings import Settings


@click.group()
def jobs() -> None:
    """Timers, deliveries and external steps: list, let run now or later, answer."""


@jobs.command("list")
@click.option("--state", type=click.Choice(["waiting", "failed", "done", "cancelled"]), multiple=True)
@click.option("--kind", help="timer, timer_start, message_out, external.")
@click.option("--process", help="Key of a process.")
@click.option("--case", help="Id of a case.")
@click.option("--due-before", type=Instant())
@click.option("--page", type=int, default=1)
@as_person
@as_json
@click.pass_obj
def list_jobs(
    settings: Settings,
    state: tuple[str, ...],
    kind: str | None,
    process: str | None,
    case: str | None,
    due_before: datetime | None,
    page: int,
    username: str,
    as_json: bool,
) -> None:
    """List what waits or has failed, the earliest due first."""
    wanted = JobFilter(
        states=state or ("waiting", "failed"),
        kinds=(kind,) if kind else (),
        definition_keys=(process,) if process else (),
        instance_id=case,
        due_before=due_before,
    )
    found = ask(settings, username, lambda e: e.find_jobs(wanted, Page(page)))
    if as_json:
        show(found)
        return
    for job in found.rows:
        place = f"{job.definition_key or ''}.{job.element_id or job.name}"
        tries = f"{job.attempts}/{job.max_attempts}"
        click.echo(f"{job.id}  {job.due_at:%Y-%m-%d %H:%M}Z  {job.kind:11}  {job.state:7}  {tries}  {place}")
    click.echo(f"{len(found.rows)} / {found.count}{'+' if found.capped else ''}")


@jobs.command("fire")
@click.argument("job_id")
@because
@as_person
@click.pass_obj
def fire(settings: Settings, job_id: str, reason: str, username: str) -> None:
    """Let a job run now."""
    show(act(settings, username, lambda e: e.fire_job(job_id, reason)))


@jobs.command("due")
@click.argument("job_id")
@click.argument("due_at", type=Instant())
@because
@as_person
@click.pass_obj
def due(settings: Settings, job_id: str, due_at: datetime, reason: str, username: str) -> None:
    """Let a job run at another time."""
    show(act(settings, username, lambda e: e.set_job_due(job_id, due_at, reason)))


@jobs.command("recalculate")
@click.argument("job_id")
@click.option("--from-now", is_flag=True, help="Count from now instead of from when it began to wait.")
@because
@as_person
@click.pass_obj
def recalculate(settings: Settings, job_id: str, from_now: bool, reason: str, username: str) -> None:
    """Work a timer's time out anew from its diagram and the data of today."""
    show(act(settings, username, lambda e: e.recalculate_job(job_id, reason, from_now=from_now)))


@jobs.command("retry")
@click.argument("job_id")
@click.option("--attempts", type=int, help="How often at most.")
@click.option("--at", "due_at", type=Instant(), help="When.")
@because
@as_person
@click.pass_obj
def retry(
    settings: Settings, job_id: str, attempts: int | None, due_at: datetime | None, reason: str, username: str
) -> None:
    """Give a job that has failed new tries."""
    show(act(settings, username, lambda e: e.retry_job(job_id, reason, attempts=attempts, due_at=due_at)))


@jobs.command("answer")
@click.argument("job_id")
@click.argument("result", nargs=-1, required=True, type=Assignment())
@because
@as_person
@click.pass_obj
def answer(
    settings: Settings, job_id: str, result: tuple[tuple[str, Any], ...], reason: str, username: str
) -> None:
    """Enter what an outside system answered, when its answer was lost: NAME=JSON …"""
    show(act(settings, username, lambda e: e.answer_job(job_id, dict(result), reason)))


COMMANDS = [jobs]
