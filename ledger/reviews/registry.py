"""The kinds of records whose changes can be reviewed, by code."""

from __future__ import annotations

from ledger.reviews.customers import Customers
from ledger.reviews.errors import ChangeInvalid
from ledger.reviews.message_texts import MessageTexts
from ledger.reviews.parameters import Parameters
from ledger.reviews.plans import Plans
from ledger.reviews.reviewable import Reviewable
from ledger.staff.roles import ROLES

_ALL: tuple[Reviewable, ...] = (Customers(), Plans(), Parameters(), MessageTexts())
REVIEWABLE = {one.kind: one for one in _ALL}


def reviewable(kind: str) -> Reviewable:
    """A kind by its code. Raises `ChangeInvalid`."""
    if kind not in REVIEWABLE:
        raise ChangeInvalid("review_kind_unknown", field="kind", kinds=sorted(REVIEWABLE))
    return REVIEWABLE[kind]


def reviewing_roles(kind: str) -> list[str]:
    """The roles that carry the right to review a kind."""
    right = reviewable(kind).review
    return [role.code for role in ROLES.values() if right in role.permissions]
