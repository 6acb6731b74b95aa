"""Every page of the desk opens, in both languages, for those who may see it and for nobody else."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import event

from ledger.finance.models import MoneyTodo
from tests.stories.company import Case, Company
from tests.webapp.house import Browser
from webapp.engine_room import opens_case

PAGES = ("/finance/", "/finance/receipts", "/finance/journal", "/finance/arrears", "/finance/projects")


def test_an_empty_desk_says_what_will_come_in_both_languages(clerk: Browser) -> None:
    for language, words in (("en", "No money is waiting"), ("zh", "没有待办款项")):
        clerk.post("/language", {"language": language}, page="/account/password")
        assert words in clerk.get("/finance/").text
        assert [clerk.get(page).status_code for page in PAGES] == [200] * len(PAGES)


def test_late_instalments_and_totals_agree_with_the_account_of_the_sale(
    clerk: Browser, company: Company, sold: Case, deposit: MoneyTodo
) -> None:
    company.pay()
    sold.sign()
    company.later(days=9)
    late = clerk.get("/finance/arrears").text
    assert "2 days late" in late
    assert "2 days late" in clerk.get(f"/finance/sales/{sold.sale().id}").text
    totals = clerk.get(f"/finance/projects/{company.project_id}").text
    assert "¥1,280,000.00" in totals
    assert "¥50,000.00" in totals
    assert "¥1,280,000.00" in clerk.get("/finance/projects").text
    journal = clerk.get("/finance/journal").text
    assert "Supervised account" in journal
    assert "Nothing here fits" in clerk.get("/finance/journal?account=fees").text


def test_who_has_no_right_to_money_sees_nothing(
    at_desk: Callable[[str], Browser], company: Company, sold: Case, deposit: MoneyTodo
) -> None:
    receipt = company.pay()
    pages = (
        f"/finance/todos/{deposit.id}",
        f"/finance/receipts/{receipt}",
        f"/finance/sales/{sold.sale().id}",
        f"/finance/projects/{company.project_id}",
    )
    analyst, other = at_desk("analyst"), at_desk("fang")
    assert [analyst.get(page).status_code for page in pages] == [404] * 4
    assert [other.get(page).status_code for page in pages[:3]] == [404] * 3
    assert at_desk("wei").get(pages[2]).status_code == 200


def test_a_payout_leads_to_its_case_only_for_those_who_take_part(company: Company, sold: Case) -> None:
    with company.database.reading() as session:
        asked = [opens_case(session, company.actor(name), company.clock, sold.id) for name in ("wei", "treasurer")]
        assert asked == [True, False]
        assert not opens_case(session, company.actor("wei"), company.clock, None)


def test_the_list_asks_as_often_for_many_to_dos_as_for_few(
    clerk: Browser, company: Company, sold: Case, deposit: MoneyTodo
) -> None:
    company.pay(amount_fen=100)
    few = [statements(company, clerk, page) for page in PAGES]
    for unit in company.units[1:3]:
        company.start(entry="walk_in", unit_id=unit).enter_terms()
    company.pay(key="r2", amount_fen=200)
    company.pay(key="r3", amount_fen=300)
    assert [statements(company, clerk, page) for page in PAGES] == few


def test_the_inbox_counts_the_money_that_waits_and_leads_to_it(
    clerk: Browser, at_desk: Callable[[str], Browser], company: Company
) -> None:
    """C10: a clerk's inbox never looks done while money to-dos wait."""
    assert "All done" in clerk.get("/inbox").text
    case = company.start(entry="walk_in")
    case.enter_terms()
    company.pay()
    case.sign()
    company.later(days=9)
    for language, waits, late, done in (
        ("en", "Money to-dos: 2", "1 is overdue", "All done"),
        ("zh", "财务待办：2", "1 项已逾期", "全部处理完毕"),
    ):
        clerk.post("/language", {"language": language}, page="/account/password")
        page = clerk.get("/inbox").text
        assert waits in page
        assert late in page
        assert 'href="/finance/"' in page
        assert done not in page
    assert "财务待办" not in at_desk("wei").get("/inbox").text


def statements(company: Company, browser: Browser, page: str) -> int:
    """How many statements a page sends to the database."""
    counted: list[str] = []
    listener = lambda *about: counted.append(about[2])  # noqa: E731 - handed over and taken back.
    event.listen(company.database.engine, "before_cursor_execute", listener)
    browser.get(page)
    event.remove(company.database.engine, "before_cursor_execute", listener)
    return len(counted)
