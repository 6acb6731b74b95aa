"""What a copy (抄送) shows of its task or case to its reader, who need not see that task or case otherwise."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from engine.api import Copy, Engine, Instance, Task
from kernel.actor import SYSTEM, Actor
from ledger.staff.permissions import Permission
from webapp.acting import clock
from webapp.engine_room import engine_for
from webapp.inbox import answering, deciding
from webapp.inbox.happenings import element_name, happenings, people_in
from webapp.inbox.people import names_of
from webapp.inbox.rows import process_names, task_name
from webapp.process_data import FLOOR, as_seen
from webapp.reviews.marks import reviewed

Data = dict[str, Any]


def copied_name(task: Task | None, case: Instance, processes: Mapping[str, str]) -> str:
    """What a copy is of: the task, or the process whose case it is."""
    return task_name(task) if task is not None else processes.get(case.key, case.key)


def copied_values(
    session: Session, actor: Actor, copy: Copy, cover: Callable[[Data], Data] = lambda data: data
) -> dict[str, Any]:
    """Read as the house sees it, then without what this reader may not see; ``cover`` takes away more."""
    whole = engine_for(session, SYSTEM, clock())
    case, task, data = _found(whole, copy)
    path = task.path if task is not None else case.scope
    data = cover(as_seen(actor, data, path))
    events, labels = whole.history(copy.instance_id), whole.labels(copy.instance_id)
    people = {copy.sender_id, case.started_by, *deciding.applicants(data), *deciding.opinion_people(data)}
    people |= people_in(events, []) | ({task.assignee, task.completed_by} if task is not None else set())
    names = names_of(session, people)
    sees_floor = actor.may(Permission.UNITS_VIEW_FLOOR_PRICE, path)
    form = task.form_key if task is not None else None
    asked = answering.draw(session, actor, form, data, path=path)
    figures = deciding.figures(data, sees_floor=sees_floor)
    hidden = answering.PRICES if figures else FLOOR
    processes = process_names(whole.find_definitions(kind="process"))
    return {
        "copy": copy,
        "task": task,
        "case": case,
        "name": copied_name(task, case, processes),
        "told": [data.get(part) for part in ("unit", "customer", "project", "sale_no")] + [case.business_key],
        "process": processes.get(case.key, case.key),
        "waiting": [element_name(labels, wait.element_id, wait.element_name) for wait in _steps(whole, case)],
        "figures": figures,
        "below_floor": deciding.is_below_floor(data, sees_floor=sees_floor),
        "facts": [(label, value) for key, label, value in (asked.shown if asked else []) if key not in hidden],
        "applicants": [names.get(person, "") for person in deciding.applicants(data)],
        "opinions": deciding.opinions(data, names),
        "change": reviewed(session, actor, data),
        "history": happenings(events, [], labels, names, process=case.key),
        "names": names,
    }


def _found(whole: Engine, copy: Copy) -> tuple[Instance, Task | None, Data]:
    if copy.task_id:
        detail = whole.get_task(copy.task_id)
        return detail.instance, detail.task, {**detail.instance.facts, **detail.task.facts, **detail.variables}
    case = whole.get_instance(copy.instance_id)
    return case, None, {**case.facts, **whole.variables(case.id)}


def _steps(whole: Engine, case: Instance) -> list[Any]:
    return [wait for wait in whole.waiting(case.id) if wait.kind == "user"]
