"""A shop with clerks and managers who hand tasks on and sign together."""

from __future__ import annotations

from typing import Any

import pytest

from engine.api import Context, HandlerRegistry, Task, TaskFilter
from kernel.actor import Actor, Grant
from tests.engine.conftest import FreeForms, House, NoDirectory, Story
from tests.engine.test_linear import WorkOutIn, WorkOutOut

SHOP = "/keyturn/east/"


def clerk(name: str) -> Actor:
    """Somebody who drafts offers at the shop."""
    return Actor(name, name, (Grant("clerk", SHOP),))


AN, BO, CAI = (clerk(name) for name in ("an", "bo", "cai"))
MEI, NING = (Actor(name, name, (Grant("manager", "/keyturn/"),)) for name in ("mei", "ning"))
GUEST = Actor("guest", "guest", (Grant("porter", SHOP),))
WEST = Actor("wu", "wu", (Grant("clerk", "/keyturn/west/"),))
CHIEF = Actor("chief", "chief", (Grant("chief", "/keyturn/", frozenset({"engine:operate"})),))
EVERYBODY = (AN, BO, CAI, MEI, NING, GUEST, WEST, CHIEF)


@pytest.fixture(autouse=True)
def _people(house: House, registry: HandlerRegistry) -> None:
    house.directory = NoDirectory(*EVERYBODY)
    house.forms = DecidingForms()

    @registry.handler("offers.work_out")
    def work_out(data: WorkOutIn, ctx: Context) -> WorkOutOut:
        return WorkOutOut(total=data.price)


def offer(house: House, number: str = "A1") -> Story:
    """An offer that a clerk drafts and, above 100 000, a manager approves."""
    return house.start("approve_offer", {"offer_no": number}, scope=SHOP)


class DecidingForms(FreeForms):
    """Forms that ask for a decision."""

    def fields(self, form_key: str) -> dict[str, str]:
        """The decision and what is said with it."""
        return {"decision": "text", "opinion": "text", "price": "number"}


def mine(house: House, viewer: Actor) -> list[str]:
    """The elements of the tasks on somebody's list."""
    rows = house.ask(lambda e: e.find_tasks(TaskFilter(box="mine")), viewer).rows
    return [task.element_id for task in rows]


def only(house: House, viewer: Actor) -> Task:
    """The one task on somebody's list."""
    (task,) = house.ask(lambda e: e.find_tasks(TaskFilter(box="mine")), viewer).rows
    return task


def decide(house: House, who: Actor, decision: str = "approved", **more: Any) -> Any:
    """Somebody completes the one task on his list."""
    task = only(house, who)
    return house.act(lambda e: e.complete(task.id, {"decision": decision, **more}), who)


def told(story: Story) -> list[str]:
    """What the history says of signing."""
    return [e.code for e in story.history if e.code.startswith(("sign", "vote"))]
