"""The register of expected fundings (待放款登记): which bank is to pay which loans, for matching statements."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import String, and_, cast, select
from sqlalchemy.orm import Session

from ledger.finance.kinds import ReceivableState
from ledger.finance.models import Receivable
from ledger.mortgages.kinds import LoanState, Verdict
from ledger.mortgages.models import MortgageBank, MortgageLoan

MOST = 200


@dataclass(frozen=True)
class Funding:
    """A line of the plan that a bank has promised to pay; ``loan_no`` is the bank's number of the loan."""

    receivable_id: str
    bank: str
    loan_no: str | None

    def is_of(self, payer: str | None) -> bool:
        """Whether a statement's payer is this bank: a branch carries its name, or the bank the branch's."""
        theirs, ours = _plain(payer or ""), _plain(self.bank)
        return bool(theirs and ours) and (ours in theirs or theirs in ours)

    def is_named_in(self, memo: str) -> bool:
        """Whether a memo names the loan by its number."""
        return bool(self.loan_no) and _plain(str(self.loan_no)) in _plain(memo)


def _plain(text: str) -> str:
    return "".join(text.split()).casefold()


def expected_fundings(session: Session, project_id: str) -> dict[str, Funding]:
    """By receivable, the lines of approved loans of a project that are not paid out, the longest signed first."""
    query = (
        select(Receivable.id, MortgageBank.name, MortgageLoan.loan_no)
        .join(
            MortgageLoan,
            and_(
                MortgageLoan.sale_id == Receivable.sale_id,
                cast(MortgageLoan.kind, String) == cast(Receivable.kind, String),
            ),
        )
        .join(MortgageBank, MortgageBank.id == MortgageLoan.bank_id)
        .where(
            MortgageLoan.project_id == project_id,
            MortgageLoan.state == LoanState.OPEN,
            MortgageLoan.verdict.in_((Verdict.FULL, Verdict.LESS)),
            MortgageLoan.funded_on.is_(None),
            Receivable.state == ReceivableState.PLANNED,
        )
        .order_by(MortgageLoan.signed_on.is_(None), MortgageLoan.signed_on, Receivable.id)
    )
    return {
        receivable_id: Funding(receivable_id, bank, loan_no)
        for receivable_id, bank, loan_no in session.execute(query.limit(MOST))
    }
