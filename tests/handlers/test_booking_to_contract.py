"""Each verb acts once however often its step is retried, and lets only those begin who may sell."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from engine.api import Context, Missing, NotAllowed
from handlers.booking_to_contract.closing import CloseSaleIn, close_sale
from handlers.booking_to_contract.contract import RecordContractIn, record_contract
from handlers.booking_to_contract.deposit import ActivateIn, WriteSubscriptionIn, activate, write_subscription
from handlers.booking_to_contract.entries import OpenSaleIn, TakeSmallOrderIn, open_sale_line, take_order
from handlers.booking_to_contract.queue import IssueNumberIn, issue_number
from handlers.booking_to_contract.start import ReadParametersIn, read_parameters
from handlers.booking_to_contract.terms import BuyerRow, ReckonPriceIn, reckon_price
from kernel.actor import SYSTEM
from kernel.database import Base
from ledger.customers.operations import register_customer
from ledger.finance.models import MoneyTodo, Receivable, ReceivableSchedule
from ledger.organisation.operations import create_project
from ledger.sales.models import Sale
from ledger.sales.operations import open_queue_batch
from ledger.sales.queue_models import QueueNumber
from ledger.sales.stage_models import Contract, SmallOrder
from tests.handlers.making import step
from tests.stories.company import CITY, DEPOSIT, LIST_PRICE, Company


def twice(company: Company, verb: Any, data: Any, key: str) -> Any:
    """Run a step and run it again, each in a unit of work; both answers must be the same."""
    answers = [company.act("system", lambda s, _a: verb(data, step(s, company.clock, key=key))) for _ in range(2)]
    assert answers[0] == answers[1]
    return answers[0]


def count(company: Company, model: type[Base]) -> int:
    """How many rows a table has."""
    return company.read(lambda s: s.scalar(select(func.count()).select_from(model))) or 0


def open_one(company: Company) -> str:
    """A sale that has taken its unit."""
    who = OpenSaleIn(company.units[0], company.customers["lin"], company.people["wei"])
    return str(twice(company, open_sale_line, who, "open").sale_id)


def test_steps_that_are_retried_act_once(company: Company) -> None:
    sale_id = open_one(company)
    terms = ReckonPriceIn(
        sale_id, "sole", [BuyerRow(company.customers["lin"])], company.plan_id, DEPOSIT, [], 7, "Asia/Shanghai"
    )
    priced = twice(company, reckon_price, terms, "terms")
    assert (priced.deal_price_fen, priced.effective_discount_bp, priced.below_floor) == (LIST_PRICE, 0, False)
    paper = WriteSubscriptionIn(sale_id, priced.content_hash, [], DEPOSIT, 1, "Asia/Shanghai")
    twice(company, write_subscription, paper, "write")
    assert (count(company, Receivable), count(company, MoneyTodo)) == (1, 1)
    company.pay()
    days = ActivateIn(sale_id, 2, 0, "Asia/Shanghai", sign_by_days=7)
    active = twice(company, activate, days, "activate")
    assert (active.sign_by, active.lapse_at) == (date(2026, 3, 9), "2026-03-09T16:00:00Z")
    signing = RecordContractIn(sale_id, company.plan_id, date(2026, 3, 2), "Asia/Shanghai", 7)
    signed = twice(company, record_contract, signing, "sign")
    assert signed.filing_deadline == date(2026, 4, 1)
    assert (count(company, Contract), count(company, ReceivableSchedule)) == (1, 1)
    assert sum(company.todos("collect")) == LIST_PRICE - DEPOSIT


def test_a_small_order_is_taken_once(company: Company) -> None:
    order = TakeSmallOrderIn(
        company.units[0],
        company.customers["lin"],
        company.people["wei"],
        500_000,
        7,
        "refundable",
        1,
        "Asia/Shanghai",
    )
    taken = twice(company, take_order, order, "order")
    assert taken.small_order_until == "2026-03-09T16:00:00Z"
    assert (count(company, SmallOrder), count(company, MoneyTodo)) == (1, 1)


def test_a_queue_number_is_issued_once(company: Company) -> None:
    batch = company.act(
        "manager_1",
        lambda s, a: open_queue_batch(s, a, company.clock, project_id=company.project_id, code="a", name="A").id,
    )
    data = IssueNumberIn(batch, company.customers["lin"], company.people["wei"], 1, "Asia/Shanghai")
    assert twice(company, issue_number, data, "number").queue_seq == 1
    assert (count(company, QueueNumber), count(company, MoneyTodo)) == (1, 1)


def test_a_sale_is_closed_and_its_money_settled_once(company: Company) -> None:
    sale_id = open_one(company)
    twice(company, close_sale, CloseSaleIn(sale_id, "withdrawn", "Moves away"), "close")
    sale = company.read(lambda s: s.get_one(Sale, sale_id))
    assert (sale.state, sale.close_reason) == ("closed", "Moves away")


def begin(company: Company, name: str, **answers: Any) -> Context:
    """Somebody begins a sale; returns the step with what it noted."""
    data = ReadParametersIn(**{"entry": "walk_in", "customer_id": company.customers["lin"], **answers})

    def run(session: Any, actor: Any) -> Context:
        context = step(session, company.clock, actor)
        read_parameters(data, context)
        return context

    return company.act(name, run)


def test_inbox_rows_learn_project_unit_and_customer(company: Company) -> None:
    noted: Any = begin(company, "wei", unit_id=company.units[0]).acts
    assert noted.facts["project"] == "云溪"
    assert noted.facts["unit"] == "1栋-101"
    assert noted.facts["customer"] == "Lin"


def test_a_consultant_sells_in_his_own_name_and_a_manager_in_anybody_s(company: Company) -> None:
    fang = company.people["fang"]
    with pytest.raises(NotAllowed):
        begin(company, "wei", unit_id=company.units[0], consultant=fang)
    noted: Any = begin(company, "manager_1", unit_id=company.units[0], consultant=fang).acts
    assert noted.facts["consultant"] == fang


@pytest.mark.parametrize("answers", [{"unit_id": "none"}, {"entry": "queue", "batch_id": "none"}])
def test_what_does_not_exist_cannot_be_sold(company: Company, answers: dict[str, str]) -> None:
    with pytest.raises(Missing):
        begin(company, "wei", **answers)


def test_an_id_alone_sells_nothing_to_a_customer_whom_neither_project_nor_seller_know(company: Company) -> None:
    def settle(session: Any, _actor: Any) -> str:
        harbour = create_project(session, SYSTEM, company.clock, name="海港", code="harbour", parent=CITY)
        details = {"name": "Mo", "project_id": harbour.id, "phones": ["13700137003"]}
        return register_customer(session, SYSTEM, company.clock, **details).id

    stranger = company.act("system", settle)
    with pytest.raises(Missing, match="customer_missing"):
        begin(company, "wei", unit_id=company.units[0], customer_id=stranger)
    case = company.start(entry="walk_in")
    with pytest.raises(Missing, match="customer_missing") as caught:
        case.enter_terms(buyers=[{"customer_id": stranger}])
    assert caught.value.field == "buyers.0.customer_id"
    assert case.waiting_at == ["enter_terms"]
