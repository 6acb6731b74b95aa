"""Incidents with what their mender needs to know."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, func, select

from engine import cache
from engine.errors import Missing
from engine.host import Host
from engine.incidents import INCIDENTS, to_incident
from engine.protection import is_reference, protected_names
from engine.queries.paths import operated_by, within, within_any
from engine.results import COUNT_CAP, Incident, IncidentDetail, IncidentFilter, Page, PageOf
from engine.store.instances import TABLE as INSTANCES
from engine.tables.columns import AnyRow, table_of
from engine.tables.work import JobRow
from kernel.actor import SYSTEM

JOBS = table_of(JobRow)


def find(host: Host, wanted: IncidentFilter, page: Page) -> PageOf[Incident]:
    """One page of what the actor may operate on, the newest first; two statements however many rows."""
    where = [_operated(host), *_narrowing(wanted)]
    query = select(INCIDENTS).where(*where).order_by(INCIDENTS.c.created_at.desc(), INCIDENTS.c.id.desc())
    rows = host.session.execute(query.limit(page.size).offset((page.number - 1) * page.size))
    found = [to_incident(row) for row in rows]
    some = select(INCIDENTS.c.id).where(*where).limit(COUNT_CAP + 1).subquery()
    count = int(host.session.execute(select(func.count()).select_from(some)).scalar_one())
    return PageOf(found, min(count, COUNT_CAP), count > COUNT_CAP, page.number, page.size)


def get(host: Host, incident_id: str) -> IncidentDetail:
    """One incident; raises `Missing` for what the actor may not operate on."""
    row = host.session.execute(select(INCIDENTS).where(INCIDENTS.c.id == incident_id, _operated(host))).first()
    if row is None:
        raise Missing("incident_missing", incident_id=incident_id)
    command: dict[str, Any] = row.command or {}
    read = dict(row.input or {})
    closed = row.state == "resolved"
    return IncidentDetail(
        incident=to_incident(row),
        input=read,
        editable=() if closed else tuple(sorted(read.keys() - _fixed(host, row, read))),
        trace=tuple(row.trace or ()),
        runs_as=command.get("actor_id"),
    )


def answers_given(command: dict[str, Any] | None) -> dict[str, Any]:
    """What a task was answered with, or a person's start; what the system starts with is nobody's answer."""
    if command is None or (command["name"] == "start" and command["actor_id"] == SYSTEM.id):
        return {}
    given: dict[str, Any] = command["answers"] if command["name"] == "complete" else command["variables"]
    return given


def _fixed(host: Host, row: AnyRow, read: dict[str, Any]) -> set[str]:
    job = host.session.execute(select(JOBS.c.kind).where(JOBS.c.id == row.job_id)).first() if row.job_id else None
    if job is not None and job.kind in ("message_out", "external"):
        return {name for name in read if is_reference(name)}
    fixed = set(answers_given(row.command))
    if row.instance_id is not None:
        query = select(INSTANCES.c.definition_id).where(INSTANCES.c.id == row.instance_id)
        definition_id = host.session.execute(query).scalar_one()
        model = cache.bundle_of(host.session, definition_id).model
        fixed |= protected_names(model, host.registry, host.forms)
    return fixed


def _operated(host: Host) -> ColumnElement[bool]:
    actor = host.actor
    return within_any(INCIDENTS.c.path, operated_by(host, actor))


def _narrowing(wanted: IncidentFilter) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = []
    for column, values in (
        (INCIDENTS.c.state, wanted.states),
        (INCIDENTS.c.id, wanted.incident_ids),
        (INCIDENTS.c.definition_key, wanted.definition_keys),
        (INCIDENTS.c.element_id, wanted.element_ids),
        (INCIDENTS.c.error_type, wanted.error_types),
        (INCIDENTS.c.message_code, wanted.message_codes),
    ):
        if values:
            where.append(column.in_(values))
    if wanted.instance_id is not None:
        where.append(INCIDENTS.c.instance_id == wanted.instance_id)
    if wanted.path is not None:
        where.append(within(INCIDENTS.c.path, wanted.path))
    if wanted.since is not None:
        where.append(INCIDENTS.c.created_at >= wanted.since)
    if wanted.until is not None:
        where.append(INCIDENTS.c.created_at < wanted.until)
    return where
