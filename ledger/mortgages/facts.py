"""What mortgages tell their subscribers."""

from __future__ import annotations

from dataclasses import dataclass

from kernel.facts import Fact


@dataclass(frozen=True)
class LoanFunded(Fact):
    """The bank has paid out a loan: everything it owes of the sale's price is there."""

    sale_id: str
    loan_id: str
    path: str


@dataclass(frozen=True)
class RegistrationPossible(Fact):
    """The mortgage of a home can be registered, since the building has its first registration (大证)."""

    sale_id: str
    possible_on: str


@dataclass(frozen=True)
class LoanRefusedForGood(Fact):
    """No bank lends and the sale is to be cancelled; ``fault`` is nobody, buyer or developer."""

    sale_id: str
    loan_id: str
    fault: str
    reason: str
    path: str


@dataclass(frozen=True)
class ShortLoanApproved(Fact):
    """A bank lends less than planned: a supplement is to make the gap the buyer's, due on an ISO day."""

    sale_id: str
    loan_id: str
    kind: str
    approved_fen: int
    due_on: str
    reason: str
    path: str
