"""Named calendars, the nearest one above, a project's own days, and a further year from a file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.calendar.file import read_days
from kernel.clock import MovedClock
from kernel.errors import NotAllowed
from ledger.calendars import operations, queries
from ledger.calendars.errors import CalendarInvalid, CalendarStale, DaysDiffer
from ledger.calendars.models import COUNTRY
from ledger.organisation.models import Project

FILE = Path(__file__).parents[2] / "kernel" / "calendars" / "2027.csv"
DAYS = read_days(FILE.read_bytes(), "2027.csv")
LONG_WEEK = ["08:00-12:00 13:00-17:00"] * 6 + [""]


def test_the_nearest_calendar_above_counts(
    session: Session, admin: Actor, clock: MovedClock, project: Project
) -> None:
    assert queries.calendar_at(session, project.path).calendar_id is None
    made = operations.add_calendar(session, admin, clock, code="long", name="Long week", week=LONG_WEEK)
    operations.choose_calendar(session, admin, clock, path="/keyturn/", calendar_id=made.id)
    found = queries.calendar_at(session, project.path)
    assert (found.calendar.name, found.chosen_at, found.path) == ("Long week", "/keyturn/", project.path)
    assert found.calendar.is_working_day(date(2026, 3, 7))
    short = operations.add_calendar(
        session, admin, clock, code="short", name="Short", week=["10:00-12:00"] + [""] * 6, state=False
    )
    operations.choose_calendar(session, admin, clock, path=project.path, calendar_id=short.id)
    found = queries.calendar_at(session, project.path)
    assert found.calendar.day(date(2026, 2, 16)).working
    assert not found.calendar.is_working_day(date(2026, 3, 3))
    operations.choose_calendar(session, admin, clock, path=project.path, calendar_id=None)
    assert queries.calendar_at(session, project.path).calendar.name == "Long week"


def test_days_of_a_project_win_over_the_state_s(
    session: Session, admin: Actor, clock: MovedClock, project: Project
) -> None:
    operations.set_day(session, admin, clock, day=date(2026, 2, 14), working=False, name="Move", path="/keyturn/")
    own = operations.set_day(
        session, admin, clock, day=date(2026, 2, 14), working=True, name="Opening", blocks="10:00-12:00",
        path=project.path,
    )  # fmt: skip
    here = queries.calendar_at(session, project.path).calendar.day(date(2026, 2, 14))
    assert (here.kind, [str(block) for block in here.blocks]) == ("makeup", ["10:00-12:00"])
    assert queries.calendar_at(session, "/keyturn/shanghai/").calendar.day(date(2026, 2, 14)).kind == "holiday"
    with pytest.raises(CalendarInvalid, match="calendar_day_known"):
        operations.set_day(
            session, admin, clock, day=date(2026, 2, 14), working=False, name="x", path=project.path
        )
    operations.remove_day(session, admin, clock, own.id)
    assert queries.calendar_at(session, project.path).calendar.day(date(2026, 2, 14)).kind == "holiday"


def test_a_further_year_counts_everywhere_that_follows_the_state(
    session: Session, admin: Actor, clock: MovedClock, project: Project
) -> None:
    report = operations.load_days(session, admin, clock, DAYS, "2027.csv")
    assert (report.added, report.same, report.replaced) == (len(DAYS), 0, 0)
    calendar = queries.calendar_at(session, project.path).calendar
    assert calendar.knows(2027)
    assert calendar.day(date(2027, 1, 31)).source == "2027.csv"
    again = operations.load_days(session, admin, clock, DAYS, "2027.csv")
    assert (again.added, again.same) == (0, len(DAYS))


def test_a_file_replaces_nothing_in_silence(session: Session, admin: Actor, clock: MovedClock) -> None:
    operations.load_days(session, admin, clock, DAYS, "2027.csv")
    other = read_days(
        b"date,kind,name\n2027-01-31,holiday,x\n2027-12-25,holiday,y\n2026-02-14,holiday,z\n", "o.csv"
    )
    with pytest.raises(DaysDiffer) as refused:
        operations.load_days(session, admin, clock, other, "o.csv")
    assert refused.value.days == (date(2026, 2, 14), date(2027, 1, 31))
    assert len(queries.list_days(session, COUNTRY)) == len(DAYS)
    report = operations.load_days(session, admin, clock, other, "o.csv", replace=True)
    assert (report.added, report.replaced) == (1, 2)
    assert not queries.calendar_of(session, None).is_working_day(date(2026, 2, 14))


def test_who_manages_a_project_alone_changes_no_calendar_of_the_house(
    session: Session,
    admin: Actor,
    clock: MovedClock,
    project: Project,
    actor_with: Callable[..., Actor],
) -> None:
    local = actor_with("organisation:manage", path=project.path)
    with pytest.raises(NotAllowed):
        operations.load_days(session, local, clock, DAYS, "2027.csv")
    with pytest.raises(NotAllowed):
        operations.add_calendar(session, local, clock, code="x", name="x", week=LONG_WEEK)
    with pytest.raises(NotAllowed):
        operations.set_day(session, local, clock, day=date(2026, 3, 9), working=False, name="x", path="/keyturn/")
    operations.set_day(session, local, clock, day=date(2026, 3, 9), working=False, name="x", path=project.path)


def test_two_who_change_a_calendar_do_not_overwrite_each_other(
    session: Session, admin: Actor, clock: MovedClock
) -> None:
    made = operations.add_calendar(session, admin, clock, code="long", name="Long week", week=LONG_WEEK)
    change = {"name": "Longer", "week": LONG_WEEK, "state": True}
    operations.change_calendar(session, admin, clock, made.id, **change, revision=1)
    with pytest.raises(CalendarStale):
        operations.change_calendar(session, admin, clock, made.id, **change, revision=1)


@pytest.mark.parametrize(
    ("week", "code"),
    [([""] * 7, "calendar_week_empty"), (["9-5"] + [""] * 6, "calendar_blocks_wrong")],
)
def test_a_week_without_work_is_refused(
    session: Session, admin: Actor, clock: MovedClock, week: list[str], code: str
) -> None:
    with pytest.raises(CalendarInvalid, match=code):
        operations.add_calendar(session, admin, clock, code="x", name="x", week=week)
