"""Cycles are counted from their beginning, so that a short month or a lost hour moves no later turn."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from engine.api import DefinitionError, StepFailed
from engine.expressions import Expressions
from engine.running.timer_plans import due_at_turn
from engine.timers import after, parse_instant
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


@pytest.mark.parametrize("cycle", ["R/PT0S", "R/-PT1H", "R/P0D", "R/PT0.01S", "R/0 working hours", "R5/P0WD"])
def test_a_cycle_that_would_fire_for_ever_at_one_instant_is_refused(house: House, cycle: str) -> None:
    xml = MONTHLY.replace(b"R4/P1M", cycle.encode())
    with pytest.raises(DefinitionError) as refused:
        house.act(lambda e: e.deploy({"monthly.bpmn": xml}))
    assert "cycle_too_short" in [finding.code for finding in refused.value.findings]
    house.act(lambda e: e.deploy({"monthly.bpmn": MONTHLY.replace(b"R4/P1M", b"= cycle")}))
    with pytest.raises(StepFailed) as stopped:
        house.act(lambda e: e.start("monthly", {"cycle": cycle}))
    assert stopped.value.message_code == "cycle_too_short"


@pytest.mark.parametrize(
    "cycle", ["P1D", "R/", "Rx/P1D", "R/2026-01-01/2026-02-01", "R/2026-13-01/P1D", "R/P1D/P1D/P1D", "R/P999Y"]
)
def test_what_is_no_repetition_is_told_before_deployment(house: House, cycle: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        house.act(lambda e: e.deploy({"monthly.bpmn": MONTHLY.replace(b"R4/P1M", cycle.encode())}))
    assert "cycle_unreadable" in [finding.code for finding in refused.value.findings]


ODD = {
    "PT9999999999999999999999H": "duration_too_long",
    "P99999999999D": "duration_too_long",
    f"PT{'9' * 400}S": "duration_too_long",
    "0001-01-01": "time_unreadable",
    "2026-01-01T00:00:00@Asia": "time_unreadable",
    f"2026-01-01T00:00:00@{'x' * 5000}": "time_unreadable",
    "R/P1D": "time_unreadable",
}


@pytest.mark.parametrize("text", ODD, ids=range(len(ODD)))
def test_an_odd_time_in_the_data_is_an_incident_that_says_so(house: House, text: str) -> None:
    """Each of them once came out as an unexpected failure of the program."""
    cycle, date = b"<timeCycle>R4/P1M</timeCycle>", b"<timeDate>= at</timeDate>"
    house.act(lambda e: e.deploy({"monthly.bpmn": MONTHLY.replace(cycle, date)}))
    with pytest.raises(StepFailed) as stopped:
        house.act(lambda e: e.start("monthly", {"at": text}))
    assert (stopped.value.message_code, stopped.value.message_params["text"]) == (ODD[text], text)


@pytest.mark.parametrize("text", ["9999-12-31", "9999-12-31T23:59:59Z", "9999-12-31T00:00"])
@pytest.mark.parametrize("end_of_day", [True, False])
def test_never_is_an_instant_that_every_zone_can_show(text: str, end_of_day: bool) -> None:
    never = parse_instant(text, "America/New_York", end_of_day=end_of_day)
    assert never.astimezone(ZoneInfo("Pacific/Kiritimati")).year == 9999
