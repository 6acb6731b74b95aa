"""A certificate that comes after its statutory day: what it costs is ordered through finance, once, to the fen."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from kernel.clock import business_date
from kernel.facts import tell
from ledger.finance.kinds import Account, CompensationKind
from ledger.finance.payout_models import Compensation
from ledger.handover.facts import HomeHandedOver
from ledger.sales.operations import cancel_sale
from ledger.surveys.kinds import RunKind
from ledger.titles.kinds import PAPERS
from tests.stories.company import PROJECT, Case, Company
from tests.stories.measuring import CLERK
from tests.stories.test_area_settlement import pay_out
from tests.stories.test_moving_rooms import books
from tests.stories.test_title import Titling

TEN_DAYS = 1_280_00  # 1,280,000 × 0.01 % × 10, in fen.


@pytest.fixture
def titling(company: Company) -> Titling:
    return Titling(company)


@pytest.fixture
def at_registry(titling: Titling) -> tuple[str, Case]:
    """Handed over today, so that the certificate is due in 90 days; its papers lie with the registry."""
    sale_id = titling.sell()
    case = titling.prepared(sale_id)
    delivered = HomeHandedOver(
        "m1", sale_id, PROJECT, unit_id=titling.company.units[0], handed_over_on=titling.today
    )
    titling.company.act("system", lambda s, _: tell(s, delivered))
    titling.submit(sale_id)
    return sale_id, case


def issue(titling: Titling, sale_id: str) -> None:
    """The registry issues the certificate today."""
    titling.answer(sale_id, "issue_case", number="沪(2026)嘉字第000001号", issued_on=titling.today)


def owed(company: Company) -> list[tuple[CompensationKind, int]]:
    """What is ordered as compensation."""
    query = select(Compensation.kind, Compensation.amount_fen).order_by(Compensation.id)
    return [(row.kind, row.amount_fen) for row in company.read(lambda s: s.execute(query).all())]


def test_ten_days_late_at_a_ten_thousandth_of_1_280_000_cost_1_280(
    titling: Titling, at_registry: tuple[str, Case]
) -> None:
    company, (sale_id, case) = titling.company, at_registry
    company.later(days=100)
    assert owed(company) == []
    issue(titling, sale_id)
    assert owed(company) == [(CompensationKind.LATE_TITLE, TEN_DAYS)]
    [row] = company.read(lambda s: s.scalars(select(Compensation)).all())
    assert (row.basis["days"], row.basis["principal_fen"]) == (10, 1_280_000_00)
    assert (case.waiting_at, company.todos("compensate")) == (["hand_out"], [TEN_DAYS])
    before = books(company).get(Account.COMPENSATION, 0)
    pay_out(company, "compensate")
    assert books(company)[Account.COMPENSATION] - before == TEN_DAYS
    day = titling.today.isoformat()
    case.complete("hand_out", CLERK, handed_to="buyer", handed_on=day)
    assert (case.instance().state, len(owed(company))) == ("completed", 1)


def test_a_certificate_on_its_last_day_costs_nothing(titling: Titling, at_registry: tuple[str, Case]) -> None:
    sale_id, case = at_registry
    titling.company.later(days=90)
    assert titling.title(sale_id).due_on == titling.today
    issue(titling, sale_id)
    assert (case.waiting_at, owed(titling.company)) == (["hand_out"], [])


def test_a_settled_price_is_what_the_days_are_reckoned_from(titling: Titling) -> None:
    company = titling.company
    sale_id = titling.sell()
    titling.settle(titling.survey(u101="102.33"))
    titling.register()
    titling.run(RunKind.TITLE)
    titling.process(sale_id).complete("collect_papers", CLERK, papers=list(PAPERS))
    titling.submit(sale_id)
    company.later(days=800)
    late = (titling.today - titling.title(sale_id).due_on).days
    issue(titling, sale_id)
    settled = 1_280_000_00 + 2_982_400
    assert late > 0
    assert owed(company) == [(CompensationKind.LATE_TITLE, (settled * late + 5_000) // 10_000)]


def test_a_sale_that_ends_after_the_day_without_a_certificate_is_compensated_until_then(
    titling: Titling, at_registry: tuple[str, Case]
) -> None:
    company, (sale_id, case) = titling.company, at_registry
    company.later(days=93)
    company.act("manager_1", lambda s, a: cancel_sale(s, a, company.clock, sale_id=sale_id, reason="agreed"))
    assert "voided" in case.ended_at
    assert owed(company) == [(CompensationKind.LATE_TITLE, 384_00)]


def test_a_sale_that_ends_in_time_owes_nothing(titling: Titling, at_registry: tuple[str, Case]) -> None:
    company, (sale_id, _) = titling.company, at_registry
    assert business_date(company.clock) < titling.title(sale_id).due_on
    company.act("manager_1", lambda s, a: cancel_sale(s, a, company.clock, sale_id=sale_id, reason="agreed"))
    assert owed(company) == []


def test_a_certificate_that_came_while_a_change_ran_is_compensated_when_the_case_goes_on(
    titling: Titling, at_registry: tuple[str, Case]
) -> None:
    company, (sale_id, case) = titling.company, at_registry
    company.later(days=100)
    order = {"kind": "discount", "order_id": "o1"}
    case.publish("change_opened", {"sale_id": sale_id}, **order)
    issue(titling, sale_id)
    assert owed(company) == []
    case.publish("change_ended", {"sale_id": sale_id}, **order)
    assert (case.waiting_at, owed(company)) == (["hand_out"], [(CompensationKind.LATE_TITLE, TEN_DAYS)])
