"""A clerk drafts an offer, a handler works it out, a manager approves what is big."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest

from engine.api import Context, HandlerRegistry, NotAllowed, Stale, StepFailed
from kernel.actor import Actor, Grant
from tests.engine.conftest import House

SHOP = "/keyturn/east/"


@dataclass(frozen=True)
class WorkOutIn:
    """Input."""

    price: int


@dataclass(frozen=True)
class WorkOutOut:
    """Output."""

    total: int


@pytest.fixture(autouse=True)
def _handlers(registry: HandlerRegistry) -> None:
    @registry.handler("offers.work_out")
    def work_out(data: WorkOutIn, ctx: Context) -> WorkOutOut:
        ctx.set_facts(total=data.price * 2)
        return WorkOutOut(total=data.price * 2)


def person(number: str, role: str, path: str = SHOP) -> Actor:
    return Actor(id=number, name=number, grants=(Grant(role, path),))


def test_a_small_offer_ends_after_the_draft(house: House) -> None:
    story = house.start("approve_offer", {"offer_no": "A1"}, scope=SHOP)
    assert story.waiting_at == ["draft"]
    story.complete("draft", person("c1", "clerk"), price=10)
    assert story.state == "completed"
    assert story.data == {"offer_no": "A1", "price": 10, "total": 20, "drafted_by": "c1"}
    assert story.done() == ["begin", "draft", "number", "big", "small"]


def test_a_big_offer_waits_for_a_manager_who_did_not_draft_it(house: House) -> None:
    story = house.start("approve_offer", {"offer_no": "A1"}, scope=SHOP)
    both = Actor("c1", "c1", (Grant("clerk", SHOP), Grant("manager", SHOP)))
    story.complete("draft", both, price=100_000)
    with pytest.raises(NotAllowed, match="four_eyes"):
        story.complete("approve", both)
    with pytest.raises(NotAllowed, match="not_a_candidate"):
        story.complete("approve", person("c2", "clerk"))
    story.complete("approve", person("m1", "manager", "/keyturn/"))
    assert story.state == "completed"


def test_the_task_row_answers_the_list_alone(house: House) -> None:
    story = house.start("approve_offer", {"offer_no": "A1"}, scope=SHOP)
    task = story.task("draft")
    assert (task.name, task.labels, task.priority) == ("Draft the offer", {"zh": "起草报价"}, 60)
    assert task.due_at == house.clock.now() + timedelta(days=2)
    assert task.candidates == (f"clerk@{SHOP}",)
    assert task.facts == {"offer_no": "A1"}
    assert task.business_key == "A1"


def test_completing_twice_acts_once(house: House) -> None:
    story = house.start("approve_offer", {"offer_no": "A1"}, scope=SHOP)
    task = story.task("draft")
    story.complete("draft", person("c1", "clerk"), price=100_000)
    with pytest.raises(Stale, match="task_closed") as caught:
        house.act(lambda e: e.complete(task.id, {"price": 1}), person("c1", "clerk"))
    assert caught.value.params["by"] == "c1"
    assert story.data["price"] == 100_000


def test_a_wrong_value_stops_the_step_and_leaves_the_task_open(house: House) -> None:
    story = house.start("approve_offer", {"offer_no": "A1"}, scope=SHOP)
    with pytest.raises(StepFailed) as caught:
        story.complete("draft", price="ten")
    assert caught.value.element_id == "number"
    assert caught.value.message_params["field"] == "price"
    assert story.waiting_at == ["draft"]
    assert "price" not in story.data
    (incident,) = house.ask(lambda e: e.incidents())
    assert (incident.element_id, incident.message_code) == ("number", "handler_field_type")


def test_the_same_offer_is_not_started_twice(house: House) -> None:
    house.start("approve_offer", {"offer_no": "A1"}, scope=SHOP)
    with pytest.raises(Stale, match="already_started"):
        house.start("approve_offer", {"offer_no": "A1"}, scope=SHOP)
