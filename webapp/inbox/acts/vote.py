"""Have several people decide a task together (会签, 或签, 票签)."""

from __future__ import annotations

from flask import request
from flask_babel import gettext as _

from forms.compile import exists, load
from webapp.inbox.acts.doing import Answer, carry_out
from webapp.inbox.acts.menu import Act, Seen, add_act
from webapp.inbox.acts.people import chosen, people_rows
from webapp.inbox.blueprint import pages
from webapp.language import N_

KEY = "vote"


def _offered(seen: Seen) -> bool:
    task = seen.detail.task
    asks = task.form_key is not None and exists(task.form_key)
    if not asks or not seen.detail.rights.add_signers or task.held == "planned":
        return False
    return any(component.key == "decision" for component in load(str(task.form_key)).model.asked())


add_act(
    Act(KEY, N_("Sign together"), N_("Begin"), "users-group", _offered, lambda _s: people_rows("voters"), order=30)
)


@pages.post("/tasks/<task_id>/vote")
def vote(task_id: str) -> Answer:
    """Ask the people chosen, by the rule chosen."""
    rule, reason = request.form.get("vote_rule", ""), request.form.get("vote_reason", "")
    sent = request.form.get("vote_number", "").strip()
    number = int(sent) if sent.isdecimal() and len(sent) < 4 else 0
    people = chosen("voters")
    return carry_out(
        task_id,
        KEY,
        lambda engine: engine.open_vote(task_id, people, rule=rule, number=number, reason=reason),
        done=_("They are asked to decide."),
    )
