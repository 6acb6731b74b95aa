"""Change orders: asked for, approved by content, executed by a third person; or returned, refused, over."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from engine.api import NotAllowed
from ledger.changes.errors import ChangeRunning
from ledger.changes.models import ChangeEvent
from ledger.finance.allocation import live_price_lines
from ledger.sales.models import SaleTerms
from tests.stories.changing_sales import (
    approve,
    ask,
    execute,
    lump_plan,
    order_of,
    subscribed,
)
from tests.stories.company import DEPOSIT, LIST_PRICE, Company


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
