"""What a developer collects for others (代收) beside the price: deed tax, maintenance fund, registration fee."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from sqlalchemy.orm import Session

from ledger.finance.kinds import ReceivableKind
from ledger.organisation.parameters import (
    DEED_TAX,
    DEED_TAX_ESTIMATE,
    MAINTENANCE_FUND_ESTIMATE_FEN,
    MAINTENANCE_FUND_FEN,
    REGISTRATION_FEE_ESTIMATE_FEN,
    REGISTRATION_FEE_FEN,
)
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


@dataclass(frozen=True)
class Estimate:
    """A tax or fee as an offer estimates it, in fen; rates are basis points of the price or fen a square metre."""

    kind: ReceivableKind
    amount_fen: int
    basis_points: int | None = None
    fen_per_m2: int | None = None


def estimated_charges(
    session: Session, path: str, *, on: date, price_fen: int, area_hundredths: int
) -> tuple[Estimate, ...]:
    """What a buyer has to expect beside the price, whoever collects it: at the rates of `parameter_charges`, and
    where a project does not collect it at the rates for offers. Rounded half up to the fen.
    """
    tax = parameter(session, path, DEED_TAX, on) or parameter(session, path, DEED_TAX_ESTIMATE, on)
    fund = parameter(session, path, MAINTENANCE_FUND_FEN, on) or parameter(
        session, path, MAINTENANCE_FUND_ESTIMATE_FEN, on
    )
    fee = parameter(session, path, REGISTRATION_FEE_FEN, on) or parameter(
        session, path, REGISTRATION_FEE_ESTIMATE_FEN, on
    )
    told = (
        Estimate(ReceivableKind.DEED_TAX, _half_up(Fraction(price_fen * tax, 10_000)), basis_points=tax),
        Estimate(
            ReceivableKind.MAINTENANCE_FUND, _half_up(Fraction(area_hundredths * fund, 100)), fen_per_m2=fund
        ),
        Estimate(ReceivableKind.REGISTRATION_FEE, fee),
    )
    return tuple(one for one in told if one.amount_fen)


def _half_up(amount: Fraction) -> int:
    return int(amount + Fraction(1, 2))
