"""What is recorded of a loan that is lent: contract, pre-notice, money, registration."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from engine.api import Context, handler
from handlers.mortgage import seen
from handlers.mortgage.step import LoadIn, words_of
from handlers.telling import tell_staff
from ledger.mortgages import concluding
from ledger.mortgages.models import MortgageLoan


@dataclass(frozen=True)
class SigningIn:
    """The bank's number of the loan and the day of signing."""

    loan_id: str
    loan_no: str
    signed_on: date


@dataclass(frozen=True)
class SigningOut:
    """Whether the home was finished when it was sold: then there is no pre-notice."""

    finished_home: bool


@handler("mortgage_loan.record_signing")
def record_signing(data: SigningIn, ctx: Context) -> SigningOut:
    """The loan contract is signed."""
    concluding.sign_loan(
        ctx.session,
        ctx.ledger_actor,
        ctx.clock,
        loan_id=data.loan_id,
        loan_no=data.loan_no,
        signed_on=data.signed_on,
    )
    sale_id = ctx.session.get_one(MortgageLoan, data.loan_id).sale_id
    return SigningOut(concluding.is_finished_home(ctx.session, sale_id))


@dataclass(frozen=True)
class PrenoticeIn:
    """The number of the pre-notice and its day."""

    loan_id: str
    prenotice_no: str
    prenotice_on: date


@handler("mortgage_loan.record_prenotice")
def record_prenotice(data: PrenoticeIn, ctx: Context) -> None:
    """The pre-notice of the mortgage is registered."""
    concluding.prenote(
        ctx.session,
        ctx.ledger_actor,
        ctx.clock,
        loan_id=data.loan_id,
        prenotice_no=data.prenotice_no,
        prenotice_on=data.prenotice_on,
    )


@handler("mortgage_loan.record_funding")
def record_funding(data: LoadIn, ctx: Context) -> None:
    """The bank's money is there."""
    concluding.record_funding(ctx.session, ctx.ledger_actor, ctx.clock, loan_id=data.loan_id)


@dataclass(frozen=True)
class PossibleIn:
    """Since when the mortgage can be registered."""

    loan_id: str
    possible_on: date


@handler("mortgage_loan.note_possible", again=True)
def note_possible(data: PossibleIn, ctx: Context) -> None:
    """The 90 days of the pre-notice run from this day on."""
    concluding.note_possible(
        ctx.session, ctx.ledger_actor, ctx.clock, loan_id=data.loan_id, possible_on=data.possible_on
    )


@handler("mortgage_loan.lapse_prenotice", again=True)
def lapse_prenotice(data: LoadIn, ctx: Context) -> None:
    """The days of the pre-notice are over without an application: clerks and manager hear of it."""
    if concluding.lapse_prenotice(ctx.session, ctx.ledger_actor, ctx.clock, loan_id=data.loan_id):
        loan = ctx.session.get_one(MortgageLoan, data.loan_id)
        for role in ("mortgage_clerk", "sales_manager"):
            tell_staff(ctx, "mortgage_lapsed", role, loan.path, words_of(ctx, loan), part=role)


@dataclass(frozen=True)
class RegistrationIn:
    """The number of the registration (他项权证号) and its day."""

    loan_id: str
    registration_no: str
    registered_on: date


@handler("mortgage_loan.record_registration")
def record_registration(data: RegistrationIn, ctx: Context) -> None:
    """The mortgage is registered: the loan is done."""
    concluding.register(
        ctx.session,
        ctx.ledger_actor,
        ctx.clock,
        loan_id=data.loan_id,
        registration_no=data.registration_no,
        registered_on=data.registered_on,
    )
    seen.ended(ctx, ctx.session.get_one(MortgageLoan, data.loan_id))
