"""The end of the day at the desk: cash counted, signed by a second person, the day closed, the month locked."""

from __future__ import annotations

from collections.abc import Callable

from ledger.accounting.models import CashCount
from ledger.accounting.periods import books_of
from tests.stories.company import Case, Company
from tests.webapp.house import Browser

DAY = "2026-03-02"


def take_cash(clerk: Browser, deposit_id: str, amount: str = "350") -> None:
    """The cashier takes part of the deposit in cash."""
    form = {
        "amount": amount,
        "paid_on": DAY,
        "payer": "Lin Wan",
        "payer_role": "buyer",
        "method": "cash",
        "once": amount,
    }
    answer = clerk.post("/finance/receipts/new", {**form, "todo": deposit_id, "confirm": "true"}, page="/finance/")
    assert answer.status_code == 302


def test_a_clerk_counts_a_manager_signs_and_closes(
    clerk: Browser, at_desk: Callable[[str], Browser], company: Company, sold: Case, deposit
) -> None:
    take_cash(clerk, deposit.id)
    page = f"/finance/cash?project={company.project_id}"
    assert "Not counted" in clerk.get(page).text
    about = {"project": company.project_id, "day": DAY}
    refused = clerk.post("/finance/cash", {**about, "pieces-10000": "3"}, page=page)
    assert refused.status_code == 422
    assert "differs by ¥-50.00" in refused.text
    refused = clerk.post("/finance/cash", {**about, "pieces-10000": "x"}, page=page)
    assert "whole number up to" in refused.text
    counted = clerk.post("/finance/cash", {**about, "pieces-10000": "3", "pieces-5000": "1"}, page=page)
    assert counted.status_code == 302
    count = company.read(lambda session: session.query(CashCount).one())
    assert clerk.post(f"/finance/cash/{count.id}/sign", page=page).status_code == 403
    manager = at_desk("treasurer")
    periods = f"/finance/periods/{company.project_id}"
    early = manager.post(f"{periods}/close", {"through": DAY}, page="/finance/periods")
    assert early.status_code == 422
    assert "is not counted and signed yet" in early.text
    assert manager.post(f"/finance/cash/{count.id}/sign", page=page).status_code == 302
    assert manager.post(f"{periods}/close", {"through": DAY}, page="/finance/periods").status_code == 302
    assert company.read(lambda session: books_of(session, company.project_id)).closed_through.isoformat() == DAY
    assert "Day closed" in manager.get("/finance/periods").text
    take_cash(clerk, deposit.id, "100")
    assert "Belongs to 2 Mar 2026, which was closed" in manager.get("/finance/journal").text


def test_a_locked_month_is_opened_again_by_the_city(
    clerk: Browser, at_desk: Callable[[str], Browser], company: Company, sold: Case, deposit
) -> None:
    manager, city = at_desk("treasurer"), at_desk("city_finance_1")
    periods, page = f"/finance/periods/{company.project_id}", "/finance/periods"
    refused = manager.post(f"{periods}/lock", {"through": "2026-02-28", "reason": ""}, page=page)
    assert refused.status_code == 422
    assert "Please fill this in" in refused.text
    locked = manager.post(f"{periods}/lock", {"through": "2026-02-28", "reason": "February"}, page=page)
    assert locked.status_code == 302
    form = {"amount": "5", "paid_on": "2026-02-27", "payer": "Lin", "payer_role": "buyer", "method": "transfer"}
    typed = clerk.post("/finance/receipts/new", {**form, "todo": deposit.id}, page="/finance/")
    assert typed.status_code == 422
    assert "The books are locked through" in typed.text
    again = {"first": "2026-02-20", "reason": "a slip"}
    assert manager.post(f"{periods}/reopen", again, page=page).status_code == 403
    assert clerk.post(f"{periods}/reopen", again, page=page).status_code == 403
    assert city.post(f"{periods}/reopen", again, page=page).status_code == 302
    assert "a slip" in manager.get(page).text
    for person in (clerk, manager):
        person.post("/language", {"language": "zh"}, page="/account/password")
        assert "反结账" in person.get(page).text
        assert "当日没有现金收款" in person.get("/finance/cash").text
