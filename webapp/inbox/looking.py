"""Who else is looking: an open page tells so every few seconds, and is forgotten soon after it has gone."""

from __future__ import annotations

from flask import render_template

from webapp.acting import acting, clock
from webapp.engine_room import engine_for
from webapp.inbox.blueprint import pages
from webapp.inbox.people import names_of
from webapp.presence import lookers, note_looking


@pages.post("/tasks/<task_id>/looking")
def look(task_id: str) -> str:
    """An open page says that it is open: the task counts as read, and others see who is there."""
    with acting() as (session, actor):
        engine_for(session, actor, clock()).see_task(task_id)
        now = clock().now()
        note_looking(session, task_id, actor.id, now)
        others = lookers(session, now, [task_id], but=actor.id).get(task_id, ())
        names = names_of(session, others)
        people = sorted(names[one] for one in others)
        return render_template("inbox/_looking.html", looking=people, task={"id": task_id})
