"""The other ways in: hold, small order, queue number; each converts or ends with the unit free again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from kernel.actor import SYSTEM
from kernel.clock import business_date
from ledger.finance.models import MoneyTodo
from ledger.organisation.operations import set_parameter
from ledger.sales.errors import QueueOrder
from ledger.sales.operations import open_queue_batch
from ledger.sales.queue_models import QueueNumber
from ledger.sales.stage_models import Hold, SmallOrder
from tests.stories.company import DEPOSIT, PROJECT, Case, Company

SMALL, FEE = 5_000_00, 10_000_00


def hold(company: Company, hours: int = 24) -> Case:
    """A hold that was asked for."""
    return company.start(entry="hold", hold_hours=hours, reason="Family decides at the weekend")


@pytest.fixture
def batch(company: Company) -> str:
    """An issue of queue numbers with a fee."""
    return company.act(
        "manager_1",
        lambda s, a: (
            open_queue_batch(
                s, a, company.clock, project_id=company.project_id, code="open", name="Opening", fee_fen=FEE
            ).id
        ),
    )


def queue(company: Company, batch: str, customer: str = "lin") -> Case:
    """A queue number that was asked for."""
    return company.start(entry="queue", batch_id=batch, customer_id=company.customers[customer])


def state_of(company: Company, model: type, case: Case) -> str:
    """The state of the hold or small order of a sale."""
    return company.read(lambda s: s.scalars(select(model).where(model.sale_id == case.sale().id)).one()).state


def test_a_hold_is_approved_by_the_sales_manager_and_becomes_a_subscription(company: Company) -> None:
    case = hold(company)
    assert company.unit().status == "available"
    case.decide("manager_1")
    assert case.waiting_at == ["decide_hold"]
    assert company.unit().status == "held"
    case.complete("decide_hold", hold_decision="subscribe")
    case.enter_terms()
    assert case.waiting_at == ["await_deposit"]
    assert (state_of(company, Hold, case), company.unit().status) == ("converted", "subscribed")


def test_a_longer_hold_goes_to_the_general_manager(company: Company) -> None:
    case = hold(company, 48)
    assert case.task("decide").candidates[0].startswith("project_gm@")


def test_a_hold_that_is_refused_ends_and_holds_nothing(company: Company) -> None:
    case = hold(company)
    case.decide("manager_1", "rejected", opinion="Opening day is near")
    assert case.ended_at[-2:] == ["hold_refused", "no_subscription"]
    assert company.unit().status == "available"


def test_a_hold_expires_on_time_and_frees_the_unit(company: Company) -> None:
    case = hold(company)
    case.decide("manager_1")
    company.later(hours=23)
    assert company.unit().status == "held"
    company.later(hours=1)
    assert case.ended_at[-2:] == ["hold_released", "no_subscription"]
    assert (state_of(company, Hold, case), company.unit().status) == ("expired", "available")


def test_a_hold_is_given_up_by_the_consultant_or_the_buyer(company: Company) -> None:
    for give_up in (
        lambda case: case.complete("decide_hold", hold_decision="release", closing_reason="Chose another"),
        lambda case: case.withdraw(),
    ):
        case = hold(company)
        case.decide("manager_1")
        give_up(case)
        assert case.ended_at[-2:] == ["hold_released", "no_subscription"]
        assert (state_of(company, Hold, case), company.unit().status) == ("released", "available")


def test_an_expired_hold_that_another_sale_took_over_ends_quietly(company: Company) -> None:
    case = hold(company)
    case.decide("manager_1")
    company.clock.advance(timedelta(hours=25))  # the timer has not been run yet
    other = company.start("fang", entry="walk_in", customer_id=company.customers["zhou"])
    company.run_due()
    assert other.waiting_at == ["enter_terms"]
    assert case.instance().state == "completed"
    assert company.unit().sale_id == other.sale().id


def small_order(company: Company) -> Case:
    """A small order whose money is asked for."""
    case = company.start(entry="small_order")
    assert case.waiting_at == ["await_small_order"]
    assert company.todos("collect") == [SMALL]
    assert company.unit().status == "small_ordered"
    return case


def test_small_order_money_becomes_part_of_the_deposit(company: Company) -> None:
    case = small_order(company)
    company.pay()
    assert case.waiting_at == ["decide_small_order"]
    case.complete("decide_small_order", small_order_decision="subscribe")
    case.enter_terms()
    assert company.todos("collect") == [DEPOSIT - SMALL]
    company.pay(key="r2")
    assert case.waiting_at == ["sign_contract"]
    assert state_of(company, SmallOrder, case) == "converted"


def test_a_small_order_that_covers_the_deposit_needs_no_more_money(company: Company) -> None:
    case = small_order(company)
    company.pay()
    case.complete("decide_small_order", small_order_decision="subscribe")
    case.enter_terms(deposit_fen=SMALL)
    assert case.waiting_at == ["sign_contract"]


def test_an_unpaid_small_order_frees_the_unit(company: Company) -> None:
    case = small_order(company)
    company.later(days=2)
    assert case.ended_at == ["small_order_ended", "no_subscription"]
    assert (state_of(company, SmallOrder, case), company.unit().status) == ("void", "available")
    assert company.todos("collect") == []


@pytest.mark.parametrize("how", ["give_up", "withdraw", "expire"])
def test_a_paid_small_order_that_comes_to_nothing_is_paid_back(company: Company, how: str) -> None:
    case = small_order(company)
    company.pay()
    if how == "give_up":
        case.complete("decide_small_order", small_order_decision="give_up", closing_reason="Too expensive")
    elif how == "withdraw":
        case.withdraw()
    else:
        company.later(days=8)
    assert case.ended_at == ["small_order_ended", "no_subscription"]
    assert (state_of(company, SmallOrder, case), company.unit().status) == ("refunded", "available")
    assert company.todos("refund") == [SMALL]


def test_where_small_orders_are_not_refundable_the_money_stays(company: Company) -> None:
    company.act(
        "system",
        lambda s, _a: set_parameter(
            s,
            SYSTEM,
            company.clock,
            path=PROJECT,
            name="small_order_refundable",
            value=False,
            effective_from=business_date(company.clock),
        ),
    )
    case = small_order(company)
    company.pay()
    case.withdraw()
    assert (state_of(company, SmallOrder, case), company.todos("refund"), company.kept()) == (
        "lapsed",
        [],
        [SMALL],
    )


def test_a_buyer_who_withdraws_an_unpaid_small_order_frees_the_unit(company: Company) -> None:
    case = small_order(company)
    case.withdraw()
    assert case.ended_at == ["small_order_ended", "no_subscription"]
    assert (company.unit().status, company.refunds()) == ("available", [])


def test_a_queue_number_is_paid_called_and_converted_with_its_fee(company: Company, batch: str) -> None:
    case = queue(company, batch)
    assert (case.waiting_at, company.todos("collect")) == (["await_fee"], [FEE])
    company.pay()
    case.complete("call_number", "manager_1")
    case.complete("pick_unit", pick_decision="pick", unit_id=company.units[2])
    assert company.unit(2).status == "subscribed"
    case.enter_terms()
    assert company.todos("collect") == [DEPOSIT - FEE]
    company.pay(key="r2")
    assert case.waiting_at == ["sign_contract"]
    assert number_states(company) == ["converted"]


def number_states(company: Company) -> list[str]:
    """The states of all numbers in order."""
    return list(company.read(lambda s: s.scalars(select(QueueNumber.state).order_by(QueueNumber.seq)).all()))


def test_numbers_are_called_in_their_order(company: Company, batch: str) -> None:
    first, second = queue(company, batch), queue(company, batch, "zhou")
    company.pay()
    company.pay(key="r2")
    with pytest.raises(QueueOrder) as caught:
        second.complete("call_number", "manager_1")
    assert caught.value.params["next_seq"] == 1
    first.complete("call_number", "manager_1")
    second.complete("call_number", "manager_1")
    assert number_states(company) == ["called", "called"]


def test_a_number_that_passes_is_closed_and_its_fee_paid_back(company: Company, batch: str) -> None:
    case = queue(company, batch)
    company.pay()
    case.complete("call_number", "manager_1")
    case.complete("pick_unit", pick_decision="pass", closing_reason="Nothing left that fits")
    assert case.ended_at == ["number_closed", "no_subscription"]
    assert (number_states(company), company.todos("refund")) == (["refunded"], [FEE])


def test_a_number_that_is_given_back_before_the_call_is_paid_back(company: Company, batch: str) -> None:
    case = queue(company, batch)
    company.pay()
    number = {"queue_number_id": case.data["queue_number_id"]}
    assert case.publish("queue_number_withdrawn", number, reason="Bought elsewhere") == 1
    assert case.ended_at == ["number_closed", "no_subscription"]
    assert (number_states(company), company.todos("refund")) == (["refunded"], [FEE])


def test_an_unpaid_number_is_void(company: Company, batch: str) -> None:
    case = queue(company, batch)
    company.later(days=2)
    assert case.ended_at == ["number_closed", "no_subscription"]
    assert (number_states(company), company.todos("collect"), company.refunds()) == (["void"], [], [])


def test_a_number_without_a_fee_waits_for_its_call_at_once(company: Company) -> None:
    free = company.act(
        "manager_1",
        lambda s, a: (
            open_queue_batch(
                s, a, company.clock, project_id=company.project_id, code="free", name="Free", fee_fen=0
            ).id
        ),
    )
    case = queue(company, free)
    assert case.waiting_at == ["call_number"]
    case.complete("call_number", "manager_1")
    case.complete("pick_unit", pick_decision="pass", closing_reason="Not today")
    assert number_states(company) == ["passed"]
    assert company.read(lambda s: s.scalars(select(MoneyTodo)).all()) == []


def test_parameters_of_the_project_decide_without_another_diagram(company: Company) -> None:
    for name, value in (("small_order_fen", 8_000_00), ("small_order_days", 3)):
        company.act(
            "system",
            lambda s, _a, name=name, value=value: set_parameter(
                s,
                SYSTEM,
                company.clock,
                path=PROJECT,
                name=name,
                value=value,
                effective_from=business_date(company.clock),
            ),
        )
    case = company.start(entry="small_order")
    assert company.todos("collect") == [8_000_00]
    company.pay()
    company.later(days=4)
    assert case.ended_at == ["small_order_ended", "no_subscription"]
