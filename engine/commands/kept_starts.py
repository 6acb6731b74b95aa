"""What messages and signals were to start while their process was suspended: kept as jobs, started in order."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, select, update

from engine import cache
from engine.commands.start_record import begin_instance
from engine.errors import StepFailed
from engine.host import Host
from engine.running.run import Deliver, as_system
from engine.running.services import job_row
from engine.store.control import suspension_of
from engine.tables.columns import AnyRow, table_of
from engine.tables.definitions import DefinitionRow
from engine.tables.work import START_KEPT, JobRow, SubscriptionRow
from kernel.actor import ROOT
from kernel.ids import new_id

DEFINITIONS = table_of(DefinitionRow)
JOBS = table_of(JobRow)
SUBSCRIPTIONS = table_of(SubscriptionRow)
_ATTEMPTS = 5


def start_by_event(
    host: Host, definition_id: str, element_id: str, payload: dict[str, Any], deliver: Deliver
) -> None:
    """Start at the event that received the payload, or keep it while the process is suspended."""
    bundle = cache.bundle_of(host.session, definition_id)
    if suspension_of(host.session, bundle.key) is None:
        _begin(host, definition_id, element_id, payload, deliver, None)
        return
    event = bundle.model.nodes[element_id].event
    kept = {"kind": event.kind if event else "", "event": event.name if event else "", "payload": payload}
    row = job_row(START_KEPT, bundle.key, host.clock.now(), kept, f"{START_KEPT}:{new_id()}", _ATTEMPTS)
    host.session.execute(insert(JOBS).values({**row, "element_id": element_id, "suspended": True}))


def start_kept(host: Host, job: AnyRow, deliver: Deliver) -> None:
    """Start by the newest version what was kept; raises `StepFailed`, also when it starts no more by that."""
    host.session.execute(update(JOBS).where(JOBS.c.id == job.id).values(state="done", done_at=host.clock.now()))
    table = SUBSCRIPTIONS
    query = (
        select(table.c.definition_id, table.c.element_id)
        .join(DEFINITIONS, DEFINITIONS.c.id == table.c.definition_id)
        .where(table.c.instance_id.is_(None), DEFINITIONS.c.key == job.name)
        .where(table.c.kind == job.payload["kind"], table.c.name == job.payload["event"])
    )
    starts = host.session.execute(query.order_by(table.c.id)).all()
    if not starts:
        raise StepFailed(
            instance_id=None,
            element_id=job.element_id or "",
            element_name=job.element_id or "",
            error_type="Missing",
            message_code="start_event_gone",
            message_params={"name": job.payload["event"]},
            definition_key=job.name,
            scope=ROOT,
            job_id=job.id,
        )
    for start in starts:
        _begin(host, start.definition_id, start.element_id, job.payload["payload"], deliver, job.id)


def _begin(
    host: Host, definition_id: str, element_id: str, payload: dict[str, Any], deliver: Deliver, job_id: str | None
) -> None:
    bundle = cache.bundle_of(host.session, definition_id)
    node = bundle.model.nodes[element_id]
    if node.payload:
        payload = {m.value: payload.get(m.name) for m in node.payload}
    begin_instance(as_system(host), bundle, dict(payload), None, ROOT, deliver, start_at=element_id, job_id=job_id)
