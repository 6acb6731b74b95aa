"""What the marks in texts of messages stand for."""

from __future__ import annotations

from webapp.language import N_

TEXTS = {
    "message_mark.customer": N_("The customer’s name"),
    "message_mark.project": N_("The project"),
    "message_mark.unit": N_("The unit"),
    "message_mark.number": N_("The number of the paper"),
    "message_mark.consultant": N_("The sales consultant"),
    "message_mark.sign_by_on": N_("The last day for signing"),
    "message_mark.deadline_on": N_("The last day"),
    "message_mark.paid_on": N_("The day of the payment"),
    "message_mark.accepted_on": N_("The day of acceptance"),
    "message_mark.expires_at": N_("Until when it holds"),
    "message_mark.due_at": N_("When it is due"),
    "message_mark.total_fen": N_("The contract sum"),
    "message_mark.amount_fen": N_("The amount"),
    "message_mark.deposit_fen": N_("The deposit"),
    "message_mark.reason": N_("The reason that was given"),
    "message_mark.note": N_("The words that were written"),
    "message_mark.who": N_("Who did it"),
    "message_mark.by": N_("By whom it comes"),
    "message_mark.author": N_("Who wrote it"),
    "message_mark.what": N_("What it is"),
    "message_mark.about": N_("What it is about"),
    "message_mark.task": N_("The task"),
    "message_mark.case": N_("The case"),
    "message_mark.title": N_("The heading of the news"),
    "message_mark.text": N_("The news in a sentence"),
    "message_mark.kind": N_("The kind of news"),
    "message_mark.result": N_("What came of it"),
    "message_mark.times": N_("How many times"),
    "message_mark.count": N_("How many"),
    "message_mark.lines": N_("The news, one in a line"),
    "message_mark.open_link": N_("Address: opens the task or case"),
    "message_mark.decide_link": N_("Address: decides without signing in"),
    "message_mark.inbox_link": N_("Address: opens the inbox"),
    "message_mark.settings_link": N_("Address: the reader’s choices"),
    "message_mark.unsubscribe_link": N_("Address: ends this kind of mail"),
    "message_mark.stops_link": N_("Address: ends kinds of mail"),
}
