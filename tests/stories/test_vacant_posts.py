"""A post that nobody holds: its tasks go to whom the house has named, and the administrator is asked to fill it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, update

import handlers
from engine.api import POST_VACANT, Invalid, NotAllowed, Task, TaskFilter
from engine.commands import offer_anew
from kernel.actor import SYSTEM
from ledger.staff.models import PostVacancy, Staff, VacancyTurn
from ledger.staff.operations import deactivate_staff, grant_role, revoke_role
from ledger.staff.posts import set_fallback
from ledger.staff.queries import roles_of
from tests.stories.company import CITY, PROJECT, Case, Company
from webapp.jobs import JobRunner


def leave(company: Company, *names: str) -> None:
    """People who leave the company."""
    ids = [company.people[name] for name in names]
    with company.database.unit_of_work() as session:
        session.execute(update(Staff).where(Staff.id.in_(ids)).values(active=False))


def name_for(company: Company, role: str, path: str = PROJECT, **instead: Any) -> None:
    """The administrator names who answers for a role."""
    company.act("admin", lambda s, a: set_fallback(s, a, company.clock, role=role, path=path, **instead))


def give(company: Company, name: str, role: str, **more: Any) -> None:
    """The administrator gives somebody a role at the project."""
    staff = company.people[name]
    company.act(
        "admin", lambda s, a: grant_role(s, a, company.clock, staff_id=staff, role=role, path=PROJECT, **more)
    )


def asked_for_discount(company: Company, unit: int = 0) -> Case:
    """A sale whose discount waits for its first approver."""
    case = company.start(entry="walk_in", unit_id=company.units[unit])
    case.enter_terms(off=100)
    return case


def flags(company: Company) -> list[Task]:
    """The to-dos to fill a post."""
    wanted = TaskFilter(box="all", definition_keys=("vacant_post",))
    rows = company.read(lambda s: company.engine(s, SYSTEM).find_tasks(wanted)).rows
    return sorted((task for task in rows if task.state == "open"), key=lambda task: task.id)


def vacancies(company: Company) -> list[tuple[str, str, int, bool]]:
    """What the ledger keeps of vacant posts: role, node, how often, whether it is filled."""
    rows = company.read(lambda s: s.scalars(select(PostVacancy)).all())
    return [(row.role, row.path, row.times, row.filled_at is not None) for row in rows]


def test_the_step_of_a_vacant_role_goes_to_the_role_named_for_it(company: Company) -> None:
    name_for(company, "sales_manager", instead_role="city_marketing")
    leave(company, "manager_1", "manager_2")
    case = asked_for_discount(company)
    task = case.task("decide")
    assert task.roles == ("city_marketing",)
    assert task.facts[POST_VACANT] == {"posts": ["sales_manager"], "to": ["city_marketing"]}
    with pytest.raises(NotAllowed):
        case.decide("gm_1")
    case.decide("marketing_1")
    assert case.waiting_at == ["await_deposit"]


def test_it_goes_to_the_person_named_for_it_and_the_record_says_so(company: Company) -> None:
    name_for(company, "sales_manager", CITY, instead_staff_id=company.people["legal_1"])
    leave(company, "manager_1", "manager_2")
    case = asked_for_discount(company)
    assert f"user:{company.people['legal_1']}" in case.task("decide").candidates
    with pytest.raises(NotAllowed):
        case.decide("gm_1")
    case.decide("legal_1")
    assert case.waiting_at == ["await_deposit"]
    (opinion,) = case.data["opinions"]
    assert (opinion["by"], opinion["role"]) == (company.people["legal_1"], "sales_manager")


def test_four_eyes_hold_for_who_is_named_too(company: Company) -> None:
    name_for(company, "sales_manager", instead_staff_id=company.people["wei"])
    leave(company, "manager_1", "manager_2")
    case = asked_for_discount(company)  # Wei asks, and would answer for the post.
    task = case.task("decide")
    assert task.facts[POST_VACANT]["to"] == ["project_gm"]
    with pytest.raises(NotAllowed):
        case.decide("wei")
    case.decide("gm_1")


def test_whoever_was_named_and_has_left_is_passed_over(company: Company) -> None:
    name_for(company, "sales_manager", instead_staff_id=company.people["legal_1"])
    leave(company, "manager_1", "manager_2", "legal_1")
    assert asked_for_discount(company).task("decide").roles == ("project_gm",)


def test_the_administrator_is_asked_once_and_sees_what_went_to_whom(company: Company) -> None:
    leave(company, "manager_1", "manager_2")
    for unit in (0, 1):
        asked_for_discount(company, unit)
    (flag,) = flags(company)
    assert (flag.roles, flag.path, flag.facts["vacant_role"]) == (("administrator",), PROJECT, "sales_manager")
    assert flag.facts["project"] == "云溪"
    assert vacancies(company) == [("sales_manager", PROJECT, 1, False)]
    turns = company.read(lambda s: s.scalars(select(VacancyTurn).order_by(VacancyTurn.id)).all())
    assert [turn.instead for turn in turns] == [["project_gm"], ["project_gm"]]
    assert "云溪" in turns[0].about


def test_it_closes_by_itself_when_the_post_is_filled_and_opens_again_once(company: Company) -> None:
    leave(company, "manager_1", "manager_2")
    asked_for_discount(company)
    give(company, "fang", "sales_manager")
    assert flags(company) == []
    assert vacancies(company) == [("sales_manager", PROJECT, 1, True)]
    held = company.read(lambda s: roles_of(s, company.people["fang"], company.clock.now().date()))
    (role,) = [one.id for one in held if one.role == "sales_manager"]
    company.act("admin", lambda s, a: revoke_role(s, a, company.clock, staff_role_id=role))
    for unit in (1, 2):
        asked_for_discount(company, unit)
    assert len(flags(company)) == 1
    assert vacancies(company) == [("sales_manager", PROJECT, 2, False)]


def test_a_role_that_begins_later_fills_the_post_on_its_day(company: Company) -> None:
    leave(company, "manager_1", "manager_2")
    asked_for_discount(company)
    day = company.clock.now().date().replace(day=4)
    give(company, "fang", "sales_manager", from_date=day)
    assert len(flags(company)) == 1
    company.later(days=1)
    assert len(flags(company)) == 1
    company.later(days=1)
    assert flags(company) == []


def test_it_cannot_be_completed_while_nobody_holds_the_post(company: Company) -> None:
    leave(company, "manager_1", "manager_2")
    asked_for_discount(company)
    (flag,) = flags(company)
    with pytest.raises(Invalid, match="post_still_vacant"):
        company.act("admin", lambda s, a: company.engine(s, a).complete(flag.id, {}))
    assert len(flags(company)) == 1


def test_a_post_whose_holders_may_not_decide_is_no_vacancy_of_the_house(company: Company) -> None:
    leave(company, "manager_2")
    case = company.start("manager_1", entry="walk_in")
    terms = {
        "ownership": "sole",
        "buyers": [{"customer_id": company.customers["lin"]}],
        "discounts": [{"name": "Friend", "kind": "rate", "basis_points": 50}],
        "plan_id": company.plan_id,
        "deposit_fen": 5_000_000,
    }
    case.complete("enter_terms", "manager_1", **terms)
    assert case.task("decide").roles == ("project_gm",)
    assert flags(company) == []


def test_any_task_whose_post_is_vacant_goes_up_and_whoever_fills_it_finds_it_too(company: Company) -> None:
    leave(company, "filer")
    name_for(company, "filing_clerk", instead_staff_id=company.people["legal_1"])
    case = company.start(entry="walk_in")
    case.enter_terms()
    company.pay()
    case.sign()
    task = case.task("submit_filing")
    assert task.facts[POST_VACANT] == {"posts": ["filing_clerk"], "to": [f"user:{company.people['legal_1']}"]}
    assert [flag.facts["vacant_role"] for flag in flags(company)] == ["filing_clerk"]
    give(company, "fang", "filing_clerk")
    for name in ("legal_1", "fang"):
        mine = company.read(
            lambda s, who=name: company.engine(s, company.actor(who)).find_tasks(TaskFilter(box="group"))
        )
        assert task.id in {row.id for row in mine.rows}


def close_account(company: Company, name: str) -> None:
    """The administrator closes a leaver's account; the work that waits is looked at."""
    staff = company.people[name]
    company.act("admin", lambda s, a: deactivate_staff(s, a, company.clock, staff_id=staff, reason="Left"))
    company.run_due()


