"""The cards of a buyer's page: each family after the sale registers a function that gives its card, or none.

    @portal_card("move_in", order=40)
    def appointment_card(session: Session, visit: Visit) -> Card | None: ...

A card is a template of the family's own with its values; what its forms do are views on `webapp.portal.pages`,
which begin with `acting_visit`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from webapp.portal.visit import Visit


@dataclass(frozen=True)
class Card:
    """A card: its title in the reader's language and the template that shows ``values``.

    ``todo`` is what the buyer has to do there, in one sentence; it stands at the top of the page as well.
    """

    title: str
    template: str
    values: Mapping[str, Any] = field(default_factory=dict)
    todo: str = ""
    icon: str = "point"


CardOf = Callable[[Session, Visit], Card | None]
_cards: dict[str, tuple[int, CardOf]] = {}


def portal_card(name: str, *, order: int = 50) -> Callable[[CardOf], CardOf]:
    """Register a function that gives a card; the lower ``order`` comes first."""

    def register(card_of: CardOf) -> CardOf:
        _cards[name] = (order, card_of)
        return card_of

    return register


def is_card(name: str) -> bool:
    """Whether a family has a card of this name."""
    return name in _cards


def cards_of(session: Session, visit: Visit) -> list[tuple[str, Card]]:
    """The cards that a visit shows, by name, in their order."""
    found = []
    for name, (_order, card_of) in sorted(_cards.items(), key=lambda one: (one[1][0], one[0])):
        card = card_of(session, visit)
        if card is not None:
            found.append((name, card))
    return found
