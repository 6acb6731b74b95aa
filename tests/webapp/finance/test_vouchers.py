"""Vouchers at the desk: accounts mapped, closed days handed over as files, accounting's numbers taken in."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pytest
from openpyxl import load_workbook

from ledger.accounting.closing import close_day
from ledger.accounting.voucher_models import Voucher, VoucherBatch
from ledger.finance.kinds import Account
from ledger.finance.models import MoneyTodo
from tests.stories.company import Company
from tests.webapp.house import Browser

PAGE = "/finance/vouchers"


@pytest.fixture
def manager(at_desk: Callable[[str], Browser]) -> Browser:
    """The finance manager's browser."""
    return at_desk("treasurer")


@pytest.fixture
def closed(company: Company, deposit: MoneyTodo) -> None:
    """The deposit is paid and the day closed."""
    company.pay()
    day = company.clock.now().date()
    company.act(
        "treasurer", lambda s, a: close_day(s, a, company.clock, project_id=company.project_id, through=day)
    )


def chart(company: Company, **changes: str) -> dict[str, str]:
    """The form of the chart, filled in."""
    form = {"node": company.project_id}
    for number, account in enumerate(Account):
        form |= {f"code-{account}": f"10{number:02}", f"name-{account}": f"=科目{number}"}
    return form | changes


def hand_over(manager: Browser, company: Company):
    """Ask for a batch through today."""
    return manager.post(PAGE, {"project": company.project_id, "through": "2026-03-02"}, page=PAGE)


def test_gaps_are_named_until_the_accounts_are_mapped(manager: Browser, company: Company, closed: None) -> None:
    refused = hand_over(manager, company)
    assert refused.status_code == 422
    assert "no counterpart in the company’s chart: Contract liabilities, Received, not allocated" in refused.text
    wrong = manager.post("/finance/chart", chart(company, **{"name-fees": ""}), page="/finance/chart")
    assert wrong.status_code == 422
    assert "Give the account’s name" in wrong.text
    assert manager.post("/finance/chart", chart(company), page="/finance/chart").status_code == 302
    assert "Accounts without a counterpart" not in manager.get(PAGE).text
    assert hand_over(manager, company).status_code == 302
    assert "Every transaction of these days" in hand_over(manager, company).text


def test_a_batch_is_taken_along_and_its_numbers_come_back(
    manager: Browser, clerk: Browser, company: Company, closed: None
) -> None:
    manager.post("/finance/chart", chart(company), page="/finance/chart")
    page = hand_over(manager, company).location
    batch = company.read(lambda s: s.query(VoucherBatch).one())
    assert f"/finance/vouchers/{batch.id}" in page
    assert "1000 =科目0" in manager.get(page).text
    first, again = (manager.post(f"{page}/file/csv", page=page) for _ in "ab")
    assert "vouchers-yunxi-1.csv" in first.headers["Content-Disposition"]
    assert "vouchers-yunxi-1-again-2.csv" in again.headers["Content-Disposition"]
    rows, marked = (list(csv.DictReader(io.StringIO(f.data.decode("utf-8-sig")))) for f in (first, again))
    assert {row["Batch no."] for row in marked} == {"1 (exported again, 2)"}
    assert [{**row, "Batch no.": "1"} for row in marked] == rows
    assert {row["Account name"][:3] for row in rows} == {"'=科"}
    for column in ("Debited", "Credited"):
        assert sum(float(row[column] or 0) for row in rows) == 100_000
    book = load_workbook(io.BytesIO(manager.post(f"{page}/file/xlsx", page=page).data))
    assert [cell.value for cell in book.active["A"]] == ["Voucher key", *(row["Voucher key"] for row in rows)]
    assert clerk.post(f"{page}/file/csv", page=page).status_code == 403
    keys = company.read(lambda s: [one.key for one in s.query(Voucher).order_by(Voucher.number)])
    told = "\n".join(["凭证键,会计凭证号,合计金额", f"{keys[0]},记-1,50000", f"{keys[1]},记-2,50000.01"])

    def send(text: str):
        file = {"file": (io.BytesIO(text.encode("gb18030")), "back.csv"), "project": company.project_id}
        return manager.post(f"{PAGE}/confirm", file, page=PAGE)

    refused = send(told)
    assert refused.status_code == 422
    assert "1 lines are wrong" in refused.text
    assert f"Line 3: the total of voucher {keys[1]} is ¥50,000.00" in refused.text
    assert "0 of 2 confirmed" in manager.get(PAGE).text
    assert send("").status_code == 422
    assert send(told.replace(".01", "")).status_code == 302
    manager.post("/language", {"language": "zh"}, page="/account/password")
    assert "全部已确认" in manager.get(PAGE).text
    assert "会计凭证号：记-2" in manager.get(page).text
    assert "科目对照" in manager.get("/finance/chart").text
