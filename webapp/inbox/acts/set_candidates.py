"""Offer a task to other roles and people (改派): whoever had it loses it at once."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_babel import gettext as _

from ledger.staff.permissions import Permission
from ledger.staff.roles import ROLES
from webapp.inbox.acts.doing import Answer, carry_out
from webapp.inbox.acts.menu import Act, Seen, add_act
from webapp.inbox.acts.people import chosen, people_rows
from webapp.inbox.blueprint import pages
from webapp.language import N_
from webapp.wording import state_name

KEY = "set_candidates"


def _offered(seen: Seen) -> bool:
    task = seen.detail.task
    oversees = any(seen.actor.may(p, task.path) for p in (Permission.TASKS_OVERSEE, Permission.ENGINE_OPERATE))
    return task.state == "open" and oversees and task.parent_id is None and task.held in (None, "over")


def _values(seen: Seen) -> dict[str, Any]:
    """The roles to choose from, those that may take it now already ticked, and rows for people."""
    posted = request.form.getlist("candidate_groups") if request.method == "POST" else None
    ticked = posted if posted is not None else list(seen.detail.task.roles)
    return {"groups": [(code, state_name(f"role.{code}")) for code in ROLES], "ticked": ticked} | people_rows(
        "offer"
    )


add_act(Act(KEY, N_("Offer it to others"), N_("Offer it"), "users-group", _offered, _values, order=65))


@pages.post("/tasks/<task_id>/candidates")
def set_candidates(task_id: str) -> Answer:
    """Offer it to the roles and people that were chosen."""
    groups, people = request.form.getlist("candidate_groups"), chosen("offer")
    reason = request.form.get("candidates_reason", "")
    return carry_out(
        task_id,
        KEY,
        lambda engine: engine.set_candidates(task_id, groups, people, reason=reason),
        done=_("The task is offered to them."),
    )
