"""A sale's money as its page shows it: by instalment planned, paid, open, and how late (收款台帐)."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import business_date
from ledger.finance.errors import SaleMissing
from ledger.finance.queries import SaleAccount, sale_account
from webapp.acting import clock


def account_of(session: Session, actor: Actor, sale_id: str, zone: str) -> SaleAccount | None:
    """The account at today's date; None for who may see the sale but not its money."""
    today: date = business_date(clock(), zone)
    try:
        return sale_account(session, actor, sale_id, today)
    except SaleMissing:
        return None
