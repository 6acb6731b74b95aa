"""Copies and urging: what happened, and what stands against it."""

from __future__ import annotations

from webapp.language import N_

TEXTS = {
    "history.task_copied": N_("sent a copy of “%(element)s” to %(staff)s"),
    "history.instance_copied": N_("sent a copy of the case to %(staff)s"),
    "audit.case:copy": N_("sent copies of a case"),
    "history.task_urged": N_("urged “%(element)s” (time %(times)s)"),
    "history.task_urged_above": N_(
        "urged “%(element)s” (time %(times)s); whoever answers for the role was told too"
    ),
    "copy_missing": N_("There is no such copy, or it was sent to somebody else."),
    "copy_readers_missing": N_("Choose at least one reader."),
    "copy_readers_many": N_("At most %(most)s readers can be sent a copy at once."),
    "copy_note_length": N_("The note is too long; at most %(longest)s characters fit."),
    "copy_to_self": N_("You need no copy of what you send. Choose somebody else."),
    "copy_sent_before": N_("Everybody chosen was sent a copy before."),
    "urge_own": N_("This task is yours; nobody else can be urged."),
    "urge_takeable": N_("You may take this task yourself."),
    "urged_lately": N_("%(by)s urged on %(at)s. It can be urged again after %(again_at)s."),
    "urge_note_length": N_("The note is too long; at most %(longest)s characters fit."),
    "undelivered.mail": N_("Mails do not arrive; the last one was given up on %(at)s. %(reason)s"),
    "undelivered.sms": N_("Text messages do not arrive; the last one was given up on %(at)s. %(reason)s"),
    "audit.task:copy": N_("sent copies of a task"),
    "audit.task:urge": N_("urged a task"),
    "audit.task:complete_by_link": N_("completed a task by a one-time link"),
    "audit.notices:choose": N_("chose what reaches them"),
}
