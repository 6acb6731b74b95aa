"""The registered area decides: what was settled on the measured one is settled again, the difference alone is posted."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from kernel.clock import business_date
from ledger.finance.allocation import live_price_lines
from ledger.finance.kinds import ReceivableKind
from ledger.finance.receivables import current_schedule
from ledger.inventory.models import Unit
from ledger.surveys.models import AreaSettlement
from ledger.surveys.queries import get_survey, preview_building
from ledger.surveys.runs import unsettled_sales
from tests.stories.company import LIST_PRICE, Company
from tests.stories.measuring import CLERK, Surveyed
from tests.stories.test_area_settlement import DOWN, pay_out


@pytest.fixture
def surveyed(company: Company) -> Surveyed:
    return Surveyed(company)


def registered(surveyed: Surveyed, **areas: str) -> str:
    """The registered areas of the building are released; a home that is not named has what its contract says."""
    known = surveyed.company.read(lambda s: s.scalars(select(Unit.unit_no).order_by(Unit.unit_no)).all())
    found = {no: areas.get(f"u{no}", "100.00") for no in known}
    return surveyed.release(surveyed.propose(found, kind="registered"))


def keep(surveyed: Surveyed, sale_id: str) -> None:
    """The buyer keeps the home."""
    day = business_date(surveyed.company.clock).isoformat()
    surveyed.case(sale_id).complete("choose", CLERK, choice="keep", answered_on=day)


def area_lines(surveyed: Surveyed, sale_id: str) -> list[int]:
    """The area's lines in fen."""
    lines = surveyed.company.read(lambda s: live_price_lines(s, sale_id))
    return [line.amount_fen for line in lines if line.kind is ReceivableKind.AREA]


def holds(surveyed: Surveyed, sale_id: str, total: int) -> None:
    """The live price lines sum to the settled total."""
    lines = surveyed.company.read(lambda s: live_price_lines(s, sale_id))
    schedule = surveyed.company.read(lambda s: current_schedule(s, sale_id))
    assert schedule is not None
    assert sum(line.amount_fen for line in lines) == schedule.total_fen == total


def to_settle(surveyed: Surveyed) -> list[str]:
    """The sales that a run would settle."""
    return surveyed.company.read(lambda s: unsettled_sales(s, surveyed.building_id))


def settlements(surveyed: Surveyed) -> int:
    """How many settlements there are."""
    return len(surveyed.company.read(lambda s: s.scalars(select(AreaSettlement.id)).all()))


def test_the_difference_to_what_was_posted_is_posted_and_no_sale_is_settled_twice_by_one_survey(
    surveyed: Surveyed,
) -> None:
    company = surveyed.company
    more, same = surveyed.sell(0), surveyed.sell(1)
    surveyed.settle(surveyed.survey(u101="102.50", u201="98.00"))
    company.pay(key="topped up", sale_id=more, note="area_settlement")
    assert surveyed.settlement(more).state == "settled"
    survey_id = registered(surveyed, u101="102.00", u201="98.00")
    assert to_settle(surveyed) == [more]
    rows = company.act(CLERK, lambda s, a: preview_building(s, a, get_survey(s, a, survey_id)))
    shown = {row.sale.id: (row.is_outdated, row.again_fen) for row in rows}
    assert shown == {more: (True, -6_400_00), same: (False, 0)}

    surveyed.settle(survey_id)
    again = surveyed.settlement(more)
    assert (again.difference_fen, again.earlier_fen, again.due_fen) == (25_600_00, 32_000_00, -6_400_00)
    assert area_lines(surveyed, more) == [32_000_00, -6_400_00]
    holds(surveyed, more, LIST_PRICE + 25_600_00)
    assert (to_settle(surveyed), settlements(surveyed)) == ([], 3)
    holds(surveyed, same, LIST_PRICE - 25_600_00)


def test_an_area_that_turns_out_to_be_the_contracts_takes_back_what_was_posted(surveyed: Surveyed) -> None:
    company = surveyed.company
    sale_id = surveyed.sell(paid_fen=DOWN)
    surveyed.settle(surveyed.survey(u101="98.00"))
    pay_out(company, "refund")
    surveyed.settle(registered(surveyed))
    assert area_lines(surveyed, sale_id) == [-25_600_00, 25_600_00]
    holds(surveyed, sale_id, LIST_PRICE)
    company.pay(key="paid back", sale_id=sale_id, note="area_settlement")
    assert (surveyed.settlement(sale_id).state, surveyed.case(sale_id).ended_at[-2:]) == (
        "settled",
        ["settled", "over"],
    )


def test_a_home_that_had_no_difference_is_settled_when_the_registered_area_has_one(surveyed: Surveyed) -> None:
    sale_id = surveyed.sell()
    surveyed.settle(surveyed.survey())
    assert surveyed.settlement(sale_id).state == "nothing"
    surveyed.settle(registered(surveyed, u101="101.00"))
    assert area_lines(surveyed, sale_id) == [12_800_00]
    holds(surveyed, sale_id, LIST_PRICE + 12_800_00)


def test_beyond_three_per_cent_the_buyer_is_asked_once_and_who_was_asked_is_not_asked_again(
    surveyed: Surveyed,
) -> None:
    first, second = surveyed.sell(0), surveyed.sell(1)
    surveyed.settle(surveyed.survey(u101="104.50", u201="102.00"))
    keep(surveyed, first)
    surveyed.settle(registered(surveyed, u101="105.00", u201="104.00"))
    assert (surveyed.settlement(first).state, surveyed.settlement(first).choice) == ("nothing", "keep")
    assert surveyed.case(second).waiting_at == ["choose"]
    assert area_lines(surveyed, second) == [25_600_00]
    keep(surveyed, second)
    assert area_lines(surveyed, second) == [25_600_00, 12_800_00]
    holds(surveyed, second, LIST_PRICE + 38_400_00)


def test_less_compensation_takes_the_place_of_more_while_that_is_unpaid(surveyed: Surveyed) -> None:
    company = surveyed.company
    sale_id = surveyed.sell(paid_fen=DOWN)
    surveyed.settle(surveyed.survey(u101="95.00"))
    keep(surveyed, sale_id)
    assert company.todos("compensate") == [25_600_00]
    surveyed.settle(registered(surveyed, u101="96.00"))
    # −4 %: 51,200 of the price where 64,000 was posted, 12,800 of compensation where 25,600 was ordered.
    assert area_lines(surveyed, sale_id) == [-64_000_00, 12_800_00]
    assert company.todos("compensate") == [12_800_00]
    holds(surveyed, sale_id, LIST_PRICE - 51_200_00)


def test_compensation_that_was_paid_is_not_taken_back_by_itself_and_nothing_is_half_done(
    surveyed: Surveyed,
) -> None:
    company = surveyed.company
    sale_id = surveyed.sell(paid_fen=DOWN)
    surveyed.settle(surveyed.survey(u101="95.00"))
    keep(surveyed, sale_id)
    pay_out(company, "compensate")
    survey_id = registered(surveyed, u101="96.00")
    with pytest.raises(AssertionError) as failed:
        surveyed.settle(survey_id)
    assert "area_compensation_paid" in str(failed.value)
    assert area_lines(surveyed, sale_id) == [-64_000_00]
    assert (settlements(surveyed), to_settle(surveyed)) == (1, [sale_id])
