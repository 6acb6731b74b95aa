"""Keys and money: what an approval of arrears is bound to, and what has come to be open before the keys are given."""

from __future__ import annotations

from sqlalchemy import select

from kernel.actor import SYSTEM
from ledger.finance.allocation import live_price_lines
from ledger.finance.kinds import ReceivableKind
from ledger.finance.models import Receipt
from ledger.finance.operations import reverse_receipt
from ledger.finance.queries import sale_account
from ledger.handover.models import MoveInCase
from ledger.progress.kinds import Family
from ledger.progress.queries import steps_of
from ledger.sales.models import Sale
from tests.stories.company import LIST_PRICE, Company
from tests.stories.measuring import Surveyed
from tests.stories.moving_in import FIRST, Moving, moving_in, pay_rest

DEAR = 32_000_00
"""What 2.5 % more area costs at the list price of 1,280,000."""


def measured_larger(company: Company) -> None:
    """The survey of the building comes out: 102.50 m² instead of 100; the difference is raised."""
    surveyed = Surveyed(company)
    surveyed.settle(surveyed.survey(u101="102.50"))


def payment_bounces(company: Company, fen: int) -> None:
    """The bank takes a confirmed payment back."""
    query = select(Receipt.id).where(Receipt.amount_fen == fen)
    receipt_id = company.read(lambda s: s.scalars(query).one())
    company.act(
        "treasurer", lambda s, a: reverse_receipt(s, a, company.clock, receipt_id=receipt_id, reason="recalled")
    )


def seen(moving: Moving) -> list[tuple[str, str | None]]:
    """The buyer's steps of the hand-over that concern money and keys, with their outcome."""
    rows = moving.company.read(lambda s: steps_of(s, [moving.sale_id])).get(moving.sale_id, [])
    wanted = ("money_check", "keys")
    return [
        (row.step, row.outcome.value if row.outcome else None)
        for row in rows
        if row.family is Family.MOVE_IN and row.step in wanted
    ]


def kept(moving: Moving) -> tuple[MoveInCase, Sale, str]:
    """The hand-over, its sale, and the state of the home."""
    sale = moving.company.read(lambda s: s.get_one(Sale, moving.sale_id))
    return moving.case(), sale, str(moving.company.unit().status)


def price_paid(moving: Moving) -> list[tuple[ReceivableKind, int]]:
    """Kind and fen of the sale's price lines."""
    return [(x.kind, x.amount_fen) for x in moving.company.read(lambda s: live_price_lines(s, moving.sale_id))]


def test_an_approval_of_arrears_does_not_hold_for_more_than_was_approved(company: Company) -> None:
    moving = moving_in(company, paid_fen=1_200_000_00, days=1)
    moving.begin()
    moving.come()
    assert moving.case().open_fen == LIST_PRICE - 1_200_000_00
    moving.running.complete("ask_keys", "agent", reason="pays on Friday")
    moving.running.decide("treasurer")
    measured_larger(company)
    moving.running.decide("gm_1")  # He approved 80,000; 112,000 are open.
    case = moving.case()
    assert (case.state, case.open_fen, case.allowed) == ("money", 80_000_00 + DEAR, {})
    assert moving.running.waiting_at == ["ask_keys"]
    assert "arrears_allowed" not in moving.events()

    moving.running.complete("ask_keys", "agent", reason="pays both on Friday")
    for name in ("treasurer", "gm_1"):
        moving.running.decide(name)
    case = moving.case()
    assert (case.state, sum(case.allowed.values())) == ("inspection", 80_000_00 + DEAR)
    moving.inspect()
    moving.sign()
    case, sale, unit = kept(moving)
    assert (case.handed_over_on, sale.handed_over_on, unit) == (FIRST, FIRST, "delivered")
    account = company.read(lambda s: sale_account(s, SYSTEM, moving.sale_id, FIRST))
    assert (
        sum(line.open_fen for line in account.lines) == 80_000_00 + DEAR
    )  # What was allowed is owed all the same.


def test_no_keys_are_given_when_a_payment_has_bounced_since_the_check(company: Company) -> None:
    moving = moving_in(company, days=1)
    moving.begin()
    moving.come()
    assert (moving.case().state, moving.running.waiting_at) == ("inspection", ["await_inspection"])
    moving.inspect()
    down = next(fen for kind, fen in price_paid(moving) if kind is ReceivableKind.DOWN_PAYMENT)
    payment_bounces(company, down)
    moving.sign()
    case, sale, unit = kept(moving)
    assert (case.state, case.open_fen, case.handed_over_on) == ("money", down, None)
    assert (sale.handed_over_on, unit, moving.running.waiting_at) == (None, "contracted", ["ask_keys"])
    assert company.todos("collect") == [down]
    assert ("keys", "done") not in seen(moving)

    pay_rest(company)  # Interest for three months takes its part of it first.
    assert (moving.running.waiting_at, len(company.todos("collect"))) == (["ask_keys"], 1)
    pay_rest(company)
    assert moving.running.waiting_at == ["await_inspection"]
    moving.sign()
    case, sale, unit = kept(moving)
    assert (case.handed_over_on, case.open_fen, unit) == (FIRST, 0, "delivered")
    assert moving.events().count("accepted") == 1
