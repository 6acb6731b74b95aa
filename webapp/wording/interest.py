"""The words of late interest: charging it, letting a buyer off, and what is refused about either."""

from __future__ import annotations

from webapp.language import N_

TEXTS = {
    "settled_total_below_zero": N_("Nothing of the price would be left. Check the difference."),
    "todo_note.interest_charged": N_("Late interest was charged"),
    "todo_note.interest_to_general": N_("Late interest, from the supervised to the general account"),
    "todo_note.interest_to_supervised": N_("Back to the supervised account: the interest was taken back"),
    "todo_reason.interest_changed": N_("The interest that was paid has changed"),
    "todo_reason.interest_anew": N_("The interest was charged anew after an earlier payment"),
    "todo_note.let_off_in_part": N_("Part of it was waived"),
    "todo_reason.let_off": N_("It was waived or written off"),
    "waiver_kind.waiver": N_("Waiver of late interest"),
    "waiver_kind.write_off": N_("Write-off"),
    "approval_kind.write_off": N_("Write-off"),
    "waiver.asked": N_("Waits for approval"),
    "waiver.granted": N_("Granted"),
    "waiver.refused": N_("Refused"),
    "waiver.withdrawn": N_("Taken back"),
    "waiver.lapsed": N_("Lapsed"),
    "waiver_no_longer_open": N_("Less is open by now than was asked for"),
    "waiver_sale_closed": N_("The sale is closed"),
    "waiver_of_closed_sale": N_("Sale %(no)s is closed: nobody is let off on it any more."),
    "write_off_not_ours": N_("Only what the buyer owes to us can be written off."),
    "write_off_in_part": N_("A write-off is for the whole rest: %(open_fen)s."),
    "amount_fen.waiver_above_open": N_("At most %(open_fen)s can be let off."),
    "audit.finance:request_waiver": N_("asked for a waiver"),
    "audit.finance:decide_waiver": N_("decided on a waiver"),
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
