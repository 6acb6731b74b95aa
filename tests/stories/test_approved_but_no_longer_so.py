"""The world moves while approvers decide: what they approved is no longer so, and the order goes back (DOMAIN §10.6).

Nothing of it takes effect; whoever asked finds it in his inbox with what differs, and asks again for what is so now.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select

from kernel.clock import business_date
from ledger.changes.models import ChangeEvent, ChangeOrder
from ledger.finance.errors import RoomMoneyRefused
from ledger.finance.models import Receipt
from ledger.finance.operations import confirm_receipt, retire_plan, take_receipt
from ledger.inventory.models import Unit
from ledger.mortgages.models import MortgageCase
from ledger.organisation.operations import set_parameter
from tests.stories.changing import propose, review
from tests.stories.changing_sales import (
    SIGNERS,
    approve,
    ask,
    filed,
    lump_plan,
    order_of,
    signed,
    subscribed,
)
from tests.stories.company import PROJECT, Case, Company
from tests.stories.lending import WAITS_FOR_CHANGE, Mortgage
from tests.stories.standing import approvals, found_by, standing
from tests.stories.test_moving_rooms import HIGHER, reprice
from tests.stories.test_rights_transfer import both, proof

World = Callable[[Company, Case], dict[str, Any] | None]
DOWN = 340_000_00


@dataclass(frozen=True)
class Turn:
    """A kind of change, how the world moves before the last approver decides, and what is asked for then.

    ``meanwhile`` answers with the values of the second request, or None where nothing is left to be asked for.
    """

    kind: str
    sale: Callable[[Company], Case]
    wanted: Callable[[Company], dict[str, Any]]
    signers: tuple[str, ...]
    meanwhile: World
    differs: str


def discount(_company: Company) -> dict[str, Any]:
    return {"discounts": [{"kind": "rate", "name": "VIP", "basis_points": 200}]}


def lump(company: Company) -> dict[str, Any]:
    return {"plan_id": lump_plan(company)}


def next_room(company: Company) -> dict[str, Any]:
    return {"unit_id": company.units[1]}


def another_room(company: Company, _sale: Case) -> dict[str, Any]:
    return {"unit_id": company.units[2]}


def spouse(company: Company) -> dict[str, Any]:
    proved = {"relation": "spouse", "proof_id": proof(company), "qualification_checked": True}
    return {"ownership": "shares", "buyers": both(company), **proved}


def short_loan(_company: Company) -> dict[str, Any]:
    return {"loan": "loan", "approved_fen": 770_000_00, "due_on": "2026-06-30"}


def withdraws(_company: Company) -> dict[str, Any]:
    return {"cause": "buyer_withdraws"}


def the_same(wanted: Callable[[Company], dict[str, Any]], move: Callable[[Company, Case], object]) -> World:
    """The world moves so, and the same is asked for again."""

    def meanwhile(company: Company, sale: Case) -> dict[str, Any]:
        move(company, sale)
        return wanted(company)

    return meanwhile


def pay_down(company: Company, sale: Case) -> None:
    """The buyer pays the down payment."""
    company.pay(key="down", sale_id=sale.sale().id, amount_fen=DOWN)


def pay_down_and_ask_again(company: Company, sale: Case) -> dict[str, Any]:
    """The buyer pays the down payment; the rest is still to be paid in one sum."""
    plan = company.read(lambda s: s.scalars(select(ChangeOrder.wanted)).one())
    pay_down(company, sale)
    return dict(plan)


def the_bank_pays(company: Company, sale: Case) -> None:
    """The bank pays what it lends, before the shorter loan is agreed."""
    Mortgage(company, sale).bank_pays(amount_fen=770_000_00)


def sell_it(company: Company, _sale: Case) -> dict[str, Any]:
    """A colleague sells the home that was to be taken, a second ago."""
    company.start("fang", entry="walk_in", unit_id=company.units[1], customer_id=company.customers["zhou"])
    return another_room(company, _sale)


def seize_it(company: Company, sale: Case) -> dict[str, Any]:
    """A court seizes the home that was to be taken."""
    company.act("system", lambda s, _a: setattr(s.get_one(Unit, company.units[1]), "seized", True))
    return another_room(company, sale)


def dearer(company: Company, _sale: Case) -> None:
    """The home that is to be taken gets a new list price."""
    reprice(company, 1, HIGHER)


def money_arrives(company: Company, sale: Case) -> None:
    """Money is noted at the desk that nobody has confirmed."""
    money = {"method": "transfer", "paid_on": business_date(company.clock), "payer": "Lin Wan"}
    about = {"sale_id": sale.sale().id, "amount_fen": 100_00, "key": "early"}
    company.act("cashier", lambda s, a: take_receipt(s, a, company.clock, **about, **money))


def corrected(company: Company, _sale: Case) -> None:
    """The buyer's name is corrected: proposed by the consultant, reviewed by a manager."""
    asked = propose(company, "wei", "customers", company.customers["lin"], name="Lin Wan")
    review(company, asked, "manager_2")


def confirmed(company: Company, case: Case) -> None:
    """The money that was noted is confirmed."""
    receipt = company.read(lambda s: s.scalars(select(Receipt.id).where(Receipt.amount_fen == 100_00)).one())
    company.act("cashier", lambda s, a: confirm_receipt(s, a, company.clock, receipt_id=receipt))


