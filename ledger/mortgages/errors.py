"""What can go wrong with a mortgage, each with a code that the edge words."""

from __future__ import annotations

from kernel.errors import Invalid, KeyturnError, Missing


class MortgageInvalid(Invalid):
    """A value does not fit; the code and ``field`` say which and why."""

    code = "mortgage_invalid"


class LoanMissing(Missing):
    """There is no such loan, or it lies outside the actor's scope."""

    code = "mortgage_loan_missing"


class BankMissing(Missing):
    """There is no such bank, or it lies outside the actor's scope."""

    code = "mortgage_bank_missing"


class LoanNotReady(KeyturnError):
    """The loan is not at the step that allows the act: ``step`` says where it is."""

    code = "mortgage_loan_not_ready"


class NoLoanInPlan(Invalid):
    """The sale's plan has no loan that is still to be paid."""

    code = "mortgage_without_loan"


class CaseOpen(Invalid):
    """The sale has a mortgage case already."""

    code = "mortgage_case_open"
