"""Surveys brought in from Excel and CSV: each wrong row is told, and nothing of a wrong file goes in."""

from __future__ import annotations

import dataclasses
import io
from datetime import date

import pytest
from openpyxl import Workbook
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import MovedClock
from kernel.errors import NotAllowed
from ledger.inventory.models import Building, Unit
from ledger.inventory.price_list import PriceListError
from ledger.surveys import importing
from ledger.surveys.errors import BuildingMissing, OwnSurvey, SurveyDecided, SurveyRefused
from ledger.surveys.kinds import SurveyState
from ledger.surveys.models import Survey, SurveyArea
from ledger.surveys.queries import survey_in_force, unit_history
from ledger.surveys.reading import SurveyFile, read_survey
from ledger.surveys.wording import survey_reason
from tests.ledger.sales.conftest import open_for_sale

HEAD = ("楼栋", "房号", "实测建筑面积", "套内面积")
Row = tuple[object, ...]


@pytest.fixture
def units(session: Session, admin: Actor, clock: MovedClock) -> list[Unit]:
    """Six homes of one tower."""
    open_for_sale(session, admin, clock)
    return list(session.scalars(select(Unit).order_by(Unit.unit_no)))


def workbook(rows: list[Row]) -> SurveyFile:
    """An Excel file with these rows."""
    book = Workbook()
    for row in (HEAD, *rows):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return read_survey(out.getvalue(), "survey.xlsx")


def good(session: Session, units: list[Unit]) -> list[Row]:
    """A right row for each home."""
    building = session.get_one(Building, units[0].building_id)
    return [(building.name, unit.unit_no, 100 + at, 80 + at) for at, unit in enumerate(units)]


def propose(
    session: Session, actor: Actor, clock: MovedClock, units: list[Unit], file: SurveyFile, kind: str = "measured"
) -> Survey:
    """Bring it in."""
    return importing.propose_survey(
        session,
        actor,
        clock,
        building_id=units[0].building_id,
        kind=kind,
        surveyed_on=date(2026, 3, 1),
        survey=file,
    )


def test_a_survey_is_proposed_released_by_another_and_superseded_by_the_next(
    session: Session, admin: Actor, clock: MovedClock, units: list[Unit]
) -> None:
    first = propose(session, admin, clock, units, workbook(good(session, units)))
    assert survey_in_force(session, units[0].building_id) is None
    with pytest.raises(OwnSurvey):
        importing.release_survey(session, admin, clock, survey_id=first.id)
    second = dataclasses.replace(admin, id="00000000-0000-0000-0000-0000000000aa")
    importing.release_survey(session, second, clock, survey_id=first.id)
    with pytest.raises(SurveyDecided):
        importing.release_survey(session, second, clock, survey_id=first.id)
    rows = [(b, no, area + 1, inside) for b, no, area, inside in good(session, units)]  # type: ignore[operator]
    later = propose(session, admin, clock, units, workbook(rows))
    importing.release_survey(session, second, clock, survey_id=later.id)
    assert (first.state, later.state) == (SurveyState.SUPERSEDED, SurveyState.RELEASED)
    registered = propose(session, admin, clock, units, workbook(rows), kind="registered")
    importing.release_survey(session, second, clock, survey_id=registered.id)
    session.flush()
    assert survey_in_force(session, units[0].building_id) is registered
    history = unit_history(session, units[0].id)
    assert [entry.area.building_area_hundredths for entry in history] == [101_00, 101_00, 100_00]


def test_every_wrong_row_is_told_and_nothing_goes_in(
    session: Session, admin: Actor, clock: MovedClock, units: list[Unit]
) -> None:
    rows = good(session, units)
    name, no = str(rows[0][0]), str(rows[1][1])
    rows[0] = (name, rows[0][1], 0, 80)
    rows[2] = (name, no, 100, 80)
    rows[3] = ("X9栋", rows[3][1], 100, 80)
    rows[4] = (name, "Z-9999", 100, 80)
    rows[5] = (name, rows[5][1], "=1+1", 80)
    with pytest.raises(SurveyRefused) as refused:
        propose(session, admin, clock, units, workbook(rows))
    told = [(wrong.row, wrong.code) for wrong in refused.value.refused]
    assert told == [
        (2, "out_of_range"),
        (4, "duplicate"),
        (5, "survey_wrong_building"),
        (6, "survey_unknown_unit"),
        (7, "formula"),
        (0, "survey_missing_unit"),
        (0, "survey_missing_unit"),
        (0, "survey_missing_unit"),
    ]
    for wrong in refused.value.refused:
        assert survey_reason(wrong.code, wrong.params, "en") != survey_reason(wrong.code, wrong.params, "zh")
    counts = [session.scalar(select(func.count()).select_from(model)) for model in (Survey, SurveyArea)]
    assert counts == [0, 0]


def test_an_inside_area_is_wanted_where_it_prices_the_home(
    session: Session, admin: Actor, clock: MovedClock, units: list[Unit]
) -> None:
    units[0].pricing_basis = "inside_area"
    session.flush()
    rows = good(session, units)
    rows[0] = (rows[0][0], rows[0][1], 100, None)
    with pytest.raises(SurveyRefused) as refused:
        propose(session, admin, clock, units, workbook(rows))
    assert [wrong.code for wrong in refused.value.refused] == ["survey_no_inside_area"]


def test_files_that_are_no_survey_say_why() -> None:
    for content, name, reason in (
        (b"%PDF-1.7", "a.xlsx", "not_what_its_name_says"),
        ("楼栋,房号\n1,101".encode(), "a.csv", "no_table"),
        ("楼栋,房号,楼层,户型\n1,101,1,A".encode(), "a.csv", "missing_column"),
        (b"", "a.csv", "empty_file"),
    ):
        with pytest.raises(PriceListError) as refused:
            read_survey(content, name)
        assert refused.value.reason == reason


def test_without_the_right_nobody_brings_one_in(
    session: Session, admin: Actor, clock: MovedClock, units: list[Unit]
) -> None:
    nobody = Actor("00000000-0000-0000-0000-0000000000bb", "N", ())
    with pytest.raises((BuildingMissing, NotAllowed)):
        propose(session, nobody, clock, units, workbook(good(session, units)))
