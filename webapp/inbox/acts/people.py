"""Whom an act can name: a search among the people of the task's node, those of the role first."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import render_template, request
from sqlalchemy.orm import Session

from engine.api import Task
from kernel.actor import Actor
from kernel.clock import Clock, business_date
from ledger.staff.models import Staff
from ledger.staff.queries import find_colleagues, names, roles_by_staff
from webapp.acting import clock, reading
from webapp.engine_room import engine_for
from webapp.inbox.blueprint import pages
from webapp.lookup.finding import MOST, Choice
from webapp.wording import state_name


@pages.get("/tasks/<task_id>/people")
def people_for(task_id: str) -> str:
    """The people who may take part in a task, as the choices of a pick field; four eyes leave some out."""
    text = request.args.get("q", "").strip()[:100]
    with reading() as (session, actor):
        task = engine_for(session, actor, clock()).get_task(task_id).task
        return render_template("lookup/choices.html", choices=choices(session, actor, task, text, clock()))


def choices(session: Session, actor: Actor, task: Task, text: str, now: Clock) -> list[Choice]:
    """At most `MOST` people whose name contains ``text``; their roles stand below the name."""
    on = business_date(now)
    without = set(task.excluded)
    if not request.args.get("all"):
        without |= {actor.id, task.assignee or ""}
    found = find_colleagues(session, task.path, on, text=text, first=task.roles, without=without, limit=MOST)
    return as_choices(session, found, on)


def as_choices(session: Session, found: list[Staff], on: date) -> list[Choice]:
    """People as choices; their roles stand below the name."""
    held = roles_by_staff(session, [person.id for person in found], on)
    return [
        Choice(
            person.id,
            person.display_name,
            " · ".join(dict.fromkeys(state_name(f"role.{role.role}") for role in held[person.id])),
        )
        for person in found
    ]


def chosen(name: str) -> list[str]:
    """The ids that were picked in the rows ``<name>-<number>-person`` of the form, each once, in order."""
    keys = [key for key in request.form if key.startswith(f"{name}-") and key.endswith("-person")]
    return list(dict.fromkeys(value for key in keys if (value := request.form[key].strip())))


def people_rows(name: str) -> dict[str, Any]:
    """What a dialog needs to draw a list of picks: the ids that were picked, or two empty lines."""
    return {"picked": (chosen(name) if request.method == "POST" else []) or [""]}


def picked_names(session: Session) -> dict[str, str]:
    """The names of everybody picked in a form that is shown again, by id: fields that end in person or to."""
    return names(session, {v for k, v in request.form.items() if v and k.endswith(("-person", "_to"))})
