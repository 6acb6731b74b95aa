"""Who decides next and what is noted, called by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from engine.api import BusinessError, NotAllowed
from handlers.approval import (
    FindStepIn,
    FindStepOut,
    RecordOpinionIn,
    RecordOpinionOut,
    find_step,
    record_opinion,
)
from tests.handlers.making import step
from tests.stories.company import PROJECT, Company

Ask = Callable[..., FindStepOut]


@pytest.fixture
def ask(company: Company) -> Ask:
    """Ask who decides a step of a case."""

    def asked(*approvers: str, at: int = 0, applicant: str = "wei", deciders: tuple[str, ...] = ()) -> FindStepOut:
        case = FindStepIn(
            approvers=list(approvers),
            step=at,
            applicants=[company.people[applicant]],
            deciders=[company.people[name] for name in deciders],
            path=PROJECT,
            vacancies=[],
            approval_reminder_hours=24,
            approval_expiry_days=7,
        )
        return company.act("system", lambda s, _a: find_step(case, step(s, company.clock)))

    return asked


def test_roles_are_asked_in_their_order_until_none_is_left(ask: Ask) -> None:
    assert ask("sales_manager", "project_gm").step_role == "sales_manager"
    assert ask("sales_manager", "project_gm", at=1).step_role == "project_gm"
    assert ask("sales_manager", "project_gm", at=2).step_role is None
    assert ask().step_role is None


def test_whoever_applied_or_decided_is_excluded(company: Company, ask: Ask) -> None:
    found = ask("sales_manager", applicant="manager_1", deciders=("gm_1",))
    assert found.excluded == sorted([company.people["manager_1"], company.people["gm_1"]])


def test_a_role_held_only_by_people_who_may_not_decide_counts_as_vacant(ask: Ask) -> None:
    found = ask("sales_manager", applicant="manager_1", deciders=("manager_2",))
    assert found.step_role == "project_gm"
    assert [(v.step, v.role, v.instead) for v in found.vacancies] == [(0, "sales_manager", "project_gm")]


def test_a_vacancy_at_the_top_has_nobody_above(ask: Ask) -> None:
    with pytest.raises(BusinessError) as caught:
        ask("group_pricing", applicant="pricing_1")
    assert caught.value.code == "approval.find_step.nobody"


def test_reminder_and_expiry_are_reckoned_from_now(ask: Ask) -> None:
    found = ask("sales_manager")
    assert found.remind_at == "2026-03-03T01:00:00Z"
    assert found.expires_at == "2026-03-11T16:00:00Z"  # seven working days after Monday 2 March, at its end


def decide(company: Company, name: str, **more: Any) -> RecordOpinionOut:
    """Somebody decides the first step of Wei's case."""
    taken = {
        "decision": "approved",
        "step": 0,
        "step_role": "sales_manager",
        "applicants": [company.people["wei"]],
        "opinions": [],
        "deciders": [company.people["manager_2"]],
        **more,
    }
    return company.act(name, lambda s, a: record_opinion(RecordOpinionIn(**taken), step(s, company.clock, a)))


def test_an_opinion_is_noted_with_who_when_and_why(company: Company) -> None:
    noted = decide(company, "manager_1", decision="returned", opinion="Ask for less")
    said = noted.opinions[0]
    assert (said.by, said.decision, said.opinion) == (company.people["manager_1"], "returned", "Ask for less")
    assert said.at == "2026-03-02T01:00:00Z"
    assert (noted.outcome, noted.step) == ("returned", 1)
    assert noted.deciders[-1] == company.people["manager_1"]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("wei", "approver_is_applicant"),
        ("manager_2", "approver_has_decided"),
        ("cashier", "approver_lacks_role"),
    ],
)
def test_four_eyes_hold_even_if_the_task_let_somebody_through(company: Company, name: str, code: str) -> None:
    with pytest.raises(NotAllowed) as caught:
        decide(company, name)
    assert caught.value.code == code
