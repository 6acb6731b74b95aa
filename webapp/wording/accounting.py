"""The words of the books: cash counts, closing, locking, and what accounting refuses."""

from __future__ import annotations

from webapp.language import N_

TEXTS = {
    "closing.close": N_("Day closed"),
    "closing.lock": N_("Period locked"),
    "closing.reopen": N_("Opened again"),
    "period_locked": N_(
        "The books are locked through %(locked_through)s. Enter %(first_open)s or later, or have them opened again."
    ),
    "period_invalid": N_("The books cannot be closed or opened that way."),
    "day_is_closed": N_("The books are closed through %(closed_through)s already."),
    "day_is_locked": N_("The books are locked through %(locked_through)s already."),
    "day_is_open": N_("This day is open; the books are closed through %(closed_through)s."),
    "cash_count_missing": N_(
        "Cash of %(staff)s of %(day)s is not counted and signed yet; %(count)s such counts are missing."
    ),
    "cash_count_invalid": N_("The cash count is incomplete."),
    "cash_count_unknown": N_("There is no such cash count, or it lies outside what you may see."),
    "cash_count_outdated": N_("Cash moved or was counted again since. Look at the page anew."),
    "cash_difference_needs_reason": N_(
        "What is there differs by %(difference_fen)s from what was taken. Count again, or give the reason."
    ),
    "cash_pieces_invalid": N_("Write how many pieces there are, a whole number up to %(most)s."),
    "mapping_invalid": N_("This line of the chart is incomplete."),
    "mapping_code_wrong": N_("Give the code without spaces, at most %(longest)s characters."),
    "mapping_name_wrong": N_("Give the account’s name, at most %(longest)s characters."),
    "mapping_missing": N_(
        "These accounts have no counterpart in the company’s chart: %(accounts)s. Map them first."
    ),
    "vouchers_refused": N_("No batch of vouchers can be made."),
    "vouchers_of_open_days": N_(
        "Only closed days are handed over; the books are closed through %(closed_through)s."
    ),
    "vouchers_nothing_left": N_("Every transaction of these days is in a batch already."),
    "voucher_batch_missing": N_("There is no such batch, or it lies outside what you may see."),
    "confirmations_refused": N_("%(count)s lines are wrong. Nothing was taken in."),
    "confirmations_taken": N_("Somebody took numbers in at the same moment. Look at the page anew."),
    "confirmations_unreadable": N_("This file cannot be read. Save it as CSV or Excel again."),
    "confirmations_heading_missing": N_("The column “%(heading)s” (“%(heading_en)s”) is missing."),
    "confirmations_how_many": N_("The file must hold from 1 to %(most)s lines below its heading."),
    "voucher_unknown": N_("there is no voucher %(key)s, or it lies outside what you may see"),
    "voucher_twice": N_("voucher %(key)s stands in line %(line)s already"),
    "voucher_confirmed": N_("voucher %(key)s has number %(number)s already"),
    "voucher_number_wrong": N_("the number of voucher %(key)s is missing or longer than %(longest)s characters"),
    "voucher_changed": N_("the total of voucher %(key)s is %(total_fen)s; the line says another"),
    "second_person_for_books": N_("This needs a second person."),
    "signer_is_counter": N_("Who took or counted the cash does not sign for it. Ask a second person."),
    "opener_is_closer": N_("Who closed these days does not open them again. Ask a second person."),
}
