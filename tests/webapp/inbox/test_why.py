"""Why a task or a timer is due at that minute: the days and blocks that counted, and those that did not."""

from __future__ import annotations

import re
from datetime import date, datetime

import pytest

from engine.api import TaskFilter
from kernel.actor import SYSTEM
from kernel.calendar.file import read_days
from ledger.calendars.operations import add_calendar, choose_calendar, load_days, set_day
from ledger.organisation.operations import create_project
from tests.engine.definitions.drawing import extended, flow, process
from tests.webapp.house import Browser, House
from webapp.engine_room import engine_for

TASK = '<keyturn:task form="approval/decide" candidateGroups="sales_manager" due="{due}" warn="2 working hours"/>'


def diagram(due: str) -> bytes:
    """A task with a due time beside a timer of two working days."""
    return process(
        '<bpmn:startEvent id="begin"/><bpmn:endEvent id="done"/><bpmn:endEvent id="late"/>',
        extended("userTask", 'id="answer" name="Answer"', TASK.format(due=due)),
        '<bpmn:boundaryEvent id="remind" name="Remind" attachedToRef="answer" cancelActivity="false">'
        "<bpmn:timerEventDefinition><bpmn:timeDuration>2 working days</bpmn:timeDuration>"
        "</bpmn:timerEventDefinition></bpmn:boundaryEvent>",
        flow("f1", "begin", "answer"),
        flow("f2", "answer", "done"),
        flow("f3", "remind", "late"),
        key="answering",
    )


class Place:
    """A company in which a case began on the afternoon before the spring festival's make-up Saturday."""

    def __init__(self, house: House, browser: Browser) -> None:
        self.house = house
        self.browser = browser
        self.clock = house.database.clock

    def begin(self, due: str = "9 working hours", path: str | None = None) -> str:
        """Start a case; its task."""
        self.clock.set(datetime.fromisoformat("2026-02-13T17:00+08:00"))
        with self.house.database.unit_of_work() as session:
            engine = engine_for(session, SYSTEM, self.clock)
            engine.deploy({"answering.bpmn": diagram(due)})
            begun = engine.start("answering", {}, scope=path or self.house.project.path)
            (task,) = engine.find_tasks(TaskFilter(box="all", instance_id=begun.id)).rows
            return task.id

    def due(self, task_id: str) -> str:
        """When a task is due, on Shanghai's clock."""
        with self.house.database.reading() as session:
            task = engine_for(session, SYSTEM, self.clock).get_task(task_id).task
            assert task.due_at
            return task.due_at.astimezone(self.zone).strftime("%m-%d %H:%M")

    zone = datetime.fromisoformat("2026-01-01T00:00+08:00").tzinfo

    def enter(self, role: str = "sales_manager", name: str = "max") -> Browser:
        """Sign somebody in, at today's clock."""
        self.house.hire(name, role)
        self.browser.sign_in(name)
        return self.browser


@pytest.fixture
def place(house: House, browser: Browser) -> Place:
    return Place(house, browser)


def rows(page: str) -> list[tuple[str, str]]:
    """The days of the walk with whether they counted."""
    return re.findall(r'data-day="(\S+)" data-counted="(\w+)"', page)


def test_the_page_tells_each_day_its_blocks_and_why_days_were_left_out(place: Place) -> None:
    task = place.begin()
    assert place.due(task) == "02-24 09:30"
    browser = place.enter()
    assert f"/tasks/{task}/why" in browser.get(f"/tasks/{task}").text
    page = browser.get(f"/tasks/{task}/why").text
    assert rows(page) == [
        ("2026-02-13", "yes"),
        ("2026-02-14", "yes"),
        ("2026-02-15", "no"),
        ("2026-02-24", "yes"),
    ]
    assert "(9 days)" in page
    assert "Holiday · Spring Festival" in page
    assert "Make-up workday · Spring Festival" in page
    assert "pause until 13:30" in page
    assert "9 h of working time" in page
    assert "2 h of working time before: 14 Feb 2026, 16:30" in page.replace("&#39;", "'")
    browser.post("/language", {"language": "zh"}, page=f"/tasks/{task}/why")
    page = browser.get(f"/tasks/{task}/why").text
    assert "为何是此时？" in page
    assert "节假日 · 春节" in page
    assert "休息至 13:30" in page


