"""An area refund that is larger than what the buyer has paid, the loan not paid out: what becomes of the rest."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from kernel.clock import business_date
from ledger.finance.accounts import allocated_by_receivable
from ledger.finance.allocation import live_price_lines
from ledger.finance.kinds import PlanKind, ReceivableKind, ShareKind, TriggerKind
from ledger.finance.models import Allocation, Refund
from ledger.finance.plans import PlanLine, Share, Trigger
from ledger.finance.receivables import current_schedule
from tests.stories.company import DEPOSIT, LIST_PRICE, Company
from tests.stories.lending import agreed_plan, bank_pays
from tests.stories.measuring import CLERK, Surveyed
from tests.stories.test_area_settlement import LOAN, pay_out
from tests.stories.test_sale_cancellation import pay_all

OFF, EXCESS = 128_000_00, 89_600_00  # 100 m² are 90: −10 % of the price, 7 % of it once more.
DOWN = LIST_PRICE - LOAN - DEPOSIT


@pytest.fixture
def surveyed(company: Company) -> Surveyed:
    return Surveyed(company)


def settled_at_90(surveyed: Surveyed, paid_fen: int | None) -> str:
    """A home of which deposit and so much more is paid is measured at 90 m²; its buyer keeps it."""
    sale_id = surveyed.sell(paid_fen=paid_fen)
    surveyed.settle(surveyed.survey(u101="90.00"))
    day = business_date(surveyed.company.clock).isoformat()
    surveyed.case(sale_id).complete("choose", CLERK, choice="keep", answered_on=day)
    return sale_id


def lines(surveyed: Surveyed, sale_id: str) -> dict[str, tuple[int, int]]:
    """The live price lines: fen, and fen that are open."""
    found = surveyed.company.read(lambda s: live_price_lines(s, sale_id))
    paid = surveyed.company.read(lambda s: allocated_by_receivable(s, [line.id for line in found]))
    return {line.kind.value: (line.amount_fen, line.amount_fen - paid.get(line.id, 0)) for line in found}


def holds(surveyed: Surveyed, sale_id: str, received: int, back: int) -> None:
    """Lines sum to the settled price, and what is open is that price less what was received and not ordered back."""
    found = lines(surveyed, sale_id)
    schedule = surveyed.company.read(lambda s: current_schedule(s, sale_id))
    assert schedule is not None
    assert sum(fen for fen, _ in found.values()) == schedule.total_fen == LIST_PRICE - OFF
    assert sum(left for _, left in found.values()) == LIST_PRICE - OFF - received + back
    by_receipt = select(Allocation.receipt_id, Allocation.amount_fen)
    counted = surveyed.company.read(lambda s: s.execute(by_receipt).all())
    assert sum(row.amount_fen for row in counted) == received - back


def test_with_the_deposit_alone_the_whole_refund_lowers_what_he_still_owes_himself(surveyed: Surveyed) -> None:
    sale_id = settled_at_90(surveyed, None)
    assert surveyed.company.todos("refund") == []
    assert lines(surveyed, sale_id) == {
        "deposit": (DEPOSIT, 0),
        "down_payment": (DOWN, DOWN - OFF),
        "loan": (LOAN, LOAN),
        "area": (-OFF, 0),
    }
    holds(surveyed, sale_id, DEPOSIT, 0)
    assert surveyed.company.todos("compensate") == [EXCESS]


def test_he_then_pays_no_more_than_what_is_left_and_gets_nothing_back_twice(surveyed: Surveyed) -> None:
    company = surveyed.company
    sale_id = settled_at_90(surveyed, None)
    surveyed.collect(sale_id, DOWN - OFF)
    assert lines(surveyed, sale_id)["down_payment"] == (DOWN, 0)
    assert (company.credit(sale_id), company.todos("refund")) == (0, [])
    pay_out(company, "compensate")
    assert "settled" in surveyed.case(sale_id).ended_at
    holds(surveyed, sale_id, DEPOSIT + DOWN - OFF, 0)


def test_what_is_above_his_open_lines_goes_back_and_never_more_than_he_paid(surveyed: Surveyed) -> None:
    company = surveyed.company
    sale_id = settled_at_90(surveyed, DOWN - 100_000_00)
    assert lines(surveyed, sale_id)["down_payment"] == (DOWN, 0)
    assert company.todos("refund") == [OFF - 100_000_00]
    holds(surveyed, sale_id, DEPOSIT + DOWN - 100_000_00, OFF - 100_000_00)
    pay_out(company, "refund")
    assert company.credit(sale_id) == 0


def test_the_loan_is_untouched_and_the_bank_pays_all_of_it(surveyed: Surveyed) -> None:
    company = surveyed.company
    sale_id = settled_at_90(surveyed, None)
    assert lines(surveyed, sale_id)["loan"] == (LOAN, LOAN)
    surveyed.collect(sale_id, DOWN - OFF)
    sale = surveyed.case(sale_id)
    assert sale.waiting_at == ["await_money"]
    bank_pays(company, sale_id)
    assert lines(surveyed, sale_id) == {
        "deposit": (DEPOSIT, 0),
        "down_payment": (DOWN, 0),
        "loan": (LOAN, 0),
        "area": (-OFF, 0),
    }


def test_a_refund_above_all_that_he_pays_himself_waits_for_the_bank_and_goes_to_it(surveyed: Surveyed) -> None:
    """84 m² for 100: 204,800 of the price go back, 200,000 is all that he pays himself beside a loan of 85 %."""
    company, own, off = surveyed.company, 200_000_00, 204_800_00
    company.plan_id = loan_of_85_percent(company)
    sale_id = surveyed.sell(paid_fen=own - DEPOSIT)
    surveyed.settle(surveyed.survey(u101="84.00"))
    case, rest = surveyed.case(sale_id), off - own
    case.complete("choose", CLERK, choice="keep", answered_on=business_date(company.clock).isoformat())
    assert company.todos("refund") == [DEPOSIT, own - DEPOSIT]
    pay_all(company)
    assert (case.waiting_at, lines(surveyed, sale_id)["area"]) == (["await_money"], (-off, -rest))
    bank_pays(company, sale_id)
    assert company.todos("refund") == [rest]
    assert lines(surveyed, sale_id)["area"] == (-off, 0)
    to = company.read(lambda s: s.scalars(select(Refund).where(Refund.amount_fen == rest)).one())
    assert (to.payee, to.payee_role) == ("ICBC", "bank")
    pay_out(company, "refund")
    assert "settled" in case.ended_at


def loan_of_85_percent(company: Company) -> str:
    """A plan whose bank lends 85 %."""
    days = [Trigger(TriggerKind.AFTER_SIGNING, days=7), Trigger(TriggerKind.AFTER_SIGNING, days=60)]
    lines = [
        PlanLine(ReceivableKind.DOWN_PAYMENT, Share(ShareKind.REMAINDER), days[0]),
        PlanLine(ReceivableKind.LOAN, Share(ShareKind.BASIS_POINTS, 8500), days[1]),
    ]
    labels = {"zh": "按揭八成五", "en": "Loan 85 %"}
    return agreed_plan(company, "loan85", PlanKind.LOAN, labels, lines)