def happened(company: Company, case: Case) -> list[str]:
    """The codes of a case's history."""
    return [event.code for event in company.read(lambda s: company.engine(s, SYSTEM).history(case.id))]


def test_what_waits_already_goes_on_when_the_last_holder_of_its_post_leaves(company: Company) -> None:
    name_for(company, "sales_manager", instead_role="city_marketing")
    case = asked_for_discount(company)
    close_account(company, "manager_1")
    assert case.task("decide").roles == ("sales_manager",)
    close_account(company, "manager_2")
    task = case.task("decide")
    assert task.roles == ("sales_manager", "city_marketing")
    assert task.facts[POST_VACANT] == {"posts": ["sales_manager"], "to": ["city_marketing"]}
    assert [flag.facts["vacant_role"] for flag in flags(company)] == ["sales_manager"]
    assert happened(company, case).count("post_vacated") == 1
    with pytest.raises(NotAllowed):
        case.decide("gm_1")
    case.decide("marketing_1")
    assert case.waiting_at == ["await_deposit"]
    (opinion,) = case.data["opinions"]
    assert (opinion["by"], opinion["role"]) == (company.people["marketing_1"], "city_marketing")


def test_a_role_taken_away_and_one_whose_time_is_over_leave_the_post_vacant_too(company: Company) -> None:
    leave(company, "manager_2")
    case = asked_for_discount(company)
    (held,) = company.read(lambda s: roles_of(s, company.people["manager_1"], company.clock.now().date()))
    company.act("admin", lambda s, a: revoke_role(s, a, company.clock, staff_role_id=held.id))
    company.run_due()
    assert case.task("decide").roles == ("sales_manager", "project_gm")
    give(company, "fang", "sales_manager", to_date=company.clock.now().date())
    other = asked_for_discount(company, 1)
    assert other.task("decide").roles == ("sales_manager",)
    company.later(days=1)
    JobRunner(company.database, handlers.registry()).tidy()
    company.run_due()
    assert other.task("decide").roles == ("sales_manager", "project_gm")


