"""The late interest (违约金) that a debtor owes by a day beside what is charged already, for lists and letters."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ledger.finance.interest import interest_of_sales
from ledger.finance.kinds import ReceivableKind, ReceivableState
from ledger.finance.models import Receivable
from ledger.finance.queries import paid_on_line


def expected_interest(session: Session, sale_ids: Collection[str], on: date) -> dict[str, int]:
    """Open late interest of sales on a day in fen that is not a line of its own; those without are left out."""
    if not sale_ids:
        return {}
    charged = _charged(session, sale_ids)
    found = interest_of_sales(session, list(sale_ids), on=on)
    expected = {sale_id: one.open_fen - charged.get(sale_id, 0) for sale_id, one in found.items()}
    return {sale_id: fen for sale_id, fen in expected.items() if fen > 0}


def _charged(session: Session, sale_ids: Collection[str]) -> dict[str, int]:
    """Fen open of the interest that is a receivable: it stands among the lines."""
    query = (
        select(Receivable.sale_id, func.sum(Receivable.amount_fen - paid_on_line()))
        .where(
            Receivable.sale_id.in_(list(sale_ids)),
            Receivable.kind == ReceivableKind.LATE_INTEREST,
            Receivable.state == ReceivableState.PLANNED,
        )
        .group_by(Receivable.sale_id)
    )
    return {str(sale_id): int(fen) for sale_id, fen in session.execute(query)}
