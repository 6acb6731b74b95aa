"""A diagram with what happened on it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from engine import cache
from engine.definitions.safe_xml import as_text
from engine.host import Host
from engine.incidents import INCIDENTS
from engine.queries import definitions, instances
from engine.queries.resting import ResumedCase
from engine.results.history import HistoryEvent
from engine.results.instances import DiagramState
from engine.store.instances import TABLE
from engine.store.tasks import TABLE as TASKS

_DONE = {"element_done", "task_completed"}


def state(host: Host, instance_id: str) -> DiagramState:
    """Done and active elements, flows taken, incidents, and per element who and when; raises `Missing`."""
    events = instances.history(host, instance_id)
    row = host.session.execute(
        select(
            TABLE.c.definition_id, TABLE.c.tokens, TABLE.c.tokens_format, TABLE.c.variables, TABLE.c.state
        ).where(TABLE.c.id == instance_id)
    ).one()
    bundle = cache.bundle_of(host.session, row.definition_id)
    resting = ResumedCase(host, bundle, row)
    failed = (INCIDENTS.c.instance_id == instance_id) & (INCIDENTS.c.state == "open")
    taken = [event.params.get("via") for event in events] + resting.flows()
    return DiagramState(
        xml=as_text(definitions.content(host.session, row.definition_id)),
        completed=list(dict.fromkeys(e.element_id for e in events if e.code in _DONE and e.element_id)),
        active=resting.active(),
        incidents=list(
            dict.fromkeys(host.session.execute(select(INCIDENTS.c.element_id).where(failed)).scalars())
        ),
        flows_taken=list(dict.fromkeys(flow for flow in taken if flow)),
        notes=_notes(events),
        holders=_holders(host, instance_id, resting),
    )


def _holders(host: Host, instance_id: str, resting: ResumedCase) -> dict[str, list[str | None]]:
    where = (TASKS.c.instance_id == instance_id) & (TASKS.c.state == "open")
    query = select(TASKS.c.element_id, TASKS.c.token, TASKS.c.assignee).where(where).order_by(TASKS.c.id)
    found: dict[str, list[str | None]] = {}
    for row in host.session.execute(query):
        for element in resting.places(row.token) or [row.element_id]:
            found.setdefault(element, []).append(row.assignee)
    return found


def _notes(events: list[HistoryEvent]) -> dict[str, dict[str, Any]]:
    notes: dict[str, dict[str, Any]] = {}
    for event in events:
        if event.element_id is not None:
            note = notes.setdefault(event.element_id, {"times": 0})
            note["times"] += event.code in _DONE
            note |= {"code": event.code, "at": event.at.isoformat(), "by": event.actor_id}
            note["for"] = event.on_behalf_of
    return notes
