"""The words of paper templates: states, what is wrong in a line, what is refused."""

from __future__ import annotations

from webapp.language import N_

TEXTS = {
    "paper_template.draft": N_("Draft"),
    "paper_template.proposed": N_("Waits for release"),
    "paper_template.released": N_("In use"),
    "paper_template.retired": N_("Retired"),
    "paper_template.delivered": N_("As delivered"),
    "template_text_refused": N_("Line %(line)s: %(problem)s"),
    "template_values_lacking": N_("Line %(line)s: %(what)s has no value here."),
    "template_value_lacking": N_("%(what)s has no value here."),
    "template_text_too_long": N_("A text has at most %(what)s lines and 40,000 characters."),
    "template_line_needs_two": N_("Write label and value with one | between them: %(what)s"),
    "template_cells_differ": N_("This row must have %(what)s cells like the first one of its table."),
    "template_mark_broken": N_("This is no complete mark: %(what)s"),
    "template_bold_open": N_("Bold is opened by ** and never closed: %(what)s"),
    "template_title_first": N_("The text begins with its title: # and the name of the paper."),
    "template_title_twice": N_("A paper has one title; use ## for a heading."),
    "template_variable_unknown": N_("Papers of this kind do not know %(what)s."),
    "template_list_misplaced": N_(
        "%(what)s is of a list: it stands in a row of a table, a fact, a clause or a point."
    ),
    "template_lists_mixed": N_("A line may name fields of one list only, not of %(what)s."),
    "template_layout_elsewhere": N_("%(what)s belongs to another kind of paper."),
    "template_table_without_rows": N_("A table needs a row below its head."),
    "template_text_unchanged": N_("The text is the one in use already; there is nothing to propose."),
    "template_needs_second_person": N_("Whoever wrote or proposed a version does not release it."),
    "paper_template_missing": N_("There is no such template, or it lies outside what you may see."),
    "paper_template_state": N_("The version is not in a state for this. Look at the page anew."),
    "paper_template_stale": N_(
        "Somebody else changed this draft meanwhile. Your text is below; compare and save again."
    ),
    "paper_kind_not_known": N_("There is no paper of the kind %(kind)s."),
    "paper_kind_not_of_sale": N_("A paper of the kind %(kind)s is not made of a sale alone."),
    "document.supplement": N_("Supplement"),
    "document.cancellation_agreement": N_("Cancellation agreement"),
    "document.refund_note": N_("Refund note"),
    "document.filing_cancellation": N_("Application to cancel a filing"),
    "document.mortgage_list": N_("Mortgage papers"),
    "document.area_notice": N_("Area settlement notice"),
    "document.title_notice": N_("Notice on the title"),
    "document.move_in_notice": N_("Move-in notice"),
    "document.key_form": N_("Hand-over and key form"),
    "document.invoice": N_("Invoice"),
    "document.arrears_second": N_("Letter: overdue payment"),
    "document.arrears_final": N_("Letter: final reminder"),
    "document.arrears_demand": N_("Letter: formal demand"),
    "document.arrears_termination": N_("Letter: notice of termination"),
    "paper_extra_unknown": N_("Papers of the kind %(kind)s have no variable %(name)s."),
    "paper_extra_type": N_("The value given for %(name)s is not of the type %(type)s."),
}
