"""A sale's money as its page shows it: by instalment planned, paid, open, and how late (收款台帐)."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import business_date
from ledger.finance.queries import SaleAccount, sale_accounts
from webapp.acting import clock


def accounts_of(session: Session, actor: Actor, sale_ids: Iterable[str], zone: str) -> dict[str, SaleAccount]:
    """The accounts at today's date where the project is; sales whose money the reader may not see are left out."""
    return sale_accounts(session, actor, sale_ids, business_date(clock(), zone))
