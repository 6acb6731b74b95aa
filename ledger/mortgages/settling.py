"""Whether the loans of a sale that is to end are settled (贷款结清, DOMAIN §4, §6), and what settles them.

A loan that was never paid out ends with the sale. One that was is settled when the bank's part has gone back,
or by the bank's letter where the house lets that do; what was signed and registered of it is withdrawn as well.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import Clock
from ledger.finance.bank_part import bank_part_fen
from ledger.finance.parties import today_at
from ledger.mortgages.cases import note
from ledger.mortgages.errors import MortgageInvalid
from ledger.mortgages.kinds import LoanState
from ledger.mortgages.models import MortgageCase, MortgageEvent, MortgageLoan
from ledger.organisation.parameters import LOAN_LETTER_SETTLES
from ledger.organisation.queries import parameter
from ledger.staff.permissions import Permission

_LONGEST_NO, _LONGEST = 60, 500
_LETTER, _UNDONE = "letter", "undone"


class Standing(StrEnum):
    """What is left of a sale's loans before the sale may end."""

    PAID_OUT = "paid_out"  # 已放款，未结清
    SIGNED = "signed"  # 借款合同或预告登记未解除
    NONE = "none"  # 无，或未放款


def standing_of_loans(session: Session, sale_id: str) -> Standing:
    """Where a sale's loans stand: the bank's money first, then contract and registration."""
    loans = _loans(session, sale_id)
    if bank_part_fen(session, sale_id) and not any(_noted(session, loan, _LETTER) for loan in loans):
        return Standing.PAID_OUT
    bound = [one for one in loans if one.signed_on or one.prenotice_on or one.registered_on]
    return Standing.SIGNED if any(not _noted(session, one, _UNDONE) for one in bound) else Standing.NONE


def note_letter(
    session: Session, actor: Actor, clock: Clock, *, sale_id: str, letter_no: str, letter_on: date | None
) -> None:
    """The bank confirms by letter that the loan is settled (贷款结清证明).

    Raises `MortgageInvalid` by field: where the parameter `LOAN_LETTER_SETTLES` does not let it do, without
    number or day, for a day to come.
    """
    loans = _loans(session, sale_id)
    if not loans or not _letter_does(session, clock, loans[0]):
        raise MortgageInvalid("mortgage_letter_not_enough", field="letter_no")
    if not letter_no.strip() or len(letter_no) > _LONGEST_NO:
        raise MortgageInvalid("text_missing_or_long", field="letter_no", longest=_LONGEST_NO)
    today = today_at(session, clock, loans[0].project_id)
    if letter_on is None:
        raise MortgageInvalid("required", field="letter_on")
    if letter_on > today:
        raise MortgageInvalid("mortgage_day", field="letter_on", earliest=None, latest=today.isoformat())
    _note(session, actor, clock, loans, _LETTER, number=letter_no.strip(), letter_on=letter_on)


def undo_loans(session: Session, actor: Actor, clock: Clock, *, sale_id: str, remark: str) -> None:
    """Loan contract and pre-notice are withdrawn (解除借款合同、注销预告登记); ``remark``: the bank's answer."""
    _note(session, actor, clock, _loans(session, sale_id), _UNDONE, remark=remark.strip()[:_LONGEST])


def _letter_does(session: Session, clock: Clock, loan: MortgageLoan) -> bool:
    return parameter(session, loan.path, LOAN_LETTER_SETTLES, today_at(session, clock, loan.project_id))


def _loans(session: Session, sale_id: str) -> list[MortgageLoan]:
    query = select(MortgageLoan).where(MortgageLoan.sale_id == sale_id, MortgageLoan.state != LoanState.WITHDRAWN)
    return list(session.scalars(query.order_by(MortgageLoan.id)))


def _noted(session: Session, loan: MortgageLoan, kind: str) -> bool:
    query = select(MortgageEvent.details).where(MortgageEvent.loan_id == loan.id, MortgageEvent.kind == kind)
    return any(details.get("attempt") == loan.attempt for details in session.scalars(query))


def _note(
    session: Session, actor: Actor, clock: Clock, loans: list[MortgageLoan], kind: str, **details: object
) -> None:
    for loan in loans:
        actor.require(Permission.MORTGAGES_WORK, loan.path)
        case = session.get_one(MortgageCase, loan.case_id)
        note(session, actor, clock, case, kind, loan, details={**details, "attempt": loan.attempt})
