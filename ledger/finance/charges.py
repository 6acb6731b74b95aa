"""What a developer collects for others (代收) beside the price: deed tax, maintenance fund, registration fee."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from sqlalchemy.orm import Session

from ledger.finance.kinds import ReceivableKind
from ledger.organisation.parameters import DEED_TAX, MAINTENANCE_FUND_FEN, REGISTRATION_FEE_FEN
from ledger.organisation.queries import parameter

HAND_OVER = "handed_over"


@dataclass(frozen=True)
class Charge:
    """One charge in fen, due on a date or, without one, when the milestone is reached: hand-over (交房)."""

    kind: ReceivableKind
    amount_fen: int
    due_on: date | None = None
    milestone: str = HAND_OVER


def parameter_charges(
    session: Session, path: str, *, on: date, price_fen: int, area_hundredths: int
) -> tuple[Charge, ...]:
    """The charges that a project's parameters ask for on a date, before hand-over; rounded half up to the fen.

    A parameter of 0 means that the buyer pays the authority himself.
    """
    tax = _half_up(Fraction(price_fen * parameter(session, path, DEED_TAX, on), 10_000))
    fund = _half_up(Fraction(area_hundredths * parameter(session, path, MAINTENANCE_FUND_FEN, on), 100))
    fee = parameter(session, path, REGISTRATION_FEE_FEN, on)
    amounts = {
        ReceivableKind.DEED_TAX: tax,
        ReceivableKind.MAINTENANCE_FUND: fund,
        ReceivableKind.REGISTRATION_FEE: fee,
    }
    return tuple(Charge(kind, fen) for kind, fen in amounts.items() if fen)


def _half_up(amount: Fraction) -> int:
    return int(amount + Fraction(1, 2))
