"""The blueprint of the mortgage desk, and what all its pages know."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, request

from kernel.clock import business_date
from kernel.errors import Invalid
from ledger.finance.amounts import fen_of_yuan
from ledger.mortgages.errors import MortgageInvalid
from webapp.acting import clock
from webapp.page import asked_page
from webapp.wording import word

pages = Blueprint("mortgages", __name__, url_prefix="/mortgages")

PAGE_SIZE = 50


def today() -> date:
    """The business date by which pages judge what is late."""
    return business_date(clock())


def page_offset() -> int:
    """How many rows come before the page that was asked for."""
    return (asked_page() - 1) * PAGE_SIZE


def posted_day(name: str) -> date:
    """A date of the form. Raises `MortgageInvalid` when it is missing or no date."""
    try:
        return date.fromisoformat(request.form.get(name, ""))
    except ValueError as wrong:
        raise MortgageInvalid("not_a_date", field=name) from wrong


def posted_number(name: str) -> int:
    """A whole number of the form. Raises `MortgageInvalid`."""
    text = request.form.get(name, "").strip()
    if not text.isdecimal() or len(text) > 6:
        raise MortgageInvalid("not_a_number", field=name)
    return int(text)


def posted_percent(name: str) -> int:
    """Basis points of a percentage with at most two decimals. Raises `MortgageInvalid`."""
    whole, _, rest = request.form.get(name, "").strip().rstrip("%").partition(".")
    if not whole.isdecimal() or (rest and not rest.isdecimal()) or len(rest) > 2:
        raise MortgageInvalid("mortgage_share", field=name)
    return int(whole) * 100 + int(rest.ljust(2, "0") or 0)


def posted_amount(name: str) -> int | None:
    """Fen of an amount in yuan, None when it is left out."""
    text = request.form.get(name, "").strip()
    return fen_of_yuan(text, name) if text else None


def refusal(refused: Invalid, fields: dict[str, str] | None = None) -> dict[str, str]:
    """The sentence of a refusal by the form's field. Raises it again when it names no field."""
    if refused.field is None:
        raise refused
    field = (fields or {}).get(refused.field, refused.field)
    return {field: word(refused.code, dict(refused.params), field=field)}
