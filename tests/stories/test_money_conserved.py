"""Whatever rooms are changed and however a sale ends, no fen appears or is lost: drawn at random, checked each time."""

from __future__ import annotations

import random

import pytest
from sqlalchemy import select

from kernel.errors import KeyturnError
from ledger.finance.deposits import Fault
from ledger.finance.failed_sale import settle_failed_sale
from ledger.finance.kinds import Account
from ledger.finance.room_change import change_room
from ledger.sales.models import Sale
from ledger.sales.operations import cancel_sale
from tests.stories.changing_sales import signed, subscribed
from tests.stories.company import Case, Company
from tests.stories.test_moving_rooms import books, by_sale, pay_in, receipts, reprice
from tests.stories.test_sale_cancellation import pay_all

MONEY = (Account.SUPERVISED, Account.AGENCY, Account.GENERAL)


def live(company: Company) -> Sale:
    return company.read(lambda s: s.scalars(select(Sale).where(Sale.state == "live")).one())


def holds(company: Company, paid_in: int) -> None:
    """The books balance, accounts hold what came in, and every fen of it belongs to the one live sale."""
    found = books(company)
    assert sum(found.values()) == 0
    assert sum(found.get(account, 0) for account in MONEY) == receipts(company) == paid_in
    assert by_sale(company) == {live(company).id: paid_in}


@pytest.mark.parametrize("seed", range(5))
def test_money_is_conserved_over_room_changes_and_the_end(company: Company, seed: int) -> None:
    draw = random.Random(seed)  # noqa: S311 - a story, no secret
    case = draw.choice((subscribed, signed))(company)
    paid_in = receipts(company)
    for step in range(5):
        if live(company).stage != "subscribed":  # A subscription would lapse meanwhile.
            company.later(days=draw.randint(1, 9))
        act = draw.choice(("pay", "move", "move"))
        if act == "pay" and live(company).stage != "subscribed":
            paid = draw.randint(1, 400_000_00)
            pay_in(company, live(company), paid, f"step{step}")
            paid_in += paid
        elif act == "move":
            target = draw.choice([unit for unit in company.units if unit != live(company).unit_id])
            reprice(company, company.units.index(target), draw.randint(1_250_000_00, 1_900_000_00))
            wanted = {"sale_id": live(company).id, "unit_id": target, "reason": f"step {step}"}
            company.act("system", lambda s, a, w=wanted: change_room(s, a, company.clock, **w))
            if draw.random() < 0.5:
                Case(company, live(company).instance_id or "").sign()
        holds(company, paid_in)
    fault, sale = draw.choice(list(Fault)), live(company)
    ending = {"sale_id": sale.id, "fault": fault, "reason": "ends", "with_interest": fault is Fault.NEITHER}
    company.act("system", lambda s, a: settle_failed_sale(s, a, company.clock, **ending))
    company.act("system", lambda s, a: cancel_sale(s, a, company.clock, sale_id=sale.id, reason="ends"))
    paid_out = pay_all(company)
    found = books(company)
    kept = -found.get(Account.FORFEITED, 0) - found.get(Account.LATE_INTEREST, 0)
    assert sum(found.values()) == 0
    assert paid_in == paid_out.get("refund", 0) + kept
    assert found.get(Account.COMPENSATION, 0) == paid_out.get("compensate", 0)
    assert {company.unit(n).status for n in range(4)} == {"available"}
    assert case.instance().state == "completed"
    with pytest.raises(KeyturnError):
        company.act("system", lambda s, a: cancel_sale(s, a, company.clock, sale_id=sale.id, reason="again"))
