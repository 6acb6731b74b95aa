"""A change never waits where nobody can review it: however its case ends, it is withdrawn and may be proposed anew."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest
from sqlalchemy import select

import handlers
from engine.api import Change, ChangeRefused, Stale, StepFailed, TaskFilter, default_registry
from kernel.audit import AuditRow
from ledger.messages.models import Message
from ledger.messages.operations import render
from ledger.reviews.models import ProposedChange
from ledger.reviews.operations import withdraw_change
from tests.stories.changing import change, make_buyer, name_of, propose, review, states, task_of
from tests.stories.company import Company
from webapp.jobs import JobRunner

WHY = "Wrong case"
# Diagrams that an analyst might deploy by mistake: both come to an end without a word to the ledger.
_DRAWN = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:keyturn="https://keyturn.example/schema/bpmn/1.0" targetNamespace="t">
<process id="review_of_change" isExecutable="true"><startEvent id="proposed"/>{body}<endEvent id="over"/></process>
</definitions>"""
FORGETFUL = _DRAWN.format(
    body='<sequenceFlow id="a" sourceRef="proposed" targetRef="review"/><userTask id="review" name="Review">'
    '<extensionElements><keyturn:task form="review_of_change/review" candidateGroups="sales_manager"/>'
    '</extensionElements></userTask><sequenceFlow id="b" sourceRef="review" targetRef="over"/>'
)
IDLE = _DRAWN.format(body='<sequenceFlow id="a" sourceRef="proposed" targetRef="over"/>')


@pytest.fixture
def asked(company: Company) -> str:
    """A consultant has proposed another name for a buyer."""
    return propose(company, "wei", "customers", make_buyer(company), name="Lin Wan")


def deploy(company: Company, diagram: str) -> int:
    """An analyst deploys another version of the review; returns its number."""
    (new,) = company.act(
        "system", lambda s, a: company.engine(s, a).deploy({"review_of_change.bpmn": diagram.encode()})
    )
    return new.version


def cancel(company: Company, case: str) -> None:
    company.act("admin", lambda s, a: company.engine(s, a).cancel(case, WHY))


def cancel_many(company: Company, case: str) -> None:
    company.act("admin", lambda s, a: company.engine(s, a).start_batch("cancel", ids=(case,), reason=WHY))
    JobRunner(company.database, handlers.registry()).run_due()


def call_off(company: Company, case: str) -> None:
    company.act("wei", lambda s, a: company.engine(s, a).withdraw_request(case, WHY))


def skip(company: Company, case: str) -> None:
    company.act("admin", lambda s, a: company.engine(s, a).move(case, "review", "refused", reason=WHY))


def say_it_was_withdrawn(company: Company, case: str) -> None:
    change_id = company.act("system", lambda s, a: company.engine(s, a).variables(case))["change_id"]
    message = ("change_withdrawn", {"change_id": change_id}, {"change_id": "another"})
    assert company.act("admin", lambda s, a: company.engine(s, a).publish(*message)) == 1


def migrate(company: Company, case: str) -> None:
    version = deploy(company, FORGETFUL)
    company.act("admin", lambda s, a: company.engine(s, a).migrate(case, version, reason=WHY))
    wanted = TaskFilter(box="all", instance_id=case)
    (task,) = company.act("system", lambda s, a: company.engine(s, a).find_tasks(wanted)).rows
    company.act("manager_1", lambda s, a: company.engine(s, a).complete(task.id, {"decision": "approved"}))


