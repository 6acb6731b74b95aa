"""The jobs that escalate a late task (超时升级): at most one at its warning and one when its due time is over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from engine.definitions.model import UserTask
from engine.due import note_due
from engine.host import Host
from engine.running.services import job_row
from engine.spiff.waiting import Wait
from engine.store.escalations import JOBS, move_escalation
from engine.store.instances import InstanceRecord
from engine.store.tasks import TABLE as TASKS
from engine.tables.work import ESCALATION

STAGES = ("warning", "breach")
_ATTEMPTS = 5


def escalating(waits: Iterable[Wait]) -> set[str]:
    """The tasks among what is waited for whose diagram escalates them."""
    return {wait.row for wait in waits if wait.row and wait.kind == "user" and escalates(wait.node.task)}


def escalates(settings: UserTask | None) -> bool:
    """Whether a task is escalated at all."""
    return settings is not None and bool(settings.escalations)


def escalation_jobs(
    task: dict[str, Any], settings: UserTask | None, record: InstanceRecord
) -> list[dict[str, Any]]:
    """The jobs of a new task."""
    if settings is None or task["due_at"] is None:
        return []
    return [stage_job(task, stage, at, record) for stage, at in stages(task["warn_at"], task["due_at"], settings)]


def stages(
    warn_at: datetime | None, due_at: datetime | None, settings: UserTask
) -> Iterator[tuple[str, datetime]]:
    """The stages that the diagram acts at, in order, with their instants."""
    wanted = {one.at for one in settings.escalations}
    for stage, at in zip(STAGES, (warn_at, due_at), strict=True):
        if at is not None and stage in wanted:
            yield stage, at


def move_stages(
    host: Host, record: InstanceRecord, task_id: str, token: int, times: Mapping[str, Any], settings: UserTask
) -> None:
    """Let a task's stages come at its new times; one that has come does not come again."""
    session, wanted = host.session, dict(stages(times["warn_at"], times["due_at"], settings))
    for stage in STAGES:
        at = wanted.get(stage)
        if move_escalation(session, stage_key(task_id, stage), at, host.clock.now()) or at is None:
            continue
        element_id = session.execute(select(TASKS.c.element_id).where(TASKS.c.id == task_id)).scalar_one()
        row = stage_job({"id": task_id, "element_id": element_id, "token": token}, stage, at, record)
        session.execute(insert(JOBS).values(row))
    note_due(session, list(wanted.values()))


def stage_key(task_id: str, stage: str) -> str:
    """What makes the job of a stage one of its kind."""
    return f"{task_id}:{stage}"


def stage_job(task: dict[str, Any], stage: str, at: datetime, record: InstanceRecord) -> dict[str, Any]:
    """The job of a stage. ``task`` brings id, element_id and token."""
    row = job_row(ESCALATION, stage, at, {"task_id": task["id"]}, stage_key(task["id"], stage), _ATTEMPTS)
    row |= {"instance_id": record.id, "element_id": task["element_id"], "token": task["token"]}
    row["suspended"] = record.state == "suspended"
    return row
