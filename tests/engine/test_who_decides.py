"""Who decides is found by a rule of the diagram; for whom nobody is found the house has named somebody."""

from __future__ import annotations

import pytest

from engine.api import DefinitionError, NotAllowed, StepFailed, TaskFilter
from kernel.actor import Actor, Grant
from tests.engine.conftest import House, NoDirectory, Story
from tests.engine.definitions.drawing import extended, flow, process

SHOP = "/keyturn/east/"
LINE = {"an": "bo", "bo": "chen", "chen": "deng"}


class Line(NoDirectory):
    """An reports to Bo, Bo to Chen, Chen to Deng."""

    def manager(self, staff_id: str, levels: int) -> str | None:
        """Up the line."""
        found: str | None = staff_id
        for _ in range(levels):
            found = LINE.get(found or "")
        return found


def ask(house: House, rule: str, **data: object) -> Story:
    """A case whose only task is given by a rule."""
    house.directory = Line()
    task = f'<keyturn:task form="test" candidateUsers="{rule}" due="P1D"/>'
    diagram = process(
        '<bpmn:extensionElements><keyturn:variable name="applicant"/><keyturn:variable name="levels"/>'
        "</bpmn:extensionElements>",
        '<bpmn:startEvent id="begin"/><bpmn:endEvent id="done"/>',
        extended("userTask", 'id="decide" name="Decide"', task),
        flow("f1", "begin", "decide"),
        flow("f2", "decide", "done"),
        key="ask",
    )
    house.act(lambda e: e.deploy({"ask.bpmn": diagram}))
    return Story(house, house.act(lambda e: e.start("ask", {"applicant": "an", **data}, scope=SHOP)))


@pytest.mark.parametrize(
    ("rule", "data", "who"),
    [
        ("= manager(applicant)", {}, "bo"),
        ("= manager(applicant, 2)", {}, "chen"),
        ("= manager(applicant, levels)", {"levels": 3}, "deng"),
        ("= [manager(applicant), manager(applicant, 2)]", {}, "bo"),
    ],
)
def test_the_line_decides_so_many_levels_up(house: House, rule: str, data: dict[str, object], who: str) -> None:
    story = ask(house, rule, **data)
    task = story.task("decide")
    assert task.candidates[0] == f"user:{who}"
    with pytest.raises(NotAllowed):
        story.complete("decide", Actor("an", "an", (Grant("clerk", SHOP),)))
    story.complete("decide", Actor(who, who, (Grant("clerk", SHOP),)))
    assert story.state == "completed"


@pytest.mark.parametrize("rule", ["= manager(applicant, 4)", "= manager(&quot;nobody&quot;)", "= []"])
def test_a_vacant_post_goes_to_whom_the_house_has_named_and_the_history_says_so(house: House, rule: str) -> None:
    story = ask(house, rule)
    assert story.task("decide").candidates == (f"chief@{SHOP}",)
    chief = Actor("eve", "eve", (Grant("chief", "/keyturn/"),))
    assert len(house.ask(lambda e: e.find_tasks(TaskFilter(box="group")), chief).rows) == 1
    (noted,) = [event for event in story.history if event.code == "post_vacant"]
    assert (noted.task_id, noted.params["role"]) == (story.task("decide").id, "role.chief")
    story.complete("decide", chief)


@pytest.mark.parametrize(
    ("rule", "detail"),
    [
        ("= manager()", "feel_argument_count"),
        ("= manager(applicant, 1, 2)", "feel_argument_count"),
        ("= manager(7)", "feel_manager_person"),
        ("= manager(applicant, 0)", "feel_manager_levels"),
        ("= manager(applicant, 11)", "feel_manager_levels"),
        ("= manager(applicant, 1.5)", "feel_manager_levels"),
        ("= manager(applicant, &quot;two&quot;)", "feel_manager_levels"),
        ("= manager(person: applicant, levels: true)", "feel_manager_levels"),
        ("= manager(who: applicant)", "feel_argument_names"),
    ],
)
def test_a_rule_that_can_find_nobody_is_refused_at_deployment(house: House, rule: str, detail: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        ask(house, rule)
    (finding,) = refused.value.findings
    assert (finding.code, finding.params["detail"]) == ("feel_syntax", detail)


@pytest.mark.parametrize(
    ("rule", "data", "code"),
    [
        ("= manager(levels)", {"levels": 3}, "feel_manager_person"),
        ("= manager(applicant, levels)", {"levels": 11}, "feel_manager_levels"),
        ("= manager(applicant, levels)", {"levels": "two"}, "feel_manager_levels"),
    ],
)
def test_values_that_the_rule_cannot_use_are_told_when_the_case_comes_there(
    house: House, rule: str, data: dict[str, object], code: str
) -> None:
    with pytest.raises(StepFailed) as failed:
        ask(house, rule, **data)
    assert code in str(failed.value)


def test_a_misspelt_rule_is_refused_at_deployment(house: House) -> None:
    with pytest.raises(DefinitionError):
        ask(house, "= manger(applicant)")