def give_up(company: Company, case: str) -> None:
    """Accepting fails for a technical reason; the task stays, and an operator gives the case up."""
    known = default_registry.handlers["review_of_change.accept"]
    default_registry.handlers[known.name] = dataclasses.replace(known, run=lambda _data, _ctx: 1 // 0)
    try:
        (asked,) = company.read(lambda s: s.scalars(select(ProposedChange.id)).all())
        with pytest.raises(StepFailed):
            review(company, asked, "manager_1")
    finally:
        default_registry.handlers[known.name] = known
    nobody_waits_alone(company)
    assert states(company) == ["pending"]
    cancel(company, case)


# How a case ends without a decision, and who is said to have withdrawn the change.
WAYS: dict[str, tuple[Callable[[Company, str], None], str | None]] = {
    "an operator cancels it": (cancel, "admin"),
    "an operator cancels many": (cancel_many, "admin"),
    "its proposer calls it off": (call_off, "wei"),
    "an operator moves it past the review": (skip, "admin"),
    "somebody else says it was withdrawn": (say_it_was_withdrawn, None),
    "it is migrated to a diagram that forgets it": (migrate, "manager_1"),
    "its incident is given up": (give_up, "admin"),
}


def nobody_waits_alone(company: Company) -> None:
    """Each change that waits has an open task in its case."""
    waiting = company.read(lambda s: s.scalars(select(ProposedChange.id).filter_by(state="pending")).all())
    for change_id in waiting:
        assert task_of(company, change_id).state == "open"


@pytest.mark.parametrize("way", WAYS)
def test_a_change_whose_case_ends_undecided_is_withdrawn(company: Company, asked: str, way: str) -> None:
    end, by = WAYS[way]
    end(company, change(company, asked).instance_id or "")
    kept = change(company, asked)
    assert (kept.state, name_of(company, company.customers["lin"])) == ("withdrawn", "Lin")
    assert kept.decided_by == (company.people[by] if by else "system")
    assert kept.opinion in (WHY, "审核未作决定即已结束")
    trail = select(AuditRow.action).where(AuditRow.subject_id == asked).order_by(AuditRow.at)
    assert company.read(lambda s: s.scalars(trail).all())[-1] == "reviews:end"
    notes = company.read(lambda s: s.scalars(select(Message).where(Message.template == "change_ended")).all())
    assert [one.recipient_id for one in notes] == ([] if by == "wei" else [company.people["wei"]])
    assert all(kept.opinion in company.read(lambda s, one=one: render(s, one))[1] for one in notes)
    nobody_waits_alone(company)
    again = propose(company, "wei", "customers", company.customers["lin"], name="Lin Wan")
    assert change(company, again).state == "pending"
    nobody_waits_alone(company)


def test_a_diagram_that_asks_nobody_leaves_nothing_waiting(company: Company) -> None:
    deploy(company, IDLE)
    lin = make_buyer(company)
    asked = propose(company, "wei", "customers", lin, name="Lin Wan")
    assert (states(company), name_of(company, lin)) == (["withdrawn"], "Lin")
    assert change(company, asked).instance_id is not None


def test_what_is_only_tried_or_refused_leaves_the_change_waiting(company: Company, asked: str) -> None:
    case = change(company, asked).instance_id or ""
    told = company.act(
        "admin", lambda s, a: company.engine(s, a).move(case, "review", "refused", reason=WHY, dry_run=True)
    )
    assert (told.possible, told.state) == (True, "completed")
    for moved in ("tell_refused", "accept"):
        changes = (Change("cancel", "review"), Change("before", moved))
        with pytest.raises(ChangeRefused):
            company.act("admin", lambda s, a, c=changes: company.engine(s, a).modify(case, c, reason=WHY))
    with pytest.raises(ChangeRefused):
        company.act("admin", lambda s, a: company.engine(s, a).cancel_branch(case, "review", reason=WHY))
    nobody_waits_alone(company)
    review(company, asked, "manager_1")
    assert change(company, asked).state == "accepted"


def test_a_change_withdrawn_while_its_case_is_halted_ends_the_case_when_it_goes_on(
    company: Company, asked: str
) -> None:
    case = change(company, asked).instance_id or ""
    company.act("admin", lambda s, a: company.engine(s, a).suspend(case, WHY))
    company.act("wei", lambda s, a: withdraw_change(s, a, company.clock, change_id=asked))
    company.act("admin", lambda s, a: company.engine(s, a).resume(case, WHY))
    assert company.act("admin", lambda s, a: company.engine(s, a).get_instance(case)).state == "completed"
    kept = change(company, asked)
    assert (kept.state, kept.decided_by, kept.opinion) == ("withdrawn", company.people["wei"], None)


def test_a_decision_stands_when_its_case_is_ended_later(company: Company, asked: str) -> None:
    review(company, asked, "manager_1", "rejected", opinion="The paper says Lin")
    kept = change(company, asked)
    assert (kept.state, kept.opinion, kept.decided_by) == (
        "refused",
        "The paper says Lin",
        company.people["manager_1"],
    )


def test_where_no_review_can_begin_nothing_is_proposed(company: Company) -> None:
    lin, known = make_buyer(company), default_registry.handlers["review_of_change.open"]
    default_registry.handlers[known.name] = dataclasses.replace(known, run=lambda _data, _ctx: 1 // 0)
    try:
        with pytest.raises(StepFailed):
            propose(company, "wei", "customers", lin, name="Lin Wan")
    finally:
        default_registry.handlers[known.name] = known
    company.act("system", lambda s, a: company.engine(s, a).suspend_definition("review_of_change", WHY))
    with pytest.raises(Stale):
        propose(company, "wei", "customers", lin, name="Lin Wan")
    assert states(company) == []
    company.act("system", lambda s, a: company.engine(s, a).activate_definition("review_of_change", WHY))
    asked = propose(company, "wei", "customers", lin, name="Lin Wan")
    assert task_of(company, asked).state == "open"
