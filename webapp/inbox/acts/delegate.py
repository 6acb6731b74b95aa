"""Let somebody prepare a task (委托): it stays one's own; the delegate gives it back with a filled form."""

from __future__ import annotations

from flask import Response, request, url_for
from flask_babel import gettext as _

from engine.api import Engine
from webapp.inbox.acts.doing import Answer, carry_out
from webapp.inbox.acts.menu import Act, Seen, add_act
from webapp.inbox.blueprint import pages
from webapp.inbox.posting import typed_answers
from webapp.language import N_

KEY = "delegate"


def _offered(seen: Seen) -> bool:
    return seen.detail.rights.delegate


add_act(Act(KEY, N_("Have it prepared"), N_("Ask them"), "user-edit", _offered, order=40))


@pages.post("/tasks/<task_id>/delegate")
def delegate(task_id: str) -> Answer:
    """Ask the person chosen to fill the form in."""
    to = request.form.get("delegate_to", "").strip()
    return carry_out(
        task_id,
        KEY,
        lambda engine: engine.delegate(task_id, to),
        done=_("They are asked to prepare it; you decide."),
    )


@pages.post("/tasks/<task_id>/resolve")
def resolve(task_id: str) -> Answer | Response:
    """Give it back to its owner with what was filled in."""
    prepared = {name: value for name, value in typed_answers(task_id).items() if value not in (None, "", [])}

    def give_back(engine: Engine) -> None:
        engine.resolve(task_id, prepared)

    return carry_out(task_id, "resolve", give_back, done=_("It is back with its owner."), leads_to=_list())


@pages.post("/tasks/<task_id>/take-back")
def take_back(task_id: str) -> Answer:
    """Its owner takes it back, or its delegate gives it back unprepared."""
    mine = request.form.get("as") == "owner"
    done = _("The task is with you again.") if mine else _("It is back with its owner.")
    leads_to = "" if mine else _list()
    return carry_out(task_id, "take_back", lambda engine: engine.unclaim(task_id), done=done, leads_to=leads_to)


def _list() -> str:
    return url_for("inbox.index")
