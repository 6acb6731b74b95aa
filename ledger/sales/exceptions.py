"""What else was granted to the buyers of a sale (其他特批): an approver weighs it before deciding."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from ledger.sales.lists import SaleFilter, SaleRow, find_sales
from ledger.sales.models import SaleApproval, SaleEvent

_LOOKED_AT = 50
# A later day to sign or a longer hold than the rules give.
_EXTENDED = ("extended", "hold_extended")


@dataclass(frozen=True)
class OtherException:
    """Another sale of the same buyers with a discount, approvals or more time; the last of each, UTC."""

    sale: SaleRow
    approvals: int
    approved_at: datetime | None
    extensions: int = 0
    extended_at: datetime | None = None


def other_exceptions(session: Session, actor: Actor, sale_id: str, *, most: int = 8) -> list[OtherException]:
    """The newest first, as far as the actor may see sales; three queries."""
    found = find_sales(session, actor, SaleFilter(shares_buyers_with=sale_id), limit=_LOOKED_AT)
    if not found:
        return []
    ids = [row.sale_id for row in found]
    approved = _counted(session, SaleApproval, SaleApproval.sale_id.in_(ids))
    extended = _counted(session, SaleEvent, SaleEvent.sale_id.in_(ids) & SaleEvent.kind.in_(_EXTENDED))
    none = (0, None)
    all_found = [
        OtherException(row, *approved.get(row.sale_id, none), *extended.get(row.sale_id, none)) for row in found
    ]
    return [one for one in all_found if one.approvals or one.extensions or one.sale.effective_discount_bp][:most]


def _counted(
    session: Session, model: type[SaleApproval] | type[SaleEvent], where: ColumnElement[bool]
) -> dict[str, tuple[int, datetime | None]]:
    """How many rows each sale has, and when the last came."""
    query = select(model.sale_id, func.count(), func.max(model.at)).where(where).group_by(model.sale_id)
    return {sale_id: (count, last) for sale_id, count, last in session.execute(query)}
