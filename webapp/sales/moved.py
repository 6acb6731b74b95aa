"""Where a sale came from and where it went when its buyers changed rooms (换房), for its page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ledger.finance.sale_labels import label_sales
from ledger.sales.move_models import SaleMove


@dataclass(frozen=True)
class Moved:
    """The other sale with its home; ``entered_at`` is when the buyers' place began."""

    sale_id: str
    unit_label: str
    entered_at: datetime


def moved_of(session: Session, sale_id: str) -> dict[str, Moved | None]:
    """``moved_from`` and ``moved_to`` of a sale whose page the reader may see; its buyers are the other's."""
    rows = session.scalars(
        select(SaleMove).where((SaleMove.sale_id == sale_id) | (SaleMove.predecessor_id == sale_id))
    ).all()
    found: dict[str, Moved | None] = {"moved_from": None, "moved_to": None}
    for row in rows:
        came = row.sale_id == sale_id
        other = row.predecessor_id if came else row.sale_id
        label = label_sales(session, [other])[other].unit_label
        found["moved_from" if came else "moved_to"] = Moved(other, label, row.entered_at)
    return found
