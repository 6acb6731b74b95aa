"""The status machine of a unit (DOMAIN §3). Pure.

Withholding (销控) and the flags mortgaged, seized and not for sale stand beside the status and block a sale
independently; the status says how far a sale of the unit has come.
"""

from __future__ import annotations

from enum import StrEnum


class UnitStatus(StrEnum):
    """How far a sale of the unit has come."""

    AVAILABLE = "available"
    HELD = "held"
    SMALL_ORDERED = "small_ordered"
    SUBSCRIBED = "subscribed"
    CONTRACTED = "contracted"
    DELIVERED = "delivered"


class Flag(StrEnum):
    """What blocks a sale whatever the status: mortgage of the works (在建工程抵押), seizure (查封), own use."""

    MORTGAGED = "mortgaged"
    SEIZED = "seized"
    NOT_FOR_SALE = "not_for_sale"


_A, _H, _O, _S, _C = (
    UnitStatus.AVAILABLE,
    UnitStatus.HELD,
    UnitStatus.SMALL_ORDERED,
    UnitStatus.SUBSCRIBED,
    UnitStatus.CONTRACTED,
)
_MOVES: dict[UnitStatus, frozenset[UnitStatus]] = {
    _A: frozenset({_H, _O, _S}),
    _H: frozenset({_A, _O, _S}),
    _O: frozenset({_A, _S}),
    _S: frozenset({_A, _C}),
    _C: frozenset({_A, UnitStatus.DELIVERED}),
    UnitStatus.DELIVERED: frozenset({_A}),
}

SOLD = frozenset({_S, _C, UnitStatus.DELIVERED})
"""From here on the price is agreed: a new price version never reaches the unit."""


def may_move(before: UnitStatus, after: UnitStatus) -> bool:
    """Whether a unit may go from one status to another in one step."""
    return after in _MOVES[before]
