"""Every page of the desk opens, in both languages, for those who may see it and for nobody else."""

from collections.abc import Callable

import pytest

from ledger.finance.models import MoneyTodo
from tests.stories.company import Case, Company
from tests.webapp.house import Browser

PAGES = ("/finance/", "/finance/receipts", "/finance/journal", "/finance/arrears", "/finance/projects")


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_empty_desk_says_what_will_come(clerk: Browser, page: str, language: str) -> None:
    clerk.post("/language", {"language": language}, page="/account/password")
    assert clerk.get(page).status_code == 200


@pytest.mark.parametrize("page", PAGES)
def test_every_list_shows_what_was_sold(
    clerk: Browser, company: Company, sold: Case, deposit: MoneyTodo, page: str
) -> None:
    company.pay()
    sold.sign()
    assert clerk.get(page).status_code == 200


def test_who_has_no_right_to_money_sees_nothing(
    at_desk: Callable[[str], Browser], company: Company, sold: Case, deposit: MoneyTodo
) -> None:
    receipt = company.pay()
    analyst = at_desk("analyst")
    for page in (
        f"/finance/todos/{deposit.id}",
        f"/finance/receipts/{receipt}",
        f"/finance/sales/{sold.sale().id}",
        f"/finance/projects/{company.project_id}",
    ):
        assert analyst.get(page).status_code == 404
