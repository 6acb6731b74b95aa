"""Refusals of acts on many tasks, and of the inbox's own pages."""

from webapp.language import N_

TEXTS = {
    "bulk_act_unknown": N_("This act is not known. Load the page again."),
    "bulk_nothing": N_("Nothing of what was selected can be acted on. Select tasks that wait for you."),
    "bulk_missing": N_("This run is not yours to see, or it is over for long."),
    "bulk_words_missing": N_("Write why; the applicants read it."),
    "bulk_assignee_missing": N_("Choose to whom the tasks are given."),
    "bulk_no_decision": N_("This task asks for no such decision. Open it and fill in its form."),
}