def test_two_projects_with_different_calendars_come_out_differently(place: Place) -> None:
    house, clock = place.house, place.clock
    with house.database.unit_of_work() as session:
        other = create_project(session, SYSTEM, clock, name="海港", code="harbour", parent="/kt/east/sh/").path
        week = ["09:00-12:00 13:30-18:00"] * 6 + [""]
        made = add_calendar(session, SYSTEM, clock, code="six", name="Six days", week=week, state=False)
        choose_calendar(session, SYSTEM, clock, path=other, calendar_id=made.id)
        set_day(session, SYSTEM, clock, day=date(2026, 2, 16), working=False, name="Move", path=other)
    here, there = place.begin(), place.begin(path=other)
    assert (place.due(here), place.due(there)) == ("02-24 09:30", "02-17 09:30")
    assert place.due(place.begin("= add working hours(now(), 9)")) == "02-24 09:30"
    assert place.due(place.begin("= add working hours(now(), 9)", other)) == "02-17 09:30"
    assert place.due(place.begin("2 working days", other)) == "02-17 17:00"


@pytest.mark.parametrize(
    ("due", "words"), [("P2D", "2 days"), ("P1Y2M", "1 year 2 months"), ("P1WT4H", "7 days 4 h")]
)
def test_a_duration_of_the_plain_calendar_is_said_in_words(place: Place, due: str, words: str) -> None:
    task = place.begin(due)
    page = place.enter().get(f"/tasks/{task}/why").text
    assert f"{words} by the plain calendar" in page
    assert f"{due} by" not in page


def test_a_timer_of_a_case_is_explained_by_days(place: Place) -> None:
    task = place.begin()
    browser = place.enter()
    with place.house.database.reading() as session:
        case = engine_for(session, SYSTEM, place.clock).get_task(task).instance.id
    link = re.search(rf'href="(/cases/{case}/timers/[^"]+/why)"', browser.get(f"/cases/{case}").text)
    assert link
    page = browser.get(link[1]).text
    assert "2 working days" in page
    assert rows(page) == [("2026-02-14", "yes"), ("2026-02-15", "no"), ("2026-02-24", "yes")]
    assert "working day 2" in page
    assert browser.get(f"/cases/{case}/timers/none/why").status_code == 404


def test_a_changed_calendar_is_told_and_counted_anew_by_who_may(place: Place) -> None:
    task = place.begin()
    days = read_days(b"date,kind,name\n2026-02-24,holiday,Snow\n", "snow.csv")
    with place.house.database.unit_of_work() as session:
        load_days(session, SYSTEM, place.clock, days, "snow.csv")
    assert place.due(task) == "02-24 09:30"
    page = place.enter("administrator", "ada").get(f"/tasks/{task}/why").text
    assert "Today it would come out otherwise" in page
    again = place.browser.post(f"/tasks/{task}/due/recalculate", page=f"/tasks/{task}/why")
    assert again.status_code == 302
    assert place.due(task) == "02-25 09:30"
    assert "Today it would" not in place.browser.get(f"/tasks/{task}/why").text


def test_a_time_set_by_hand_says_so(place: Place) -> None:
    task = place.begin()
    browser = place.enter("administrator", "ada")
    form = {"due_at": "2026-02-27T16:00", "due_zone": "Asia/Shanghai"}
    assert browser.post(f"/tasks/{task}/due", form, page=f"/tasks/{task}").status_code == 302
    assert place.due(task) == "02-27 16:00"
    assert "A person has set this time" in browser.get(f"/tasks/{task}/why").text
    assert browser.post(f"/tasks/{task}/due", {**form, "due_at": "soon"}, page=f"/tasks/{task}").status_code == 422


def test_nobody_else_sees_or_moves_it(place: Place) -> None:
    task = place.begin()
    browser = place.enter("filing_clerk", "fay")
    assert browser.get(f"/tasks/{task}/why").status_code == 404
    manager = place.enter()
    form = {"due_at": "2026-02-27T16:00", "due_zone": "Asia/Shanghai"}
    assert manager.post(f"/tasks/{task}/due", form, page=f"/tasks/{task}").status_code == 403
    assert manager.post(f"/tasks/{task}/due/recalculate", page=f"/tasks/{task}/why").status_code == 403
    assert place.due(task) == "02-24 09:30"
