"""Who buys and with what share: shares sum to exactly one as fractions, or the couple owns jointly. Pure.

Joint ownership without shares (共同共有, usual for couples) is a kind of its own, not two halves (DOMAIN §10.2).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from ledger.sales.errors import BuyersInvalid

Ownership = Literal["sole", "shares", "joint"]
MOST_BUYERS = 20
LARGEST_DENOMINATOR = 1_000_000


@dataclass(frozen=True)
class Buyer:
    """A buyer; ``share`` only where ownership is by shares (按份共有)."""

    customer_id: str
    share: Fraction | None = None


@dataclass(frozen=True)
class BuyerLine:
    """A buyer as stored: all shares of a sale stand over one denominator, so that a database can sum them."""

    position: int
    customer_id: str
    ownership: Ownership
    numerator: int | None
    denominator: int | None


def buyer_lines(buyers: Sequence[Buyer], ownership: Ownership | None = None) -> tuple[BuyerLine, ...]:
    """Check the buyers and bring their shares to one denominator.

    ``ownership`` left out is read off: one buyer owns alone, several with shares by shares, several without
    jointly. Raises `BuyersInvalid` naming ``buyers`` or ``buyers.<n>``.
    """
    _check_people(buyers)
    kind = ownership or _kind_of(buyers)
    if kind == "sole" and len(buyers) != 1:
        raise BuyersInvalid("sole_owner_not_alone", field="buyers", count=len(buyers))
    if kind == "joint" and len(buyers) < 2:
        raise BuyersInvalid("joint_owner_alone", field="buyers")
    if kind != "shares":
        for position, buyer in enumerate(buyers):
            # A lone buyer may well be given as owner of the whole.
            if buyer.share is not None and not (kind == "sole" and buyer.share == 1):
                raise BuyersInvalid("share_not_expected", field=f"buyers.{position}", ownership=kind)
        return tuple(BuyerLine(n, buyer.customer_id, kind, None, None) for n, buyer in enumerate(buyers))
    shares = _shares(buyers)
    whole = math.lcm(*(share.denominator for share in shares))
    return tuple(
        BuyerLine(n, buyer.customer_id, kind, int(share * whole), whole)
        for n, (buyer, share) in enumerate(zip(buyers, shares, strict=True))
    )


def _check_people(buyers: Sequence[Buyer]) -> None:
    if not buyers:
        raise BuyersInvalid("buyers_missing", field="buyers")
    if len(buyers) > MOST_BUYERS:
        raise BuyersInvalid("too_many_buyers", field="buyers", most=MOST_BUYERS)
    seen: set[str] = set()
    for position, buyer in enumerate(buyers):
        if buyer.customer_id in seen:
            raise BuyersInvalid("buyer_twice", field=f"buyers.{position}", position=position + 1)
        seen.add(buyer.customer_id)


def _kind_of(buyers: Sequence[Buyer]) -> Ownership:
    if len(buyers) == 1:
        return "sole"
    return "joint" if all(buyer.share is None for buyer in buyers) else "shares"


def _shares(buyers: Sequence[Buyer]) -> list[Fraction]:
    shares = []
    for position, buyer in enumerate(buyers):
        if buyer.share is None:
            raise BuyersInvalid("share_missing", field=f"buyers.{position}", position=position + 1)
        if not 0 < buyer.share <= 1 or buyer.share.denominator > LARGEST_DENOMINATOR:
            raise BuyersInvalid("share_wrong", field=f"buyers.{position}", position=position + 1)
        shares.append(buyer.share)
    total = sum(shares, Fraction(0))
    if total != 1:
        raise BuyersInvalid("shares_do_not_sum_to_one", field="buyers", total=str(total))
    return shares
