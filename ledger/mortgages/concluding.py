"""From loan contract to registered mortgage: signed, pre-noted (预告登记), paid out, registered (他项权)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import Clock
from kernel.facts import tell
from ledger.finance.parties import today_at
from ledger.inventory.models import Unit
from ledger.mortgages.applying import require_day
from ledger.mortgages.cases import lent_fen, lock_loan, note
from ledger.mortgages.errors import MortgageInvalid
from ledger.mortgages.facts import LoanFunded, RegistrationPossible
from ledger.mortgages.kinds import LoanState, Step
from ledger.mortgages.models import MortgageCase, MortgageLoan
from ledger.sales.models import Sale
from ledger.sales.stage_models import Contract
from ledger.titles.models import BuildingTitle

_LONGEST = 60


def sign_loan(
    session: Session, actor: Actor, clock: Clock, *, loan_id: str, loan_no: str, signed_on: date
) -> None:
    """The buyer and the bank have signed (面签): the loan has the bank's number, by which its money is found."""
    loan = lock_loan(session, actor, loan_id, Step.SIGN)
    require_day(session, clock, loan, signed_on, "signed_on", loan.decided_on)
    loan.loan_no, loan.signed_on = _number(loan_no, "loan_no"), signed_on
    _note(session, actor, clock, loan, "signed", number=loan.loan_no, signed_on=signed_on)


def prenote(
    session: Session, actor: Actor, clock: Clock, *, loan_id: str, prenotice_no: str, prenotice_on: date
) -> None:
    """The pre-notice of the mortgage is registered (抵押预告登记)."""
    loan = lock_loan(session, actor, loan_id, Step.PRENOTICE)
    require_day(session, clock, loan, prenotice_on, "prenotice_on", loan.signed_on)
    loan.prenotice_no, loan.prenotice_on = _number(prenotice_no, "prenotice_no"), prenotice_on
    _note(session, actor, clock, loan, "prenoted", number=loan.prenotice_no, prenotice_on=prenotice_on)


def _number(text: str, field: str) -> str:
    number = text.strip()
    if not number:
        raise MortgageInvalid("required", field=field)
    if len(number) > _LONGEST:
        raise MortgageInvalid("text_missing_or_long", field=field, longest=_LONGEST)
    return number


def is_paid_out(session: Session, loan: MortgageLoan) -> bool:
    """Whether nothing of what the bank owes of the price is open any more."""
    planned, left = lent_fen(session, loan.sale_id).get(loan.kind, (0, 0))
    return planned > 0 and left == 0


def tell_if_funded(session: Session, *, sale_id: str) -> None:
    """Money has settled a line of a bank: loans that wait for it hear of it."""
    query = select(MortgageLoan).where(
        MortgageLoan.sale_id == sale_id,
        MortgageLoan.state == LoanState.OPEN,
        MortgageLoan.funded_on.is_(None),
    )
    for loan in session.scalars(query):
        if is_paid_out(session, loan):
            tell(session, LoanFunded(sale_id, loan.id, loan.path))


def record_funding(session: Session, actor: Actor, clock: Clock, *, loan_id: str) -> None:
    """The money of a loan is there (放款)."""
    loan = lock_loan(session, actor, loan_id, Step.FUNDING)
    loan.funded_on, loan.late_through = today_at(session, clock, loan.project_id), None
    _note(session, actor, clock, loan, "funded", amount_fen=loan.approved_fen or loan.amount_fen)


def building_registered_on(session: Session, sale_id: str) -> date | None:
    """The day of the first registration (大证) of a sale's building, if it has one."""
    query = (
        select(BuildingTitle.registered_on)
        .join(Unit, Unit.building_id == BuildingTitle.building_id)
        .join(Sale, Sale.unit_id == Unit.id)
    )
    return session.scalar(query.where(Sale.id == sale_id))


def is_finished_home(session: Session, sale_id: str) -> bool:
    """Whether the building was registered before the contract (现房): its mortgage is registered at once, without
    a pre-notice.
    """
    registered_on = building_registered_on(session, sale_id)
    signed_on = session.scalar(select(Contract.signed_on).where(Contract.sale_id == sale_id))
    return registered_on is not None and signed_on is not None and registered_on <= signed_on


def possible_since(session: Session, loan: MortgageLoan) -> date | None:
    """Since when a mortgage can be registered: the building is, and the loan is signed; None while unknown."""
    registered_on = building_registered_on(session, loan.sale_id)
    if loan.possible_on is not None or registered_on is None:
        return loan.possible_on
    return max(registered_on, loan.signed_on or registered_on)


def tell_if_possible(session: Session, *, sale_id: str) -> None:
    """The building of a sale is registered: a loan that waits for it hears since when."""
    day = building_registered_on(session, sale_id)
    if day is not None:
        tell(session, RegistrationPossible(sale_id, day.isoformat()))


def allow_registration(session: Session, actor: Actor, clock: Clock, *, loan_id: str, possible_on: date) -> None:
    """The clerk notes since when the mortgage can be registered; waiting cases of the sale go on.

    Raises `MortgageInvalid` for a day to come.
    """
    loan = lock_loan(session, actor, loan_id, Step.POSSIBLE)
    require_day(session, clock, loan, possible_on, "possible_on", None)
    tell(session, RegistrationPossible(loan.sale_id, possible_on.isoformat()))


def note_possible(session: Session, actor: Actor, clock: Clock, *, loan_id: str, possible_on: date) -> None:
    """From this day on registration is possible; the 90 days of the pre-notice run from it."""
    loan = session.get_one(MortgageLoan, loan_id)
    loan.possible_on = possible_on
    _note(session, actor, clock, loan, "possible", possible_on=possible_on)


def lapse_prenotice(session: Session, actor: Actor, clock: Clock, *, loan_id: str) -> bool:
    """90 days are over and nobody applied: the pre-notice has no effect any more (DOMAIN §3). Again: nothing."""
    loan = session.get_one(MortgageLoan, loan_id)
    if loan.prenotice_on is None or loan.prenotice_lapsed_on is not None or loan.state is not LoanState.OPEN:
        return False
    loan.prenotice_lapsed_on = today_at(session, clock, loan.project_id)
    _note(session, actor, clock, loan, "lapsed", prenotice_on=loan.prenotice_on)
    return True


def register(
    session: Session, actor: Actor, clock: Clock, *, loan_id: str, registration_no: str, registered_on: date
) -> None:
    """The mortgage is registered (抵押登记): the loan is done."""
    loan = lock_loan(session, actor, loan_id, Step.REGISTER)
    require_day(session, clock, loan, registered_on, "registered_on", loan.possible_on)
    loan.registration_no, loan.registered_on = _number(registration_no, "registration_no"), registered_on
    loan.state, loan.ended_because, loan.late_through = LoanState.REGISTERED, "registered", None
    _note(session, actor, clock, loan, "registered", number=loan.registration_no, registered_on=registered_on)


def _note(session: Session, actor: Actor, clock: Clock, loan: MortgageLoan, kind: str, **details: object) -> None:
    note(session, actor, clock, session.get_one(MortgageCase, loan.case_id), kind, loan, details=details)
