"""Reading what clerks type into the forms of the desk: money in yuan, dates, and refusals by field."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TypeVar

from flask import request

from kernel.errors import Invalid, KeyturnError
from ledger.finance.amounts import fen_of_yuan
from ledger.finance.errors import DateInvalid
from webapp.wording import word

T = TypeVar("T")
_EARLIEST = date(1990, 1, 1)

# The operations name their arguments; the form names its fields.
FIELD_OF = {"amount_fen": "amount", "receivable_id": "purpose", "payer_role": "payer_role", "key": "once"}


def posted_date(name: str) -> date:
    """A date of the form. Raises `DateInvalid` when it is missing, no date, or before any sale."""
    try:
        given = date.fromisoformat(request.form.get(name, ""))
    except ValueError as wrong:
        raise DateInvalid("not_a_date", field=name) from wrong
    if given < _EARLIEST:
        raise DateInvalid("date_long_past", field=name)
    return given


def posted_money(name: str) -> int:
    """Fen of an amount in yuan. Raises `Invalid` when it is missing, `AmountInvalid` for anything but money."""
    text = request.form.get(name, "").strip()
    if not text:
        raise Invalid("required", field=name)
    return fen_of_yuan(text, name)


class Entries:
    """Collects the refusals of a form, so that all its fields are told at once."""

    def __init__(self) -> None:
        self.errors: dict[str, str] = {}

    def read(self, name: str, how: Callable[[str], T]) -> T | None:
        """What a field says, or None after noting why it was refused."""
        try:
            return how(name)
        except Invalid as refused:
            self.refuse(refused)
            return None

    def refuse(self, refused: KeyturnError) -> None:
        """Note a refusal beside its field; one without a field of the form is raised again."""
        if refused.field is None:
            raise refused
        name = FIELD_OF.get(refused.field, refused.field)
        self.errors[name] = word(refused.code, refused.params, field=refused.field)
