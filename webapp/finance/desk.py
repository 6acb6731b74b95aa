"""The blueprint of the finance desk, and what all its pages know."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from flask import Blueprint, request

from kernel.clock import business_date
from ledger.staff.permissions import Permission
from webapp.acting import clock
from webapp.current import may
from webapp.page import asked_page

pages = Blueprint("finance", __name__, url_prefix="/finance")

PAGE_SIZE = 50
_WORKS_WITH_MONEY = (Permission.FINANCE_RECEIVE, Permission.FINANCE_CONFIRM, Permission.FINANCE_REFUND)


def works_with_money() -> bool:
    """Whether the reader takes or gives money somewhere, and so has to-dos."""
    return any(may(permission) for permission in _WORKS_WITH_MONEY)


def today() -> date:
    """The business date by which pages judge what is late."""
    return business_date(clock())


def page_offset() -> int:
    """How many rows come before the page that was asked for."""
    return (asked_page() - 1) * PAGE_SIZE


def asked_date(name: str) -> date | None:
    """A date of the address, or None when it is missing or no date."""
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def asked(name: str, words: type[StrEnum]) -> str | None:
    """One word of an enumeration from the address, or None."""
    return one_of(request.args, name, words)


def one_of(args: Mapping[str, str], name: str, words: type[StrEnum]) -> str | None:
    """One word of an enumeration from the arguments of an address, or None."""
    given = args.get(name, "")
    return given if given in [str(word) for word in words] else None
