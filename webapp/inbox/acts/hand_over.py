"""Hand a task over for good (转办)."""

from __future__ import annotations

from flask import request, url_for
from flask_babel import gettext as _

from webapp.inbox.acts.doing import Answer, carry_out
from webapp.inbox.acts.menu import Act, Seen, add_act
from webapp.inbox.blueprint import pages
from webapp.language import N_

KEY = "hand_over"


def _offered(seen: Seen) -> bool:
    return seen.detail.rights.hand_over


add_act(Act(KEY, N_("Hand over"), N_("Hand over"), "arrow-forward-up", _offered, order=10))


@pages.post("/tasks/<task_id>/hand-over")
def hand_over(task_id: str) -> Answer:
    """Give it to the person chosen; it leaves the list of whoever had it."""
    to, reason = request.form.get("hand_over_to", "").strip(), request.form.get("hand_over_reason", "")
    return carry_out(
        task_id,
        KEY,
        lambda engine: engine.hand_over(task_id, to, reason=reason),
        done=_("The task is handed over."),
        leads_to=url_for("inbox.index"),
    )
