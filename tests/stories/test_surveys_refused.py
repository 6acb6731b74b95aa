"""A survey that is wrong is refused whole, every wrong row told by its number; the mended file goes in and settles."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from ledger.surveys import runs
from ledger.surveys.errors import SurveyRefused
from ledger.surveys.models import AreaSettlement, Survey, SurveyArea
from ledger.surveys.queries import survey_in_force
from ledger.surveys.wording import survey_reason
from tests.stories.company import LIST_PRICE, Company
from tests.stories.measuring import Surveyed
from tests.stories.test_area_settlement import total

WHOLE = [("101", "102.50"), ("201", "100.00"), ("301", "100.00"), ("401", "100.00")]

TABLES = (Survey, SurveyArea, AreaSettlement)

WRONG = {
    "a home is missing": (WHOLE[:3], [(0, "survey_missing_unit", "401")]),
    "two homes are missing": (WHOLE[1:3], [(0, "survey_missing_unit", "101"), (0, "survey_missing_unit", "401")]),
    "an area of zero": ([("101", "0.00"), *WHOLE[1:]], [(2, "out_of_range", "101")]),
    "an area below zero": ([*WHOLE[:3], ("401", "-100.00")], [(5, "out_of_range", "401")]),
    "a home twice": ([*WHOLE, ("201", "101.00")], [(6, "duplicate", "201")]),
    "a home of another house": ([*WHOLE, ("501", "100.00")], [(6, "survey_unknown_unit", "501")]),
    "words for an area": ([*WHOLE[:2], ("301", "见附图"), WHOLE[3]], [(4, "not_a_number", "301")]),
    "all at once": (
        [("101", "0.00"), WHOLE[1], ("201", "101.00"), WHOLE[2]],
        [(2, "out_of_range", "101"), (4, "duplicate", "201"), (0, "survey_missing_unit", "401")],
    ),
}


@pytest.fixture
def surveyed(company: Company) -> Surveyed:
    return Surveyed(company)


@pytest.mark.parametrize("fault", list(WRONG))
def test_a_wrong_survey_names_its_rows_and_enters_nothing_until_it_is_mended(
    surveyed: Surveyed, fault: str
) -> None:
    company, (rows, wanted) = surveyed.company, WRONG[fault]
    sale_id = surveyed.sell()
    with pytest.raises(SurveyRefused) as refused:
        surveyed.bring(rows)
    told = refused.value.refused
    assert [(one.row, one.code, one.unit.rpartition("-")[2]) for one in told] == wanted
    for one in told:
        zh, en = (survey_reason(one.code, one.params, language) for language in ("zh", "en"))
        assert zh and en and zh != en
    counts = [company.read(lambda s, m=model: s.scalar(select(func.count()).select_from(m))) for model in TABLES]
    assert counts == [0, 0, 0]
    assert company.read(lambda s: survey_in_force(s, surveyed.building_id)) is None

    survey_id = surveyed.release(surveyed.bring(WHOLE))
    surveyed.settle(survey_id)
    assert total(surveyed, sale_id) == LIST_PRICE + 32_000_00
    assert company.read(lambda s: runs.unsettled_sales(s, surveyed.building_id)) == []
