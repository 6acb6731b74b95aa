"""What a contract says of late payment: the daily rate and what a payment settles first (抵充顺序).

Both are sealed at signing; a sale without a contract, or with one that is silent, follows the parameters as they
stood on the day of its first schedule.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ledger.finance.models import ReceivableSchedule
from ledger.organisation import parameters as p
from ledger.organisation.queries import parameters_on
from ledger.sales.models import Sale
from ledger.sales.stage_models import Contract

STATUTORY = "statutory"


@dataclass(frozen=True)
class LateClause:
    """``rate`` is the exact fraction a day; ``order`` is statutory (Civil Code 561) or principal first."""

    rate: Fraction
    order: str
    rounding: str

    @property
    def statutory(self) -> bool:
        """Whether a payment settles accrued interest before principal."""
        return self.order == STATUTORY


def late_clauses(session: Session, sale_ids: Collection[str]) -> dict[str, LateClause]:
    """The clause of each sale, in one query where all are under contract."""
    sealed = (
        select(func.min(ReceivableSchedule.sealed_at))
        .where(ReceivableSchedule.sale_id == Sale.id)
        .scalar_subquery()
    )
    query = (
        select(Sale.id, Sale.path, Sale.opened_at, sealed, Contract.late_rate, Contract.clauses)
        .outerjoin(Contract, Contract.sale_id == Sale.id)
        .where(Sale.id.in_(sale_ids))
    )
    known: dict[tuple[str, date], dict[str, Any]] = {}
    found = {}
    for sale_id, path, opened_at, sealed_at, late_rate, sealed_clauses in session.execute(query):
        rate, clauses = late_rate, sealed_clauses or {}
        if rate is None or p.ALLOCATION_ORDER.name not in clauses or p.ROUNDING.name not in clauses:
            place = (path, (sealed_at or opened_at).date())
            settings = known.get(place) or known.setdefault(place, parameters_on(session, *place))
            clauses = {name: settings[name] for name in (p.ALLOCATION_ORDER.name, p.ROUNDING.name)} | clauses
            rate = settings[p.LATE_DAILY_RATE.name] if rate is None else rate
        found[sale_id] = LateClause(rate, clauses[p.ALLOCATION_ORDER.name], clauses[p.ROUNDING.name])
    return found


def late_clause(session: Session, sale_id: str) -> LateClause:
    """The clause of one sale."""
    return late_clauses(session, [sale_id])[sale_id]
