"""The page of a case: its diagram, what it waits for, what happened, and what belongs to it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response, make_response, render_template, request
from sqlalchemy.orm import Session

from engine.api import Instance, Task, TaskFilter, Waiting
from engine.api import Page as PageNumber
from kernel.actor import Actor
from ledger.staff.permissions import Permission
from webapp.acting import clock, reading
from webapp.approval_sheet.kept import kept_sheets
from webapp.engine_room import engine_for
from webapp.going_back.returned import Comparison
from webapp.inbox.attachments import attachment_values, file_names
from webapp.inbox.blueprint import pages
from webapp.inbox.diagrams import markers_of, people_on
from webapp.inbox.happenings import Labels, element_name, happenings, people_in
from webapp.inbox.mentions import remarks
from webapp.inbox.people import names_of
from webapp.inbox.rows import process_names, row_of
from webapp.process_data import as_seen
from webapp.wording import state_name


@pages.get("/cases/<instance_id>")
def case(instance_id: str) -> str:
    """A process instance as people who take part see it; operators see its data too."""
    with reading() as (session, actor):
        return render_template("inbox/case.html", **case_values(session, actor, instance_id))


@pages.get("/cases/<instance_id>/diagram.bpmn")
def diagram(instance_id: str) -> Response:
    """The diagram of the very version the case runs on."""
    with reading() as (session, actor):
        xml = engine_for(session, actor, clock()).diagram(instance_id).xml
    answer = make_response(xml)
    answer.content_type = "application/xml; charset=utf-8"
    answer.headers["Cache-Control"] = "private, max-age=300"
    return answer


def case_values(session: Session, actor: Actor, instance_id: str) -> dict[str, Any]:
    """For the template of a case; raises `Missing` for one that is not the reader's to see."""
    engine = engine_for(session, actor, clock())
    instance = engine.get_instance(instance_id)
    events, labels, comments = (
        engine.history(instance_id),
        engine.labels(instance_id),
        engine.comments(instance_id),
    )
    copies, may_withdraw = engine.copies_of_case(instance_id), engine.request_rights(instance_id)
    sent = {person for copy in copies for person in (copy.reader_id, copy.sender_id)}
    if may_withdraw.asked is not None:
        sent.add(may_withdraw.asked.answered_by or "")
    state = engine.diagram(instance_id)
    names = names_of(session, {instance.started_by} | people_in(events, comments) | sent | people_on(state))
    operates = actor.may(Permission.ENGINE_OPERATE, instance.scope)
    processes = process_names(engine.find_definitions(kind="process"))
    tasks = engine.find_tasks(TaskFilter(box="work", instance_id=instance_id), PageNumber(1, 20)).rows
    data = as_seen(actor, engine.variables(instance_id), instance.scope)
    whole, attached = bool(request.args.get("all")), engine.attachments(instance_id)
    return {
        "instance": instance,
        "followed": engine.follows_case(instance_id),
        "request_rights": may_withdraw,
        "fact": as_seen(actor, instance.facts, instance.scope),
        "process": processes.get(instance.key, instance.key),
        "names": names,
        "operates": operates,
        "tasks": [row_of(task, processes, actor) for task in tasks],
        "waiting": [
            _waiting(wait, labels) | {"may_urge": _may_urge(wait, instance, tasks)}
            for wait in _by_time(engine.waiting(instance_id))
        ],
        "copies": copies,
        "incidents": engine.incidents(instance_id=instance_id) if operates else [],
        "done_again": Comparison(session, actor, instance.scope, labels, names).done_again(
            events, engine.steps(instance_id)
        ),
        "markers": markers_of(state, labels, names),
        "history": happenings(
            events,
            comments,
            labels,
            names,
            files=file_names(attached),
            process=instance.key,
            whole=whole,
        ),
        **attachment_values(engine, actor, attached, instance),
        "whole": whole,
        "remarks": remarks(comments, names, actor, clock()),
        "variables": _shown_data(data) if operates else [],
        "sheets": kept_sheets(session, actor, engine, instance_id),
        "sale_id": data.get("sale_id") if isinstance(data.get("sale_id"), str) else None,
    }


def _by_time(waits: list[Waiting]) -> list[Waiting]:
    order = {"user": 0, "external": 1, "message": 2, "signal": 2, "conditional": 2, "timer": 3}
    return sorted(waits, key=lambda wait: (order.get(wait.kind, 9), wait.due_at is None, str(wait.due_at)))


def _may_urge(wait: Waiting, instance: Instance, own: Sequence[Task]) -> bool:
    """Whether the page offers to urge; the engine decides again."""
    is_own = wait.task_id in {task.id for task in own}
    return wait.kind == "user" and wait.task_id is not None and instance.state == "active" and not is_own


def _waiting(wait: Waiting, labels: Labels) -> dict[str, Any]:
    name = element_name(labels, wait.element_id, wait.element_name)
    return {
        "kind": wait.kind,
        "words": state_name(f"waiting.{wait.kind}"),
        "name": name,
        "due_at": wait.due_at,
        "job_id": wait.job_id,
        "task_id": wait.task_id,
    }


def _shown_data(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What is set, as JSON that people can read."""
    names = [name for name in sorted(data) if data[name] is not None]
    return [(name, json.dumps(data[name], ensure_ascii=False)) for name in names]
