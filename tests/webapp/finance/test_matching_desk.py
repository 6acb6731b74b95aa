"""The matching desk: what is certain is confirmed at once, the rest by hand, and the process goes on by itself."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select

from ledger.banking.models import LineStanding, StatementLine
from ledger.banking.operations import import_statement, open_bank_account
from ledger.finance.models import Receipt
from tests.ledger.banking.bank import NUMBER, Bank
from tests.stories.company import Case, Company
from tests.webapp.house import Browser
from webapp.finance import statement_matching

DESK = "/finance/statements/matching"
DEPOSIT = 50_000_00


@pytest.fixture
def account(company: Company) -> str:
    """The supervised account of the project."""
    given = {"project_id": company.project_id, "name": "监管户", "number": NUMBER, "account": "supervised"}
    return company.act("treasurer", lambda s, a: open_bank_account(s, a, company.clock, **given).id)


@pytest.fixture
def bank() -> Bank:
    """A bank."""
    return Bank()


@pytest.fixture
def bring(company: Company, account: str, bank: Bank) -> Callable[[], None]:
    """Bring what the bank has booked."""

    def brought() -> None:
        given = {"account_id": account, "content": bank.csv(), "file_name": "march.csv"}
        company.act("cashier", lambda s, a: import_statement(s, a, company.clock, **given))

    return brought


@pytest.fixture
def home(company: Company, sold: Case) -> str:
    """The home of the sale as a payer writes it: 1栋101."""
    unit = company.unit()
    return f"1栋{unit.unit_no}"


def line_ids(company: Company) -> dict[str, str]:
    """The lines by serial number."""
    return dict(company.read(lambda s: s.execute(select(StatementLine.serial, StatementLine.id)).all()))


def states(company: Company) -> dict[str, str]:
    """Where the lines stand, by serial number."""
    query = select(StatementLine.serial, LineStanding.state).join(LineStanding)
    return dict(company.read(lambda s: s.execute(query).all()))


def receipts(company: Company) -> list[Receipt]:
    """All receipts."""
    return list(company.read(lambda s: s.scalars(select(Receipt)).all()))


def test_the_deposit_on_the_statement_moves_the_sale_on(
    clerk: Browser, company: Company, sold: Case, bank: Bank, bring: Callable[[], None], home: str
) -> None:
    serial = bank.line(DEPOSIT, memo=f"{home}定金")
    bring()
    assert sold.waiting_at == ["await_deposit"]
    page = clerk.get(DESK).text
    assert "The memo names this home." in page and "to the fen" in page and ">Certain<" in page
    ids = re.findall(r'name="id" value="([^"]+)"', page)
    answer = clerk.post(f"{DESK}/certain", {"id": ids[:1]}, page=DESK)
    assert "1 line is confirmed" in answer.text and "YUNXI-SJ-2026-000001" in answer.text
    assert sold.waiting_at == ["sign_contract"]
    assert company.todos("collect") == []
    assert receipts(company)[0].reference == serial
    assert "Every line is matched" in clerk.get(DESK).text


def test_each_line_of_a_bulk_act_tells_what_became_of_it(
    clerk: Browser, company: Company, sold: Case, bank: Bank, bring: Callable[[], None], home: str
) -> None:
    serials = [bank.line(DEPOSIT, memo=f"{home}定金") for _ in range(2)]
    bring()
    ids = line_ids(company)
    answer = clerk.post(f"{DESK}/certain", {"id": [ids[serial] for serial in serials]}, page=DESK)
    assert "1 line is confirmed" in answer.text and "It is not certain any more" in answer.text
    assert sorted(states(company).values()) == ["matched", "open"]
    again = clerk.post(f"{DESK}/certain", {"id": [ids[serials[0]]]}, page=DESK)
    assert "1 line is confirmed" in again.text
    assert len(receipts(company)) == 1


def test_what_is_certain_is_confirmed_on_all_pages_and_goes_on_where_it_stopped(
    clerk: Browser,
    company: Company,
    bank: Bank,
    bring: Callable[[], None],
    home: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bank.line(1_00, memo="往来", payer="王芳")
    bank.line(DEPOSIT, memo=f"{home}定金", payer="马超")
    bank.line(2_00, memo="往来", payer="王芳")
    bring()
    monkeypatch.setattr(statement_matching, "LINES", 1)
    monkeypatch.setattr(statement_matching, "_AT_ONCE", 1)
    monkeypatch.setattr(statement_matching, "_SECONDS", 0.001)
    assert "Confirm what is certain on all pages" in clerk.get(DESK).text
    page, told = clerk.post(f"{DESK}/all", page=DESK).text, []
    for _ in range(4):
        found = re.search(r'name="passed" value="(\d+)">.*?name="done" value="(\d+)"', page)
        told.append(found and found.groups())
        if found is None:
            break
        page = clerk.post(f"{DESK}/all", {"passed": found[1], "done": found[2]}, page=DESK).text
    assert told[0] is not None and told[-1] is None
    assert "1 line is confirmed" in page
    states = company.read(lambda s: sorted(s.scalars(select(LineStanding.state)).all()))
    assert states == ["matched", "open", "open"]


def test_a_proposal_is_confirmed_once_however_often_its_form_is_sent(
    clerk: Browser, company: Company, sold: Case, bank: Bank, bring: Callable[[], None], home: str
) -> None:
    serial = bank.line(DEPOSIT, memo=home)
    bring()
    line = line_ids(company)[serial]
    page = clerk.get(f"{DESK}?line={line}").text
    part = re.search(r'name="part" value="([^"]+)"', page)[1]
    for _ in range(2):
        answer = clerk.post(f"/finance/statements/lines/{line}/confirm", {"part": part}, page=DESK)
        assert answer.status_code == 302
    assert "was confirmed already" in clerk.get(answer.location).text
    assert len(receipts(company)) == 1


def test_by_hand_another_sale_is_found_and_the_amounts_must_come_to_the_line(
    clerk: Browser, company: Company, sold: Case, bank: Bank, bring: Callable[[], None], home: str
) -> None:
    serial = bank.line(60_000_00, memo="往来")
    bring()
    line, sale = line_ids(company)[serial], sold.sale()
    assert "Nothing was found for this line" in clerk.get(f"{DESK}?line={line}").text
    for words in (home, "Lin", sale.no):
        assert f"sale={sale.id}" in clerk.get(f"{DESK}?line={line}&find={words}").text
    assert "No sale fits" in clerk.get(f"{DESK}?line={line}&find=nobody").text
    page = clerk.get(f"{DESK}?line={line}&sale={sale.id}").text
    debt = re.search(r'name="(fen-[0-9a-f-]+)"', page)[1]
    assert 'value="50000.00"' in page and 'value="10000.00"' in page
    to = f"/finance/statements/lines/{line}/confirm"
    wrong = clerk.post(to, {debt: "50000", "sale": sale.id}, page=DESK)
    assert wrong.status_code == 422
    assert "The parts come to ¥50,000.00, and the line is ¥60,000.00" in wrong.text
    clerk.post(to, {debt: "50000", f"fen-credit:{sale.id}": "10000", "sale": sale.id}, page=DESK)
    assert sold.waiting_at == ["sign_contract"]
    assert company.credit(sale.id) == 10_000_00


def test_a_line_is_left_out_with_a_reason_and_taken_up_again(
    clerk: Browser, company: Company, bank: Bank, bring: Callable[[], None]
) -> None:
    serial = bank.line(1_23, memo="结息", payer="")
    bring()
    line = line_ids(company)[serial]
    page = clerk.get(DESK).text
    assert '<option value="interest" selected>' in page
    refused = clerk.post(f"/finance/statements/lines/{line}/ignore", {"reason": "other"}, page=DESK)
    assert refused.status_code == 422
    clerk.post(f"/finance/statements/lines/{line}/ignore", {"reason": "interest"}, page=DESK)
    assert states(company)[serial] == "ignored"
    assert "Bank interest" in clerk.get(f"/finance/statements/lines/{line}").text
    clerk.post(f"/finance/statements/lines/{line}/reopen", {}, page=DESK)
    assert states(company)[serial] == "open"


def test_the_manager_takes_a_match_back_and_a_receipt_reversed_elsewhere_opens_its_line(
    clerk: Browser, at_desk: Callable[[str], Browser], company: Company, sold: Case, bank: Bank,
    bring: Callable[[], None], home: str,
) -> None:  # fmt: skip
    serial = bank.line(DEPOSIT, memo=f"{home}定金")
    bring()
    line = line_ids(company)[serial]
    page = f"/finance/statements/lines/{line}"
    clerk.post(f"{DESK}/certain", {"id": [line]}, page=DESK)
    assert "Take the match back" not in clerk.get(page).text
    assert clerk.post(f"{page}/undo", {"reason": "wrong"}, page=page).status_code in (403, 404)
    manager = at_desk("treasurer")
    assert manager.post(f"{page}/undo", {"reason": "wrong home"}, page=page).status_code == 302
    assert states(company)[serial] == "open"
    assert "wrong home" in manager.get(page).text
    clerk.post(f"{DESK}/certain", {"id": [line]}, page=DESK)
    receipt = next(one for one in receipts(company) if one.key.startswith(f"bank:{line}:1"))
    address = f"/finance/receipts/{receipt.id}"
    assert manager.post(f"{address}/reverse", {"reason": "bounced"}, page=address).status_code == 302
    assert states(company)[serial] == "open"


def test_what_was_learned_is_listed_and_switched_off(
    clerk: Browser, company: Company, sold: Case, bank: Bank, bring: Callable[[], None], home: str
) -> None:
    bank.line(DEPOSIT, memo=f"{home}定金")
    bring()
    clerk.post(f"{DESK}/certain", {"id": list(line_ids(company).values())}, page=DESK)
    page = clerk.get("/finance/statements/rules").text
    assert "**** 1234" in page and ">Used<" in page
    rule = re.search(r"/rules/([0-9a-f-]+)/switch", page)[1]
    clerk.post(f"/finance/statements/rules/{rule}/switch", {"active": "false"}, page=DESK)
    assert ">Not used<" in clerk.get("/finance/statements/rules").text
