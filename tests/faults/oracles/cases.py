"""Cases: what their state says they wait for is what tasks, jobs and subscriptions say; none is stuck."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased

from engine.running.run import Run
from engine.store.instances import InstanceRecord
from engine.tables.instances import HistoryRow, IncidentRow, InstanceRow
from engine.tables.tasks import TaskRow
from engine.tables.work import JobRow, SubscriptionRow
from kernel.actor import SYSTEM
from tests.faults.company import House
from webapp.engine_room import engine_for


def out_of_step(session: Session, house: House) -> list[str]:
    """Cases whose rows differ from their state, whose history has gaps, or that wait for nothing."""
    rows = _rows(session)
    counted = _history(session)
    host = engine_for(session, SYSTEM, house.clock).host
    wrong = []
    for row in session.scalars(select(InstanceRow)):
        record = InstanceRecord(**{name: getattr(row, name) for name in InstanceRecord.__annotations__})
        if counted.get(row.id) != (row.history_seq, row.history_seq):
            wrong.append(f"case {row.id} has history {counted.get(row.id)}, not 1 to {row.history_seq}")
        waits = {wait.row for wait in Run.of(host, record).case.waits()} if row.state == "active" else set()
        if row.state == "active" and not waits:
            wrong.append(f"case {row.id} is active and waits for nothing")
        if waits != rows[row.id]:
            wrong.append(f"case {row.id} ({row.state}) waits for {waits}, its rows say {rows[row.id]}")
    return wrong + [f"task {task} outlived the one it was added to" for task in _orphans(session)]


def _orphans(session: Session) -> list[str]:
    """Open tasks of people who were added to a task that is over, or that does not wait for them."""
    parent = aliased(TaskRow)
    waits = (parent.state == "open") & parent.held.in_(("before", "after", "vote"))
    query = select(TaskRow.id).outerjoin(parent, parent.id == TaskRow.parent_id)
    lost = or_(parent.id.is_(None), ~waits)
    return list(session.scalars(query.where(TaskRow.state == "open", TaskRow.parent_id.is_not(None), lost)))


def _rows(session: Session) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    # Those of people who were added to a task have no token of their own.
    tasks = select(TaskRow.instance_id, TaskRow.id).where(TaskRow.state == "open", TaskRow.parent_id.is_(None))
    jobs = select(JobRow.instance_id, JobRow.id).where(
        JobRow.kind.in_(("timer", "external")), JobRow.state.in_(("waiting", "failed"))
    )
    subscriptions = select(SubscriptionRow.instance_id, SubscriptionRow.id).where(
        SubscriptionRow.instance_id.is_not(None)
    )
    for query in (tasks, jobs, subscriptions):
        for instance, row in session.execute(query):
            found[instance].add(row)
    return found


def _history(session: Session) -> dict[str, tuple[int, int]]:
    query = select(HistoryRow.instance_id, func.count(), func.max(HistoryRow.seq)).group_by(HistoryRow.instance_id)
    return {instance: (number, last) for instance, number, last in session.execute(query)}


def unfinished(session: Session) -> list[str]:
    """Cases, tasks, jobs and incidents that are still open."""
    cases = select(InstanceRow.id, InstanceRow.definition_key, InstanceRow.state).where(
        InstanceRow.state != "completed"
    )
    jobs = select(JobRow.id, JobRow.kind, JobRow.name, JobRow.last_error).where(
        JobRow.state.in_(("waiting", "failed"))
    )
    leased = select(JobRow.id).where(JobRow.lock_owner.is_not(None))
    incidents = select(
        IncidentRow.element_id, IncidentRow.error_type, IncidentRow.message_code, IncidentRow.state
    ).where(IncidentRow.state != "resolved")
    wrong = [f"case {tuple(row)} has not ended" for row in session.execute(cases)]
    wrong += [f"job {tuple(row)} was not done" for row in session.execute(jobs)]
    wrong += [f"job {id_} is held for ever" for id_ in session.scalars(leased)]
    wrong += [f"incident {tuple(row)} is open" for row in session.execute(incidents)]
    tasks = session.scalars(select(TaskRow.element_id).where(TaskRow.state == "open"))
    return wrong + [f"task {element} is open" for element in tasks]
