"""The page of a case: its diagram, what it waits for, what happened, and what belongs to it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from flask import Response, make_response, render_template, request
from sqlalchemy.orm import Session

from engine.api import Page as PageNumber
from engine.api import TaskFilter, Waiting
from kernel.actor import Actor
from ledger.staff.permissions import Permission
from webapp.acting import clock, reading
from webapp.engine_room import engine_for
from webapp.inbox.blueprint import pages
from webapp.inbox.diagrams import markers_of
from webapp.inbox.happenings import Labels, element_name, happenings, people_in
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
    names = names_of(session, {instance.started_by} | people_in(events, comments))
    operates = actor.may(Permission.ENGINE_OPERATE, instance.scope)
    processes = process_names(engine.find_definitions(kind="process"))
    tasks = engine.find_tasks(TaskFilter(box="work", instance_id=instance_id), PageNumber(1, 20)).rows
    data = as_seen(actor, engine.variables(instance_id), instance.scope)
    whole = bool(request.args.get("all"))
    return {
        "instance": instance,
        "fact": as_seen(actor, instance.facts, instance.scope),
        "process": processes.get(instance.key, instance.key),
        "names": names,
        "operates": operates,
        "tasks": [row_of(task, processes, actor) for task in tasks],
        "waiting": [_waiting(wait, labels) for wait in _by_time(engine.waiting(instance_id))],
        "incidents": engine.incidents(instance_id=instance_id) if operates else [],
        "markers": markers_of(engine.diagram(instance_id), labels, names),
        "history": happenings(events, comments, labels, names, whole=whole),
        "whole": whole,
        "variables": _shown_data(data) if operates else [],
        "sale_id": data.get("sale_id") if isinstance(data.get("sale_id"), str) else None,
    }


def _by_time(waits: list[Waiting]) -> list[Waiting]:
    order = {"user": 0, "external": 1, "message": 2, "signal": 2, "conditional": 2, "timer": 3}
    return sorted(waits, key=lambda wait: (order.get(wait.kind, 9), wait.due_at is None, str(wait.due_at)))


def _waiting(wait: Waiting, labels: Labels) -> dict[str, Any]:
    name = element_name(labels, wait.element_id, wait.element_name)
    return {"kind": wait.kind, "words": state_name(f"waiting.{wait.kind}"), "name": name, "due_at": wait.due_at}


def _shown_data(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What is set, as JSON that people can read."""
    names = [name for name in sorted(data) if data[name] is not None]
    return [(name, json.dumps(data[name], ensure_ascii=False)) for name in names]
