"""What the page of a sale shows of its hand-over."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.handover.models import MoveInCase
from ledger.handover.queries import case_of_sale
from ledger.handover.warranty import Warranty, warranties
from webapp.acting import reading


@dataclass(frozen=True)
class Card:
    """The latest hand-over of a sale, and what is warranted until when."""

    case: MoveInCase
    warranties: list[Warranty]


def move_in_of(sale_id: str) -> Card | None:
    """The card, or None while there is no hand-over that the reader may see."""
    with reading() as (session, actor):
        case = case_of_sale(session, actor, sale_id)
        if case is None:
            return None
        until = warranties(session, case.path, case.handed_over_on) if case.handed_over_on else []
        return Card(case, until)