def retire_it(company: Company, _sale: Case) -> None:
    """The plan that was asked for is no longer offered."""
    plan = company.read(lambda s: s.scalars(select(ChangeOrder.wanted)).one())["plan_id"]
    company.act("system", lambda s, a: retire_plan(s, a, company.clock, template_id=plan))


def after_filing(company: Company, who: str) -> None:
    """The house sets who may become a buyer after filing."""
    rule = {"path": PROJECT, "name": "rights_after_filing", "effective_from": business_date(company.clock)}
    company.act("system", lambda s, a: set_parameter(s, a, company.clock, value=who, **rule))


def filed_among_relatives(company: Company) -> Case:
    """A filed sale of a house that lets relatives become buyers after filing."""
    after_filing(company, "relatives")
    return filed(company)


def parent(company: Company) -> dict[str, Any]:
    return {**spouse(company), "relation": "parent"}


def narrow_it(company: Company, _sale: Case) -> dict[str, Any]:
    """The city lets only a spouse, heirs and courts in from now on; it is the spouse who joins, then."""
    after_filing(company, "spouse_and_law")
    return spouse(company)


def waits_for_the_change(company: Company, sale: Case) -> bool:
    """The sale's own process, and its mortgage once there is one, stand still."""
    if sale.sale().stage == "subscribed":
        return sale.waiting_at == ["await_change"]
    mortgage = company.read(
        lambda s: s.scalars(select(MortgageCase).where(MortgageCase.sale_id == sale.sale().id)).one()
    )
    waits = {one.element_id for one in Case(company, str(mortgage.instance_id)).waits()}
    filing = [] if sale.sale().stage == "filed" else ["await_change_filing"]
    return sale.waiting_at == filing and waits == set(WAITS_FOR_CHANGE)


SUBSCRIBED, BUYERS_FAULT = ("manager_1", "gm_1"), ("manager_1", "treasurer", "gm_1")
TURNS = {
    "discount": Turn("discount", signed, discount, SUBSCRIBED, the_same(discount, pay_down), "应收明细、资金影响"),
    "plan": Turn("payment_plan_change", signed, lump, SIGNERS, pay_down_and_ask_again, "应收明细、资金影响"),
    "plan_retired": Turn("payment_plan_change", subscribed, lump, SUBSCRIBED, retire_it, "该付款方式已停用"),
    "home_sold": Turn("room_change", subscribed, next_room, SUBSCRIBED, sell_it, "房源已被他人选定"),
    "home_seized": Turn("room_change", subscribed, next_room, SUBSCRIBED, seize_it, "房源已被查封"),
    "home_dearer": Turn(
        "room_change", subscribed, next_room, SUBSCRIBED, the_same(next_room, dearer), "成交价、标准价、资金影响"
    ),
    "money_noted": Turn(
        "sale_cancellation",
        subscribed,
        withdraws,
        BUYERS_FAULT,
        the_same(withdraws, money_arrives),
        "有款项待确认到账",
    ),
    "name": Turn("rights_transfer", subscribed, spouse, SUBSCRIBED, the_same(spouse, corrected), "买受人"),
    "rule": Turn("rights_transfer", filed_among_relatives, parent, SIGNERS, narrow_it, "备案后不允许该类权益变更"),
    "down_payment": Turn("supplement", signed, short_loan, SIGNERS, the_same(short_loan, pay_down), "应收明细"),
    "bank_pays": Turn("supplement", signed, short_loan, SIGNERS, the_bank_pays, "贷款已到账"),
}


@pytest.mark.parametrize("what", TURNS)
def test_what_is_no_longer_so_goes_back_with_what_differs(company: Company, what: str) -> None:
    turn = TURNS[what]
    sale = turn.sale(company)
    case = ask(company, turn.kind, sale, **turn.wanted(company))
    approve(case, *turn.signers[:-1])
    again = turn.meanwhile(company, sale)
    before = standing(company, sale.sale().id)
    case.decide(turn.signers[-1], opinion="fine with me")
    order = order_of(company, case)
    assert (order.state, approvals(company, order)) == ("returned", 0)
    assert found_by(company, "wei", case) == {"mend": company.people["wei"]}
    assert case.seen_by("wei", "mend")["returned_because"] == f"已非批准时的内容：{turn.differs}"
    assert standing(company, sale.sale().id) == before
    assert waits_for_the_change(company, sale)
    if what == "money_noted":
        with pytest.raises(RoomMoneyRefused):
            case.complete("mend", "wei", goes_on="again", reason="as it is now", **again or {})
        confirmed(company, case)
    if again is None:
        case.complete("mend", "wei", goes_on="drop")
        assert (order_of(company, case).state, case.waits()) == ("withdrawn", [])
        return
    former = order.content_hash
    case.complete("mend", "wei", goes_on="again", reason="as it is now", **again)
    approve(case, *turn.signers)
    order = order_of(company, case)
    state = "waiting" if sale.sale().stage == "filed" else "approved"
    assert (order.state, approvals(company, order), order.content_hash == former) == (state, 1, False)
    kinds = select(ChangeEvent.kind).where(ChangeEvent.order_id == order.id).order_by(ChangeEvent.id)
    assert list(company.read(lambda s: s.scalars(kinds).all()))[:6] == HISTORY


HISTORY = ["submitted", "asked", "returned", "mended", "asked", "approved"]
