"""The statutory day of a certificate and the developer's liability when it is late (DOMAIN §3): pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from ledger.organisation.parameters import LATE_TITLE_DAILY_RATE, TITLE_DAYS
from ledger.titles.kinds import DueRule


@dataclass(frozen=True)
class Liability:
    """Days late, the daily rate and what it comes to in fen, rounded half up."""

    days: int
    rate: Fraction
    amount_fen: int


def statutory_day(
    clauses: Mapping[str, Any],
    *,
    signed_on: date,
    delivered_on: date | None,
    registered_before_signing: bool,
) -> tuple[DueRule, date | None]:
    """The contract's date, else so many days after hand-over (presale) or after the contract (finished home).

    A home is sold finished (现售) when its building had the first registration before the contract. Before the
    hand-over the agreed day of it stands in its place; without one the day is not known yet.
    """
    if agreed := clauses.get("title_on"):
        return DueRule.CONTRACT, date.fromisoformat(agreed)
    days = timedelta(days=int(clauses.get(TITLE_DAYS.name, TITLE_DAYS.default)))
    if registered_before_signing:
        return DueRule.FINISHED, signed_on + days
    base = delivered_on or (date.fromisoformat(told) if (told := clauses.get("delivery_on")) else None)
    return DueRule.PRESALE, base + days if base else None


def rate_of(clauses: Mapping[str, Any]) -> Fraction:
    """The contract's daily rate for a late certificate; an older contract without one has the usual rate."""
    return Fraction(clauses.get(LATE_TITLE_DAILY_RATE.name) or LATE_TITLE_DAILY_RATE.default)


def liability(price_fen: int, rate: Fraction, due_on: date | None, until: date) -> Liability:
    """What the developer is liable for at a day: none while the statutory day is not over."""
    days = max(0, (until - due_on).days) if due_on else 0
    return Liability(days, rate, int((2 * price_fen * rate * days + 1) // 2))
