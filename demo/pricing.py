"""A price plan of the demo: the next release costs more from next week on; its approvers have it."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from demo.agenda import Agenda, Script
from demo.cast import YUNXI
from demo.life import Life
from ledger.inventory.models import PriceVersion, Unit, UnitPrice
from ledger.inventory.price_versions import Prices
from ledger.inventory.prices import propose_prices

_HOMES = 40
_DEARER_BP = 10_200


def raise_prices(life: Life, ends_at: datetime, agenda: Agenda) -> None:
    """It was proposed two days before the demo's morning."""
    agenda.add(_script(life), ends_at - timedelta(days=2))


def _script(life: Life) -> Script:
    project_id = life.places.projects[YUNXI].id
    query = (
        select(Unit.id, UnitPrice.list_price_fen, UnitPrice.floor_price_fen)
        .join(UnitPrice, UnitPrice.unit_id == Unit.id)
        .join(PriceVersion, PriceVersion.id == UnitPrice.version_id)
        .where(PriceVersion.project_id == project_id, PriceVersion.state == "in_force", Unit.status == "available")
        .order_by(Unit.id)
        .limit(_HOMES)
    )
    homes = life.ask(lambda s: s.execute(query).all())
    prices = {
        unit_id: Prices(_dearer(listed), _dearer(floor) if floor else None) for unit_id, listed, floor in homes
    }
    about = {"project_id": project_id, "prices": prices, "note": "二批次加推，南向房源上调 2%"}
    at = life.clock.now() + timedelta(days=9)
    life.act("manager", lambda s, a: propose_prices(s, a, life.clock, effective_at=at, **about))
    yield timedelta(hours=1)


def _dearer(fen: int) -> int:
    """Two per cent more, in whole hundreds of yuan."""
    return fen * _DEARER_BP // 10_000 // 100_00 * 100_00
