"""What a price version would change: how many homes become dearer or cheaper, by how much, and which are sold."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import and_, func, or_, select
from sqlalchemy import case as sql_case
from sqlalchemy.orm import Session, aliased

from ledger.inventory.models import PriceVersion, Unit, UnitPrice
from ledger.inventory.states import SOLD


@dataclass(frozen=True)
class Impact:
    """A version against the prices in force, over its homes that are not sold; sums in fen.

    ``sold`` homes keep their price whatever comes, and those that a later version has priced are left alone too.
    ``first`` have none yet. ``below_floor`` says that a new list price lies below the floor in force, or that a
    floor itself is lowered.
    """

    raised: int
    lowered: int
    same: int
    first: int
    sold: int
    now_fen: int
    new_fen: int
    below_floor: bool

    @property
    def change_fen(self) -> int:
        """What all homes that have a price now become dearer by; below zero they become cheaper."""
        return self.new_fen - self.now_fen


def impact_of(session: Session, version_id: str) -> Impact:
    """What bringing a version into force now would do; one question whatever its size."""
    now, in_force, proposed = aliased(UnitPrice), aliased(PriceVersion), aliased(PriceVersion)
    reached = or_(in_force.no.is_(None), in_force.no < proposed.no)
    free, priced = and_(Unit.status.not_in(SOLD), reached), now.list_price_fen.is_not(None)
    new_fen, now_fen = UnitPrice.list_price_fen, now.list_price_fen
    lower_floor = or_(new_fen < now.floor_price_fen, UnitPrice.floor_price_fen < now.floor_price_fen)

    def count(*which: object) -> object:
        return func.coalesce(func.sum(sql_case((and_(*which), 1), else_=0)), 0)  # type: ignore[arg-type]

    query = (
        select(
            count(free, new_fen > now_fen),
            count(free, new_fen < now_fen),
            count(free, new_fen == now_fen),
            count(free, now_fen.is_(None)),
            count(Unit.status.in_(SOLD)),
            func.coalesce(func.sum(sql_case((and_(free, priced), now_fen), else_=0)), 0),
            func.coalesce(func.sum(sql_case((and_(free, priced), new_fen), else_=0)), 0),
            count(free, lower_floor),
        )  # type: ignore[call-overload]
        .select_from(UnitPrice)
        .join(Unit, Unit.id == UnitPrice.unit_id)
        .join(proposed, proposed.id == UnitPrice.version_id)
        .outerjoin(now, and_(now.unit_id == Unit.id, now.since.is_not(None), now.until.is_(None)))
        .outerjoin(in_force, in_force.id == now.version_id)
        .where(UnitPrice.version_id == version_id)
    )
    figures = [int(figure) for figure in session.execute(query).one()]
    raised, lowered, same, first, sold, now_sum, new_sum, below = figures
    return Impact(raised, lowered, same, first, sold, now_sum, new_sum, below > 0)
