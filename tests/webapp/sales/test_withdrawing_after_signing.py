"""A page that was opened before the signing cannot withdraw the sale after it: that takes a change order."""

from __future__ import annotations

from kernel.clock import MovedClock
from tests.stories.changing_sales import subscribed
from tests.stories.company import PASSWORD, company_in
from tests.stories.lending import Mortgage
from tests.webapp.application import application
from tests.webapp.house import Browser
from webapp.db import Database


def test_a_stale_page_ends_neither_the_filing_nor_the_mortgage(database: Database, clock: MovedClock) -> None:
    company = company_in(database, clock)
    case = subscribed(company)
    browser = Browser(application(database).test_client())
    browser.sign_in("manager_1", PASSWORD)
    page = f"/sales/{case.sale().id}"
    assert 'data-opens="withdraw"' in browser.get(page).text
    case.sign()
    assert browser.post(f"{page}/withdraw", {"reason": "客户改买别处"}, page=page).status_code == 422
    assert (case.sale().stage, case.sale().state, case.waiting_at) == ("signed", "live", ["submit_filing"])
    assert Mortgage(company, case).waits() == ["choose_bank"]
