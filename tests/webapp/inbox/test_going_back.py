"""Returning and withdrawing on the pages of tasks: whom the menu offers what, and what comes of it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from engine.api import PassedStep, TaskFilter
from kernel.actor import SYSTEM
from tests.engine.definitions.drawing import extended, flow, process
from tests.webapp.house import House
from tests.webapp.inbox.conftest import CASE
from webapp.engine_room import engine_for
from webapp.going_back.returned import Comparison

FORM = '<keyturn:task form="approval/decide" candidateGroups="sales_consultant"/>'
DECIDE = '<keyturn:task form="approval/decide" candidateGroups="{}" completedBy="by_{}"/>'
DIAGRAM = process(
    "".join(f'<keyturn:variable name="{name}"/>' for name in CASE).join(
        ("<bpmn:extensionElements>", "</bpmn:extensionElements>")
    ),
    '<bpmn:startEvent id="begin"/><bpmn:endEvent id="done"/>',
    extended("userTask", 'id="enter" name="Enter"', FORM),
    extended("userTask", 'id="first" name="First decision"', DECIDE.format("sales_manager", "first")),
    extended("userTask", 'id="second" name="Second decision"', DECIDE.format("project_gm", "second")),
    flow("f1", "begin", "enter"),
    flow("f2", "enter", "first"),
    flow("f3", "first", "second"),
    flow("f4", "second", "done"),
    key="ask_for_it",
)


class Story:
    """A case with a consultant, a manager and a general manager, each at a browser."""

    def __init__(self, house: House, browser_of) -> None:
        self.house = house
        with house.database.unit_of_work() as session:
            engine = engine_for(session, SYSTEM, house.database.clock)
            engine.deploy({"ask_for_it.bpmn": DIAGRAM})
            self.id = engine.start("ask_for_it", CASE, scope=house.project.path).id
        self.wei = browser_of("sales_consultant", "wei")
        self.lin = browser_of("sales_manager", "lin")
        self.gu = browser_of("project_gm", "gu")
        self.entered = self.task()
        self.complete("wei", self.entered, decision="approved", remark="Buys one home")
        self.first = self.task()

    def task(self) -> str:
        """The open task."""
        with self.house.database.reading() as session:
            engine = engine_for(session, SYSTEM, self.house.database.clock)
            found = engine.find_tasks(TaskFilter(box="all", instance_id=self.id, states=("open",))).rows
            return found[0].id

    def at(self) -> str:
        """Where the case stands."""
        with self.house.database.reading() as session:
            return engine_for(session, SYSTEM, self.house.database.clock).get_task(self.task()).task.element_id

    def complete(self, name: str, task_id: str, **answers) -> None:
        """Somebody completes a task, whatever its form asks."""
        actor = self.house.actor(name)
        with self.house.database.unit_of_work(actor) as session:
            engine_for(session, actor, self.house.database.clock).complete(task_id, answers)

    def decide(self, name: str) -> None:
        """Somebody approves."""
        self.complete(name, self.task(), decision="approved", remark="fine")


@pytest.fixture
def story(house: House, browser_of) -> Story:
    return Story(house, browser_of)


def test_the_last_approver_returns_the_case_from_his_page_once(story: Story) -> None:
    story.decide("lin")
    second = story.task()
    page = story.gu.get(f"/tasks/{second}").text
    assert 'data-opens="act-return_to"' in page
    assert "First decision" in page and "Lin · Sales manager" in page
    sent = {"return_step": story.entered, "return_way": "straight", "return_reason": "Another unit", "once": "k1"}
    for _ in range(2):
        answer = story.gu.post(f"/tasks/{second}/return", sent, page=f"/tasks/{second}", follow_redirects=True)
        assert "The case is returned." in answer.text
    assert story.at() == "enter"
    told = story.wei.get(f"/tasks/{story.task()}").text
    assert "Gu returned the case from “Second decision”" in told
    assert "Another unit" in told and "Straight back to who returned it" in told
    late = story.gu.post(f"/tasks/{second}/return", {**sent, "once": "k2"}, page=f"/tasks/{story.first}")
    assert late.status_code == 409
    assert "Gu" in late.text


def test_a_return_without_a_reason_opens_its_dialog_again(story: Story) -> None:
    answer = story.lin.post(
        f"/tasks/{story.first}/return",
        {"return_step": story.entered, "return_way": "again", "return_reason": " "},
        page=f"/tasks/{story.first}",
    )
    assert answer.status_code == 422
    assert "data-open-now" in answer.text
    assert story.at() == "first"


def test_nobody_who_may_not_decide_is_offered_to_return(story: Story) -> None:
    assert "act-return_to" not in story.wei.get(f"/tasks/{story.entered}").text
    sent = {"return_step": story.entered, "return_way": "again", "return_reason": "x"}
    assert story.gu.post(f"/tasks/{story.first}/return", sent, page="/inbox").status_code in (403, 404)
    assert story.at() == "first"


def test_the_consultant_takes_it_back_and_later_approvers_see_what_changed(story: Story) -> None:
    page = story.wei.get(f"/tasks/{story.entered}").text
    assert 'data-opens="act-withdraw"' in page
    answer = story.wei.post(
        f"/tasks/{story.entered}/withdraw",
        {"withdraw_reason": "The wrong customer"},
        page=f"/tasks/{story.entered}",
        follow_redirects=True,
    )
    assert "You have the task back." in answer.text
    again = story.task()
    assert "You have this task back" in story.wei.get(f"/tasks/{again}").text
    story.complete("wei", again, decision="approved", remark="Buys two homes")
    for where in (f"/tasks/{story.task()}", f"/cases/{story.id}"):
        told = story.lin.get(where).text
        assert 'id="changes"' in told
        assert "<del>Buys one home</del>" in told
        assert "<ins>Buys two homes</ins>" in told


def test_with_consent_the_holder_is_asked_and_grants(story: Story) -> None:
    story.decide("lin")
    second = story.task()
    assert 'data-opens="act-ask_withdrawal"' in story.wei.get(f"/tasks/{story.entered}").text
    asked = story.wei.post(
        f"/tasks/{story.entered}/withdrawal",
        {"ask_reason": "The wrong customer"},
        page=f"/tasks/{story.entered}",
        follow_redirects=True,
    )
    assert "It waits for an answer." in asked.text
    page = story.gu.get(f"/tasks/{second}").text
    assert "Wei wants a task back" in page
    request_id = page.split('name="withdrawal_id" value="')[1].split('"')[0]
    refused = story.gu.post(
        f"/tasks/{second}/withdrawal/answer",
        {"withdrawal_id": request_id, "answer_grant": "no", "answer_words": ""},
        page=f"/tasks/{second}",
    )
    assert refused.status_code == 422
    granted = story.gu.post(
        f"/tasks/{second}/withdrawal/answer",
        {"withdrawal_id": request_id, "answer_grant": "yes"},
        page=f"/tasks/{second}",
        follow_redirects=True,
    )
    assert "They have it back." in granted.text
    assert story.at() == "enter"


def test_a_figure_that_was_not_known_when_the_reader_decided_has_not_changed_since(
    house: House, browser_of
) -> None:
    lin = browser_of("sales_manager", "lin")
    before = PassedStep(
        "t1", "first", "First", {}, house.actor("lin").id, None, house.database.clock.now(), None, (), {}, None, False,
        {"amount_fen": 100, "effective_discount_bp": None},
    )  # fmt: skip
    task = SimpleNamespace(facts={"amount_fen": 90, "effective_discount_bp": 1000})
    with lin.client.application.test_request_context("/", headers={"Accept-Language": "en"}):
        told = Comparison(None, house.actor("lin"), "/", {}, {}).figures(task, [before])  # type: ignore[arg-type]
    assert [one.label for one in told] == ["Amount"]
