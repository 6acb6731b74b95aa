"""What pages ask the engine: a task's own data, counts, waiting jobs, versions and names of elements."""

from __future__ import annotations

import pytest

from engine.api import Missing, NotAllowed, TaskFilter
from kernel.actor import SYSTEM
from tests.engine.conftest import House
from tests.engine.definitions.drawing import extended, flow, process

INNER = process(
    '<bpmn:startEvent id="inner_begin"/><bpmn:endEvent id="inner_done"/>',
    extended(
        "userTask",
        'id="look" name="Look"',
        '<keyturn:label lang="zh">查看</keyturn:label><keyturn:task form="any/form" candidateGroups="clerk" due="P1D"/>',
    ),
    flow("i1", "inner_begin", "look"),
    flow("i2", "look", "inner_done"),
    key="inner_story",
)
OUTER = process(
    '<bpmn:startEvent id="begin"/><bpmn:endEvent id="done"/>',
    extended(
        "callActivity",
        'id="ask" name="Ask" calledElement="inner_story"',
        '<keyturn:label lang="zh">询问</keyturn:label><keyturn:in name="question" value="topic"/>',
    ),
    flow("f1", "begin", "ask"),
    flow("f2", "ask", "done"),
    key="outer_story",
)

PAUSE = process(
    '<bpmn:startEvent id="begin"/><bpmn:endEvent id="done"/>',
    '<bpmn:intermediateCatchEvent id="pause"><bpmn:timerEventDefinition><bpmn:timeDuration>PT1H</bpmn:timeDuration>'
    "</bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>",
    flow("f1", "begin", "pause"),
    flow("f2", "pause", "done"),
    key="pause_story",
)


@pytest.fixture
def outer(house: House) -> str:
    """An instance that waits inside a called process."""
    house.act(lambda e: e.deploy({"inner_story.bpmn": INNER, "outer_story.bpmn": OUTER}))
    return str(house.act(lambda e: e.start("outer_story", {"topic": "price"})).id)


def test_a_task_of_a_called_process_sees_what_it_was_handed(house: House, outer: str) -> None:
    (task_id,) = house.ask(lambda e: e.get_instance(outer)).open_tasks
    detail = house.ask(lambda e: e.get_task(task_id))
    assert detail.variables["question"] == "price"
    assert "question" not in house.ask(lambda e: e.variables(outer))


def test_elements_of_a_case_and_of_what_it_calls_have_names_in_each_language(house: House, outer: str) -> None:
    labels = house.ask(lambda e: e.labels(outer))
    assert labels["ask"] == {"en": "Ask", "zh": "询问"}
    assert labels["look"] == {"en": "Look", "zh": "查看"}
    assert labels["begin"] == {"en": "begin"}


def test_tasks_are_counted_as_they_are_listed(house: House, outer: str) -> None:
    house.act(lambda e: e.start("outer_story", {"topic": "area"}))
    assert house.ask(lambda e: e.count_tasks(TaskFilter(box="group")), SYSTEM) == 2
    assert house.ask(lambda e: e.count_tasks(TaskFilter(box="done")), SYSTEM) == 0


def test_versions_of_a_definition_come_newest_first_with_their_files(house: House) -> None:
    house.act(lambda e: e.deploy({"inner_story.bpmn": INNER}))
    newer = INNER.replace(b"Look", b"Watch")
    house.act(lambda e: e.deploy({"inner_story.bpmn": newer}))
    assert [d.version for d in house.ask(lambda e: e.find_versions("inner_story"))] == [2, 1]
    assert house.ask(lambda e: e.resource("inner_story", 1)) == INNER
    assert house.ask(lambda e: e.resource("inner_story")) == newer
    with pytest.raises(Missing):
        house.ask(lambda e: e.find_versions("nothing_of_the_kind"))


def test_a_waiting_timer_is_listed_for_whoever_may_operate_there(house: House, admin, actor_with) -> None:  # type: ignore[no-untyped-def]
    house.act(lambda e: e.deploy({"pause_story.bpmn": PAUSE}))
    begun = house.act(lambda e: e.start("pause_story", {}, scope="/kt/east/"))
    (job,) = house.ask(lambda e: e.jobs()).rows
    assert (job.kind, job.instance_id, job.definition_key) == ("timer", begun.id, "pause_story")
    assert house.ask(lambda e: e.jobs(failed_only=True)).rows == []
    assert house.ask(lambda e: e.jobs(), actor_with("engine:operate", path="/kt/west/")).count == 0
    assert house.ask(lambda e: e.jobs(), actor_with("engine:operate", path="/kt/east/")).count == 1


def test_only_what_one_may_start_and_that_begins_with_a_form_is_offered(house: House, actor_with) -> None:  # type: ignore[no-untyped-def]
    with_form = INNER.replace(
        b'<bpmn:startEvent id="inner_begin"/>',
        b'<bpmn:extensionElements><keyturn:start form="any/start"/></bpmn:extensionElements>'
        b'<bpmn:startEvent id="inner_begin"/>',
    )
    house.act(lambda e: e.deploy({"inner_story.bpmn": with_form, "outer_story.bpmn": OUTER}))
    may = actor_with("inner_story:start", "outer_story:start", path="/kt/")
    assert [d.key for d in house.ask(lambda e: e.startable(), may)] == ["inner_story"]
    assert house.ask(lambda e: e.startable(), actor_with("units:view")) == []


def test_a_process_is_started_by_the_right_that_its_diagram_names(house: House, actor_with) -> None:  # type: ignore[no-untyped-def]
    named = INNER.replace(
        b'<bpmn:startEvent id="inner_begin"/>',
        b'<bpmn:extensionElements><keyturn:process startPermission="units:view"/><keyturn:start form="any/start"/>'
        b'</bpmn:extensionElements><bpmn:startEvent id="inner_begin"/>',
    )
    house.act(lambda e: e.deploy({"inner_story.bpmn": named}))
    may, may_not = actor_with("units:view", path="/kt/east/"), actor_with("inner_story:start", path="/kt/east/")
    assert [d.key for d in house.ask(lambda e: e.startable(), may)] == ["inner_story"]
    assert house.ask(lambda e: e.startable(), may_not) == []
    assert house.act(lambda e: e.start("inner_story", {}, scope="/kt/east/"), may).state in ("active", "completed")
    with pytest.raises(NotAllowed):
        house.act(lambda e: e.start("inner_story", {}, scope="/kt/east/"), may_not)
    with pytest.raises(NotAllowed):
        house.act(lambda e: e.start("inner_story", {}, scope="/kt/west/"), may)
