"""Pieces of work asked for under a task (子任务), as its page shows them, and the way to ask for one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from engine.api import Engine, SubTask, TaskDetail
from kernel.actor import Actor
from webapp.inbox.people import names_of
from webapp.inbox.rows import name_of
from webapp.wording import state_name

KEY = "ad_hoc_task"
_OPEN = ("active", "suspended")


@dataclass(frozen=True)
class Piece:
    """One piece: what it is, who has it at which step, by when; ``state`` is its case's."""

    url: str
    subject: str
    state: str
    who: str
    step: str
    due_at: datetime | None
    ended_at: datetime | None


def work_under(engine: Engine, session: Session, actor: Actor, detail: TaskDetail) -> dict[str, Any]:
    """What was asked for under a task, how much of it is open, and where the reader asks for more."""
    task, pieces = detail.task, engine.sub_tasks(detail.task.id)
    names = names_of(session, {one.assignee for piece in pieces for one in piece.open_tasks})
    holds = detail.rights.complete or detail.rights.claim or detail.rights.take_back
    may_ask = task.state == "open" and holds and engine.may_start(KEY, task.path)
    return {
        "pieces": [_piece(piece, names) for piece in pieces],
        "pieces_open": sum(piece.state in _OPEN for piece in pieces),
        "ask_for_work": url_for("inbox.start", key=KEY, **_given(detail)) if may_ask else "",
        "above": engine.work_above(task.instance_id),
    }


def _given(detail: TaskDetail) -> dict[str, str]:
    """What is filled in beforehand: the unit the task is about."""
    given = {"under": detail.task.id, "at": detail.task.path}
    unit = detail.variables.get("unit_id")
    return given | ({"unit_id": unit} if isinstance(unit, str) else {})


def _piece(piece: SubTask, names: dict[str, str]) -> Piece:
    first = piece.open_tasks[0] if piece.open_tasks else None
    who = ""
    if first is not None:
        who = names.get(first.assignee or "", "") or " · ".join(state_name(f"role.{role}") for role in first.roles)
    return Piece(
        url=url_for("inbox.case", instance_id=piece.instance_id),
        subject=piece.subject,
        state=piece.state,
        who=who,
        step=name_of(first.labels, first.name) if first is not None else "",
        due_at=first.due_at if first is not None else None,
        ended_at=piece.ended_at,
    )
