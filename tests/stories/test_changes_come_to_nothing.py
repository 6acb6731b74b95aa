"""A change that comes to nothing: not mended in time, or called off at the desk at whatever point it stands.

The sale stands as it stood, to the fen; whoever asked hears why; everybody's tasks are gone; the sale's own process
and its mortgage go on; and the sale may change again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from ledger.changes.models import ChangeOrder
from ledger.changes.operations import withdraw_change
from ledger.messages.models import Message
from tests.stories.changing_sales import SIGNERS, approve, ask, execute, order_of, signed, subscribed
from tests.stories.company import Case, Company
from tests.stories.standing import found_by, standing, told
from tests.stories.test_approved_but_no_longer_so import (
    BUYERS_FAULT,
    SUBSCRIBED,
    discount,
    lump,
    next_room,
    short_loan,
    spouse,
    waits_for_the_change,
    withdraws,
)

Wanted = Callable[[Company], dict[str, Any]]
KINDS: dict[str, tuple[Callable[[Company], Case], Wanted, tuple[str, ...]]] = {
    "discount": (subscribed, discount, SUBSCRIBED),
    "payment_plan_change": (subscribed, lump, SUBSCRIBED),
    "room_change": (subscribed, next_room, SUBSCRIBED),
    "sale_cancellation": (subscribed, withdraws, BUYERS_FAULT),
    "rights_transfer": (subscribed, spouse, SUBSCRIBED),
    "supplement": (signed, short_loan, SIGNERS),
}
WAITS_AFTER = {"subscribed": ["sign_contract"], "signed": ["submit_filing"]}


def began(company: Company, kind: str) -> tuple[Case, Case]:
    """A sale and the case of a change of it."""
    start, wanted, _ = KINDS[kind]
    sale = start(company)
    return sale, ask(company, kind, sale, **wanted(company))


def said(company: Company) -> list[str]:
    """What was said to whoever asked, of changes that took no effect."""
    wei = company.people["wei"]
    query = select(Message.params).where(Message.template == "change_order_ended", Message.recipient_id == wei)
    return [params["reason"] for params in company.read(lambda s: s.scalars(query).all())]


def goes_on(company: Company, sale: Case) -> bool:
    """The sale's process waits for the next step again, and another change may be asked for."""
    return sale.waiting_at == WAITS_AFTER[sale.sale().stage] and not company.read(
        lambda s: s.scalars(select(ChangeOrder.id).where(ChangeOrder.ended_at.is_(None))).all()
    )


@pytest.mark.parametrize("kind", KINDS)
def test_a_change_that_nobody_mends_lapses(company: Company, kind: str) -> None:
    sale, case = began(company, kind)
    case.decide(KINDS[kind][2][0], "returned", opinion="why?")
    assert found_by(company, "wei", case) == {"mend": company.people["wei"]}
    assert case.seen_by("wei", "mend")["returned_because"] == "why?"
    before = standing(company, sale.sale().id)
    company.later(days=14)
    assert (order_of(company, case).state, waits_for_the_change(company, sale)) == ("returned", True)
    company.later(days=2)
    order = order_of(company, case)
    assert (order.state, order.ended_because, case.ended_at[-2:]) == ("expired", "逾期未修改", ["lapsed", "over"])
    assert (found_by(company, "wei", case), said(company)) == ({}, ["逾期未修改"])
    assert standing(company, sale.sale().id) == before
    assert goes_on(company, sale)


def test_a_request_that_nobody_decides_comes_back_and_says_so(company: Company) -> None:
    """The first approver agreed; the second let it lie: the reason is the second's silence, not the first's word."""
    _, case = began(company, "payment_plan_change")
    case.decide("manager_1", opinion="fine with me")
    company.later(days=12)
    assert case.seen_by("wei", "mend")["returned_because"] == "审批逾期"
    case.complete("mend", "wei", goes_on="drop")
    assert (order_of(company, case).state, order_of(company, case).ended_because) == ("withdrawn", "申请人撤回")


def test_the_days_to_mend_begin_when_it_comes_back(company: Company) -> None:
    """Approved on the first day, turned back on the thirteenth: there are fifteen days from then on, not two."""
    _, case = began(company, "room_change")
    approve(case, *SUBSCRIBED)
    company.later(days=12)
    company.start("fang", entry="walk_in", unit_id=company.units[1], customer_id=company.customers["zhou"])
    execute(case)
    assert case.seen_by("wei", "mend")["returned_because"] == "已非批准时的内容：房源已被他人选定"
    company.later(days=14)
    assert (order_of(company, case).state, case.waiting_at) == ("returned", ["mend"])
    company.later(days=2)
    assert (order_of(company, case).state, case.waiting_at) == ("expired", [])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("at", ["decide", "approved"])
def test_a_change_called_off_by_the_manager_leaves_everything(company: Company, kind: str, at: str) -> None:
    sale, case = began(company, kind)
    if at == "approved":
        approve(case, *KINDS[kind][2])
    order_id, before = order_of(company, case).id, standing(company, sale.sale().id)
    company.act(
        "manager_2", lambda s, a: withdraw_change(s, a, company.clock, order_id=order_id, reason="they stay")
    )
    order = order_of(company, case)
    assert (order.state, order.ended_because, case.ended_at[-1], case.waits()) == (
        "withdrawn",
        "they stay",
        "off",
        [],
    )
    assert (said(company), told(company, "change_order_ended")) == (["they stay"], {"wei"})
    for name in (*KINDS[kind][2], "cashier", "filer", "loans"):
        assert found_by(company, name, case) == {}
    assert standing(company, sale.sale().id) == before
    assert goes_on(company, sale)
    assert told(company, "change_stopped") == (set() if kind == "discount" else {"lin"})
    wanted = {name: value for name, value in order.wanted.items() if value is not None}
    checked = {"qualification_checked": True} if kind == "rights_transfer" else {}
    again = ask(company, kind, sale, **wanted, **checked)
    assert order_of(company, again).state == "approving"
