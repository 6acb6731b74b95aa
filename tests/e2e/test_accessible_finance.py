"""Every page of the finance desk holds to WCAG 2.2 AA and is no wider than a phone, with money and arrears on it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from ledger.banking.models import BankAccount, BankStatement, StatementLine
from ledger.banking.operations import import_statement
from ledger.finance.models import MoneyTodo, Receipt
from ledger.papers.operations import receive_range
from tests.e2e.office import Office
from tests.e2e.test_accessible_pages import Walk
from tests.e2e.test_clerks_morning import SIGNED, begin_the_day, clock, statement
from tests.stories.chasing import Chase

__all__ = ["clock"]

pytestmark = pytest.mark.timeout(600)
LISTS = (
    "", "receipts", "arrears", "arrears/proposals", "arrears/cases", "arrears/runs", "journal", "projects", "papers",
    "papers/days", "ranges", "cash", "periods", "chart", "vouchers", "reports/ageing", "reports/ageing/lines",
    "reports/collection", "reports/collection/sales", "reports/forecast", "reports/statements", "statements",
    "statements/matching", "statements/rules", "statements/accounts/new",
)  # fmt: skip


def fill_the_desk(office: Office, folder: Path) -> dict[str, str]:
    """A statement whose lines wait, a range of numbers, a case of arrears; the pages of single things."""
    company, cases = office.company, begin_the_day(office)
    file = statement(office, cases, folder)
    account = company.read(lambda s: s.scalars(select(BankAccount.id)).one())
    given = {"account_id": account, "content": file.read_bytes(), "file_name": file.name}
    sale_id = cases[0].sale().id
    chase = Chase(company, sale_id)
    chase.run()
    company.act("cashier", lambda s, a: import_statement(s, a, company.clock, **given))
    numbers = {"kind": "receipt", "prefix": "A", "first": "0001", "last": "0009", "received_on": SIGNED}
    company.act(
        "treasurer", lambda s, a: receive_range(s, a, company.clock, project_id=company.project_id, **numbers)
    )
    first = {
        model: company.read(lambda s, m=model: s.scalars(select(m.id).order_by(m.id).limit(1)).one())
        for model in (Receipt, BankStatement, StatementLine, MoneyTodo)
    }
    line, receipt = first[StatementLine], first[Receipt]
    return {
        "to-do": f"todos/{first[MoneyTodo]}",
        "receipt": f"receipts/{receipt}",
        "allocation": f"receipts/{receipt}/allocation",
        "move": f"receipts/{receipt}/move",
        "account": f"sales/{sale_id}",
        "waiver": f"sales/{sale_id}/waiver",
        "customer statement": f"reports/statements/sales/{sale_id}",
        "project": f"projects/{company.project_id}",
        "case": f"arrears/cases/{chase.case().id}",
        "bank statement": f"statements/{first[BankStatement]}",
        "bank line": f"statements/lines/{line}",
        "line to match": f"statements/matching?line={line}",
    }


@pytest.mark.parametrize("language", ["zh"])
def test_every_page_of_the_finance_desk_is_accessible(
    open_office: Callable[..., Office], language: str, tmp_path: Path
) -> None:
    office = open_office(language)
    single = fill_the_desk(office, tmp_path)
    walk = Walk(office, "phone")
    page: Page = walk.desk("treasurer")
    for address in LISTS:
        walk.open(page, f"/finance/{address}")
    for name, address in single.items():
        walk.open(page, f"/finance/{address}", name)
    walk.open(page, "/start/refund")
    assert not walk.wrong, "\n".join(f"{name}: {one}" for name, found in walk.wrong.items() for one in found)
    assert not office.faults
