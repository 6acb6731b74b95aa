"""Processes that start by time: due in jobs, replaced by a new version, made up for after an outage."""

from __future__ import annotations

from typing import Any

import pytest

from engine.api import DefinitionError, HandlerRegistry, InstanceFilter
from tests.engine.conftest import House
from tests.engine.spiff.play import diagram, flows
from tests.engine.test_less_usual_elements import user


def timed(text: str, kind: str = "timeDuration", task: str = "t", extra: str = "") -> bytes:
    """A process whose start event is a timer."""
    return diagram(
        f'<startEvent id="s"><timerEventDefinition><{kind}>{text}</{kind}></timerEventDefinition></startEvent>'
        f'{user(task)}<endEvent id="e"/>{flows(f"s {task} e")}{extra}'
    )


def deploy(house: House, xml: bytes, name: str = "story.bpmn") -> None:
    house.act(lambda e: e.deploy({name: xml}))


def started(house: House) -> list[int]:
    """The versions of the cases there are, oldest first."""
    found = house.ask(lambda e: e.find_instances(InstanceFilter())).rows
    return [instance.version for instance in sorted(found, key=lambda i: i.id)]


def jobs(house: House) -> list[tuple[str, str | None, str | None]]:
    return [(j.kind, j.definition_key, j.element_id) for j in house.ask(lambda e: e.jobs()).rows]


def test_a_duration_after_deployment_starts_one_case(house: House) -> None:
    deploy(house, timed("P2D"))
    assert jobs(house) == [("timer_start", "story", "s")]
    assert house.pass_time(days=1) == 0
    assert house.pass_time(days=1) == 1
    assert started(house) == [1]
    assert jobs(house) == []
    assert house.pass_time(days=30) == 0


def test_a_date_starts_one_case_and_one_that_has_passed_starts_it_at_once(house: House) -> None:
    day = house.clock.now().date()
    deploy(house, timed(day.replace(year=day.year + 1).isoformat(), "timeDate"))
    assert house.pass_time(days=300) == 0
    assert house.pass_time(days=66) == 1
    deploy(house, timed("2001-01-01", "timeDate"))
    assert house.run_due() == 1
    assert started(house) == [1, 2]


def test_a_cycle_starts_a_case_at_each_turn_as_often_as_it_says(house: House) -> None:
    deploy(house, timed("R3/P1D", "timeCycle"))
    assert [house.pass_time(days=1) for _ in range(5)] == [1, 1, 1, 0, 0]
    assert started(house) == [1, 1, 1]


def test_turns_missed_in_an_outage_are_made_up_for_one_by_one(house: House) -> None:
    deploy(house, timed("R/P1D", "timeCycle"))
    assert house.pass_time(days=4, hours=5) == 4
    assert house.pass_time(hours=18) == 0
    assert house.pass_time(hours=1) == 1
    assert len(jobs(house)) == 1


def test_a_new_version_takes_the_place_of_the_former_ones_timer(house: House) -> None:
    deploy(house, timed("P2D"))
    house.pass_time(days=1)
    deploy(house, timed("P3D"))
    assert len(jobs(house)) == 1
    assert house.pass_time(days=1) == 0
    assert house.pass_time(days=2) == 1
    assert started(house) == [2]


def test_a_version_without_the_timer_stops_it_and_the_same_file_again_leaves_it(house: House) -> None:
    deploy(house, timed("R/P1D", "timeCycle"))
    house.pass_time(hours=20)
    deploy(house, timed("R/P1D", "timeCycle"))
    assert house.pass_time(hours=4) == 1
    deploy(house, diagram(f'<startEvent id="s"/>{user("t")}<endEvent id="e"/>{flows("s t e")}'))
    assert jobs(house) == []
    assert house.pass_time(days=9) == 0


def test_a_process_may_start_by_a_person_a_message_and_time_each_at_its_own_event(house: House) -> None:
    more = (
        f'<startEvent id="hand"/><startEvent id="come"><messageEventDefinition messageRef="m"/></startEvent>'
        f"{user('by_hand', 'by_message')}{flows('hand by_hand e', 'come by_message e')}"
    )
    xml = timed("P1D", task="by_time", extra=more)
    deploy(house, xml.replace(b"<process ", b'<message id="m" name="wanted"/><process '))
    by_hand = house.act(lambda e: e.start("story"))
    house.act(lambda e: e.publish("wanted", {}, {}))
    house.pass_time(days=1)
    found = house.ask(lambda e: e.find_instances(InstanceFilter())).rows
    waiting = {i.id: house.ask(lambda e, i=i: e.waiting(i.id))[0].element_id for i in found}
    assert sorted(waiting.values()) == ["by_hand", "by_message", "by_time"]
    assert waiting[by_hand.id] == "by_hand"


def test_two_timers_of_one_process_are_two_jobs(house: House) -> None:
    second = (
        '<startEvent id="s2"><timerEventDefinition><timeCycle>R/P1W</timeCycle></timerEventDefinition></startEvent>'
        + flows("s2 t")
    )
    deploy(house, timed("P1D", extra=second))
    assert [element for _, _, element in jobs(house)] == ["s", "s2"]


def test_a_start_that_fails_is_an_incident_and_keeps_its_turn(house: House, registry: HandlerRegistry) -> None:
    broken = [True]

    @registry.handler("desk.count")
    def count(_data: None, _ctx: Any) -> None:
        if broken[0]:
            raise RuntimeError("no desk")

    task = '<serviceTask id="t"><extensionElements><keyturn:handler name="desk.count"/></extensionElements></serviceTask>'
    xml = timed("R2/P1D", "timeCycle").replace(user("t").encode(), task.encode())
    deploy(house, xml)
    with pytest.raises(Exception, match="unexpected"):
        house.pass_time(days=1)
    assert started(house) == []
    assert len(jobs(house)) == 1
    broken[0] = False
    assert [i.state for i in house.ask(lambda e: e.incidents(state=None))] == ["retrying"]
    assert house.pass_time(minutes=5) == 1
    assert [i.state for i in house.ask(lambda e: e.incidents(state=None))] == ["resolved"]
    assert house.pass_time(hours=23) == 0
    assert house.pass_time(minutes=55) == 1
    assert started(house) == [1, 1]


def test_a_timer_that_asks_for_data_is_refused_because_there_is_none_yet(house: House) -> None:
    with pytest.raises(DefinitionError) as refused:
        deploy(house, timed("= sign_by", "timeDate"))
    assert ("timer_start_without_data", "s") in {(f.code, f.element_id) for f in refused.value.findings}
    deploy(house, timed('= "P" + string(1 + 1) + "D"'))
    assert house.pass_time(days=2) == 1
