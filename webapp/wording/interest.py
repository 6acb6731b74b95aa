"""The words of late interest: charging it, letting a buyer off, and what is refused about either."""

from __future__ import annotations

from webapp.language import N_

TEXTS = {
    "todo_note.interest_charged": N_("Late interest was charged"),
    "todo_note.interest_to_general": N_("Late interest, from the supervised to the general account"),
    "todo_note.interest_to_supervised": N_("Back to the supervised account: the interest was taken back"),
    "todo_reason.interest_changed": N_("The interest that was paid has changed"),
    "todo_reason.interest_anew": N_("The interest was charged anew after an earlier payment"),
    "audit.finance:charge_interest": N_("charged late interest"),
    "allocation_above_waived": N_("This is more than is open: part of the interest was waived."),
    "receivable_waived": N_("Part of this interest was waived; it can no longer be superseded."),
    "waiver_refused": N_("This cannot be waived: a waiver stays within what is open."),
    "waiver_above_open": N_("This is more than is open."),
    "waiver_above_request": N_("This is more than was asked for."),
    "waiver_not_granted": N_("Nothing is waived before the request is granted."),
    "waiver_stale": N_("What was approved is no longer what is asked for. Ask for the waiver anew."),
    "waiver_missing": N_("There is no such request, or it lies outside what you may see."),
}
