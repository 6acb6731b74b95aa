"""The account page explains late interest day by day; letting the buyer off is asked for there, with wrong entries told."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from kernel.clock import business_date
from ledger.finance.interest import interest_of_sale
from ledger.finance.interest_models import InterestCharge, Waiver
from ledger.finance.models import MoneyTodo, Receivable
from ledger.finance.operations import take_receipt
from ledger.sales.models import Sale
from tests.stories.company import Case, Company
from tests.stories.test_interest_waiver import INTEREST, ask, pay, sale_id
from tests.webapp.house import Browser

assert sale_id


def sent(browser: Browser, sale: str, **changes: str):
    """Send the form as the page drew it."""
    page = f"/finance/sales/{sale}/waiver"
    key = re.search(r'name="once" value="([^"]+)"', browser.get(page).text)
    return browser.post(page, {"amount": "360", "reason": "hardship", "once": key[1], **changes}, page=page)


def requests(company: Company) -> int:
    """How many requests there are."""
    return company.read(lambda session: session.scalar(select(func.count()).select_from(Waiver)))


def test_the_account_explains_each_segment(clerk: Browser, company: Company, sale_id: str) -> None:
    pay(company, sale_id, 100_000_00)
    company.later(days=10)
    page = clerk.get(f"/finance/sales/{sale_id}").text
    for words in ("10 Mar 2026 – 29 Mar 2026", "¥340,000.00", "¥1,360.00", "0.02%", "¥241,360.00", "¥482.72"):
        assert words in page, words


def test_an_account_without_late_interest_says_nothing_of_it(clerk: Browser, sold: Case) -> None:
    assert "Late interest" not in clerk.get(f"/finance/sales/{sold.sale().id}").text


def test_a_waiver_is_asked_for_once_on_the_account_page(clerk: Browser, company: Company, sale_id: str) -> None:
    form = clerk.get(f"/finance/sales/{sale_id}/waiver").text
    assert f'value="{INTEREST / 100:.2f}"' in form
    answer = sent(clerk, sale_id)
    assert answer.status_code == 302
    page = clerk.get(answer.location).text
    assert "Waits for approval" in page and "hardship" in page
    assert requests(company) == 1


def test_the_same_form_sent_twice_asks_once(clerk: Browser, company: Company, sale_id: str) -> None:
    for _ in range(2):
        sent(clerk, sale_id, once="the-same")
    assert requests(company) == 1


@pytest.mark.parametrize(
    ("field", "entry", "words"),
    [
        ("amount", "1360.01", "At most ¥1,360.00 can be let off"),
        ("amount", "0", "above zero"),
        ("amount", "1.005", "at most two decimals"),
        ("amount", "-1", "above zero"),
        ("amount", "", "fill this in"),
        ("reason", "  ", "fill this in"),
        ("reason", "x" * 501, "at most 500 characters"),
        ("subject", "nothing", "no such instalment"),
    ],
)
def test_wrong_entries_are_told_by_field_and_nothing_is_posted(
    clerk: Browser, company: Company, sale_id: str, field: str, entry: str, words: str
) -> None:
    answer = sent(clerk, sale_id, **{field: entry})
    assert answer.status_code == 422
    assert words in answer.text
    assert f'id="e-{field}"' in answer.text or f'href="#f-{field}"' in answer.text
    assert requests(company) == 0


def test_a_write_off_is_for_the_whole_rest(clerk: Browser, company: Company, sale_id: str) -> None:
    query = select(Receivable.id).where(Receivable.sale_id == sale_id, Receivable.kind == "down_payment")
    line_id = company.read(lambda s: s.scalars(query).one())
    answer = sent(clerk, sale_id, subject=line_id, amount="10")
    assert "whole rest: ¥340,000.00" in answer.text
    assert sent(clerk, sale_id, subject=line_id, amount="340000").status_code == 302


def test_nobody_is_let_off_on_a_closed_sale(clerk: Browser, company: Company, sale_id: str) -> None:
    with company.database.unit_of_work() as session:
        sale = session.get_one(Sale, sale_id)
        sale.state, sale.stage, sale.closed_at = "closed", "closed", company.clock.now()
    assert "Nobody is let off on a closed sale" in clerk.get(f"/finance/sales/{sale_id}/waiver").text
    answer = sent(clerk, sale_id)
    assert answer.status_code == 422
    assert "is closed: nobody is let off" in answer.text
    assert requests(company) == 0


def test_who_may_not_ask_is_offered_nothing(at_desk: Callable[[str], Browser], sale_id: str) -> None:
    filer = at_desk("filer")
    assert "Ask for a waiver" not in filer.get(f"/finance/sales/{sale_id}").text
    assert filer.get(f"/finance/sales/{sale_id}/waiver").status_code == 403


def test_interest_is_charged_by_hand_once(
    at_desk: Callable[[str], Browser], company: Company, sale_id: str
) -> None:
    treasurer, page = at_desk("treasurer"), f"/finance/sales/{sale_id}"
    for words in ("¥1,360.00 of late interest is charged", "No late interest has accrued"):
        answer = treasurer.post(f"{page}/interest", {"through": "2026-03-29"}, page=page)
        assert words in treasurer.get(answer.location).text
    assert company.read(lambda s: s.scalars(select(InterestCharge.fen)).all()) == [INTEREST]
    answer = treasurer.post(f"{page}/interest", {"through": "2026-12-31"}, page=page)
    assert "still to come" in treasurer.get(answer.location).text


def test_the_requests_and_what_became_of_them_stand_on_the_account(
    clerk: Browser, company: Company, sale_id: str
) -> None:
    ask(company, sale_id, 360_00).decide("treasurer")
    late = ask(company, sale_id, 1_000_00, reason="second")
    pay(company, sale_id, 340_000_00)
    late.decide("treasurer")
    page = clerk.get(f"/finance/sales/{sale_id}").text
    assert "Granted" in page and "Treasurer" in page
    assert "Lapsed" in page and "Less is open by now" in page


def test_interest_to_be_carried_over_says_where_to(clerk: Browser, company: Company, sale_id: str) -> None:
    pay(company, sale_id, 340_000_00)
    words = "from the supervised to the general account"
    assert words in clerk.get("/finance/?kind=transfer").text
    todo_id = company.read(lambda s: s.scalars(select(MoneyTodo.id).where(MoneyTodo.kind == "transfer")).one())
    assert words in clerk.get(f"/finance/todos/{todo_id}").text


def test_a_receipt_confirmed_as_its_page_offers_settles_interest_first(
    clerk: Browser, company: Company, sale_id: str
) -> None:
    receipt_id = company.act(
        "cashier",
        lambda s, a: take_receipt(
            s, a, company.clock, key="r9", amount_fen=100_000_00, method="transfer",
            paid_on=business_date(company.clock), payer="Lin Wan", sale_id=sale_id,
        ).id,
    )  # fmt: skip
    page = clerk.get(f"/finance/receipts/{receipt_id}").text
    shares = dict(re.findall(r'name="(line-[^"]+)"[^>]*value="([^"]+)"', page))
    assert shares["line-interest"] == "1360.00"
    clerk.post(
        f"/finance/receipts/{receipt_id}/confirm",
        {**shares, "by_hand": "1"},
        page=f"/finance/receipts/{receipt_id}",
    )
    found = company.read(lambda s: interest_of_sale(s, sale_id, on=business_date(company.clock)))
    assert (found.paid_fen, found.open_fen) == (INTEREST, 0)
