"""Everything the page of a task shows, gathered in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from engine.api import TaskDetail
from forms.describe import Refusals
from kernel.actor import Actor
from ledger.staff.permissions import Permission
from webapp.acting import clock
from webapp.engine_room import engine_for
from webapp.inbox import answering, deciding
from webapp.inbox.diagrams import markers_of
from webapp.inbox.happenings import happenings, people_in
from webapp.inbox.people import names_of
from webapp.inbox.rows import process_names, row_of
from webapp.process_data import FLOOR, without_customers
from webapp.wording import state_name

Values = dict[str, Any]


def task_values(
    session: Session,
    actor: Actor,
    task_id: str,
    *,
    typed: Mapping[str, Any] | None = None,
    errors: Refusals | None = None,
) -> Values:
    """For the template of a task; raises `Missing` for a task that is not the reader's to see."""
    engine = engine_for(session, actor, clock())
    detail = engine.get_task(task_id)
    task, case = detail.task, detail.instance.id
    events, labels = engine.history(case), engine.labels(case)
    names = names_of(session, _people(detail) | people_in(events, detail.comments))
    state = engine.diagram(case)
    sees_floor = actor.may(Permission.UNITS_VIEW_FLOOR_PRICE, task.path)
    data = without_customers(actor, {**detail.instance.facts, **task.facts, **detail.variables}, task.path)
    typed = typed if typed is not None else detail.draft or None
    asked = answering.draw(session, actor, task.form_key, data, typed=typed, errors=errors, path=task.path)
    return {
        "task": task,
        "row": row_of(task, process_names(engine.find_definitions(kind="process")), actor),
        "detail": detail,
        "asked": asked,
        "facts": _facts(asked, detail, sees_floor=sees_floor),
        "figures": deciding.figures(data, sees_floor=sees_floor),
        "below_floor": deciding.is_below_floor(data, sees_floor=sees_floor),
        "applicants": [names.get(person, "") for person in deciding.applicants(data)],
        "opinions": deciding.opinions(data, names),
        "groups": [state_name(f"role.{role}") for role in task.roles],
        "names": names,
        "may_do": detail.rights,
        "markers": markers_of(state, labels, names),
        "history": happenings(events, detail.comments, labels, names),
        "sale_id": data.get("sale_id") if isinstance(data.get("sale_id"), str) else None,
    }


def _people(detail: TaskDetail) -> set[str]:
    task, data = detail.task, detail.variables
    people = {task.assignee, task.owner, task.completed_by, detail.instance.started_by}
    return {p for p in people if p} | set(deciding.applicants(data)) | set(deciding.opinion_people(data))


def _facts(asked: answering.Asked | None, detail: TaskDetail, *, sees_floor: bool) -> list[tuple[str, Any]]:
    """What the form only shows, without the figures, and without the floor for who may not see it."""
    shown = asked.shown if asked else []
    has_figures = bool(deciding.figures(detail.variables, sees_floor=False))
    hidden = answering.PRICES if has_figures else () if sees_floor else FLOOR
    return [(label, value) for key, label, value in shown if key not in hidden]
