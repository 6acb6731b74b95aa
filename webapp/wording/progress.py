"""The words of steps that buyers see: families, outcomes, and what is refused."""

from __future__ import annotations

from webapp.language import N_

TEXTS = {
    "progress_family.mortgage": N_("Mortgage of the sale"),
    "progress_family.area_settlement": N_("Area settlement"),
    "progress_family.title": N_("Property certificate"),
    "progress_family.move_in": N_("Move-in"),
    "progress.open": N_("going on"),
    "progress.late": N_("late"),
    "progress.done": N_("done"),
    "progress.stopped": N_("stopped"),
    "sale_line.follow_up": N_("Follow-up"),
    "sale_line.reservation": N_("Reservation"),
    "sale_line.subscription": N_("Subscription"),
    "sale_line.contract": N_("Contract"),
    "sale_line.filing": N_("Filing"),
    "sale_line.mortgage": N_("Mortgage of the sale"),
    "sale_line.area_settlement": N_("Area settlement"),
    "sale_line.title": N_("Property certificate"),
    "sale_line.move_in": N_("Move-in"),
    "sale_line_state.done": N_("done"),
    "sale_line_state.open": N_("going on"),
    "sale_line_state.late": N_("late"),
    "sale_line_state.stopped": N_("stopped"),
    "sale_line_state.ahead": N_("ahead"),
    "sale_step.registered": N_("First contact"),
    "progress_invalid": N_("This step cannot be kept as it is. Correct it."),
    "progress_family_unknown": N_("Steps belong to one of: %(known)s."),
    "progress_step_unknown": N_("A step is called by lower-case letters, digits and underscores, at most 40."),
    "progress_role_unknown": N_("There is no role %(role)s that could answer for a step."),
    "progress_outcome_unknown": N_("A step ends as one of: %(known)s."),
    "progress_reason_missing_or_long": N_("Say why in at most %(longest)s characters."),
    "permission.progress:export": N_("taking along what was on time"),
    "audit.progress:explain": N_("said why a step is late"),
    "audit.progress:export": N_("took along what was on time"),
    "progress_step_missing": N_("There is no such step, or it lies outside what you may see."),
    "consent_purpose_unknown": N_("Consent is kept for marketing and for progress messages."),
}
