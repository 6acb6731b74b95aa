"""The applicant never decides his own request, whichever door he tries: each route is a row here.

OpenMetadata #14337 and others: the applicant sat in the approving group.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from engine.api import Context, Engine, HandlerRegistry, Stand
from kernel.actor import Actor, Grant
from kernel.errors import Invalid, NotAllowed
from tests.engine.conftest import House, NoDirectory, Story
from tests.engine.test_linear import WorkOutIn, WorkOutOut

SHOP = "/keyturn/east/"
GROUP = (Grant("clerk", SHOP), Grant("manager", SHOP))
AN = Actor("an", "an", GROUP)  # Applies, and sits in the group that decides.
LIN, MO = (Actor(name, name, GROUP) for name in ("lin", "mo"))
CHIEF = Actor("chief", "chief", (Grant("manager", "/keyturn/", frozenset({"engine:operate"})),))
Try = Callable[[Engine, str], object]


class Rules:
    """An stands in for Lin, and Mo for An."""

    def of(self, session: Session, person: Actor) -> tuple[Stand, ...]:
        return {"an": (Stand(LIN),), "mo": (Stand(AN),)}.get(person.id, ())


@pytest.fixture
def asked(house: House, registry: HandlerRegistry) -> Story:
    """An has asked for something dear; somebody of the managers' group decides."""

    @registry.handler("offers.work_out")
    def work_out(data: WorkOutIn, ctx: Context) -> WorkOutOut:
        return WorkOutOut(total=data.price)

    house.directory = NoDirectory(AN, LIN, MO)
    story = house.start("approve_offer", {"offer_no": "A1"}, scope=SHOP)
    story.complete("draft", AN, price=200_000)
    return story


# Who gives it, and which command: complete, take, hand over, delegate, assign, sign together, in every seat.
ROUTES: dict[str, tuple[Actor, Try]] = {
    "through the group": (AN, lambda e, task: e.complete(task, {})),
    "taking it first": (AN, lambda e, task: e.claim(task)),
    "handed over by a colleague": (LIN, lambda e, task: e.hand_over(task, "an", reason="you know it")),
    "delegated to prepare": (LIN, lambda e, task: e.delegate(task, "an")),
    "assigned by an operator": (CHIEF, lambda e, task: e.assign(task, "an")),
    "asked to decide before": (LIN, lambda e, task: e.add_signers(task, ["an"], part="before")),
    "asked to decide after": (LIN, lambda e, task: e.add_signers(task, ["an"], part="after")),
    "as one of a vote": (LIN, lambda e, task: e.open_vote(task, ["an", "mo"])),
    "by a one-time link": (AN, lambda e, task: e.complete_by_link(task, {}, revision=1, channel="mail")),
    "returning it": (AN, lambda e, task: e.return_to(task, task, way="straight", reason="no")),
    "snoozing it away": (AN, lambda e, task: e.set_follow_up(task, None)),
    "handing it to a friend": (AN, lambda e, task: e.hand_over(task, "lin", reason="decide as I want")),
    "delegating it to a friend": (AN, lambda e, task: e.delegate(task, "lin")),
}


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("stood_in_for", [False, True], ids=["himself", "with substitutes"])
def test_the_applicant_does_not_come_to_decide(house: House, asked: Story, route: str, stood_in_for: bool) -> None:
    house.substitutions = Rules() if stood_in_for else None
    who, attempt = ROUTES[route]
    task = asked.task("approve")
    with pytest.raises((NotAllowed, Invalid)):
        house.act(lambda e: attempt(e, task.id), who)
    assert asked.task("approve").assignee is None
    assert asked.state == "active"
    asked.complete("approve", LIN)


def test_a_substitute_of_the_applicant_decides_in_his_own_place_alone(house: House, asked: Story) -> None:
    """Mo holds the role himself: he decides as Mo, never for An."""
    house.substitutions = Rules()
    asked.complete("approve", MO)
    done = [event for event in asked.history if event.code == "task_completed"][-1]
    assert (done.actor_id, done.on_behalf_of) == ("mo", None)


@pytest.mark.parametrize("taken_by", ["lin", None])
def test_the_substitute_of_an_approver_is_the_applicant(house: House, asked: Story, taken_by: str | None) -> None:
    """Lin is away and An stands in for Lin: the very thing An asked for stays shut to him."""
    house.substitutions = Rules()
    task = asked.task("approve")
    if taken_by:
        house.act(lambda e: e.claim(task.id), LIN)
    for attempt in (lambda e: e.complete(task.id, {}), lambda e: e.save_draft(task.id, {"a": 1})):
        with pytest.raises(NotAllowed, match="four_eyes"):
            house.act(attempt, AN)
    assert asked.waiting_at == ["approve"]
