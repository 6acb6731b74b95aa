"""My applications (我的申请): what I began, where it stands, who has it, with urging and taking back.

What those began whom I stand in for is there too, and says for whom.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import render_template, request

from engine.api import Instance, InstanceFilter, Page, Task
from kernel.actor import Actor
from webapp.acting import clock, reading
from webapp.engine_room import engine_for
from webapp.inbox.blueprint import pages
from webapp.inbox.people import names_of
from webapp.inbox.rows import process_names, task_name
from webapp.page import asked_page
from webapp.process_data import without_customers
from webapp.wording import state_name

SIZE = 50
STATES: dict[str, tuple[str, ...]] = {
    "open": ("active", "suspended"),
    "ended": ("completed", "cancelled", "failed"),
    "all": (),
}


@dataclass(frozen=True)
class Stand:
    """A step where a case stands: who has it, or which roles may take it; ``mine`` if the reader could do it."""

    task_id: str
    name: str
    who: str
    due_at: datetime | None
    mine: bool


@dataclass(frozen=True)
class Application:
    """A case that the reader began, or the one ``begun_for``, whom he stands in for."""

    id: str
    process: str
    about: str
    state: str
    started_at: datetime
    ended_at: datetime | None
    stands: tuple[Stand, ...]
    begun_for: str


@pages.get("/inbox/applications")
def applications() -> str:
    """What I applied for."""
    number, show = asked_page(), request.args.get("show", "open")
    show = show if show in STATES else "open"
    with reading() as (session, actor):
        engine = engine_for(session, actor, clock())
        found = engine.find_instances(InstanceFilter(began=True, states=STATES[show]), Page(number, SIZE))
        processes = process_names(engine.find_definitions(kind="process"))
        standing = engine.standing(found.rows)
        people = {task.assignee for tasks in standing.values() for task in tasks}
        names = names_of(session, people | {case.started_by for case in found.rows})
        rows = [_row(case, standing.get(case.id, []), processes, names, actor) for case in found.rows]
        more = found.number * found.size < found.count or found.capped
        return render_template("inbox/applications.html", rows=rows, show=show, number=number, more=more)


def _row(
    case: Instance, tasks: list[Task], processes: Mapping[str, str], names: Mapping[str, str], actor: Actor
) -> Application:
    known = dict(case.facts)
    for task in tasks:
        known = task.facts | known
    facts = without_customers(actor, known, case.scope)
    about = [facts.get(name) for name in ("project", "unit", "customer", "sale_no", "subject")]
    said = dict.fromkeys(str(one) for one in (*about, case.business_key) if isinstance(one, str) and one)
    # Who began it is the reader or whom he stands in for: what that one has is the reader's to do.
    stands = tuple(_stand(task, names, actor, {actor.id, case.started_by}) for task in tasks)
    process = processes.get(case.key, case.key)
    own = case.started_by in (actor.id, actor.on_behalf_of)
    return Application(
        id=case.id,
        process=process,
        about=" · ".join(said),
        state=case.state,
        started_at=case.started_at,
        ended_at=case.ended_at,
        stands=stands,
        begun_for="" if own else names.get(case.started_by, ""),
    )


def _stand(task: Task, names: Mapping[str, str], actor: Actor, holders: Collection[str]) -> Stand:
    roles = " · ".join(state_name(f"role.{role}") for role in task.roles)
    offers = (entry.partition("@") for entry in task.candidates if "@" in entry)
    takes = any(actor.has_role(role, path) for role, _, path in offers) and actor.id not in task.excluded
    mine = task.assignee in holders or (task.assignee is None and takes)
    return Stand(task.id, task_name(task), names.get(task.assignee or "", "") or roles, task.due_at, mine)
