"""Have others decide before or after oneself (前加签, 后加签)."""

from __future__ import annotations

from flask import request
from flask_babel import gettext as _

from webapp.inbox.acts.doing import Answer, carry_out
from webapp.inbox.acts.menu import Act, Seen, add_act
from webapp.inbox.acts.people import chosen, people_rows
from webapp.inbox.blueprint import pages
from webapp.language import N_

KEY = "add_signers"


def _offered(seen: Seen) -> bool:
    return seen.detail.rights.add_signers


add_act(
    Act(KEY, N_("Add approvers"), N_("Add"), "user-plus", _offered, lambda _seen: people_rows("signers"), order=20)
)


@pages.post("/tasks/<task_id>/signers")
def add_signers(task_id: str) -> Answer:
    """Ask the people chosen, before or after whoever has the task."""
    part, reason = request.form.get("signers_part", ""), request.form.get("signers_reason", "")
    people = chosen("signers")
    return carry_out(
        task_id,
        KEY,
        lambda engine: engine.add_signers(task_id, people, part=part, reason=reason),
        done=_("They are asked to decide after you.") if part == "after" else _("They are asked to decide first."),
    )
