"""Working time on real and invented calendars: across lunch, weekends, holidays, make-up days and clock changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.calendar import (
    Block,
    BlocksUnreadable,
    BusinessCalendar,
    ChineseCalendar,
    NoWorkingTime,
    SpecialDay,
    read_blocks,
    walk_days,
    walk_time,
)
from kernel.calendar.file import DaysUnreadable, read_days

SHANGHAI, BERLIN = "Asia/Shanghai", "Europe/Berlin"
FILE = Path(__file__).parent / "calendars" / "2027.csv"
YEAR_2027 = read_days(FILE.read_bytes(), "2027.csv")
CHINA = BusinessCalendar(days=YEAR_2027)
NIGHTS = BusinessCalendar(week=((Block(0, 180), Block(210, 1440)),) * 7, state=False)
"""Works through the night in which clocks change, with a pause that falls into the change."""


def shanghai(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(SHANGHAI))


def add(begin: str, **amount: float) -> str:
    found = CHINA.add_working_time(shanghai(begin), timedelta(**amount), SHANGHAI)
    return found.astimezone(ZoneInfo(SHANGHAI)).strftime("%a %Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    ("begin", "hours", "due"),
    [
        ("2026-03-07T15:00", 1, "Mon 2026-03-09 10:00"),
        ("2026-03-07T20:00", 1, "Mon 2026-03-09 10:00"),
        ("2026-03-09T11:00", 2, "Mon 2026-03-09 14:30"),
        ("2026-03-09T12:45", 1, "Mon 2026-03-09 14:30"),
        ("2026-03-09T17:30", 1, "Tue 2026-03-10 09:30"),
        ("2026-03-09T10:30", 7.5, "Tue 2026-03-10 10:30"),
        ("2026-03-09T09:00", 3, "Mon 2026-03-09 12:00"),
        ("2026-02-13T17:00", 2, "Sat 2026-02-14 10:00"),
        ("2026-02-14T17:00", 2, "Tue 2026-02-24 10:00"),
        ("2027-02-04T17:00", 2, "Fri 2027-02-12 10:00"),
        ("2027-02-12T17:00", 2, "Sun 2027-02-14 10:00"),
    ],
)
def test_working_hours_skip_pauses_weekends_and_holidays_and_use_make_up_days(
    begin: str, hours: float, due: str
) -> None:
    assert add(begin, hours=hours) == due


def test_the_saturday_before_the_festival_counts_and_its_monday_does_not() -> None:
    made_up, festival = CHINA.day(date(2026, 2, 14)), CHINA.day(date(2026, 2, 16))
    assert (made_up.kind, made_up.names["zh"], len(made_up.blocks)) == ("makeup", "春节", 2)
    assert (festival.kind, festival.names["en"], festival.blocks) == ("holiday", "Spring Festival", ())
    day = timedelta(days=1)
    for begin, hours in ((shanghai("2026-02-14T00:00"), 7.5), (shanghai("2026-02-16T00:00"), 0)):
        assert CHINA.working_time_between(begin, begin + day, SHANGHAI) == timedelta(hours=hours)


def test_a_year_that_is_loaded_from_a_file_is_known() -> None:
    assert ChineseCalendar().knows(2026)
    assert not ChineseCalendar().knows(2027)
    assert CHINA.knows(2027)
    assert not ChineseCalendar().is_working_day(date(2027, 1, 31))
    assert CHINA.is_working_day(date(2027, 1, 31))


def test_a_make_up_day_may_have_blocks_of_its_own() -> None:
    short = {date(2026, 3, 7): SpecialDay(True, {"en": "Opening"}, read_blocks("10:00-12:00"), "/keyturn/")}
    calendar = BusinessCalendar(days=short)
    due = calendar.add_working_time(shanghai("2026-03-06T17:00"), timedelta(hours=2), SHANGHAI)
    assert due == shanghai("2026-03-07T11:00")


# Properties

zones = st.sampled_from([(CHINA, SHANGHAI), (CHINA, BERLIN), (NIGHTS, BERLIN), (NIGHTS, "America/New_York")])
instants = st.datetimes(datetime(2025, 1, 2), datetime(2027, 12, 20), timezones=st.just(UTC))  # noqa: DTZ001
amounts = st.integers(1, 60 * 60 * 200).map(lambda seconds: timedelta(seconds=seconds))


@settings(max_examples=400, deadline=None)
@given(zones, instants, amounts)
def test_what_is_added_lies_between(
    place: tuple[BusinessCalendar, str], begin: datetime, amount: timedelta
) -> None:
    calendar, zone = place
    due = calendar.add_working_time(begin, amount, zone)
    assert calendar.working_time_between(begin, due, zone) == amount
    back = calendar.add_working_time(due, -amount, zone)
    assert calendar.working_time_between(back, due, zone) == amount
    assert back >= begin


@settings(max_examples=400, deadline=None)
@given(zones, instants, amounts, amounts)
def test_more_time_or_a_later_beginning_never_ends_sooner(
    place: tuple[BusinessCalendar, str], begin: datetime, amount: timedelta, more: timedelta
) -> None:
    calendar, zone = place
    due = calendar.add_working_time(begin, amount, zone)
    assert begin < due < calendar.add_working_time(begin, amount + more, zone)
    assert due <= calendar.add_working_time(begin + more, amount, zone)


@settings(max_examples=400, deadline=None)
@given(zones, instants, amounts)
def test_nothing_ends_in_a_pause_or_on_a_day_off(
    place: tuple[BusinessCalendar, str], begin: datetime, amount: timedelta
) -> None:
    calendar, zone = place
    due = calendar.add_working_time(begin, amount, zone)
    spans = calendar.spans_of(due.astimezone(ZoneInfo(zone)).date(), ZoneInfo(zone))
    yesterday = calendar.spans_of((due - timedelta(seconds=1)).astimezone(ZoneInfo(zone)).date(), ZoneInfo(zone))
    assert any(span.begin < due <= span.end for span in [*spans, *yesterday])


@settings(max_examples=200, deadline=None)
@given(zones, instants, amounts)
def test_the_walk_accounts_for_every_minute(
    place: tuple[BusinessCalendar, str], begin: datetime, amount: timedelta
) -> None:
    calendar, zone = place
    walk = walk_time(calendar, begin, amount, zone)
    assert sum((day.counted for day in walk.days), timedelta()) == amount
    assert walk.end == calendar.add_working_time(begin, amount, zone)
    assert all(day.counted == timedelta() for day in walk.days if not day.day.working)


# What the State Council has announced for 2025 and 2026, written down by hand, and the invented 2027 of the file.
OFF = {
    "2025-01": (1, 28, 29, 30, 31), "2025-02": (1, 2, 3, 4), "2025-04": (4, 5, 6), "2025-05": (1, 2, 3, 4, 5, 31),
    "2025-06": (1, 2), "2025-10": (1, 2, 3, 4, 5, 6, 7, 8),
    "2026-01": (1, 2, 3), "2026-02": tuple(range(15, 24)), "2026-04": (4, 5, 6), "2026-05": (1, 2, 3, 4, 5),
    "2026-06": (19, 20, 21), "2026-09": (25, 26, 27), "2026-10": (1, 2, 3, 4, 5, 6, 7),
}  # fmt: skip
MAKE_UP = {
    "2025-01-26", "2025-02-08", "2025-04-27", "2025-09-28", "2025-10-11",
    "2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10",
}  # fmt: skip
HALF = timedelta(minutes=30)


def works(half: datetime) -> bool:
    """Whether people work in the half hour that begins then: 9 to 12 and 13:30 to 18."""
    if half.year == 2027:
        special = YEAR_2027.get(half.date())
        working = special.working if special is not None else half.weekday() < 5
    else:
        off = half.day in OFF.get(f"{half:%Y-%m}", ())
        working = f"{half:%Y-%m-%d}" in MAKE_UP or (half.weekday() < 5 and not off)
    return working and (9 <= half.hour < 12 or (half.hour, half.minute) == (13, 30) or 14 <= half.hour < 18)


days_of_three_years = st.dates(date(2025, 1, 2), date(2027, 11, 30))


@settings(max_examples=300, deadline=None)
@given(days_of_three_years, st.integers(0, 47), st.integers(1, 200))
def test_working_time_is_what_counting_half_hours_by_hand_gives(day: date, half: int, amount: int) -> None:
    begin = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(SHANGHAI)) + half * HALF
    now, counted = begin, 0
    while counted < amount:
        counted += works(now)
        now += HALF
    assert CHINA.add_working_time(begin, amount * HALF, SHANGHAI) == now


def test_time_between_parts_adds_up() -> None:
    begin = shanghai("2026-01-30T00:00")
    parts = [CHINA.working_time_between(begin + timedelta(hours=n), begin + timedelta(hours=n + 1), SHANGHAI)
             for n in range(24 * 40)]  # fmt: skip
    assert sum(parts, timedelta()) == CHINA.working_time_between(begin, begin + timedelta(days=40), SHANGHAI)


def test_the_night_of_the_clock_change_is_as_long_as_it_is() -> None:
    def hours(day: date, zone: str) -> float:
        return sum((s.end - s.begin for s in NIGHTS.spans_of(day, ZoneInfo(zone))), timedelta()) / timedelta(
            hours=1
        )

    assert hours(date(2026, 3, 28), BERLIN) == 23.5
    assert hours(date(2026, 3, 29), BERLIN) == 22.5
    assert hours(date(2026, 10, 25), BERLIN) == 24.5


# Walks


def test_a_walk_tells_which_days_were_left_out_and_why() -> None:
    walk = walk_time(CHINA, shanghai("2026-02-14T17:00"), timedelta(hours=2), SHANGHAI)
    told = [(day.day.day.day, day.day.kind, day.counted.total_seconds() / 3600) for day in walk.days]
    assert told[0] == (14, "makeup", 1.0)
    assert [kind for _, kind, _ in told[1:-1]] == ["holiday"] * 9
    assert told[-1] == (24, "workday", 1.0)


def test_a_walk_of_days_numbers_the_working_ones() -> None:
    begin = shanghai("2026-02-13T09:00")
    walk = walk_days(CHINA, begin, 2, shanghai("2026-02-24T09:00"), SHANGHAI)
    assert [(day.day.day.day, day.number) for day in walk.days if day.number] == [(14, 1), (24, 2)]


# What is refused


@pytest.mark.parametrize("text", ["9-12", "12:00-09:00", "09:00-12:00 11:00-13:00", "09:00-24:30", "x"])
def test_blocks_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(BlocksUnreadable):
        read_blocks(text)


def test_a_calendar_without_work_ends_nowhere() -> None:
    idle = BusinessCalendar(week=((),) * 7, state=False)
    with pytest.raises(NoWorkingTime):
        idle.add_working_time(shanghai("2026-03-09T09:00"), timedelta(hours=1), SHANGHAI)
    with pytest.raises(NoWorkingTime):
        idle.add_working_days(date(2026, 3, 9), 1)


def test_a_file_is_told_row_by_row() -> None:
    text = "date,kind,name\n2027-01-01,holiday,元旦\n2027-13-01,holiday,x\n2027-01-01,holiday,元旦\n2027-05-01,off,x\n"
    with pytest.raises(DaysUnreadable) as refused:
        read_days(text.encode(), "2027.csv")
    assert [(p.row, p.code) for p in refused.value.problems] == [
        (3, "calendar_date_wrong"),
        (4, "calendar_day_twice"),
        (5, "calendar_kind_unknown"),
    ]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "calendar_file_empty"),
        (b"day,what\n1,2\n", "calendar_column_missing"),
        (b"[1", "calendar_file_no_json"),
        (b'{"year": 2027}', "calendar_file_no_json"),
        (b'[{"date": "2027-01-01", "kind": "holiday"}]', "calendar_name_missing"),
        (b'[{"date": "2027-01-02", "kind": "workday", "name": "x", "blocks": "9"}]', "calendar_blocks_wrong"),
    ],
)
def test_a_file_that_holds_no_days_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(DaysUnreadable) as refused:
        read_days(content, "days")
    assert [problem.code for problem in refused.value.problems] == [code]


def test_a_file_may_be_json_or_what_excel_writes_in_china() -> None:
    written = b'{"days": [{"date": "2027-01-01", "kind": "holiday", "name": "New Year"}]}'
    from_excel = "日期,类型,名称\n2027/01/01,休,元旦\n".encode("gb18030")
    (day,) = read_days(written, "a.json").values()
    (other,) = read_days(from_excel, "b.csv").values()
    assert (day.working, other.working) == (False, False)
    assert other.names["zh"] == "元旦"


@pytest.mark.parametrize(
    "text",
    ["09:00-12:00 13:30-18:00", "08:30–12:00、13:00–17:30", "09:00-12:00,13:30-24:00"],
)
def test_blocks_are_read_as_people_type_them(text: str) -> None:
    assert len(read_blocks(text)) == 2
