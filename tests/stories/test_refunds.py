"""Refunds and compensation as cases: asked by a clerk, decided by others, paid once at the desk, or never."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import pytest
from sqlalchemy import select

from engine.api import AnswersInvalid, Invalid, Missing, NotAllowed
from engine.decisions import check, evaluate, parse
from kernel.clock import business_date
from ledger.finance.errors import OwnAct, RefundRefused
from ledger.finance.kinds import TodoKind, TodoState
from ledger.finance.models import MoneyTodo, Receipt, Refund
from ledger.finance.operations import (
    cancel_refund,
    confirm_receipt,
    divide_receipt,
    pay_compensation,
    pay_refund,
    reverse_receipt,
    take_receipt,
)
from ledger.finance.payout_models import PayoutApproval
from ledger.messages.models import Message
from tests.stories.company import PROJECT, Case, Company
from tests.stories.standing import found_by
from tests.stories.test_moving_rooms import books

CREDIT = 30_000_00


@pytest.fixture
def credit(company: Company) -> str:
    """A receipt of 30,000 that settles nothing yet; returns its id."""
    case = company.start(entry="walk_in")
    sale_id = case.sale().id
    money = {"method": "transfer", "paid_on": business_date(company.clock), "payer": "Lin Wan"}

    def take(session: Any, actor: Any) -> str:
        receipt = take_receipt(
            session, actor, company.clock, key="credit", sale_id=sale_id, amount_fen=CREDIT, **money
        )
        confirm_receipt(session, actor, company.clock, receipt_id=receipt.id)
        return receipt.id

    return company.act("cashier", take)


def ask(company: Company, receipt: str, name: str = "cashier", **answers: Any) -> Case:
    """Somebody asks for a refund."""
    asked = {
        "what": "refund", "receipt_id": receipt, "amount_fen": 4_000_00, "reason": "paid twice",
        "payee_is": "payer", **answers,
    }  # fmt: skip
    asked = {name: value for name, value in asked.items() if value is not None}
    return Case(
        company, company.act(name, lambda s, a: company.engine(s, a).start("refund", asked, scope=PROJECT)).id
    )


def decide(company: Company, case: Case, name: str, decision: str = "approved", **more: str) -> None:
    case.decide(name, decision, **more)


def todo(company: Company, kind: TodoKind = TodoKind.REFUND) -> MoneyTodo:
    query = select(MoneyTodo).where(MoneyTodo.kind == kind, MoneyTodo.state == TodoState.OPEN)
    return company.read(lambda s: s.scalars(query).one())


def test_a_small_refund_is_approved_ordered_and_paid(company: Company, credit: str) -> None:
    case = ask(company, credit)
    assert company.todos("refund") == []
    decide(company, case, "treasurer")
    assert company.todos("refund") == [4_000_00]
    assert case.waiting_at == ["await_payment"]
    paying = {"refund_id": todo(company).refund_id, "paid_on": business_date(company.clock)}
    with pytest.raises(OwnAct):
        company.act("cashier", lambda s, a: pay_refund(s, a, company.clock, **paying))
    for _ in range(2):
        company.act("treasurer", lambda s, a: pay_refund(s, a, company.clock, **paying))
    assert case.ended_at[-1] == "paid"
    assert company.todos("refund", "done") == [4_000_00]
    approval = company.read(lambda s: s.scalars(select(PayoutApproval)).one())
    assert (approval.approvers, approval.reference) == ([company.people["treasurer"]], case.id)


def test_the_size_decides_who_approves(company: Company, credit: str) -> None:
    case = ask(company, credit, amount_fen=CREDIT)
    with pytest.raises(NotAllowed):
        decide(company, case, "treasurer")
    decide(company, case, "gm_1")
    assert company.todos("refund") == [CREDIT]


def test_another_payee_takes_the_stricter_way(company: Company, credit: str) -> None:
    other = {"payee_is": "other", "payee": "Zhou Min", "payee_reason": "daughter, by power of attorney"}
    case = ask(company, credit, **other)
    decide(company, case, "treasurer")
    assert company.todos("refund") == []
    decide(company, case, "gm_1")
    refund = company.read(lambda s: s.scalars(select(Refund)).one())
    assert (refund.payee, refund.payee_reason) == ("Zhou Min", "daughter, by power of attorney")
    with pytest.raises(AnswersInvalid) as refused:
        ask(company, credit, payee_is="other", payee="Zhou Min")
    assert set(refused.value.errors) == {"payee_reason"}


def test_nobody_approves_what_he_asked_for_himself(company: Company, credit: str) -> None:
    case = ask(company, credit, "treasurer")
    with pytest.raises(NotAllowed):
        decide(company, case, "treasurer")
    assert company.todos("refund") == []


def test_a_returned_request_is_mended_and_approved_with_its_new_content(company: Company, credit: str) -> None:
    case = ask(company, credit)
    decide(company, case, "treasurer", "returned", opinion="the amount is 3,000")
    assert case.waiting_at == ["mend"]
    assert case.seen_by("cashier", "mend")["returned_because"] == "the amount is 3,000"
    mended = {"goes_on": "again", "amount_fen": 3_000_00, "reason": "paid twice", "payee_is": "payer"}
    case.complete("mend", "cashier", **mended)
    decide(company, case, "treasurer")
    assert company.todos("refund") == [3_000_00]
    assert company.credit(company.read(lambda s: s.get_one(Receipt, credit)).sale_id) == CREDIT - 3_000_00


def test_what_is_rejected_or_given_up_frees_the_money(company: Company, credit: str) -> None:
    sale_id = company.read(lambda s: s.get_one(Receipt, credit)).sale_id
    rejected = ask(company, credit)
    assert company.credit(sale_id) == CREDIT - 4_000_00
    decide(company, rejected, "treasurer", "rejected", opinion="he owes the down payment")
    assert (rejected.ended_at[-1], company.credit(sale_id)) == ("not_paid", CREDIT)
    (told,) = company.read(lambda s: s.scalars(select(Message).where(Message.template == "payout_refused")).all())
    assert told.recipient_id == company.people["cashier"]
    dropped = ask(company, credit)
    decide(company, dropped, "treasurer", "returned", opinion="why?")
    dropped.complete("mend", "cashier", goes_on="drop")
    assert (dropped.ended_at[-1], company.credit(sale_id)) == ("not_paid", CREDIT)


def test_a_receipt_that_bounces_while_its_refund_is_decided_pays_nothing(company: Company, credit: str) -> None:
    """The bank takes the money back before the manager decides: what he approves is gone, and the clerk is told why."""
    sale_id = company.read(lambda s: s.get_one(Receipt, credit)).sale_id
    case = ask(company, credit)
    bounced = {"receipt_id": credit, "reason": "the transfer bounced"}
    company.act("treasurer", lambda s, a: reverse_receipt(s, a, company.clock, **bounced))
    decide(company, case, "treasurer", opinion="fine with me")
    assert found_by(company, "cashier", case) == {"mend": company.people["cashier"]}
    assert case.seen_by("cashier", "mend")["returned_because"] == "期间已撤销：the transfer bounced"
    assert (company.todos("refund"), company.credit(sale_id)) == ([], 0)
    assert company.read(lambda s: s.scalars(select(PayoutApproval)).all()) == []
    mended = {"amount_fen": 4_000_00, "reason": "paid twice", "payee_is": "payer"}
    with pytest.raises(RefundRefused) as gone:
        case.complete("mend", "cashier", goes_on="again", **mended)
    assert gone.value.code == "refund_unconfirmed"
    case.complete("mend", "cashier", goes_on="drop")
    assert (case.ended_at[-1], case.waits(), books(company)) == ("not_paid", [], {})


def test_a_receipt_whose_refund_is_approved_is_not_reversed(company: Company, credit: str) -> None:
    case = ask(company, credit)
    decide(company, case, "treasurer")
    with pytest.raises(RefundRefused, match="receipt_refunded"):
        company.act(
            "treasurer", lambda s, a: reverse_receipt(s, a, company.clock, receipt_id=credit, reason="slip")
        )
    assert (company.todos("refund"), case.waiting_at) == ([4_000_00], ["await_payment"])


def test_a_receipt_is_not_divided_while_a_refund_out_of_it_is_asked_for(company: Company, credit: str) -> None:
    """The money is still there: dividing it must not withdraw what somebody asked for."""
    case = ask(company, credit)
    other = company.start(entry="walk_in", unit_id=company.units[1], customer_id=company.customers["zhou"])
    part = {"receipt_id": credit, "sale_id": other.sale().id, "amount_fen": 1_000_00, "reason": "hers"}
    with pytest.raises(RefundRefused, match="receipt_refunded"):
        company.act("treasurer", lambda s, a: divide_receipt(s, a, company.clock, **part))
    decide(company, case, "treasurer")
    assert (company.todos("refund"), case.waiting_at) == ([4_000_00], ["await_payment"])


def test_a_case_that_is_cancelled_takes_its_request_with_it(company: Company, credit: str) -> None:
    sale_id = company.read(lambda s: s.get_one(Receipt, credit)).sale_id
    case = ask(company, credit)
    decide(company, case, "treasurer")
    company.act("analyst", lambda s, a: company.engine(s, a).cancel(case.id, "wrong person"))
    assert (company.credit(sale_id), company.todos("refund")) == (CREDIT, [])


def test_a_refund_that_the_desk_withdraws_ends_its_case(company: Company, credit: str) -> None:
    case = ask(company, credit)
    decide(company, case, "treasurer")
    withdrawal = {"refund_id": todo(company).refund_id, "reason": "account closed"}
    company.act("treasurer", lambda s, a: cancel_refund(s, a, company.clock, **withdrawal))
    assert case.ended_at[-1] == "withdrawn"


def test_compensation_is_approved_and_paid_beside_refunds(company: Company, credit: str) -> None:
    sale_id = company.read(lambda s: s.get_one(Receipt, credit)).sale_id
    asked = {"what": "compensation", "receipt_id": None, "sale_id": sale_id, "compensation_kind": "other"}
    case = ask(company, credit, **asked, amount_fen=600_00, reason="noise of the building site")
    decide(company, case, "treasurer")
    owed = todo(company, TodoKind.COMPENSATE)
    paying = {"compensation_id": owed.compensation_id, "paid_on": business_date(company.clock)}
    company.act("treasurer", lambda s, a: pay_compensation(s, a, company.clock, **paying))
    assert case.ended_at[-1] == "paid"
    assert company.credit(sale_id) == CREDIT


@pytest.mark.parametrize(
    ("answers", "field"), [({"amount_fen": CREDIT + 1}, "amount_fen"), ({"receipt_id": "nothing"}, "receipt_id")]
)
def test_bad_input_starts_nothing(company: Company, credit: str, answers: dict[str, Any], field: str) -> None:
    with pytest.raises((Invalid, Missing)) as refused:
        ask(company, credit, **answers)
    assert refused.value.field == field
    assert company.refunds() == []


def test_a_consultant_asks_for_no_refund(company: Company, credit: str) -> None:
    with pytest.raises(NotAllowed):
        ask(company, credit, "wei")


TABLE = files("processes").joinpath("refund", "refund_approval.dmn")


def test_the_table_has_neither_gaps_nor_dead_rows() -> None:
    assert check(parse(TABLE.read_bytes())) == []


@pytest.mark.parametrize(
    ("fen", "other", "roles"),
    [
        (1, False, ["finance_manager"]),
        (5_000_00, False, ["finance_manager"]),
        (5_000_01, False, ["project_gm"]),
        (50_000_00, False, ["project_gm"]),
        (50_000_01, False, ["city_gm"]),
        (1, True, ["finance_manager", "project_gm"]),
        (50_000_00, True, ["finance_manager", "project_gm"]),
        (50_000_01, True, ["finance_manager", "legal", "city_gm"]),
    ],
)
def test_size_and_payee_decide_who_approves(fen: int, other: bool, roles: list[str]) -> None:
    for kind in ("refund", "compensation"):
        asked = {"kind": kind, "amount_fen": fen, "other_payee": other}
        found = evaluate(parse(TABLE.read_bytes()), "refund_approval", asked).outputs
        assert (found["approvers"], found["unforeseen"]) == (roles, False)
