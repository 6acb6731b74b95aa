"""Reading what clerks type into the forms of the desk: money in yuan, dates."""

from __future__ import annotations

from datetime import date

from flask import request

from kernel.errors import Invalid
from ledger.finance.amounts import fen_of_yuan
from ledger.finance.errors import DateInvalid

_EARLIEST = date(1990, 1, 1)

# The operations name their arguments; the form names its fields.
FIELD_OF = {"amount_fen": "amount", "receivable_id": "purpose"}


def posted_date(name: str) -> date:
    """A date of the form. Raises `DateInvalid` when it is missing, no date, or before any sale."""
    try:
        given = date.fromisoformat(request.form.get(name, ""))
    except ValueError as wrong:
        raise DateInvalid("not_a_date", field=name) from wrong
    if given < _EARLIEST:
        raise DateInvalid("date_long_past", field=name)
    return given


def posted_money(name: str, currency: str = "CNY") -> int:
    """Fen of an amount in yuan. Raises `Invalid` when it is missing, `AmountInvalid` for anything but money.

    The sign or code of another currency than the project's is refused by its name.
    """
    text = request.form.get(name, "").strip()
    if not text:
        raise Invalid("required", field=name)
    return fen_of_yuan(text, name, currency)
