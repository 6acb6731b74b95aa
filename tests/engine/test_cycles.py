"""Cycles are counted from their beginning, so that a short month or a lost hour moves no later turn."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from engine.expressions import Expressions
from engine.running.timer_plans import due_at_turn
from engine.timers import after
from kernel.calendar import ChineseCalendar
from kernel.clock import MovedClock
from tests.engine.conftest import House, Story

MONTHLY = b"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
 xmlns:keyturn="https://keyturn.example/schema/bpmn/1.0" targetNamespace="https://keyturn.example/tests">
<process id="monthly" isExecutable="true"><startEvent id="begin"/>
<userTask id="pay"><extensionElements><keyturn:task form="test" candidateGroups="clerk"/></extensionElements></userTask>
<boundaryEvent id="remind" attachedToRef="pay" cancelActivity="false">
<timerEventDefinition><timeCycle>R4/P1M</timeCycle></timerEventDefinition></boundaryEvent>
<userTask id="call"><extensionElements><keyturn:task form="test" candidateGroups="clerk"/></extensionElements></userTask>
<endEvent id="paid"/><endEvent id="called"/>
<sequenceFlow id="f1" sourceRef="begin" targetRef="pay"/><sequenceFlow id="f2" sourceRef="pay" targetRef="paid"/>
<sequenceFlow id="f3" sourceRef="remind" targetRef="call"/><sequenceFlow id="f4" sourceRef="call" targetRef="called"/>
</process></definitions>"""


def test_a_monthly_reminder_from_the_31st_comes_at_the_end_of_each_month(house: House) -> None:
    house.clock.set(datetime(2027, 1, 31, 2, tzinfo=UTC))
    house.act(lambda e: e.deploy({"monthly.bpmn": MONTHLY}))
    story = Story(house, house.act(lambda e: e.start("monthly")))
    days = []
    for _ in range(130):
        if house.pass_time(days=1):
            days.append(house.clock.now().date().isoformat())
    assert days == ["2027-02-28", "2027-03-31", "2027-04-30", "2027-05-31"]
    assert story.waiting_at == ["call"] * 4 + ["pay"]


@pytest.mark.parametrize(
    ("turn", "expected"), [(0, "28T02:30"), (1, "29T03:30"), (2, "30T02:30"), (3, "31T02:30")]
)
def test_a_daily_cycle_at_an_hour_that_a_day_lacks_keeps_its_hour_on_the_next(turn: int, expected: str) -> None:
    begin = datetime.fromisoformat("2026-03-28T02:30+01:00")
    at = Expressions(MovedClock(begin), ChineseCalendar(), "Europe/Berlin")
    local = datetime.fromisoformat(f"2026-03-{expected}+0{1 if turn == 0 else 2}:00")
    assert due_at_turn(begin, "P1D", turn, at) == local


def test_working_days_are_counted_on_from_the_beginning() -> None:
    begin, calendar = datetime(2026, 9, 29, 2, tzinfo=UTC), ChineseCalendar()
    each = begin
    for turn in range(1, 9):
        each = after(each, "P1WD", calendar)
        assert after(begin, "P1WD", calendar, times=turn) == each
