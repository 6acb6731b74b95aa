"""The cost of a step is independent of what lies behind it: state, statements, rows and the database's effort.

The suite goes some hundred turns; ``make proof`` goes 100,000 turns in memory, 1,000 refusals and ten years of days
through the commands (KEYTURN_PROOF_TURNS).
"""

from __future__ import annotations

import os
import re
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import select

from engine.store.instances import TABLE
from tests.engine.conftest import WORKER, House, Story
from tests.engine.proof.work import Meter, Work
from tests.engine.spiff.play import Play, diagram, flow, flows
from tests.engine.states.stories import boundary, ends, timer, user

TURNS = int(os.environ.get("KEYTURN_PROOF_TURNS", "1000"))
EARLY = 10
TEN_YEARS = 3_653
BACK = '<exclusiveGateway id="in"/><exclusiveGateway id="ok" default="back"/>'
pytestmark = pytest.mark.timeout(max(120, TURNS // 20))

REWORK = diagram(
    ends()
    + BACK
    + '<exclusiveGateway id="on"/><userTask id="draft"/><parallelGateway id="fork"/><userTask id="law"/><userTask id="price"/>'
    + '<parallelGateway id="join"/><subProcess id="sub"><startEvent id="a"/><userTask id="check"/><endEvent id="z"/>'
    + flows("a check z")
    + "</subProcess>"
    + boundary("late", "draft", timer("P9D"))
    + flows("s in draft on fork law join sub ok", "fork price join", "late on")
    + flow("ok", "e", "good")
    + flow("ok", "in", flow_id="back")
)


def shape(state: str) -> str:
    """A stored state without the numbers and ids in it, which alone may change."""
    return re.sub(r"[0-9a-f-]{36}|\d+", "#", state)


def test_a_rework_loop_keeps_the_same_state_turn_after_turn() -> None:
    """Tokens, joins, a sub-process and a timer, written down and read back at each of their steps."""
    play = Play(REWORK, {"good": False})
    early: list[tuple[str, int]] = []
    for turn in range(TURNS):
        now = []
        for element in ("draft", "law", "price", "check"):
            play.complete(element)
            now.append((shape(play.text), len(play.case.tasks)))
        early = now if turn == EARLY else early
        assert turn <= EARLY or now == early
        play.services.done.clear()
    assert play.complete("draft").complete("law").complete("price").complete("check", good=True).ended


APPROVAL = {
    "story.bpmn": diagram(
        ends("e", "told") + BACK + user("ask") + '<callActivity id="call" calledElement="approval"/>' + user("look")
        + boundary("remind", "ask", timer("R/P1D", "timeCycle"), beside=True)
        + flows("s in ask call ok", "remind look told") + flow("ok", "e", "approved") + flow("ok", "in", flow_id="back")
    ),
    "approval.bpmn": diagram(ends() + user("approve") + flows("s approve e"), key="approval"),
}  # fmt: skip


def open_task(house: House, story: Story, element: str) -> str:
    """The open task at an element."""
    waits = house.ask(lambda e: e.waiting(story.id))
    return str(next(w.task_id for w in waits if w.kind == "user" and w.element_id == element))


def costs_of_a_round(house: House, story: Story, meter: Meter) -> list[Work]:
    """Ask once, be refused once: what each of the two steps cost."""
    found = []
    for element, answers in (("ask", {"note": "again"}), ("approve", {"approved": False})):
        task = open_task(house, story, element)
        with meter.counting() as work:
            house.act(lambda e, task=task, answers=answers: e.complete(task, answers), WORKER)
        found.append(work)
    return found


def costs_of_looking(house: House, story: Story, meter: Meter) -> list[Work]:
    """What it costs to open the case and to see what it waits for."""
    found = []
    for look in (lambda e: e.get_instance(story.id), lambda e: e.waiting(story.id)):
        with meter.counting() as work:
            house.ask(look)
        found.append(work)
    return found


def assert_flat(early: list[Work], late: list[Work]) -> None:
    """Statements and rows are the same; the effort of finding them may grow by an index level."""
    for before, after in zip(early, late, strict=True):
        assert (after.statements, after.written) == (before.statements, before.written)
        assert after.effort <= before.effort * 1.2


def state_of(house: House, story: Story) -> str:
    """The stored state."""
    with house.database.reading() as session:
        return str(session.execute(select(TABLE.c.tokens).where(TABLE.c.id == story.id)).scalar_one())


def test_an_approval_sent_back_again_and_again_costs_the_same_each_time(hasty: House) -> None:
    meter = Meter(hasty.database.engine)
    hasty.act(lambda e: e.deploy(APPROVAL))
    story = Story(hasty, hasty.act(lambda e: e.start("story", {"approved": False})))
    rounds = min(TURNS // 10, 1_000)
    early: list[Work] = []
    for number in range(rounds):
        late = [*costs_of_a_round(hasty, story, meter), *costs_of_looking(hasty, story, meter)]
        if number == EARLY:
            early, state = late, state_of(hasty, story)
    assert_flat(early, late)
    assert shape(state_of(hasty, story)) == shape(state)
    done = Counter(story.done())
    assert (done["ask"], done["approve"], done["call"]) == (rounds, rounds, rounds)
    assert len(done_tasks(story)) == rounds * 2


def done_tasks(story: Story) -> list[Any]:
    """The completed tasks that history tells of, each once."""
    return [*{event.task_id for event in story.history if event.code == "task_completed"}]


def test_a_daily_reminder_for_years_costs_the_same_each_day(hasty: House) -> None:
    body = (
        ends("e", "told") + user("t") + boundary("remind", "t", timer("R/P1D", "timeCycle"), beside=True)
        + '<scriptTask id="count" scriptFormat="feel"><extensionElements>'
        '<keyturn:assign name="reminded" value="= reminded + 1"/></extensionElements></scriptTask>'
        + flows("s t e", "remind count told")
    )  # fmt: skip
    meter = Meter(hasty.database.engine)
    hasty.act(lambda e: e.deploy({"story.bpmn": diagram(body)}))
    story = Story(hasty, hasty.act(lambda e: e.start("story", {"reminded": 0})))
    days = min(TURNS // 10, TEN_YEARS)
    for day in range(days):
        with meter.counting() as late:
            assert hasty.pass_time(days=1) == 1
        if day == EARLY:
            early, state = late, state_of(hasty, story)
    assert_flat([early], [late])
    assert shape(state_of(hasty, story)) == shape(state)
    assert story.data == {"reminded": days}
    assert Counter(story.done())["remind"] == days
    hasty.act(lambda e: e.complete(open_task(hasty, story, "t"), {}), WORKER)
    assert story.state == "completed"
