"""The words of finance's reports: what they are cut by, and what is wrong with what was asked."""

from __future__ import annotations

from webapp.language import N_

TEXTS = {
    "ageing_by.project": N_("By project"),
    "ageing_by.plan": N_("By payment plan"),
    "ageing_by.debtor": N_("By debtor"),
    "plan_kind.none": N_("No payment plan"),
    "report_in_future": N_("This day is still to come; a report goes up to %(latest)s."),
    "report_before_first": N_("Nothing was entered before %(earliest)s. Choose a later day."),
    "report_too_long": N_("A workbook takes at most %(most)s rows. Cut the report to a project or an age."),
}
