"""The words of the shipped processes: what is asked for, how it was decided, what their verbs refuse."""

from __future__ import annotations

from webapp.language import N_

TEXTS = {
    "approval_kind.discount": N_("Discount"),
    "approval_kind.price_plan": N_("Price plan"),
    "approval_kind.hold": N_("Hold"),
    "approval_kind.room_change": N_("Change of unit"),
    "approval_kind.rename_relative": N_("Change of name (relative)"),
    "approval_kind.rename_other": N_("Change of name (other)"),
    "approval_kind.plan_change": N_("Change of payment plan"),
    "approval_kind.cancel_buyer_fault": N_("Cancellation, the buyer's fault"),
    "approval_kind.cancel_developer_fault": N_("Cancellation, our fault"),
    "approval_kind.cancel_no_fault": N_("Cancellation, nobody's fault"),
    "approval_kind.keys_with_arrears": N_("Keys with arrears"),
    "approval_kind.refund": N_("Refund"),
    "approval_kind.compensation": N_("Compensation"),
    "approval_kind.interest_waiver": N_("Waiver of late interest"),
    "approval_outcome.approved": N_("Approved"),
    "approval_outcome.returned": N_("Returned"),
    "approval_outcome.rejected": N_("Rejected"),
    "approval_outcome.expired": N_("Expired unanswered, returned"),
    "decision.approved": N_("Approved"),
    "decision.returned": N_("Returned"),
    "decision.rejected": N_("Rejected"),
    "approver_has_decided": N_("You have decided an earlier step of this case. Somebody else must take this one."),
    "colleague_left": N_("Choose a colleague who works here."),
    "batch_missing": N_("Choose the queue batch."),
}
