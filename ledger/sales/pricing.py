"""The arithmetic of a price: list price × ordered discounts → deal price (DOMAIN §4). Pure.

Money is integer fen. The price is carried as an exact fraction through all discounts and rounded half up to the
fen once, at the end; what is off the list is compared before that rounding, so that a discount of exactly 1 %
never counts as more than 1 % because a fen was lost.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from ledger.sales.errors import DiscountInvalid

FULL = 10_000  # One whole in basis points.

Kind = Literal["rate", "amount"]
Of = Literal["running", "list"]


@dataclass(frozen=True)
class Discount:
    """One line of a price offer, in the order in which it is taken.

    A ``rate`` takes ``basis_points`` off (200 = 2 % off, 九八折), an ``amount`` takes ``amount_fen`` off. ``of``
    says of what the rate is taken: of the ``running`` price (discounts multiply, 折上折) or of the ``list`` price
    (discounts add). ``offer_id`` names the discount offer (优惠方案) that gives it, if one does.
    """

    name: str
    kind: Kind = "rate"
    basis_points: int | None = None
    amount_fen: int | None = None
    of: Of = "running"
    offer_id: str | None = None

    def taken_off(self, list_price: Fraction, running: Fraction) -> Fraction:
        """The exact amount in fen that this line takes off."""
        if self.kind == "amount":
            return Fraction(self.amount_fen or 0)
        return (list_price if self.of == "list" else running) * Fraction(self.basis_points or 0, FULL)


@dataclass(frozen=True)
class QuoteLine:
    """A discount with what it takes off in fen; the lines' amounts sum to list − deal to the fen."""

    discount: Discount
    taken_off_fen: int


@dataclass(frozen=True)
class Quote:
    """A price offer. ``effective_discount`` is the exact share off the list in basis points."""

    list_price_fen: int
    deal_price_fen: int
    lines: tuple[QuoteLine, ...]
    effective_discount: Fraction
    floor_price_fen: int | None

    @property
    def effective_discount_bp(self) -> int:
        """The effective discount in whole basis points, rounded up.

        Rounding up keeps every comparison with a whole limit: exact > n exactly when this > n, so a decision
        table that sees only integers decides as if it saw the fraction.
        """
        return math.ceil(self.effective_discount)

    @property
    def below_floor(self) -> bool:
        """Whether the deal price lies below the floor price (底价); without a floor nothing does."""
        return self.floor_price_fen is not None and self.deal_price_fen < self.floor_price_fen


def round_half_up(amount: Fraction) -> int:
    """The nearest whole fen, halves away from zero."""
    whole = math.floor(abs(amount) + Fraction(1, 2))
    return whole if amount >= 0 else -whole


def price_quote(
    list_price_fen: int, discounts: Sequence[Discount] = (), *, floor_price_fen: int | None = None
) -> Quote:
    """Price a unit.

    Raises `DiscountInvalid` naming ``discounts.<n>`` when a line takes nothing, more than everything, or leaves
    no positive price.
    """
    if list_price_fen <= 0:
        raise DiscountInvalid("list_price_missing", field="unit_id", list_price_fen=list_price_fen)
    price = list_price = Fraction(list_price_fen)
    lines = []
    for position, discount in enumerate(discounts):
        _check(discount, position)
        after = price - discount.taken_off(list_price, price)
        if round_half_up(after) <= 0:
            raise DiscountInvalid(
                "discount_takes_everything", field=f"discounts.{position}", position=position + 1
            )
        lines.append(QuoteLine(discount, round_half_up(price) - round_half_up(after)))
        price = after
    return Quote(
        list_price_fen=list_price_fen,
        deal_price_fen=round_half_up(price),
        lines=tuple(lines),
        effective_discount=(list_price - price) / list_price * FULL,
        floor_price_fen=floor_price_fen,
    )


def _check(discount: Discount, position: int) -> None:
    where = f"discounts.{position}"
    if not discount.name.strip():
        raise DiscountInvalid("discount_without_name", field=where, position=position + 1)
    if discount.kind == "rate":
        rate = discount.basis_points
        if discount.amount_fen is not None or rate is None or not 0 < rate < FULL:
            raise DiscountInvalid("discount_rate_wrong", field=where, position=position + 1, basis_points=rate)
        return
    amount = discount.amount_fen
    if discount.basis_points is not None or amount is None or amount <= 0:
        raise DiscountInvalid("discount_amount_wrong", field=where, position=position + 1, amount_fen=amount)