def test_what_a_leaver_had_taken_goes_back_to_his_group(company: Company) -> None:
    case = asked_for_discount(company)
    task = case.task("decide")
    company.act("manager_1", lambda s, a: company.engine(s, a).claim(task.id))
    close_account(company, "manager_1")
    waiting = case.task("decide")
    assert (waiting.assignee, waiting.candidates) == (None, task.candidates)
    assert happened(company, case)[-1] == "holder_left"
    case.decide("manager_2")


def test_what_a_leaver_was_preparing_goes_back_to_its_owner(company: Company) -> None:
    case = asked_for_discount(company)
    task, people = case.task("decide"), company.people
    company.act("manager_1", lambda s, a: company.engine(s, a).claim(task.id))
    company.act("manager_1", lambda s, a: company.engine(s, a).delegate(task.id, people["legal_1"]))
    close_account(company, "legal_1")
    waiting = case.task("decide")
    assert (waiting.assignee, waiting.owner, waiting.delegation) == (people["manager_1"], None, None)
    case.decide("manager_1")


def test_looking_at_many_tasks_is_done_in_portions_and_repeated_without_harm(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(offer_anew, "PORTION", 1)
    cases = [asked_for_discount(company, unit) for unit in range(3)]
    leave(company, "manager_2")
    close_account(company, "manager_1")
    assert [case.task("decide").roles for case in cases] == [("sales_manager", "project_gm")] * 3
    company.act("admin", lambda s, a: company.engine(s, SYSTEM).offer_anew(f"sales_manager@{PROJECT}"))
    company.run_due()
    assert [happened(company, case).count("post_vacated") for case in cases] == [1, 1, 1]


def test_only_who_operates_the_house_has_tasks_offered_anew(company: Company) -> None:
    with pytest.raises(NotAllowed):
        company.act("manager_1", lambda s, a: company.engine(s, a).offer_anew(f"sales_manager@{PROJECT}"))
