"""Do without the people who were added to a task and have not decided."""

from __future__ import annotations

from flask import request
from flask_babel import gettext as _

from webapp.inbox.acts.doing import Answer, carry_out
from webapp.inbox.acts.menu import Act, Seen, add_act
from webapp.inbox.blueprint import pages
from webapp.language import N_

KEY = "withdraw_signing"


def _offered(seen: Seen) -> bool:
    return seen.detail.rights.withdraw_signing


add_act(
    Act(KEY, N_("Do without the others"), N_("Do without them"), "user-minus", _offered, tone="danger", order=35)
)


@pages.post("/tasks/<task_id>/signers/withdraw")
def withdraw_signing(task_id: str) -> Answer:
    """Their tasks end; the reason is kept."""
    reason = request.form.get("withdraw_signing_reason", "")
    return carry_out(
        task_id,
        KEY,
        lambda engine: engine.withdraw_signing(task_id, reason=reason),
        done=_("The others are no longer asked."),
    )
