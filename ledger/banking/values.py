"""Values of a statement's cells: money to the fen, days and times as banks write them, account numbers."""

from __future__ import annotations

import re
from datetime import date

from ledger.inventory.price_list.grid import Cell, Kind, plain

_MONEY = re.compile(r"([+-]?)(\d{1,13})(?:\.(\d{1,2})0*)?")
_DAY = re.compile(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?(?:[ T]+(.*))?")
_TIME = re.compile(r"(\d{1,2}):?(\d{2}):?(\d{2})?(?:\.\d+)?")
_NOTHING = {"", "-", "--", "—"}
_ACCOUNT = re.compile(r"[\s\-]")
_LONG_NUMBER = re.compile(r"(?<!\d)(\d{4})\d{8,11}(\d{4})(?!\d)")
_EXACT_DIGITS = 15


def fen_of(cell: Cell) -> int | None:
    """Fen of an amount, 0 for an empty cell; None when it is no amount or has a third decimal."""
    text = plain(cell.text).replace(",", "").removeprefix("¥").replace("CNY", "").strip()
    if text in _NOTHING:
        return 0
    match = _MONEY.fullmatch(text)
    if match is None or cell.kind not in (Kind.TEXT, Kind.NUMBER):
        return None
    fen = int(match[2]) * 100 + int((match[3] or "").ljust(2, "0"))
    return -fen if match[1] == "-" else fen


def day_and_time(cell: Cell) -> tuple[date, str | None] | None:
    """A day, with the time where it stands in the same cell; None when it is no day."""
    match = _DAY.fullmatch(plain(cell.text))
    if match is None:
        return None
    try:
        return date(int(match[1]), int(match[2]), int(match[3])), time_of(match[4] or "")
    except ValueError:
        return None


def time_of(text: str) -> str | None:
    """``HH:MM:SS`` of a time of day, also of 93315, where a spreadsheet took the zero away; None for no time."""
    text = plain(text)
    if text.isdigit() and len(text) <= 6:
        text = text.zfill(6)
    match = _TIME.fullmatch(text)
    if match is None or int(match[1]) > 23 or int(match[2]) > 59 or int(match[3] or 0) > 59:
        return None
    return f"{int(match[1]):02}:{match[2]}:{match[3] or '00'}"


def serial_of(cell: Cell) -> str | None:
    """A serial number; None for a number of which a spreadsheet has lost digits."""
    text = plain(cell.text)
    lost = cell.kind is Kind.NUMBER and (len(text) > _EXACT_DIGITS or not text.isdigit())
    return None if lost else text


def account_number(text: str) -> str:
    """An account number without blanks."""
    return _ACCOUNT.sub("", plain(text))


def masked(number: str) -> str:
    """A number with its first and last four digits alone."""
    number = account_number(number)
    return number if len(number) <= 8 else f"{number[:4]}{'*' * (len(number) - 8)}{number[-4:]}"


def same_account(one: str, other: str) -> bool:
    """Whether two numbers, masked or not, can be the same: their visible beginnings and ends agree."""
    one, other = account_number(one), account_number(other)
    heads = [re.match(r"\d*", number)[0] for number in (one, other)]  # type: ignore[index]
    tails = [re.search(r"\d*$", number)[0] for number in (one, other)]  # type: ignore[index]
    head, tail = min(map(len, heads)), min(map(len, tails))
    return heads[0][:head] == heads[1][:head] and (
        tail == 0 or tails[0][len(tails[0]) - tail :] == tails[1][len(tails[1]) - tail :]
    )


def without_account_numbers(memo: str) -> str:
    """A memo in which long numbers, as of bank cards, show their ends alone."""
    return _LONG_NUMBER.sub(r"\1********\2", memo)
