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
    "second_person_for_books": N_("This needs a second person."),
    "signer_is_counter": N_("Who took or counted the cash does not sign for it. Ask a second person."),
    "opener_is_closer": N_("Who closed these days does not open them again. Ask a second person."),
}
