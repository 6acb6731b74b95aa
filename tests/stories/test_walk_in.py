"""A walk-in sale from the first word to the filed contract, and each way in which it ends before."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.api import AnswersInvalid, NotAllowed
from kernel.actor import Actor
from ledger.customers.models import CustomerKind
from ledger.finance.kinds import ReceivableClass, ReceivableState
from ledger.finance.models import Receivable
from ledger.inventory.errors import UnitTaken
from ledger.sales.errors import BuyersInvalid, DiscountInvalid
from ledger.sales.models import SaleBuyer
from ledger.sales.offers import approve_offer, propose_offer
from ledger.sales.operations import cancel_sale, extend_subscription, return_filing
from ledger.sales.pricing import Discount
from tests.stories.company import DEPOSIT, LIST_PRICE, Case, Company


@pytest.fixture
def case(company: Company) -> Case:
    """A walk-in that has just begun."""
    return company.start(entry="walk_in")


@pytest.fixture
def subscribed(case: Case) -> Case:
    """A walk-in at list price whose deposit is there."""
    case.enter_terms()
    case.company.pay()
    return case


@pytest.fixture
def submitted(subscribed: Case) -> Case:
    """A signed contract that was submitted to the authority."""
    subscribed.sign()
    subscribed.submit()
    return subscribed


def kinds(company: Company) -> set[str]:
    """What the buyer is now."""
    query = select(CustomerKind.kind).where(
        CustomerKind.customer_id == company.customers["lin"], CustomerKind.until.is_(None)
    )
    return set(company.read(lambda s: s.scalars(query).all()))


def test_a_walk_in_at_list_price_is_subscribed_signed_and_filed(company: Company, case: Case) -> None:
    assert case.waiting_at == ["enter_terms"]
    assert company.unit().status == "subscribed"
    case.enter_terms()
    assert case.waiting_at == ["await_deposit"]
    assert company.todos("collect") == [DEPOSIT]
    company.pay()
    assert case.waiting_at == ["sign_contract"]
    assert case.sale().stage == "subscribed"
    assert kinds(company) == {"subscriber"}
    case.sign()
    assert case.waiting_at == ["submit_filing"]
    assert kinds(company) == {"owner"}
    case.submit()
    assert case.waiting_at == ["record_answer"]
    case.complete("record_answer", "filer", filing_answer="accepted", filing_no="BA-1", answered_on="2026-03-02")
    assert case.instance().state == "completed"
    assert case.ended_at == ["filing_done", "contract_filed"]
    assert (case.sale().stage, company.unit().status) == ("filed", "contracted")


def test_the_receivables_of_the_contract_sum_to_its_total_to_the_fen(submitted: Case) -> None:
    query = select(Receivable.amount_fen).where(
        Receivable.sale_id == submitted.sale().id,
        Receivable.class_ == ReceivableClass.PRICE,
        Receivable.state != ReceivableState.SUPERSEDED,
    )
    amounts = submitted.company.read(lambda s: s.scalars(query).all())
    assert sum(amounts) == LIST_PRICE
    assert DEPOSIT in amounts
    assert sum(submitted.company.todos("collect")) == LIST_PRICE - DEPOSIT


def test_of_two_who_take_one_unit_the_second_learns_who_was_first_and_nothing_is_left_of_his_try(
    company: Company, case: Case
) -> None:
    with pytest.raises(UnitTaken) as caught:
        company.start("fang", entry="walk_in", customer_id=company.customers["zhou"])
    assert caught.value.params["taken_by"] == company.people["wei"]
    assert caught.value.params["taken_at"] == company.clock.now()
    found = company.read(lambda s: company.engine(s, company.actor("admin")).find_instances())
    assert [row.id for row in found.rows] == [case.id]


def test_a_person_without_the_right_cannot_begin(company: Company) -> None:
    with pytest.raises(NotAllowed):
        company.start("cashier", entry="walk_in")


def test_wrong_answers_come_back_by_field_and_the_task_stays(case: Case) -> None:
    with pytest.raises(AnswersInvalid) as caught:
        case.enter_terms(deposit_fen="50000.001", plan_id="")
    assert set(caught.value.errors) == {"deposit_fen", "plan_id"}
    with pytest.raises(BuyersInvalid) as refused:
        case.enter_terms(ownership="joint")
    assert refused.value.field == "buyers"
    assert case.waiting_at == ["enter_terms"]


def test_an_agreed_offer_gives_what_it_says_and_no_other(company: Company, case: Case) -> None:
    def propose(session: Session, actor: Actor) -> str:
        opening = Discount("开盘优惠", "rate", 100)
        return propose_offer(
            session,
            actor,
            company.clock,
            project_id=company.project_id,
            code="opening",
            discount=opening,
            valid_from=date(2026, 3, 1),
        ).id

    offer_id = company.act("manager_1", propose)
    row = {"kind": "offer", "offer_id": offer_id}
    with pytest.raises(DiscountInvalid) as caught:
        case.enter_terms(discounts=[row])
    assert (caught.value.code, caught.value.field) == ("offer_not_valid", "discounts.0")
    company.act("gm_1", lambda s, a: approve_offer(s, a, company.clock, offer_id=offer_id))
    case.enter_terms(discounts=[row])
    assert case.data["deal_price_fen"] == LIST_PRICE * 99 // 100
    assert case.waiting_at == ["decide"]


def test_buyers_share_a_home_in_exact_parts(company: Company, case: Case) -> None:
    buyers = [
        {"customer_id": company.customers["lin"], "share": "1/3"},
        {"customer_id": company.customers["zhou"], "share": "2/3"},
    ]
    case.enter_terms(ownership="shares", buyers=buyers)
    query = select(SaleBuyer.share_numerator, SaleBuyer.share_denominator).order_by(SaleBuyer.position)
    assert company.read(lambda s: [tuple(row) for row in s.execute(query)]) == [(1, 3), (2, 3)]


def test_terms_that_nobody_enters_in_time_free_the_unit(company: Company, case: Case) -> None:
    company.later(hours=25)
    assert case.ended_at == ["draft_closed"]
    assert (case.sale().close_kind, company.unit().status) == ("cancelled", "available")


def test_a_buyer_who_withdraws_before_the_terms_frees_the_unit(company: Company, case: Case) -> None:
    assert case.withdraw() == 1
    assert case.ended_at == ["draft_closed"]
    assert (case.sale().close_reason, company.unit().status) == ("moves to another city", "available")


def test_part_of_a_deposit_is_kept_when_the_rest_does_not_come(company: Company, case: Case) -> None:
    case.enter_terms()
    company.pay(20_000_00)
    company.later(days=2)
    assert case.ended_at == ["defaulted"]
    assert (company.kept(), company.refunds(), company.credit(case.sale().id)) == ([20_000_00], [], 0)


def test_a_deposit_that_is_not_paid_in_time_is_a_default(company: Company, case: Case) -> None:
    case.enter_terms()
    company.later(days=1)
    assert case.waiting_at == ["await_deposit"]
    company.at(datetime(2026, 3, 3, 16, 0, tzinfo=UTC))  # 4 March has begun in Shanghai
    assert case.ended_at == ["defaulted"]
    assert (case.sale().close_kind, company.unit().status) == ("defaulted", "available")
    assert company.todos("collect") == []


def test_a_part_of_the_deposit_does_not_bring_the_subscription_into_force(company: Company, case: Case) -> None:
    case.enter_terms()
    company.pay(20_000_00)
    assert case.waiting_at == ["await_deposit"]
    company.pay(30_000_00, key="r2")
    assert case.waiting_at == ["sign_contract"]


def test_a_buyer_who_withdraws_before_the_deposit_owes_nothing(company: Company, case: Case) -> None:
    case.enter_terms()
    case.withdraw()
    assert case.ended_at == ["withdrawn_before_deposit"]
    assert (company.unit().status, company.todos("collect"), company.refunds()) == ("available", [], [])


def test_before_the_sign_by_date_people_are_reminded_and_the_task_stays(
    company: Company, subscribed: Case
) -> None:
    company.at(datetime(2026, 3, 6, 16, 0, tzinfo=UTC))
    assert subscribed.ended_at == ["reminded"]
    assert subscribed.waiting_at == ["sign_contract"]
    subscribed.sign()
    assert subscribed.waiting_at == ["submit_filing"]


def test_a_subscription_that_is_not_signed_in_time_lapses_and_its_deposit_is_kept(
    company: Company, subscribed: Case
) -> None:
    company.at(datetime(2026, 3, 9, 15, 59, tzinfo=UTC))
    assert subscribed.waiting_at == ["sign_contract"]
    company.at(datetime(2026, 3, 9, 16, 0, tzinfo=UTC))  # 10 March has begun in Shanghai
    assert subscribed.ended_at == ["reminded", "lapsed"]
    assert (subscribed.sale().close_kind, company.unit().status) == ("lapsed", "available")
    assert (company.refunds(), company.kept()) == ([], [DEPOSIT])
    assert company.credit(subscribed.sale().id) == 0
    assert kinds(company) == set()


def test_a_sign_by_date_that_is_put_off_moves_reminder_and_lapse(company: Company, subscribed: Case) -> None:
    sale_id = subscribed.sale().id
    put_off = date(2026, 3, 16)

    def extend(session: Session, actor: Actor) -> None:
        extend_subscription(session, actor, company.clock, sale_id=sale_id, sign_by=put_off, reason="abroad")

    company.act("manager_1", extend)
    assert subscribed.waiting_at == ["sign_contract"]
    assert subscribed.task("sign_contract").due_at == datetime(2026, 3, 16, 16, 0, tzinfo=UTC)
    company.at(datetime(2026, 3, 10, 0, 0, tzinfo=UTC))
    assert (subscribed.waiting_at, subscribed.ended_at) == (["sign_contract"], [])
    company.at(datetime(2026, 3, 16, 16, 0, tzinfo=UTC))
    assert subscribed.ended_at == ["reminded", "lapsed"]


def test_the_days_for_signing_count_from_the_deposit_however_long_approval_took(
    company: Company, case: Case
) -> None:
    case.enter_terms(off=100)
    company.later(days=4)
    case.decide("manager_1")
    company.pay()
    assert case.data["sign_by"] == "2026-03-13"


def test_a_deposit_above_a_fifth_of_the_price_is_kept_only_up_to_that(company: Company, case: Case) -> None:
    case.enter_terms(deposit_fen=300_000_00)
    company.pay()
    case.withdraw()
    assert case.ended_at == ["withdrawn_before_signing"]
    assert company.refunds() == [300_000_00 - LIST_PRICE // 5]
    assert company.todos("refund") == [300_000_00 - LIST_PRICE // 5]
    assert (company.kept(), company.credit(case.sale().id)) == ([LIST_PRICE // 5], 0)
    assert company.unit().status == "available"


def test_a_sale_that_a_desk_cancels_ends_its_process_too(company: Company, subscribed: Case) -> None:
    sale_id = subscribed.sale().id
    company.act(
        "gm_1", lambda s, a: cancel_sale(s, a, company.clock, sale_id=sale_id, reason="cancelled at the desk")
    )
    assert subscribed.ended_at == ["withdrawn_before_signing"]
    assert subscribed.instance().state == "completed"


def test_a_filing_that_comes_back_is_mended_and_submitted_again(submitted: Case) -> None:
    submitted.complete(
        "record_answer",
        "filer",
        filing_answer="returned",
        answered_on="2026-03-02",
        returned_reason_given="Name misspelt",
    )
    assert submitted.waiting_at == ["submit_filing"]
    assert submitted.data["returned_reason"] == "Name misspelt"
    submitted.submit()
    assert submitted.waiting_at == ["record_answer"]


def test_a_filing_that_the_authority_s_own_message_returns_is_mended_too(
    company: Company, submitted: Case
) -> None:
    sale_id = submitted.sale().id
    company.act("filer", lambda s, a: return_filing(s, a, company.clock, sale_id=sale_id, reason="Seal missing"))
    assert submitted.waiting_at == ["submit_filing"]
    assert submitted.data["returned_reason"] == "Seal missing"
    submitted.submit()
    assert submitted.waiting_at == ["record_answer"]


def test_a_filing_is_escalated_before_its_deadline_and_still_waits(company: Company, submitted: Case) -> None:
    company.at(datetime(2026, 3, 24, 16, 0, tzinfo=UTC))  # a week before 1 April
    assert submitted.ended_at == ["escalated"]
    assert submitted.waiting_at == ["record_answer"]
    assert submitted.instance().facts["escalated"] is True
    submitted.complete(
        "record_answer", "filer", filing_answer="accepted", filing_no="BA-1", answered_on="2026-03-25"
    )
    assert submitted.instance().state == "completed"
