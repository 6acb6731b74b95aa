"""Dates, times, instants and durations; the clock and the calendar are always the caller's."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from engine.feel import Months, evaluate
from kernel.calendar import ChineseCalendar

SHANGHAI = ZoneInfo("Asia/Shanghai")

CASES = [
    ('date("2026-01-31")', date(2026, 1, 31)),
    ("date(2026, 1, 31)", date(2026, 1, 31)),
    ("date(2026, 2, 30)", None),
    ('date("2026-1-31")', None),
    ('date(@"2026-01-31T23:30:00+08:00")', date(2026, 1, 31)),
    ('time("09:30:00")', time(9, 30)),
    ('time("09:30:00.5Z")', time(9, 30, 0, 500_000, UTC)),
    ('time("25:00:00")', None),
    ("time(9, 30, 15.25)", time(9, 30, 15, 250_000)),
    ('time(9, 30, 0, duration("PT8H")).time offset', timedelta(hours=8)),
    ('date and time("2026-01-31T09:30:00")', datetime(2026, 1, 31, 9, 30)),  # noqa: DTZ001
    ('date and time(@"2026-01-31", @"09:30:00Z")', datetime(2026, 1, 31, 9, 30, tzinfo=UTC)),
    ('@"2026-01-31T09:30:00@Asia/Shanghai"', datetime(2026, 1, 31, 9, 30, tzinfo=SHANGHAI)),
    ('@"2026-01-31T09:30:00@Asia/Shanghai" = @"2026-01-31T01:30:00Z"', True),
    ('is(@"2026-01-31T09:30:00+08:00", @"2026-01-31T01:30:00Z")', False),
    ('time("10:00:00Z") = time("18:00:00+08:00")', True),
    ('time("10:00:00") < time("10:00:00Z")', None),
    ('duration("P1Y2M")', Months(14)),
    ('duration("-P3M")', Months(-3)),
    ('duration("P1DT2H3M4.5S")', timedelta(1, 2 * 3600 + 3 * 60 + 4, 500_000)),
    ('duration("P1M1D")', None),
    ('duration("P")', None),
    ('duration("PT")', None),
    ('duration("P1W")', None),
    # P1M keeps the day, or takes the month's last.
    ('@"2026-01-31" + @"P1M"', date(2026, 2, 28)),
    ('@"2024-01-31" + @"P1M"', date(2024, 2, 29)),
    ('@"2026-03-31" - @"P1M"', date(2026, 2, 28)),
    ('@"2026-01-31" + @"P13M"', date(2027, 2, 28)),
    ('@"2024-02-29" + @"P1Y"', date(2025, 2, 28)),
    ('@"P1M" + @"2026-01-31"', date(2026, 2, 28)),
    ('@"2026-01-31T10:00:00" + @"P1M"', datetime(2026, 2, 28, 10)),  # noqa: DTZ001
    ('@"2026-12-31" + @"P1D"', date(2027, 1, 1)),
    ('@"2026-01-01" + @"PT25H"', date(2026, 1, 2)),
    ('@"2026-01-01" - @"PT1H"', date(2025, 12, 31)),
    ('@"2026-03-01" - @"2026-02-01"', timedelta(28)),
    ('@"2026-03-01T00:00:00Z" - @"2026-02-28T16:00:00-08:00"', timedelta(0)),
    ('@"2026-03-02T00:00:00Z" - @"2026-03-01"', timedelta(1)),
    ('@"2026-03-02T00:00:00" - @"2026-03-01"', None),
    ('@"2026-03-01T00:00:00" - @"2026-03-01T00:00:00Z"', None),
    ('@"23:00:00" + @"PT2H"', time(1, 0)),
    ('@"10:00:00" - @"08:30:00"', timedelta(hours=1, minutes=30)),
    ('@"P1D" * 3', timedelta(3)),
    ('2 * @"P1M"', Months(2)),
    ('@"P5M" / 2', Months(2)),
    ('@"P1D" / @"PT1H"', 24),
    ('@"P1Y" / @"P1M"', 12),
    ('-@"P1D"', timedelta(-1)),
    ('@"P1D" + @"PT1H"', timedelta(1, 3600)),
    ('@"P1D" + @"P1M"', None),
    ('@"P1D" < @"PT25H"', True),
    ('@"P1M" < @"P1D"', None),
    ('@"2026-01-01" < @"2026-01-02"', True),
    ('@"2026-01-01" < @"2026-01-02T00:00:00"', None),
    ('@"2026-01-01" = @"2026-01-01T00:00:00"', None),
    ('@"2026-01-15" in [@"2026-01-01"..@"2026-01-31"]', True),
    ('@"2026-01-31T09:30:15+08:00".hour', 9),
    ('@"2026-01-31".weekday', 6),
    ('@"2026-01-31T09:30:00@Asia/Shanghai".timezone', "Asia/Shanghai"),
    ('@"P1Y6M".years', 1),
    ('@"P1Y6M".months', 6),
    ('@"-P1DT2H".hours', -2),
    ('@"P10DT2H".days', 10),
    ('@"2026-01-31".hour', None),
    ('day of week(@"2026-02-01")', "Sunday"),
    ('day of year(@"2026-02-01")', 32),
    ('week of year(@"2025-12-29")', 1),
    ('month of year(@"2026-02-01")', "February"),
    ('last day of month(@"2026-02-01")', date(2026, 2, 28)),
    ('last day of month(@"9999-12-05")', date(9999, 12, 31)),
    ('years and months duration(@"2025-01-31", @"2026-02-28")', Months(12)),
    ('years and months duration(@"2026-02-28", @"2025-01-31")', Months(-12)),
    ('date and time(@"2026-01-31T01:30:00Z", "Asia/Shanghai").hour', 9),
    ('date and time(@"2026-01-31T01:30:00", "Asia/Shanghai")', None),
    ('@"999999999-12-31" + @"P1D"', None),
    ('@"-999999999-01-01" - @"P1M"', None),
]


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[text for text, _ in CASES])
def test_temporal_value(text: str, expected: object) -> None:
    value = evaluate(text)
    assert value == expected
    assert type(value) is type(expected) or isinstance(expected, int)


TEXTS = [
    "2026-01-31",
    "09:30:00",
    "09:30:00.25Z",
    "09:30:00-05:30",
    "2026-01-31T09:30:00@Asia/Shanghai",
    "2026-01-31T09:30:00Z",
    "P1Y6M",
    "-P8M",
    "P0M",
    "P1DT2H3M4.5S",
    "-PT36M",
    "PT0S",
    "P400D",
]


@pytest.mark.parametrize("text", TEXTS)
def test_temporal_text_is_read_and_written_the_same(text: str) -> None:
    assert evaluate(f'string(@"{text}")') == text


def test_instant_in_a_named_zone_moves_by_elapsed_time() -> None:
    start = '@"2026-03-29T00:30:00@Europe/Berlin"'
    assert evaluate(f'string({start} + @"PT2H")') == "2026-03-29T03:30:00@Europe/Berlin"
    assert evaluate(f'({start} + @"PT2H") - {start}') == timedelta(hours=2)


def test_today_and_now_are_those_of_the_clock() -> None:
    now = datetime(2026, 2, 3, 1, 30, tzinfo=UTC)
    assert evaluate("now()", now=now) == now
    assert evaluate("today()", now=now, today=date(2026, 2, 4)) == date(2026, 2, 4)
    assert evaluate("today()", now=now) == date(2026, 2, 3)
    assert evaluate('today() + @"P1D"', today=date(2026, 2, 28)) == date(2026, 3, 1)


class WeekdayCalendar:
    """Monday to Friday."""

    def add_working_days(self, start: date, days: int) -> date:
        step = timedelta(1 if days > 0 else -1)
        while days:
            start += step
            if start.weekday() < 5:
                days -= step.days
        return start

    def working_days_between(self, start: date, end: date) -> int:
        return sum((start + timedelta(n + 1)).weekday() < 5 for n in range((end - start).days))


def test_working_days_follow_the_calendar_given() -> None:
    calendar = WeekdayCalendar()
    friday = {"friday": date(2026, 1, 30)}
    assert evaluate("add working days(friday, 1)", friday, calendar=calendar) == date(2026, 2, 2)
    assert evaluate("add working days(friday, -5)", friday, calendar=calendar) == date(2026, 1, 23)
    text = 'working days between(friday, @"2026-02-06")'
    assert evaluate(text, friday, calendar=calendar) == 5


def test_working_hours_follow_the_calendar_and_the_zone_of_the_present() -> None:
    now = datetime(2026, 3, 6, 17, 30, tzinfo=SHANGHAI)
    given = {"now": now, "calendar": ChineseCalendar()}
    assert evaluate("string(add working hours(now(), 1.5))", **given) == "2026-03-09T10:00:00@Asia/Shanghai"
    assert evaluate("string(add working hours(now(), -8))", **given) == "2026-03-05T17:00:00@Asia/Shanghai"
    assert evaluate('working hours between(now(), @"2026-03-09T10:00:00")', **given) == Decimal("1.5")
    assert evaluate("add working hours(now(), 20001)", **given) is None


def test_working_days_count_whole_days_only() -> None:
    assert evaluate('add working days(@"2026-01-30", 1.5)', calendar=WeekdayCalendar()) is None
