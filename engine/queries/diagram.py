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
from engine.results import DiagramState, HistoryEvent
from engine.store.instances import TABLE

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
    )


def _notes(events: list[HistoryEvent]) -> dict[str, dict[str, Any]]:
    notes: dict[str, dict[str, Any]] = {}
    for event in events:
        if event.element_id is not None:
            note = notes.setdefault(event.element_id, {"times": 0})
            note["times"] += event.code in _DONE
            note |= {"code": event.code, "at": event.at.isoformat(), "by": event.actor_id}
    return notes
