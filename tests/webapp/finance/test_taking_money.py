"""A clerk takes money: in part, in full, too much, twice by mistake, or with a form that is wrong."""

import re
from collections.abc import Callable

from sqlalchemy import func, select

from ledger.finance.models import MoneyTodo, Receipt
from ledger.finance.operations import request_refunds
from tests.stories.company import Case, Company
from tests.webapp.house import Browser

FORM = "/finance/receipts/new"
GOOD = {
    "amount": "50,000.00",
    "paid_on": "2026-03-02",
    "payer": "Lin Wan",
    "payer_role": "buyer",
    "method": "transfer",
    "confirm": "true",
}

WRONG = [
    ("amount", "100.005", "at most two decimals"),
    ("amount", "-5", "above zero"),
    ("amount", "0", "above zero"),
    ("amount", "99999999999999", "Check the number of zeros"),
    ("amount", "five", "no amount"),
    ("amount", "$500", "US dollars"),
    ("amount", "500 EUR", "euros"),
    ("amount", "", "fill this in"),
    ("paid_on", "2026-03-03", "still to come"),
    ("paid_on", "1026-03-01", "Check the year"),
    ("paid_on", "soon", "choose a date"),
    ("payer", " ", "fill this in"),
    ("method", "barter", "how the money came in"),
    ("account", "credit", "bank accounts"),
]


def take(browser: Browser, todo: MoneyTodo, **changes: str):
    """Send the receipt form of a to-do as the page drew it."""
    page = f"{FORM}?todo={todo.id}"
    key = re.search(r'name="once" value="([^"]+)"', browser.get(page).text)
    return browser.post(FORM, {**GOOD, "todo": todo.id, "once": key[1], **changes}, page=page)


def receipts(company: Company) -> int:
    """How many receipts there are."""
    return company.read(lambda session: session.scalar(select(func.count()).select_from(Receipt)))


def test_the_deposit_taken_in_full_moves_the_sale_on(
    clerk: Browser, company: Company, sold: Case, deposit: MoneyTodo
) -> None:
    answer = take(clerk, deposit)
    assert answer.status_code == 302
    assert sold.waiting_at == ["sign_contract"]
    page = clerk.get(answer.location).text
    assert "YUNXI-SJ-2026-000001" in page
    assert "Deposit" in page
    assert company.todos("collect") == []


def test_a_part_payment_leaves_the_rest_to_be_collected(
    clerk: Browser, company: Company, sold: Case, deposit: MoneyTodo
) -> None:
    take(clerk, deposit, amount="20000")
    assert sold.waiting_at == ["await_deposit"]
    account = clerk.get(f"/finance/sales/{sold.sale().id}").text
    assert "Part paid" in account
    assert "¥30,000.00" in account


def test_what_is_paid_too_much_is_kept_as_credit_and_said_so(
    clerk: Browser, company: Company, sold: Case, deposit: MoneyTodo
) -> None:
    asked = take(clerk, deposit, amount="50000.01")
    assert asked.status_code == 422
    assert "Keep ¥0.01 as credit" in asked.text
    assert receipts(company) == 0
    answer = take(clerk, deposit, amount="50000.01", excess="true")
    page = clerk.get(answer.location).text
    assert "¥0.01 is more than what is open" in page
    assert "Part of this money is credit" in page


def test_a_wrong_entry_is_told_by_its_field_and_nothing_is_taken(
    clerk: Browser, company: Company, deposit: MoneyTodo
) -> None:
    for field, value, sentence in WRONG:
        answer = take(clerk, deposit, **{field: value})
        assert answer.status_code == 422, (field, value)
        told = re.search(rf'id="e-{field}">.*?</div>', answer.text, re.S)
        assert told and sentence in told[0], (field, value)
    assert receipts(company) == 0


def test_a_form_that_is_sent_twice_takes_the_money_once(
    clerk: Browser, company: Company, deposit: MoneyTodo
) -> None:
    page = f"{FORM}?todo={deposit.id}"
    key = re.search(r'name="once" value="([^"]+)"', clerk.get(page).text)[1]
    first, second = (clerk.post(FORM, {**GOOD, "todo": deposit.id, "once": key}, page="/finance/") for _ in "ab")
    assert first.location == second.location
    assert receipts(company) == 1


