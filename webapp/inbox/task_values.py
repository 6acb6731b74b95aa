"""Everything the page of a task shows, gathered in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from engine.api import Engine, Task, TaskDetail
from forms.describe import Refusals
from kernel.actor import Actor
from ledger.staff.permissions import Permission
from webapp.acting import clock
from webapp.engine_room import engine_for
from webapp.going_back.returned import Comparison, came_back, requests
from webapp.inbox import answering, deciding
from webapp.inbox.acts.menu import Seen, offered_acts
from webapp.inbox.attachments import attachment_values, file_names
from webapp.inbox.diagrams import markers_of, people_on
from webapp.inbox.happenings import happenings, people_in
from webapp.inbox.lines import with_own_snooze
from webapp.inbox.mentions import remarks
from webapp.inbox.pane import in_pane
from webapp.inbox.people import candidates_named, names_of
from webapp.inbox.rows import process_names, row_of
from webapp.inbox.signing import banner, people_of_signings, signings_shown
from webapp.inbox.turns import turns_shown
from webapp.inbox.vacant import mark, people_marked
from webapp.inbox.work import work_under
from webapp.process_data import FLOOR, without_customers
from webapp.reviews.marks import reviewed
from webapp.wording import word

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
    actor = detail.actor  # Seated in the place of whom the reader stands in for, where the task is his only so.
    if actor.on_behalf_of:
        engine = engine_for(session, actor, clock())
    events, labels = engine.history(case), engine.labels(case)
    state, attached = None if in_pane() else engine.diagram(case), engine.attachments(case)
    people = _people(detail) | people_of_signings(detail) | people_in(events, detail.comments)
    names = names_of(session, people | (people_on(state) if state else set()))
    sees_floor = actor.may(Permission.UNITS_VIEW_FLOOR_PRICE, task.path)
    data = without_customers(actor, {**detail.instance.facts, **task.facts, **detail.variables}, task.path)
    draft = detail.own_draft
    kept = draft.answers if draft is not None and typed is None else typed
    typed = kept if kept is not None else detail.draft or None
    asked = answering.draw(session, actor, task.form_key, data, typed=typed, errors=errors, path=task.path)
    steps = engine.steps(case)
    marks = engine.marks([task])
    compared = Comparison(session, actor, task.path, labels, names)
    return {
        "task": task,
        "row": row_of(with_own_snooze(task, marks), process_names(engine.find_definitions(kind="process")), actor),
        "detail": detail,
        "followed": task.id in marks.followed,
        "asked": asked,
        "facts": _facts(asked, detail, sees_floor=sees_floor),
        "figures": deciding.figures(data, sees_floor=sees_floor),
        "below_floor": deciding.is_below_floor(data, sees_floor=sees_floor),
        "applicants": [names.get(person, "") for person in deciding.applicants(data)],
        "ended": _ended(session, engine, task),
        "exceptions": deciding.exceptions(session, actor, data),
        "decides": deciding.decides(asked),
        "vacant": mark(task.facts, names) or deciding.vacancy(data),
        "turns": turns_shown(session, actor, task, data),
        "opinions": deciding.opinions(data, names),
        "groups": candidates_named(task, names),
        "names": names,
        "may_do": detail.rights,
        "draft_at": draft.saved_at if draft is not None else None,
        "kept": kept,
        "signings": signings_shown(detail, names),
        "banner": banner(detail, names, events),
        "acts": offered_acts(Seen(session, actor, detail)),
        "came_back": came_back(events, task, labels, names),
        "done_again": compared.done_again(events, steps),
        "figures_changed": compared.figures(task, steps) if task.state == "open" else [],
        **requests(engine, task),
        **work_under(engine, session, actor, detail),
        "markers": markers_of(state, labels, names) if state else None,
        "history": happenings(
            events,
            detail.comments,
            labels,
            names,
            files=file_names(attached),
            process=detail.instance.key,
        ),
        **attachment_values(engine, actor, attached, detail.instance, task),
        "remarks": remarks(detail.comments, names, actor, clock()),
        "change": reviewed(session, actor, data),
        "sale_id": data.get("sale_id") if isinstance(data.get("sale_id"), str) else None,
        "prices_id": data.get("subject_id") if data.get("kind") == "price_plan" else data.get("version_id"),
    }


def _ended(session: Session, engine: Engine, task: Task) -> str:
    """What made a cancelled task unnecessary; nothing for any other."""
    if task.state != "cancelled":
        return ""
    code, cause = engine.why_cancelled(task)
    names_of(session, [cause.get("by")])
    return word(code, {"at": task.completed_at, **cause})


def _people(detail: TaskDetail) -> set[str]:
    task, data = detail.task, detail.variables
    people = {task.assignee, task.owner, task.completed_by, task.on_behalf_of, task.acting_for}
    people |= {detail.instance.started_by, *task.people} | people_marked(task.facts)
    return {p for p in people if p} | set(deciding.applicants(data)) | set(deciding.opinion_people(data))


def _facts(asked: answering.Asked | None, detail: TaskDetail, *, sees_floor: bool) -> list[tuple[str, Any]]:
    """What the form only shows, without the figures, and without the floor for who may not see it."""
    shown = asked.shown if asked else []
    has_figures = bool(deciding.figures(detail.variables, sees_floor=False))
    hidden = answering.PRICES if has_figures else () if sees_floor else FLOOR
    return [(label, value) for key, label, value in shown if key not in hidden]
