"""Facts that move mortgages: a signed contract begins one, money and a first registration bring it on."""

from __future__ import annotations

from engine.api import Missing
from handlers.mortgage.case import PROCESS
from handlers.subscriptions import engine_of_system
from kernel.facts import Telling, on
from ledger.finance.facts import ReceivableSettled
from ledger.finance.kinds import ReceivableKind
from ledger.mortgages import cases, concluding
from ledger.mortgages.facts import LoanFunded, LoanRefusedForGood, RegistrationPossible, ShortLoanApproved
from ledger.sales.facts import ContractSigned
from ledger.titles.facts import BuildingRegistered

_LENT = (ReceivableKind.LOAN, ReceivableKind.FUND)
CANCELLATION, SUPPLEMENT = "sale_cancellation", "supplement"


@on(ContractSigned)
def contract_signed(fact: ContractSigned, telling: Telling) -> None:
    """A contract whose plan has a loan begins its mortgage by itself."""
    session = telling.session
    if not cases.loan_lines(session, fact.sale_id) or cases.open_case_of(session, fact.sale_id):
        return
    engine = engine_of_system(telling)
    try:
        engine.get_definition(PROCESS)
    except Missing:
        return
    engine.start(PROCESS, {"sale_id": fact.sale_id}, scope=fact.path)


@on(ReceivableSettled)
def line_settled(fact: ReceivableSettled, telling: Telling) -> None:
    """A line of a bank or fund centre is paid in full."""
    if fact.kind in _LENT and fact.sale_id is not None:
        concluding.tell_if_funded(telling.session, sale_id=fact.sale_id)


@on(LoanFunded)
def loan_funded(fact: LoanFunded, telling: Telling) -> None:
    """The loan goes on to its registration."""
    engine_of_system(telling).publish("mortgage_funded", {"loan_id": fact.loan_id})


@on(BuildingRegistered)
def building_registered(fact: BuildingRegistered, telling: Telling) -> None:
    """The building has its first registration (大证): mortgages of its homes can be registered."""
    concluding.tell_if_possible(telling.session, sale_id=fact.sale_id)


@on(RegistrationPossible)
def registration_possible(fact: RegistrationPossible, telling: Telling) -> None:
    """The mortgage of a home can be registered."""
    payload = {"possible_on": fact.possible_on}
    engine_of_system(telling).publish("mortgage_registration_possible", {"sale_id": fact.sale_id}, payload)


@on(LoanRefusedForGood)
def refused_for_good(fact: LoanRefusedForGood, telling: Telling) -> None:
    """No bank lends: the sale's cancellation begins with the fault filled in, where that process is deployed."""
    engine = engine_of_system(telling)
    try:
        engine.get_definition(CANCELLATION)
    except Missing:
        return
    given = {
        "sale_id": fact.sale_id,
        "cause": "loan_refused",
        "loan_fault": "neither" if fact.fault == "nobody" else fact.fault,
        "compensation_fen": None,
        "reason": fact.reason,
        "evidence_id": None,
    }
    engine.start(CANCELLATION, given, scope=fact.path)


@on(ShortLoanApproved)
def short_loan(fact: ShortLoanApproved, telling: Telling) -> None:
    """The supplement of a short loan begins as a change of the sale (补充协议)."""
    given = {
        "sale_id": fact.sale_id,
        "loan": fact.kind,
        "approved_fen": fact.approved_fen,
        "due_on": fact.due_on,
        "reason": fact.reason,
        "evidence_id": None,
    }
    engine_of_system(telling).start(SUPPLEMENT, given, scope=fact.path)