def test_who_takes_money_sees_what_a_colleague_has_taken_for_it_already(
    clerk: Browser, company: Company, sold: Case, deposit: MoneyTodo
) -> None:
    assert "waits for the bank" not in clerk.get("/finance/").text
    taken = take(clerk, deposit, confirm="").location
    receipt = taken.partition("?")[0]
    assert 'data-key="n"' not in clerk.get(taken).text
    assert "taken, waits for the bank" in clerk.get("/finance/").text
    assert "Money was taken for this already" in clerk.get(f"/finance/receipts/new?todo={deposit.id}").text
    clerk.post(f"{receipt}/confirm", page=receipt)
    assert "waits for the bank" not in clerk.get("/finance/").text


def test_a_captured_receipt_is_confirmed_later_with_what_it_settles(
    clerk: Browser, company: Company, sold: Case, deposit: MoneyTodo
) -> None:
    captured = take(clerk, deposit, confirm="").location.partition("?")[0]
    assert sold.waiting_at == ["await_deposit"]
    page = clerk.get(captured).text
    line = re.search(r'name="(line-[^"]+)"[^>]*value="50000.00"', page)[1]
    too_much = clerk.post(f"{captured}/confirm", {"by_hand": "1", line: "50001"}, page=captured)
    assert too_much.status_code == 422
    assert clerk.post(f"{captured}/confirm", {"by_hand": "1", line: "50000"}, page=captured).status_code == 302
    assert sold.waiting_at == ["sign_contract"]


def test_only_the_manager_reverses_and_says_why(
    clerk: Browser, at_desk: Callable[[str], Browser], company: Company, deposit: MoneyTodo
) -> None:
    receipt = take(clerk, deposit).location.partition("?")[0]
    assert clerk.post(f"{receipt}/reverse", {"reason": "bounced"}, page=receipt).status_code in (403, 404)
    manager = at_desk("treasurer")
    assert manager.post(f"{receipt}/reverse", {"reason": " "}, page=receipt).status_code == 422
    assert manager.post(f"{receipt}/reverse", {"reason": "bounced"}, page=receipt).status_code == 302
    assert "bounced" in manager.get(receipt).text
    assert company.todos("collect") == [deposit.amount_fen]


def test_the_paper_is_the_same_when_printed_again_but_marked(
    clerk: Browser, at_desk: Callable[[str], Browser], deposit: MoneyTodo
) -> None:
    receipt = take(clerk, deposit).location.partition("?")[0]
    first, again = (clerk.post(f"{receipt}/paper", page=receipt) for _ in "ab")
    assert first.content_type == again.content_type == "application/pdf"
    assert first.data.startswith(b"%PDF")
    assert first.data != again.data
    manager = at_desk("treasurer")
    manager.post(f"{receipt}/reverse", {"reason": "bounced"}, page=receipt)
    assert manager.post(f"{receipt}/paper", page=receipt).status_code == 404


def test_a_refund_is_done_from_its_to_do(
    at_desk: Callable[[str], Browser], clerk: Browser, company: Company, sold: Case, deposit: MoneyTodo
) -> None:
    company.pay(amount_fen=deposit.amount_fen + 100)
    wish = {"key": "too-much", "sale_id": sold.sale().id, "amount_fen": 100, "reason": "paid too much"}
    company.act("treasurer", lambda s, a: request_refunds(s, a, company.clock, **wish))
    query = select(MoneyTodo).where(MoneyTodo.kind == "refund", MoneyTodo.state == "open")
    refund = company.read(lambda session: session.scalars(query).one())
    page = f"/finance/todos/{refund.id}"
    manager = at_desk("treasurer")
    assert manager.post(f"{page}/done", {"done_on": "2026-03-09"}, page=page).status_code == 422
    consultant = at_desk("wei")
    assert consultant.post(f"{page}/done", {"done_on": "2026-03-02"}, page=page).status_code in (403, 404)
    assert manager.post(f"{page}/done", {"done_on": "2026-03-02"}, page=page).status_code == 302
    assert company.todos("refund") == []
