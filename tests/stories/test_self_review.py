"""Who proposed a change never reviews it, whichever door he tries; each is a row here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engine.api import Engine, Invalid, NotAllowed
from kernel.actor import Actor
from kernel.clock import business_date
from kernel.errors import KeyturnError
from ledger.reviews.models import ProposedChange
from ledger.reviews.operations import accept_change, refuse_change
from ledger.staff.substitutions import add_substitution
from tests.stories.changing import change, make_buyer, name_of, propose, review, task_of
from tests.stories.company import Company

ANSWERS = {"decision": "approved"}
Try = Callable[[Engine, str, str], object]
# Who tries what with the task, for the sales manager who proposed the change.
DOORS: dict[str, tuple[str, Try]] = {
    "through the group": ("manager_1", lambda e, task, _me: e.complete(task, ANSWERS)),
    "refusing it himself": (
        "manager_1",
        lambda e, task, _me: e.complete(task, {"decision": "rejected", "opinion": "I"}),
    ),
    "taking it": ("manager_1", lambda e, task, _me: e.claim(task)),
    "handed over by a colleague": ("manager_2", lambda e, task, me: e.hand_over(task, me, reason="yours")),
    "delegated to prepare": ("manager_2", lambda e, task, me: e.delegate(task, me)),
    "assigned by the administrator": ("admin", lambda e, task, me: e.assign(task, me)),
    "asked to decide before": ("manager_2", lambda e, task, me: e.add_signers(task, [me], part="before")),
    "asked to decide after": ("manager_2", lambda e, task, me: e.add_signers(task, [me], part="after")),
    "as one of a vote": ("manager_2", lambda e, task, me: e.open_vote(task, [me])),
    "by a one-time link": (
        "manager_1",
        lambda e, task, _me: e.complete_by_link(task, ANSWERS, revision=1, channel="mail"),
    ),
    "handing it to a friend": ("manager_1", lambda e, task, _me: e.hand_over(task, "x", reason="for me")),
}


@pytest.fixture
def asked(company: Company) -> str:
    """A sales manager has proposed a change; he also stands in for the colleague who would review it."""
    today = business_date(company.clock)
    company.act(
        "manager_2",
        lambda s, a: add_substitution(
            s,
            a,
            company.clock,
            substitute_id=company.people["manager_1"],
            from_date=today,
            to_date=today + timedelta(days=5),
        ),
    )
    return propose(company, "manager_1", "customers", make_buyer(company), name="Lin Wan")


@pytest.mark.parametrize("door", DOORS)
def test_the_proposer_does_not_come_to_review(company: Company, asked: str, door: str) -> None:
    who, attempt = DOORS[door]
    task, me = task_of(company, asked), company.people["manager_1"]
    with pytest.raises((NotAllowed, Invalid)):
        company.act(who, lambda s, a: attempt(company.engine(s, a), task.id, me))
    assert task_of(company, asked).assignee is None
    assert change(company, asked).state == "pending"
    review(company, asked, "manager_2")
    assert change(company, asked).state == "accepted"


@pytest.mark.parametrize("act", [accept_change, refuse_change], ids=["accepting", "refusing"])
@pytest.mark.parametrize("seat", ["himself", "for a colleague", "a substitute for him"])
def test_the_ledger_refuses_the_proposer_in_every_seat(
    company: Company, asked: str, act: Callable[..., object], seat: str
) -> None:
    me, colleague = company.actor("manager_1"), company.people["manager_2"]
    seats = {
        "himself": me,
        "for a colleague": Actor(me.id, me.name, me.grants, on_behalf_of=colleague),
        "a substitute for him": Actor(colleague, "M", me.grants, on_behalf_of=me.id),
    }

    def attempt(session: Session, _actor: Actor) -> None:
        act(session, seats[seat], company.clock, change_id=asked, opinion="because")

    with pytest.raises(NotAllowed):
        company.act("manager_1", attempt)
    assert (change(company, asked).state, name_of(company, company.customers["lin"])) == ("pending", "Lin")


def test_who_lacks_the_right_does_not_review(company: Company, asked: str) -> None:
    for name in ("wei", "cashier", "pricing_1", "analyst"):
        with pytest.raises(KeyturnError):
            review(company, asked, name)
        with pytest.raises(NotAllowed):
            company.act(name, lambda s, a: accept_change(s, a, company.clock, change_id=asked))
    # Handing the task over carries the task, never the right.
    task, fang = task_of(company, asked), company.people["fang"]
    company.act("manager_2", lambda s, a: company.engine(s, a).hand_over(task.id, fang, reason="look"))
    with pytest.raises(NotAllowed):
        review(company, asked, "fang")
    assert change(company, asked).state == "pending"


def test_the_database_itself_refuses_a_change_that_its_proposer_decided(company: Company, asked: str) -> None:
    def write(session: Session, actor: Actor) -> None:
        row = session.get_one(ProposedChange, asked)
        row.state, row.decided_by, row.decided_at = "accepted", actor.id, company.clock.now()

    with pytest.raises(IntegrityError):
        company.act("manager_1", write)
