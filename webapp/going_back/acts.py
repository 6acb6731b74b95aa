"""Return to a chosen step (退回), take one's task back (撤回), ask for it, and answer who asks."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from flask_babel import gettext as _

from engine.api import Engine, PassedStep
from webapp.acting import clock
from webapp.engine_room import engine_for
from webapp.formatting import moment
from webapp.inbox.acts.doing import Answer, carry_out
from webapp.inbox.acts.menu import Act, Seen, add_act
from webapp.inbox.blueprint import pages
from webapp.inbox.people import names_of
from webapp.language import N_, current_language
from webapp.wording import state_name


def _engine(seen: Seen) -> Engine:
    return engine_for(seen.session, seen.actor, clock())


def _may_return(seen: Seen) -> bool:
    return seen.detail.rights.complete and bool(_engine(seen).return_choices(seen.detail.task.id))


def _steps(seen: Seen) -> dict[str, Any]:
    """The steps to choose from, the last one first, with who did each and when."""
    steps = _engine(seen).return_choices(seen.detail.task.id)[::-1]
    names = names_of(seen.session, {step.by for step in steps if step.by})
    return {"steps": [(step.task_id, step_name(step), _who(step, names)) for step in steps]}


def step_name(step: PassedStep) -> str:
    """What a step is called in the reader's language."""
    return step.labels.get(current_language()) or step.name


def _who(step: PassedStep, names: dict[str, str]) -> str:
    roles = str(_(", ")).join(state_name(f"role.{role}") for role in step.roles)
    return " · ".join(part for part in (names.get(step.by, ""), roles, moment(step.at)) if part)


def _may_withdraw(seen: Seen) -> bool:
    return _right(seen) == "withdraw"


def _may_ask(seen: Seen) -> bool:
    return _right(seen) == "ask"


def _right(seen: Seen) -> str:
    task = seen.detail.task
    return _engine(seen).withdrawal_rights(task.id).act if task.state == "completed" else "none"


def _is_asked(seen: Seen) -> bool:
    task = seen.detail.task
    return task.state == "open" and bool(_engine(seen).withdrawals_to_answer(task.id))


add_act(Act("return_to", N_("Return to a step"), N_("Return"), "arrow-back-up", _may_return, _steps, order=20))
add_act(Act("withdraw", N_("Withdraw it"), N_("Withdraw it"), "arrow-back-up", _may_withdraw, order=21))
add_act(Act("ask_withdrawal", N_("Ask to have it back"), N_("Ask"), "arrow-back-up", _may_ask, order=22))
add_act(Act("answer_withdrawal", N_("Answer who wants it back"), N_("Answer"), "message", _is_asked, order=23))


@pages.post("/tasks/<task_id>/return")
def return_to(task_id: str) -> Answer:
    """Send the case back to the step chosen."""
    form = request.form
    return carry_out(
        task_id,
        "return_to",
        lambda engine: engine.return_to(
            task_id,
            form.get("return_step", ""),
            way=form.get("return_way", ""),
            reason=form.get("return_reason", ""),
        ),
        done=_("The case is returned."),
        leads_to=url_for("inbox.index"),
    )


@pages.post("/tasks/<task_id>/withdraw")
def withdraw(task_id: str) -> Answer:
    """Take the task back and open it."""
    return carry_out(
        task_id,
        "withdraw",
        lambda engine: engine.withdraw(task_id, request.form.get("withdraw_reason", "")),
        done=_("You have the task back."),
        leads_to=url_for("inbox.index"),
    )


@pages.post("/tasks/<task_id>/withdrawal")
def ask_withdrawal(task_id: str) -> Answer:
    """Ask whoever holds the case."""
    return carry_out(
        task_id,
        "ask_withdrawal",
        lambda engine: engine.ask_to_withdraw(task_id, request.form.get("ask_reason", "")),
        done=_("They are asked."),
    )


@pages.post("/tasks/<task_id>/withdrawal/answer")
def answer_withdrawal(task_id: str) -> Answer:
    """Let the case go back to who asks, or refuse."""
    form = request.form
    grants = form.get("answer_grant") == "yes"
    return carry_out(
        task_id,
        "answer_withdrawal",
        lambda engine: engine.answer_withdrawal(
            form.get("withdrawal_id", ""), grant=grants, answer=form.get("answer_words", "")
        ),
        done=_("They have it back.") if grants else _("The request is refused."),
        leads_to=url_for("inbox.index") if grants else "",
    )
