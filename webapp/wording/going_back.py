"""Cases that go back: what happened, what stands against it, and who may."""

from __future__ import annotations

from webapp.language import N_

TEXTS = {
    "history.task_returned": N_("returned “%(element)s” to “%(to)s”: %(reason)s"),
    "history.task_passed": N_(
        "“%(element)s” was passed automatically: %(person)s has already decided at “%(step)s”"
    ),
    "history.task_raised": N_("“%(element)s” went up to %(role)s: %(person)s may not decide it"),
    "history.task_withdrawn": N_("took “%(element)s” back: %(reason)s"),
    "history.withdrawal_asked": N_("asked to have “%(element)s” back: %(reason)s"),
    "history.withdrawal_granted": N_("let %(person)s have “%(element)s” back: %(reason)s"),
    "history.withdrawal_refused": N_("did not let %(person)s have “%(element)s” back: %(reason)s"),
    "history.instance_withdrawn": N_("withdrew the request: %(reason)s"),
    "history.instance_let_back": N_("let %(person)s withdraw the request: %(reason)s"),
    "history.request_withdrawal_asked": N_("asked to withdraw the request: %(reason)s"),
    "history.request_withdrawal_refused": N_("did not let %(person)s withdraw the request: %(reason)s"),
    "audit.instance:withdraw": N_("withdrew a request"),
    "withdraw_request_of_another": N_("%(by)s began this case. Only he can withdraw it."),
    "withdraw_your_task": N_("You have completed a task in this case. Take that task back instead."),
    "call_off_waits": N_(
        "Undoing it takes “%(element)s”, which waits for somebody. So the request cannot be withdrawn at once; ask "
        "whoever operates the process to end it."
    ),
    "audit.task:return": N_("returned a task to an earlier step"),
    "audit.task:withdraw": N_("took a task back"),
    "return_way.straight": N_("Straight back to who returned it"),
    "return_way.again": N_("Again through the steps between"),
    "withdrawal.asked": N_("Waits for an answer"),
    "withdrawal.granted": N_("Granted"),
    "withdrawal.refused": N_("Refused"),
    "return_step_unknown": N_(
        "The case cannot be returned to this step: it has not passed it, or it lies in another part of the process. "
        "Choose one of the steps offered."
    ),
    "return_way_unknown": N_(
        "Say what comes after the step: straight back here, or again through the steps between."
    ),
    "back_scope_over": N_(
        "The part of the process in which the step stood is over, so the case cannot go back there."
    ),
    "back_from_loop": N_(
        "“%(element)s” is one of several tasks of the same step. A single one of them cannot send the case back."
    ),
    "back_join_stuck": N_(
        "Branches meet at “%(element)s”, and one of them would wait there for ever. Choose a step before the branches "
        "part."
    ),
    "back_needs_undoing": N_(
        "“%(element)s” has been done since, and the process does not say how to undo it. So the case cannot go back "
        "before it."
    ),
    "withdraw_of_another": N_("%(by)s did this task. Only he can take it back."),
    "withdraw_not_done": N_("The task has not been completed, so there is nothing to take back."),
    "withdraw_gone_back": N_("The task has been taken back or returned already."),
    "withdraw_needs_consent": N_(
        "%(by)s has acted since (%(at)s). Ask whoever holds the case now to let you have it back."
    ),
    "withdraw_without_asking": N_("Nobody has acted yet. You can take the task back without asking."),
    "repeat_unknown": N_("“%(repeat)s” is no answer to a person who recurs. Choose ask, skip or up."),
    "repeat_without_form": N_("A task that is passed needs a form: the same one as the step whose answers stand."),
    "withdrawal_missing": N_("There is no such request."),
    "withdrawal_answered": N_("%(by)s has answered this request already (%(at)s)."),
    "withdrawal_is_yours": N_("You asked for this yourself. Somebody else must answer."),
    "withdrawal_not_yours": N_("Only who holds the case now can answer this request."),
}
