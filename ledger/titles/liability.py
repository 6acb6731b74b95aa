"""What a late certificate costs the developer (逾期办证违约金, DOMAIN §3), ordered through finance once."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import Clock
from ledger.finance.compensation_sums import by_the_day
from ledger.finance.errors import CompensationRefused
from ledger.finance.kinds import CompensationKind
from ledger.finance.operations import ask_compensation
from ledger.finance.parties import today_at
from ledger.finance.payout_models import Compensation
from ledger.titles.models import TitleCase
from ledger.titles.queries import price_and_rate

REASON = "late_title"


def compensate_late_title(session: Session, actor: Actor, clock: Clock, *, case_id: str) -> Compensation | None:
    """Order the settled price × the contract's daily rate × the days after the statutory day; None when in time.

    The days end with the certificate, or with today when the sale ends without one. Doing it again returns the
    first. What the law does not let be claimed beside a doubled deposit (Civil Code 588) is not ordered.
    """
    case = session.get_one(TitleCase, case_id)
    terms = price_and_rate(session, case)
    if case.due_on is None or terms is None:
        return None
    until = case.issued_on or today_at(session, clock, case.project_id)
    price_fen, rate = terms
    reckoned = by_the_day(price_fen, rate, case.due_on, until)
    if not reckoned.amount_fen:
        return None
    try:
        return ask_compensation(
            session,
            actor,
            clock,
            key=_key(case.sale_id),
            sale_id=case.sale_id,
            kind=CompensationKind.LATE_TITLE,
            amount_fen=reckoned.amount_fen,
            reason=REASON,
            basis=reckoned.basis(),
            needs_approval=False,
        )
    except CompensationRefused:
        return None


def ordered_for_late_title(session: Session, sale_id: str) -> Compensation | None:
    """The compensation that was ordered for a sale's late certificate, if it was."""
    return session.scalars(select(Compensation).where(Compensation.key == _key(sale_id))).one_or_none()


def _key(sale_id: str) -> str:
    return f"late_title:{sale_id}"
