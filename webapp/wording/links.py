"""Why a one-time link cannot be used, and what may be done instead."""

from __future__ import annotations

from webapp.language import N_

TEXTS = {
    "link_unknown": N_("There is no such link. Copy the whole address from the message, or sign in."),
    "link_used": N_("%(by)s used this link on %(at)s (%(decision)s). A link acts once; sign in to see the task."),
    "link_task_closed": N_("This task is no longer open: %(by)s closed it on %(at)s (%(decision)s)."),
    "link_task_closed_for": N_(
        "This task is no longer open: %(by)s closed it for %(staff)s on %(at)s (%(decision)s)."
    ),
    "link_task_with_another": N_("%(assignee)s has this task now. Sign in to see how it stands."),
    "link_expired": N_("This link was good until %(at)s. Sign in to decide."),
    "link_revoked": N_("This link was taken back, or you have changed your password since. Sign in to decide."),
    "link_task_changed": N_("The task has changed since this link was sent. Sign in and look at the facts again."),
    "link_person_left": N_("The account that this link was sent to is closed."),
    "link_role_lost": N_("You no longer hold the role that this task needs, or somebody else has it now."),
    "by_channel.mail": N_("e-mail"),
    "by_channel.sms": N_("text message"),
    "history.withdrawal_answered_by_link": N_("answered by a link from %(channel)s, without signing in"),
    "audit.withdrawal:answer_by_link": N_("answered a request by a one-time link"),
    "audit.copy:read_by_link": N_("read a copy by a one-time link"),
    "history.task_decided_by_link": N_("decided “%(element)s” by a link from %(channel)s, without signing in"),
}
