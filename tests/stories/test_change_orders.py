"""Change orders: asked for, approved by content, executed by a third person; or returned, refused, over."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from engine.api import InstanceFilter, Invalid, NotAllowed
from kernel.actor import SYSTEM
from kernel.clock import business_date
from ledger.changes.errors import ChangeRunning
from ledger.changes.history import sale_as_of
from ledger.changes.models import ChangeApprover, ChangeEvent
from ledger.changes.operations import withdraw_change
from ledger.changes.supplement_models import Supplement
from ledger.finance.allocation import live_price_lines
from ledger.finance.queries import sale_account
from ledger.organisation.operations import set_parameter
from ledger.sales.models import SaleTerms
from ledger.sales.operations import cancel_sale, return_filing
from ledger.sales.stage_models import Contract, Filing
from tests.stories.changing_sales import (
    SIGNERS,
    approve,
    ask,
    execute,
    filed,
    lump_plan,
    order_of,
    signed,
    subscribed,
    supplement_today,
)
from tests.stories.company import DEPOSIT, LIST_PRICE, PROJECT, Case, Company


def price_lines(company: Company, sale_id: str) -> list[tuple[str, int]]:
    """The live price lines in order, as kind and fen."""
    return company.read(lambda s: [(str(x.kind), x.amount_fen) for x in live_price_lines(s, sale_id)])


def test_a_subscribed_buyer_pays_in_one_sum(company: Company) -> None:
    sale, lump = subscribed(company), lump_plan(company)
    case = ask(company, "payment_plan_change", sale, plan_id=lump)
    order = order_of(company, case)
    assert (order.state, order.mode, order.before["plan_id"]) == ("approving", "process", company.plan_id)
    with pytest.raises(ChangeRunning) as running:
        ask(company, "payment_plan_change", sale, plan_id=lump)
    assert running.value.params["by"] == company.people["wei"]
    assert sale.waiting_at == ["await_change"]
    approve(case, "manager_1")
    with pytest.raises(NotAllowed):
        approve(case, "wei")
    approve(case, "gm_1")
    assert order_of(company, case).state == "approved"
    for nobody in ("wei", "manager_1"):
        with pytest.raises(NotAllowed):
            execute(case, nobody)
    execute(case)
    done = order_of(company, case)
    assert (done.state, done.executed_by) == ("executed", company.people["cashier"])
    assert sale.sale().plan_id == lump
    assert company.read(lambda s: s.get_one(SaleTerms, (done.sale_id, 2)).plan_id) == lump
    assert sale.waiting_at == ["sign_contract"]
    sale.sign()
    assert price_lines(company, done.sale_id) == [("deposit", DEPOSIT), ("instalment", LIST_PRICE - DEPOSIT)]
    events = company.read(lambda s: [e.kind for e in s.scalars(select(ChangeEvent).order_by(ChangeEvent.id))])
    assert events == ["submitted", "asked", "approved", "executed"]


def test_a_signed_buyer_changes_plan_by_a_supplement_and_paid_lines_stay(company: Company) -> None:
    sale, lump = signed(company), lump_plan(company)
    order = order_of(company, case := ask(company, "payment_plan_change", sale, plan_id=lump))
    assert sale.waiting_at == ["await_change_filing"]
    assert [(x["does"], x["what"], x["amount_fen"]) for x in order.money] == [
        ("stays", "deposit", DEPOSIT),
        ("ends", "down_payment", 340_000_00),
        ("ends", "loan", 890_000_00),
        ("due", "instalment", LIST_PRICE - DEPOSIT),
    ]
    approve(case, *SIGNERS)
    for lacking, said in (
        ("supplement_signed_on", {}),
        ("all_buyers_signed", {"supplement_signed_on": "2026-03-02"}),
    ):
        with pytest.raises(Invalid) as unsigned:
            execute(case, **said)
        assert unsigned.value.field == lacking
    execute(case, **supplement_today(company))
    supplement = company.read(lambda s: s.scalars(select(Supplement)).one())
    contract = company.read(lambda s: s.scalars(select(Contract)).one())
    assert (supplement.change_order_id, supplement.terms_before, supplement.terms_after) == (order.id, 1, 2)
    assert (contract.terms_version, contract.total_fen) == (2, LIST_PRICE)
    assert price_lines(company, order.sale_id) == [("deposit", DEPOSIT), ("instalment", LIST_PRICE - DEPOSIT)]
    assert company.todos("collect") == [LIST_PRICE - DEPOSIT]
    assert sale.waiting_at == ["submit_filing"]


def test_money_that_came_meanwhile_makes_the_approval_stale(company: Company) -> None:
    """The down payment is paid between approval and execution: what was approved would supersede a paid line."""
    sale, lump = signed(company), lump_plan(company)
    case = ask(company, "payment_plan_change", sale, plan_id=lump)
    approve(case, *SIGNERS)
    company.pay(key="down")
    before = price_lines(company, sale.sale().id)
    execute(case, **supplement_today(company))
    order = order_of(company, case)
    assert (order.state, case.waiting_at) == ("returned", ["mend"])
    assert price_lines(company, order.sale_id) == before
    assert company.read(lambda s: s.scalars(select(Supplement)).all()) == []
    case.complete("mend", "wei", goes_on="again", plan_id=lump, reason="the rest in one sum")
    assert order_of(company, case).content_hash != order.content_hash
    approve(case, *SIGNERS)
    execute(case, **supplement_today(company))
    assert price_lines(company, order.sale_id) == [
        ("deposit", DEPOSIT),
        ("down_payment", 340_000_00),
        ("instalment", 890_000_00),
    ]


def test_a_filed_contract_is_taken_back_from_the_authority_and_filed_again(company: Company) -> None:
    sale, lump = filed(company), lump_plan(company)
    case = ask(company, "payment_plan_change", sale, plan_id=lump)
    approve(case, *SIGNERS)
    assert (case.waiting_at, order_of(company, case).state) == (["clear_filing"], "waiting")
    day = business_date(company.clock).isoformat()
    case.complete("clear_filing", "filer", cancelled_on=day, cancelled_reason="other plan")
    execute(case, **supplement_today(company))
    assert order_of(company, case).state == "executed"
    case.submit()
    with_authority = company.read(lambda s: s.scalars(select(Filing.state)).one())
    assert with_authority == "submitted"
    with pytest.raises(Invalid) as early:
        ask(company, "discount", sale, discounts=[{"kind": "rate", "name": "VIP", "basis_points": 100}])
    assert early.value.code == "change_filing_submitted"
    case.complete(
        "record_answer", "filer", filing_answer="returned", returned_reason_given="stamp", answered_on=day
    )
    case.submit()
    case.complete("record_answer", "filer", filing_answer="accepted", filing_no="BA-2", answered_on=day)
    assert case.ended_at[-3:] == ["filed_again", "executed", "over"]
    filing = company.read(lambda s: s.scalars(select(Filing)).one())
    assert (filing.state, filing.no, sale.sale().stage) == ("accepted", "BA-2", "filed")


def test_a_change_given_up_after_the_filing_was_cancelled_leaves_a_contract_that_is_filed_again(
    company: Company,
) -> None:
    sale = filed(company)
    case = ask(company, "payment_plan_change", sale, plan_id=lump_plan(company))
    approve(case, *SIGNERS)
    day = business_date(company.clock).isoformat()
    case.complete("clear_filing", "filer", cancelled_on=day, cancelled_reason="other plan")
    order_id, contract = order_of(company, case).id, select(Contract.state)
    assert company.read(lambda s: s.scalars(contract).one()) == "rescinding"
    company.act("wei", lambda s, a: withdraw_change(s, a, company.clock, order_id=order_id, reason="they stay"))
    again = Case(company, running(company, "filing_again"))
    assert (again.waiting_at, company.read(lambda s: s.scalars(contract).one())) == (["submit_filing"], "signed")
    again.submit()
    sale_id = sale.sale().id
    company.act("filer", lambda s, a: return_filing(s, a, company.clock, sale_id=sale_id, reason="stamp"))
    assert again.waiting_at == ["submit_filing"]
    again.submit()
    again.complete("record_answer", "filer", filing_answer="accepted", filing_no="BA-3", answered_on=day)
    filing = company.read(lambda s: s.scalars(select(Filing)).one())
    assert (filing.state, filing.no, sale.sale().stage) == ("accepted", "BA-3", "filed")


def test_a_sale_that_ends_is_not_filed_again(company: Company) -> None:
    sale = filed(company)
    case = ask(company, "payment_plan_change", sale, plan_id=lump_plan(company))
    approve(case, *SIGNERS)
    day = business_date(company.clock).isoformat()
    case.complete("clear_filing", "filer", cancelled_on=day, cancelled_reason="other plan")
    order_id, sale_id = order_of(company, case).id, sale.sale().id
    company.act("wei", lambda s, a: withdraw_change(s, a, company.clock, order_id=order_id, reason="they stay"))
    again = Case(company, running(company, "filing_again"))
    company.act("manager_1", lambda s, a: cancel_sale(s, a, company.clock, sale_id=sale_id, reason="gone"))
    assert again.ended_at[-1] == "sale_over"
    assert company.read(lambda s: s.scalars(select(Filing)).one()).state == "cancelled"


def running(company: Company, process: str) -> str:
    """The only running case of a process."""
    wanted = InstanceFilter(definition_keys=(process,), states=("active",))
    (one,) = company.read(lambda s: company.engine(s, SYSTEM).find_instances(wanted)).rows
    return one.id


def rate(basis_points: int) -> list[dict[str, Any]]:
    """A discount of so many basis points."""
    return [{"kind": "rate", "name": "VIP", "basis_points": basis_points}]


def test_a_discount_is_approved_by_the_whole_discount_and_bound_to_its_sale(company: Company) -> None:
    """1,280,000 × 0.98 × 0.99 = 1,241,856.00 (DOMAIN §4): 2.98 % off, so the general manager decides too."""
    sale, first = signed(company), business_date(company.clock)
    company.later(days=1)
    case = ask(company, "discount", sale, discounts=rate(200) + rate(100))
    order = order_of(company, case)
    assert (order.after["deal_price_fen"], order.after["effective_discount_bp"]) == (1_241_856_00, 298)
    assert "floor_price_fen" not in order.after
    approve(case, "manager_1", "gm_1")
    with pytest.raises(NotAllowed):
        execute(case, "gm_1", **supplement_today(company))
    execute(case, **supplement_today(company))
    terms = company.read(lambda s: s.get_one(SaleTerms, (order.sale_id, 2)))
    contract = company.read(lambda s: s.scalars(select(Contract)).one())
    assert (terms.deal_price_fen, contract.total_fen, sale.sale().deal_price_fen) == (1_241_856_00,) * 3
    assert sum(fen for _, fen in price_lines(company, order.sale_id)) == 1_241_856_00
    for day, total, version in ((first, LIST_PRICE, 1), (business_date(company.clock), 1_241_856_00, 2)):
        then = company.read(lambda s, day=day: sale_as_of(s, SYSTEM, order.sale_id, day))
        assert (then.stage, then.contract_fen, then.planned_fen, then.paid_fen) == (
            "signed",
            total,
            total,
            DEPOSIT,
        )
        assert then.terms is not None
        assert (then.terms.version, [one.id for one in then.orders]) == (version, [order.id][: version - 1])
    account = company.read(lambda s: sale_account(s, SYSTEM, order.sale_id, business_date(company.clock)))
    assert account.allocated_fen == DEPOSIT


def test_below_the_floor_six_decide_and_the_terms_carry_their_approval(company: Company) -> None:
    sale = subscribed(company)
    case = ask(company, "discount", sale, discounts=rate(700))
    order = order_of(company, case)
    assert (order.after["below_floor"], order.mode) == (True, "process")
    approve(case, "manager_1", "gm_1", "marketing_1", "city_finance_1", "city_gm_1", "pricing_1")
    execute(case)
    found = sale.sale()
    assert (found.below_floor, found.approved_version, found.terms_version) == (True, 2, 2)
    approvers = company.read(lambda s: s.scalars(select(ChangeApprover).order_by(ChangeApprover.position)).all())
    assert [one.staff_id for one in approvers][-1] == company.people["pricing_1"]


def test_a_grant_that_nobody_executes_expires(company: Company) -> None:
    sale = subscribed(company)
    case = ask(company, "discount", sale, discounts=rate(100))
    approve(case, "manager_1")
    company.later(days=16)
    assert (order_of(company, case).state, case.ended_at[-2:]) == ("expired", ["expired", "over"])
    assert sale.sale().deal_price_fen == LIST_PRICE
    assert sale.waiting_at == ["sign_contract"]
    assert sale.data["sign_by"] > "2026-03-20"


def test_a_short_loan_becomes_the_buyers_gap(company: Company) -> None:
    """890,000 were planned, 770,000 are lent: the buyer pays 120,000 more by a day."""
    sale = signed(company)
    wanted = {"loan": "loan", "approved_fen": 770_000_00, "due_on": "2026-06-30"}
    case = ask(company, "supplement", sale, **wanted)
    order = order_of(company, case)
    assert order.after["gap_fen"] == 120_000_00
    approve(case, *SIGNERS)
    execute(case, **supplement_today(company))
    assert price_lines(company, order.sale_id) == [
        ("deposit", DEPOSIT),
        ("down_payment", 340_000_00),
        ("loan", 770_000_00),
        ("down_payment", 120_000_00),
    ]
    assert company.todos("collect") == [120_000_00, 340_000_00, 770_000_00]
    with pytest.raises(Invalid) as above:
        ask(company, "supplement", sale, **{**wanted, "approved_fen": 800_000_00})
    assert above.value.field == "approved_fen"


@pytest.mark.parametrize("how", ["rejected", "given_up", "withdrawn", "not_mended", "sale_ends", "called_off"])
def test_an_order_that_ends_without_effect_lets_the_sale_go_on(company: Company, how: str) -> None:
    sale, lump = subscribed(company), lump_plan(company)
    case = ask(company, "payment_plan_change", sale, plan_id=lump)
    order_id = order_of(company, case).id
    if how == "rejected":
        case.decide("manager_1", "rejected", opinion="no")
    elif how in ("given_up", "not_mended"):
        case.decide("manager_1", "returned", opinion="why?")
        assert (order_of(company, case).state, case.waiting_at) == ("returned", ["mend"])
        if how == "given_up":
            case.complete("mend", "wei", goes_on="drop")
        else:
            company.later(days=16)
    elif how == "withdrawn":
        company.act("wei", lambda s, a: withdraw_change(s, a, company.clock, order_id=order_id, reason="not now"))
    elif how == "sale_ends":
        sale.withdraw()
    else:
        company.act("analyst", lambda s, a: company.engine(s, a).cancel(case.id, reason="drawn wrongly"))
    states = {"given_up": "withdrawn", "not_mended": "expired", "sale_ends": "failed", "called_off": "failed"}
    assert order_of(company, case).state == states.get(how, how)
    assert case.waits() == []
    assert sale.sale().plan_id == company.plan_id
    if how == "sale_ends":
        assert sale.sale().state == "closed"
        return
    assert sale.waiting_at == ["sign_contract"]
    again = ask(company, "payment_plan_change", sale, plan_id=lump)
    assert order_of(company, again).state == "approving"


def test_a_mode_is_set_by_project_and_running_orders_keep_theirs(company: Company) -> None:
    sale, lump = subscribed(company), lump_plan(company)
    first = ask(company, "payment_plan_change", sale, plan_id=lump)
    today = business_date(company.clock)

    def set_mode(mode: str) -> None:
        company.act(
            "system",
            lambda s, a: set_parameter(
                s, a, company.clock, path=PROJECT, name="change_mode_payment_plan_change", value=mode,
                effective_from=today,
            ),
        )  # fmt: skip

    set_mode("simple")
    assert order_of(company, first).mode == "process"
    approve(first, "manager_1", "gm_1")
    execute(first)
    second = ask(company, "payment_plan_change", sale, plan_id=company.plan_id)
    simple = order_of(company, second)
    assert (simple.mode, simple.mode_version) == ("simple", f"{today.isoformat()} {PROJECT}")
    approve(second, "gm_1")
    execute(second)
    set_mode("none")
    third = ask(company, "payment_plan_change", sale, plan_id=lump)
    assert (order_of(company, third).state, third.waiting_at) == ("approved", ["execute"])
    with pytest.raises(NotAllowed):
        execute(third, "wei")
    execute(third)
    assert order_of(company, third).state == "executed"
