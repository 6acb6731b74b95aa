"""Tasks that people give each other: done, handed back and given again, dropped, and never past the form."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from engine.api import AnswersInvalid, Instance, Invalid, NotAllowed, Task, TaskFilter
from ledger.messages.models import Message
from tests.stories.company import PROJECT, Company


def give(company: Company, name: str = "manager_1", **answers: Any) -> Instance:
    """Somebody gives a task."""
    asked = {"title": "Call the bank", "due_on": "2026-03-06", **answers}
    return company.act(name, lambda s, a: company.engine(s, a).start("ad_hoc_task", asked, scope=PROJECT))


def task_of(company: Company, case: Instance, name: str, box: str = "mine") -> Task:
    """The one task of a case in somebody's box."""
    wanted = TaskFilter(box=box, instance_id=case.id)
    (found,) = company.act(name, lambda s, a: company.engine(s, a).find_tasks(wanted)).rows
    return found


def complete(company: Company, case: Instance, name: str, **answers: Any) -> Instance:
    """Somebody completes his task of a case."""
    task = task_of(company, case, name)
    return company.act(name, lambda s, a: company.engine(s, a).complete(task.id, answers))


def test_a_colleague_does_it_and_who_gave_it_is_told(company: Company) -> None:
    about = {"unit_id": company.units[0], "customer_id": company.customers["lin"], "amount_fen": 50_000_00}
    case = give(company, to="person", colleague_id=company.people["wei"], urgent=True, **about)
    task = task_of(company, case, "wei")
    assert task.due_at is not None
    assert (task.due_at.isoformat(), task.priority) == ("2026-03-06T15:59:59+00:00", 80)
    assert task.facts["subject"] == "Call the bank"
    assert (task.facts["amount_fen"], task.facts["customer"]) == (50_000_00, "Lin")
    assert complete(company, case, "wei", outcome="done", result="They pay on Friday").state == "completed"
    (told,) = company.read(
        lambda s: s.scalars(select(Message).where(Message.template == "ad_hoc_task_done")).all()
    )
    assert told.recipient_id == company.people["manager_1"]


def test_a_role_gets_it_and_whoever_takes_it_has_it(company: Company) -> None:
    case = give(company, to="role", role="finance_clerk")
    task = task_of(company, case, "cashier", "group")
    company.act("cashier", lambda s, a: company.engine(s, a).claim(task.id))
    assert complete(company, case, "cashier", outcome="done", result="Counted").state == "completed"
    another = task_of(company, give(company, to="role", role="finance_clerk"), "cashier", "group")
    with pytest.raises(NotAllowed):
        company.act("wei", lambda s, a: company.engine(s, a).claim(another.id))


def test_what_is_handed_back_is_given_to_somebody_else(company: Company) -> None:
    case = give(company, to="person", colleague_id=company.people["wei"])
    complete(company, case, "wei", outcome="handed_back", returned_because="I am away")
    again = {"again": "give", "to": "person", "colleague_id": company.people["fang"], "due_on": "2026-03-09"}
    complete(company, case, "manager_1", **again)
    seen = company.act(
        "fang", lambda s, a: company.engine(s, a).get_task(task_of(company, case, "fang").id)
    ).variables
    assert (seen["giver"], seen["returned_because"]) == (company.people["manager_1"], "I am away")
    assert complete(company, case, "fang", outcome="done", result="Done").state == "completed"


def test_what_is_handed_back_can_be_dropped(company: Company) -> None:
    case = give(company, to="person", colleague_id=company.people["wei"])
    complete(company, case, "wei", outcome="handed_back", returned_because="Not mine")
    assert complete(company, case, "manager_1", again="drop").state == "completed"


def test_bad_input_starts_nothing(company: Company) -> None:
    with pytest.raises(AnswersInvalid) as refused:
        give(company, to="person")
    assert set(refused.value.errors) == {"colleague_id"}
    with pytest.raises(AnswersInvalid):
        give(company, to="person", colleague_id=company.people["wei"], giver="somebody else")
    with pytest.raises(Invalid) as unknown:
        give(company, to="person", colleague_id="nobody")
    assert unknown.value.field == "colleague_id"
