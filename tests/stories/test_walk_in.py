"""A walk-in sale from the first word to the filed contract, and each way in which it ends before."""

from __future__ import annotations

from tests.stories.company import DEPOSIT, LIST_PRICE, Company


def test_a_walk_in_at_list_price_is_subscribed_signed_and_filed(company: Company) -> None:
    case = company.start(entry="walk_in")
    assert case.waiting_at == ["enter_terms"]
    assert company.unit().status == "subscribed"
    case.enter_terms()
    assert case.waiting_at == ["await_deposit"]
    assert company.todos("collect") == [DEPOSIT]
    company.pay()
    assert case.waiting_at == ["sign_contract"]
    assert case.sale().stage == "subscribed"
    case.sign()
    assert case.waiting_at == ["submit_filing"]
    case.submit()
    assert case.waiting_at == ["record_answer"]
    case.complete("record_answer", "filer", filing_answer="accepted", filing_no="BA-1", answered_on="2026-03-02")
    assert case.instance().state == "completed"
    assert case.ended_at[-1] == "contract_filed"
    assert (case.sale().stage, company.unit().status) == ("filed", "contracted")
    assert sum(company.todos("collect")) == LIST_PRICE - DEPOSIT
