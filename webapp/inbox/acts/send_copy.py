"""Send a task to readers (抄送)."""

from __future__ import annotations

from flask import request
from flask_babel import gettext as _

from webapp.inbox.acts.doing import Answer, carry_out
from webapp.inbox.acts.menu import Act, Seen, add_act
from webapp.inbox.acts.people import chosen
from webapp.inbox.blueprint import pages
from webapp.language import N_

KEY = "send_copy"


def _offered(_seen: Seen) -> bool:
    return True


add_act(Act(KEY, N_("Send a copy"), N_("Send"), "send", _offered, order=60))


@pages.post("/tasks/<task_id>/copies")
def send_copy(task_id: str) -> Answer:
    """Send it to those who were chosen."""
    readers, note = chosen("copy"), request.form.get("copy_note", "")
    return carry_out(
        task_id, KEY, lambda engine: engine.send_copy(task_id, readers, note=note), done=_("The copies are sent.")
    )
