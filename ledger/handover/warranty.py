"""How long what is warranted, from the keys on (商品住宅保修, DOMAIN §7: minimum periods; parameters)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from ledger.organisation.parameters import (
    WARRANTY_FITTINGS_MONTHS,
    WARRANTY_HEATING_MONTHS,
    WARRANTY_WATERPROOFING_MONTHS,
)
from ledger.organisation.queries import parameter

_KINDS = (
    ("waterproofing", WARRANTY_WATERPROOFING_MONTHS),
    ("heating", WARRANTY_HEATING_MONTHS),
    ("fittings", WARRANTY_FITTINGS_MONTHS),
)


@dataclass(frozen=True)
class Warranty:
    """A kind of work and the last day on which it is warranted."""

    kind: str
    until: date


def warranties(session: Session, path: str, handed_over_on: date) -> list[Warranty]:
    """What is warranted until when; the structure for its design life, which is no date."""
    return [
        Warranty(kind, months_after(handed_over_on, parameter(session, path, months, handed_over_on)))
        for kind, months in _KINDS
    ]


def months_after(day: date, months: int) -> date:
    """The same day so many months later; the last of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise AssertionError(day)
