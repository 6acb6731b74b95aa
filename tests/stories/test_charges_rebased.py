"""Tax and maintenance fund that the project collects follow a price that changes after signing (DOMAIN §5, §10.3)."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from kernel.actor import SYSTEM
from ledger.finance.accounts import allocated_by_receivable
from ledger.finance.allocation import live_price_lines
from ledger.finance.kinds import ReceivableClass, ReceivableState
from ledger.finance.models import Receivable
from ledger.finance.receivables import current_schedule
from ledger.organisation.operations import set_parameter
from ledger.sales.models import Sale
from tests.stories.changing_sales import approve, ask, execute, lump_plan, order_of, signed, supplement_today
from tests.stories.company import LIST_PRICE, Case, Company
from tests.stories.measuring import Surveyed
from tests.stories.test_moving_rooms import pay_in

TAX, FUND = "deed_tax", "maintenance_fund"
OFF = 12_800_00  # One per cent of the list price.


def set_rate(company: Company, name: str, value: int, on: date = date(2026, 1, 1)) -> None:
    """The house sets a rate from a day on."""
    with company.database.unit_of_work() as session:
        set_parameter(session, SYSTEM, company.clock, path="/keyturn/", name=name, value=value, effective_from=on)


@pytest.fixture
def collecting(company: Company) -> Company:
    """A project that collects deed tax of 1.5 % and a maintenance fund of 50 yuan a square metre."""
    set_rate(company, "deed_tax_basis_points", 150)
    set_rate(company, "maintenance_fund_fen_per_m2", 50_00)
    return company


def charges(company: Company, sale: Case) -> dict[str, tuple[int, int]]:
    """The charges in force: fen, and fen paid."""
    query = select(Receivable).where(
        Receivable.sale_id == sale.sale().id,
        Receivable.class_ == ReceivableClass.COLLECTED,
        Receivable.state == ReceivableState.PLANNED,
    )
    lines = company.read(lambda s: s.scalars(query).all())
    paid = company.read(lambda s: allocated_by_receivable(s, [line.id for line in lines]))
    return {line.kind.value: (line.amount_fen, paid.get(line.id, 0)) for line in lines}


def pay_charge(company: Company, sale: Case, kind: str, fen: int) -> None:
    """The buyer pays a charge."""
    query = select(Receivable.id).where(Receivable.sale_id == sale.sale().id, Receivable.kind == kind)
    line = company.read(lambda s: s.scalars(query).one())
    pay_in(company, sale.sale(), fen, f"pays {kind}", receivable_id=line)


def grant(company: Company, sale: Case) -> Case:
    """One per cent more is granted, approved and signed."""
    discounts = [{"name": "Loyal", "kind": "amount", "amount_fen": OFF}]
    case = ask(company, "discount", sale, discounts=discounts)
    approve(case, "manager_1")
    execute(case, **supplement_today(company))
    return case


def price_holds(company: Company, sale: Case, total: int) -> None:
    """The live price lines sum to the contract's total."""
    lines = company.read(lambda s: live_price_lines(s, sale.sale().id))
    schedule = company.read(lambda s: current_schedule(s, sale.sale().id))
    assert schedule is not None
    assert sum(line.amount_fen for line in lines) == schedule.total_fen == total


def test_a_discount_after_signing_lowers_the_tax_and_leaves_the_fund(collecting: Company) -> None:
    sale = signed(collecting)
    assert charges(collecting, sale) == {TAX: (19_200_00, 0), FUND: (5_000_00, 0)}
    case = grant(collecting, sale)
    assert charges(collecting, sale) == {TAX: (19_008_00, 0), FUND: (5_000_00, 0)}
    shown = [(one["does"], one["amount_fen"]) for one in order_of(collecting, case).money if one["what"] == TAX]
    assert shown == [("ends", 19_200_00), ("due", 19_008_00)]
    price_holds(collecting, sale, LIST_PRICE - OFF)


def test_tax_that_was_paid_counts_towards_the_new_one_and_the_rest_pays_what_is_next(collecting: Company) -> None:
    sale = signed(collecting)
    pay_charge(collecting, sale, TAX, 19_200_00)
    case = grant(collecting, sale)
    assert charges(collecting, sale)[TAX] == (19_008_00, 19_008_00)
    shown = [(one["does"], one["amount_fen"]) for one in order_of(collecting, case).money if one["what"] == TAX]
    assert shown == [("ends", 19_200_00), ("credited", 19_200_00), ("due", 19_008_00)]
    # What is left over pays the next charge by the law's order.
    assert (charges(collecting, sale)[FUND], collecting.credit(sale.sale().id)) == ((5_000_00, 192_00), 0)
    price_holds(collecting, sale, LIST_PRICE - OFF)


def test_the_rates_of_signing_hold_whatever_the_house_asks_for_now(collecting: Company) -> None:
    sale = signed(collecting)
    collecting.later(days=3)
    set_rate(collecting, "deed_tax_basis_points", 300, date(2026, 3, 4))
    grant(collecting, sale)
    assert charges(collecting, sale)[TAX] == (19_008_00, 0)


def test_another_plan_leaves_the_charges_alone(collecting: Company) -> None:
    sale = signed(collecting)
    case = ask(collecting, "payment_plan_change", sale, plan_id=lump_plan(collecting))
    approve(case, "manager_1", "gm_1", "treasurer", "legal_1", "city_gm_1")
    execute(case, **supplement_today(collecting))
    assert charges(collecting, sale) == {TAX: (19_200_00, 0), FUND: (5_000_00, 0)}


def test_after_an_area_was_settled_the_fund_stays_on_the_settled_area(collecting: Company) -> None:
    surveyed = Surveyed(collecting)
    sale_id = surveyed.sell()
    surveyed.settle(surveyed.survey(u101="102.50"))
    sale = _case_of(collecting, sale_id)
    assert charges(collecting, sale) == {TAX: (19_680_00, 0), FUND: (5_125_00, 0)}
    grant(collecting, sale)
    # 1,280,000 + 32,000 − 12,800 at 1.5 %.
    assert charges(collecting, sale) == {TAX: (19_488_00, 0), FUND: (5_125_00, 0)}
    price_holds(collecting, sale, LIST_PRICE + 32_000_00 - OFF)


def _case_of(company: Company, sale_id: str) -> Case:
    return Case(company, str(company.read(lambda s: s.get_one(Sale, sale_id)).instance_id))
