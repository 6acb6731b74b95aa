"""What was asked for under a task: how each piece stands, and who has it."""

from __future__ import annotations

from sqlalchemy import select

from engine.commands.on_task import may_see
from engine.errors import Missing
from engine.host import Host
from engine.queries.instances import get, standing
from engine.results.tasks import SubTask
from engine.seats import take_seat
from engine.store.sub_tasks import task_above, under
from engine.store.tasks import TABLE, get_task


def sub_tasks(host: Host, task_id: str) -> list[SubTask]:
    """Of a task that the actor may see, oldest first; three statements. Raises `Missing`."""
    task = get_task(host.session, task_id)
    take_seat(host, task)
    if not may_see(host, task):
        raise Missing("task_missing", task_id=task_id)
    rows = under(host.session, task_id)
    ids = [row.instance_id for row in rows]
    open_tasks = standing(host, ids) if ids else {}
    subjects = _subjects(host, ids) if ids else {}
    return [
        SubTask(
            instance_id=row.instance_id,
            state=row.state,
            subject=subjects.get(row.instance_id) or row.business_key or "",
            by=row.by,
            on_behalf_of=row.on_behalf_of,
            at=row.at,
            ended_at=row.ended_at,
            open_tasks=tuple(open_tasks.get(row.instance_id, ())),
        )
        for row in rows
    ]


def work_above(host: Host, instance_id: str) -> str | None:
    """The task under which a case was begun, for who may see that task; raises `Missing` for an unseen case."""
    get(host, instance_id)
    task_id = task_above(host.session, instance_id)
    if task_id is None:
        return None
    task = get_task(host.session, task_id)
    take_seat(host, task)
    return task_id if may_see(host, task) else None


def _subjects(host: Host, ids: list[str]) -> dict[str, str]:
    """What each case is about, by the first of its tasks that says so."""
    query = select(TABLE.c.instance_id, TABLE.c.facts).where(TABLE.c.instance_id.in_(ids)).order_by(TABLE.c.id)
    found: dict[str, str] = {}
    for row in host.session.execute(query):
        subject = row.facts.get("subject")
        if isinstance(subject, str) and subject:
            found.setdefault(row.instance_id, subject)
    return found
