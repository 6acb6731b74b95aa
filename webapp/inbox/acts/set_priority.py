"""Set another priority (优先级): where a list is sorted or narrowed by it, the more pressing comes first."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_babel import gettext as _

from kernel.errors import Invalid
from ledger.staff.permissions import Permission
from webapp.inbox.acts.doing import Answer, carry_out
from webapp.inbox.acts.menu import Act, Seen, add_act
from webapp.inbox.blueprint import pages
from webapp.language import N_

KEY = "set_priority"


def _offered(seen: Seen) -> bool:
    task, actor = seen.detail.task, seen.actor
    is_holders = task.assignee is not None and task.assignee in (actor.id, actor.on_behalf_of)
    return task.state == "open" and (is_holders or actor.may(Permission.ENGINE_OPERATE, task.path))


def _values(seen: Seen) -> dict[str, Any]:
    return {"priority": seen.detail.task.priority}


add_act(Act(KEY, N_("Another priority"), N_("Set it"), "arrow-narrow-up", _offered, _values, order=72))


@pages.post("/tasks/<task_id>/priority")
def set_priority(task_id: str) -> Answer:
    """Set the number that was typed, from 0 to 100."""
    typed = request.form.get("priority", "").strip()
    return carry_out(
        task_id,
        KEY,
        lambda engine: engine.set_priority(task_id, _number(typed)),
        done=_("The priority is set."),
    )


def _number(typed: str) -> int:
    if not typed.isdecimal() or len(typed) > 3:
        raise Invalid("priority_out_of_range", field="priority", lowest=0, highest=100)
    return int(typed)
