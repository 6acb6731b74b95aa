"""The verbs of banking."""

from ledger.banking.accounts import open_bank_account
from ledger.banking.confirming import (
    Confirmed,
    Share,
    confirm_certain,
    confirm_match,
    ignore_line,
    receipt_reversed,
    reopen_line,
    undo_match,
)
from ledger.banking.importing import ImportOutcome, import_statement
from ledger.banking.learning import switch_rule
from ledger.banking.uploads import bring_statement, leave, take_in

__all__ = [
    "Confirmed",
    "ImportOutcome",
    "Share",
    "bring_statement",
    "confirm_certain",
    "confirm_match",
    "ignore_line",
    "import_statement",
    "leave",
    "open_bank_account",
    "receipt_reversed",
    "reopen_line",
    "switch_rule",
    "take_in",
    "undo_match",
]
