"""Loans that a bank has promised are found by its batch, though others wait that come to the same."""

from __future__ import annotations

from datetime import date

import pytest

from ledger.mortgages.kinds import LoanKind, Step, Verdict
from ledger.mortgages.models import MortgageBank, MortgageCase, MortgageLoan
from ledger.sales.models import Sale
from tests.ledger.banking.conftest import Desk
from tests.ledger.banking.test_matching import LOAN, Matcher, match, said

__all__ = ["match"]
BANK = "中国工商银行张江支行"


@pytest.fixture
def sales(desk: Desk) -> list[Sale]:
    """Four signed sales with a loan of the same amount."""
    found = [desk.house.sale(buyers=(name,)) for name in ("张敏", "李雷", "王芳", "赵云")]
    for sale in found:
        desk.sign(sale)
    return found


def promise(desk: Desk, sale: Sale, bank: str, loan_no: str) -> None:
    """A bank has approved and signed the loan of a sale."""
    now, path = desk.clock.now(), desk.house.project.path
    lender = MortgageBank(path=path, kind="bank", name=bank, changed_at=now, changed_by="admin")
    case = MortgageCase(
        sale_id=sale.id, project_id=sale.project_id, path=path, owner_id=sale.owner_id, opened_at=now
    )
    desk.session.add_all([lender, case])
    desk.session.flush()
    desk.session.add(
        MortgageLoan(
            case_id=case.id, sale_id=sale.id, project_id=sale.project_id, path=path, kind=LoanKind.LOAN,
            bank_id=lender.id, amount_fen=LOAN, step=Step.FUNDING, step_since=date(2026, 3, 1),
            verdict=Verdict.FULL, loan_no=loan_no, signed_on=date(2026, 3, 1),
        )
    )  # fmt: skip
    desk.session.flush()


def test_of_many_like_loans_the_promised_ones_of_this_bank_are_the_batch(
    match: Matcher, desk: Desk, sales: list[Sale]
) -> None:
    assert match(2 * LOAN, "按揭放款 批次1022", payer=BANK).proposals == ()
    promise(desk, sales[0], "工商银行", "DK-1")
    promise(desk, sales[2], "工商银行 ", "DK-3")
    promise(desk, sales[3], "宁波银行", "DK-4")
    matching = match(2 * LOAN, "按揭放款 批次1023", payer=BANK)
    assert said(matching) == ("likely", ["expected", "bank", "loans_sum"])
    assert set(matching.best.sale_ids) == {sales[0].id, sales[2].id}


def test_a_memo_that_names_the_loan_is_certain(match: Matcher, desk: Desk, sales: list[Sale]) -> None:
    promise(desk, sales[0], "工商银行", "DK-2026-000151")
    promise(desk, sales[1], "工商银行 ", "DK-2026-000152")
    matching = match(LOAN, "放款 DK-2026-000152", payer=BANK)
    assert said(matching) == ("certain", ["loan_number", "expected", "bank"])
    assert matching.best.sale_ids == (sales[1].id,)
