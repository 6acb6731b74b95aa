"""The words of steps that buyers see: families, outcomes, and what is refused."""

from __future__ import annotations

from webapp.language import N_

TEXTS = {
    "progress_family.mortgage": N_("Mortgage"),
    "progress_family.area_settlement": N_("Area settlement"),
    "progress_family.title": N_("Property certificate"),
    "progress_family.move_in": N_("Move-in"),
    "progress.open": N_("going on"),
    "progress.late": N_("late"),
    "progress.done": N_("done"),
    "progress.stopped": N_("stopped"),
    "progress_invalid": N_("This step cannot be kept as it is. Correct it."),
    "progress_family_unknown": N_("Steps belong to one of: %(known)s."),
    "progress_step_unknown": N_("A step is called by lower-case letters, digits and underscores, at most 40."),
    "progress_role_unknown": N_("There is no role %(role)s that could answer for a step."),
    "progress_outcome_unknown": N_("A step ends as one of: %(known)s."),
    "progress_step_missing": N_("There is no such step, or it lies outside what you may see."),
    "consent_purpose_unknown": N_("Consent is kept for marketing and for progress messages."),
}
