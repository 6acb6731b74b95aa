"""The verbs of banking."""

from ledger.banking.accounts import open_bank_account
from ledger.banking.importing import ImportOutcome, import_statement
from ledger.banking.uploads import bring_statement, leave, take_in

__all__ = [
    "ImportOutcome",
    "bring_statement",
    "import_statement",
    "leave",
    "open_bank_account",
    "take_in",
]
