"""An approval is returned to an earlier approver by either way back; the consultant takes her request back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from engine.api import ChangeRefused, PassedStep, Stale
from tests.stories.company import Case, Company

ORDER = ("manager_1", "gm_1", "marketing_1", "city_finance_1")


@pytest.fixture
def case(company: Company) -> Case:
    """Four per cent off: the first two of four have approved."""
    begun = company.start(entry="walk_in")
    begun.enter_terms(off=400)
    begun.decide("manager_1", remark="fine")
    begun.decide("gm_1", remark="fine too")
    return begun


def choices(case: Case, name: str) -> list[PassedStep]:
    """Where somebody may return the open decision to."""
    task, actor = case.task("decide"), case.company.actor(name)
    return case.company.read(lambda s: case.company.engine(s, actor).return_choices(task.id))


def send_back(case: Case, name: str, to: str, way: str) -> None:
    """Return the decision to who decided before."""
    task, person = case.task("decide"), case.company.people[to]
    target = next(one for one in choices(case, name) if one.by == person)

    def act(session: Any, actor: Any) -> None:
        case.company.engine(session, actor).return_to(task.id, target.task_id, way=way, reason="Ask again.")

    case.company.act(name, act)


def asked(case: Case) -> str:
    return case.task("decide").candidates[0].partition("@")[0]


def test_each_earlier_approver_can_be_chosen(company: Company, case: Case) -> None:
    assert [one.by for one in choices(case, "marketing_1")] == [company.people[n] for n in ORDER[:2]]
    assert [one.roles for one in choices(case, "marketing_1")] == [("sales_manager",), ("project_gm",)]


def test_straight_back_the_manager_decides_anew_and_marketing_is_next(company: Company, case: Case) -> None:
    send_back(case, "marketing_1", "manager_1", "straight")
    assert (asked(case), case.task("decide").assignee) == ("sales_manager", company.people["manager_1"])
    case.decide("manager_1", remark="still fine")
    assert (asked(case), case.task("decide").assignee) == ("city_marketing", company.people["marketing_1"])
    case.decide("marketing_1")
    case.decide("city_finance_1")
    assert case.waiting_at == ["await_deposit"]
    said = [(one["by"], one["step"], one["passed"]) for one in case.data["opinions"]]
    people = company.people
    assert said == [
        (people["manager_1"], 0, False),
        (people["gm_1"], 1, False),
        (people["manager_1"], 0, False),
        (people["gm_1"], 1, True),
        (people["marketing_1"], 2, False),
        (people["city_finance_1"], 3, False),
    ]


def test_who_is_asked_again_days_later_has_the_whole_time_again(company: Company, case: Case) -> None:
    company.clock.advance(timedelta(days=2))
    send_back(case, "marketing_1", "manager_1", "straight")
    begun, due = company.clock.now(), case.task("decide").due_at
    assert due is not None and due - begun == timedelta(hours=24)
    company.run_due()
    assert case.task("decide").priority == 50, "nobody was late"


def test_again_means_that_the_general_manager_decides_again(case: Case) -> None:
    send_back(case, "marketing_1", "manager_1", "again")
    case.decide("manager_1")
    assert asked(case) == "project_gm"
    case.decide("gm_1")
    case.decide("marketing_1")
    case.decide("city_finance_1")
    assert case.waiting_at == ["await_deposit"]


def test_still_one_person_takes_one_step_and_the_applicant_none(company: Company, case: Case) -> None:
    send_back(case, "marketing_1", "manager_1", "straight")
    assert set(case.task("decide").excluded) == {company.people["wei"]}
    case.decide("manager_1")
    assert set(case.task("decide").excluded) == {company.people[n] for n in ("wei", "manager_1", "gm_1")}


def test_the_consultant_takes_her_request_back_while_nobody_has_decided(company: Company) -> None:
    case = company.start(entry="walk_in")
    case.enter_terms(off=400, terms_note="Buys two homes")
    entered = done(case, "enter_terms")
    deciding = case.task("decide")
    company.act("wei", lambda s, a: company.engine(s, a).withdraw(entered, "forgot a discount"))
    assert case.waiting_at == ["enter_terms"]
    with pytest.raises(Stale):
        company.act("manager_1", lambda s, a: company.engine(s, a).complete(deciding.id, {"decision": "approved"}))
    draft = company.read(lambda s: company.engine(s, company.actor("wei")).get_task(case.task("enter_terms").id))
    assert draft.draft["terms_note"] == "Buys two homes"
    case.enter_terms(off=100)
    case.decide("manager_1")
    assert case.waiting_at == ["await_deposit"]


def test_with_consent_the_whole_approval_begins_anew(company: Company, case: Case) -> None:
    entered = done(case, "enter_terms")
    asked_for = company.act("wei", lambda s, a: company.engine(s, a).ask_to_withdraw(entered, "another plan"))
    company.act("marketing_1", lambda s, a: company.engine(s, a).answer_withdrawal(asked_for.id, grant=True))
    assert case.waiting_at == ["enter_terms"]
    case.enter_terms(off=400)
    assert asked(case) == "sales_manager"


def test_once_the_subscription_is_written_the_terms_cannot_be_taken_back(company: Company) -> None:
    case = company.start(entry="walk_in")
    case.enter_terms()
    assert case.waiting_at == ["await_deposit"]
    entered = done(case, "enter_terms")
    with pytest.raises(ChangeRefused) as caught:
        company.act("wei", lambda s, a: company.engine(s, a).withdraw(entered, "forgot a discount"))
    assert {finding.code for finding in caught.value.findings} == {"back_needs_undoing"}
    assert case.waiting_at == ["await_deposit"]


def done(case: Case, element: str) -> str:
    """The last completed task at an element."""
    actor = case.company.actor("wei")
    steps = case.company.read(lambda s: case.company.engine(s, actor).steps(case.id))
    return next(one.task_id for one in steps[::-1] if one.element_id == element)
