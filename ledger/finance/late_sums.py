"""Late interest (违约金) as pure arithmetic: simple interest on one debt, by segments between payments.

A day counts with the principal that is open when it begins, so the day of a payment still counts whole; the day
on which a debt falls due does not count. Rates are exact fractions a day; a segment is rounded once.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

HALF_UP = "half_up"


@dataclass(frozen=True)
class Stretch:
    """Days in a row with one principal: both days inclusive, principal and interest in fen."""

    from_day: date
    through_day: date
    principal_fen: int
    fen: int

    @property
    def days(self) -> int:
        """How many days bear interest."""
        return (self.through_day - self.from_day).days + 1


def stretches(
    amount_fen: int,
    after: date,
    paid: Mapping[date, int],
    *,
    rate: Fraction,
    on: date,
    breaks: Collection[date] = (),
    rounding: str = HALF_UP,
) -> tuple[Stretch, ...]:
    """The segments of a debt of ``amount_fen`` that bears interest from the day after ``after`` through ``on``.

    ``paid`` are fen of principal by the day they were paid; ``breaks`` are days of payments that went to interest
    alone, which end a segment too. What is paid by ``after`` never bears interest; nothing open bears none.
    """
    open_fen = amount_fen - sum(fen for day, fen in paid.items() if day <= after)
    ends = sorted({day for day in (*(day for day, fen in paid.items() if fen), *breaks, on) if after < day <= on})
    found, begin = [], after + timedelta(days=1)
    for end in ends:
        if open_fen > 0:
            days = (end - begin).days + 1
            found.append(Stretch(begin, end, open_fen, round_fen(open_fen * rate * days, rounding)))
        open_fen -= paid.get(end, 0)
        begin = end + timedelta(days=1)
    return tuple(found)


def round_fen(amount: Fraction, rounding: str = HALF_UP) -> int:
    """An amount of at least nothing as whole fen: half up, or half to even where a contract says so."""
    return round(amount) if rounding == "half_even" else int(amount + Fraction(1, 2))
