"""What a sale's page says of its area and its certificate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ledger.surveys.models import AreaSettlement
from ledger.surveys.settling import settlement_of
from ledger.titles.models import TitleCase
from ledger.titles.moving import case_of
from webapp.acting import reading
from webapp.titles.desk import today


@dataclass(frozen=True)
class AfterSale:
    """The settlement and the title case of a sale, where there are such."""

    settlement: AreaSettlement | None
    case: TitleCase | None
    on: date


def after_sale(sale_id: str) -> AfterSale:
    """Read both; the page has asked whether its reader sees the sale."""
    with reading() as (session, _):
        found = AfterSale(settlement_of(session, sale_id), case_of(session, sale_id), today())
        session.expunge_all()
    return found
