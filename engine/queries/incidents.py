"""Incidents with what their mender needs to know."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, select

from engine import cache
from engine.errors import Missing
from engine.host import Host
from engine.incidents import INCIDENTS, to_incident
from engine.protection import is_reference, protected_names
from engine.queries.narrowing import among, at_or_below, equal, in_time
from engine.queries.paging import counted, cut, part
from engine.queries.paths import operated_by, within_any
from engine.results.incidents import Incident, IncidentDetail, IncidentFilter
from engine.results.paging import Page, PageOf
from engine.store.instances import TABLE as INSTANCES
from engine.tables.columns import AnyRow, table_of
from engine.tables.work import JobRow
from kernel.actor import SYSTEM

JOBS = table_of(JobRow)


def find(host: Host, wanted: IncidentFilter, page: Page) -> PageOf[Incident]:
    """One page of what the actor may operate on, the newest first; two statements however many rows."""
    where = [_operated(host), *_narrowing(wanted)]
    query = select(INCIDENTS).where(*where).order_by(INCIDENTS.c.created_at.desc(), INCIDENTS.c.id.desc())
    rows = host.session.execute(cut(query, page))
    found = [to_incident(row) for row in rows]
    count = counted(host.session, select(INCIDENTS.c.id).where(*where))
    return part(found, count, page)


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
    its = (JOBS.c.id == row.job_id) & JOBS.c.instance_id.is_not_distinct_from(row.instance_id)
    job = host.session.execute(select(JOBS.c.kind).where(its)).first() if row.job_id else None
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
    where = among(
        (INCIDENTS.c.state, wanted.states),
        (INCIDENTS.c.id, wanted.incident_ids),
        (INCIDENTS.c.definition_key, wanted.definition_keys),
        (INCIDENTS.c.element_id, wanted.element_ids),
        (INCIDENTS.c.error_type, wanted.error_types),
        (INCIDENTS.c.message_code, wanted.message_codes),
    )
    where += equal((INCIDENTS.c.instance_id, wanted.instance_id))
    where += at_or_below(INCIDENTS.c.path, wanted.path)
    return where + in_time(INCIDENTS.c.created_at, wanted.since, wanted.until)
