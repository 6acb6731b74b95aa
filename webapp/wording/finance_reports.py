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
    "period_backwards": N_("The period begins after it ends, on %(last)s. Turn the days round."),
    "report_period_invalid": N_("This period cannot be reported. Look at the page of the report, which says why."),
    "periods_too_many": N_("This makes more than %(most)s parts. Choose longer parts or a shorter period."),
    "report_step.day": N_("By day"),
    "report_step.week": N_("By week"),
    "report_step.month": N_("By month"),
    "report_step.quarter": N_("By quarter"),
    "report_step.year": N_("By year"),
    "statements_none": N_("No sale there had money by the last day. Choose another building or period."),
    "statements_too_many": N_("These are more than %(most)s sales. Choose one building after the other."),
    "statement_run_missing": N_("These statements are not yours, or none was made."),
    "report_too_long": N_("A workbook takes at most %(most)s rows. Cut the report to a project or an age."),
}
