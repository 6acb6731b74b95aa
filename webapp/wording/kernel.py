"""Refusals that any part may give."""

from __future__ import annotations

from webapp.language import N_

TEXTS = {
    "refused": N_("This cannot be done now. Open the page again and check what has changed."),
    "not_allowed": N_("You do not have the right to do this. Ask an administrator or the person responsible."),
    "permission_missing": N_("Your role does not include this: %(permission)s."),
    "missing": N_("This does not exist, or it lies outside what you may see."),
    "stale": N_("Somebody else was quicker. Open the page again to see the present state."),
    "invalid": N_("This entry is not right. Please correct it."),
    "answers_invalid": N_("Some entries need correcting. Nothing was saved."),
    "required": N_("Please fill this in."),
    "not_a_number": N_("Please write a number."),
    "not_a_date": N_("Please choose a date."),
    "too_long": N_("This is too long; at most %(most)s characters fit."),
    "not_a_choice": N_("Please choose one of the options."),
    "file_too_large": N_("The file is too large; at most %(most)s are taken."),
}
