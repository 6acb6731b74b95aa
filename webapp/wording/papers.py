"""The words of papers in number ranges, and what they refuse."""

from __future__ import annotations

from webapp.language import N_

TEXTS = {
    "paper_kind.receipt": N_("Receipt paper"),
    "paper_kind.invoice": N_("Invoice"),
    "paper.issued": N_("In the payer’s hands"),
    "paper.exchanged": N_("Exchanged"),
    "paper.void": N_("Declared void"),
    "paper.spoiled": N_("Spoiled blank"),
    "receivable_kind.credit": N_("Received, not allocated"),
    "todo_note.paper_due": N_("The money asks for its paper"),
    "todo_note.paper_voided": N_("The earlier paper is void"),
    "range_invalid": N_("This is no number range."),
    "range_overlaps": N_("Numbers of this range were received before. Check the first and the last number."),
    "range_number_no_digits": N_("Write the number in digits, at most %(longest)s of them."),
    "range_width_differs": N_("First and last number must have the same number of digits."),
    "range_backwards": N_("The last number lies before the first."),
    "range_too_long": N_("A range holds at most %(most)s numbers."),
    "range_prefix_wrong": N_("Use letters, digits, - / _ . and at most %(longest)s of them."),
    "range_holder_unknown": N_("Choose one of the people who take money here."),
    "range_used_up": N_("Every number of this range is used; nothing is left to give back."),
    "range_missing": N_("There is no such number range, or it lies outside what you may see."),
    "spoiled_count": N_("Write how many forms are spoiled, from 1 to %(most)s."),
    "no_number_left": N_("No number is left that you may use. Have a new range received first."),
    "paper_refused": N_("The paper cannot be issued that way."),
    "paper_kind_unknown": N_("Choose a receipt or an invoice."),
    "paper_needs_confirmed_money": N_("Only money that is confirmed and stands gets a paper."),
    "paper_missing": N_("There is no such paper, or it lies outside what you may see."),
    "paper_taken": N_("Somebody else was quicker with this paper. Look at the page anew."),
    "paper_not_live": N_("Paper %(number)s is void or exchanged already."),
    "paper_exchanged": N_("Paper %(number)s was exchanged for an invoice. Void the invoice first."),
    "receipt_has_numbered_paper": N_("Paper %(number)s acknowledges this money already. Print that one."),
    "exchange_of_how_many": N_("Choose from 1 to %(most)s receipts to exchange."),
    "exchange_of_receipts_only": N_("Only receipts are exchanged for an invoice; %(number)s is none."),
    "exchange_of_several_sales": N_("The receipts are of several sales. Exchange those of one sale at a time."),
    "exchange_payer_missing": N_("The receipts name %(count)s payers. Say whom the invoice is made out to."),
}
