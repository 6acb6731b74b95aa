"""Overdue tasks of areas and certificates: who is told before and after the day, and whose the task is then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import select

from engine.api import NotAllowed, Task
from ledger.notices.models import Notice
from ledger.surveys.kinds import RunKind
from ledger.titles.kinds import PAPERS
from tests.stories.company import Case, Company
from tests.stories.measuring import CLERK
from tests.stories.test_title import Titling

SALES_MANAGERS = {"manager_1", "manager_2"}
PROJECT_GMS = {"gm_1", "gm_2"}


@pytest.fixture
def titling(company: Company) -> Titling:
    return Titling(company)


def unanswered(titling: Titling) -> Case:
    """The buyer of a home that is 4.5 % larger has not answered in time."""
    sale_id = titling.sell()
    titling.settle(titling.survey(u101="104.50"))
    titling.company.later(days=32)
    return titling.case(sale_id)


def papers_missing(titling: Titling) -> Case:
    """The building is registered; the buyer's papers are to come."""
    sale_id = titling.sell()
    titling.survey()
    titling.register()
    titling.run(RunKind.TITLE)
    return titling.process(sale_id)


def issued(titling: Titling) -> Case:
    """The certificate is there; the buyer does not fetch it."""
    case = papers_missing(titling)
    (sale_id,) = titling.sales.values()
    case.complete("collect_papers", CLERK, papers=list(PAPERS))
    titling.submit(sale_id)
    titling.answer(sale_id, "issue_case", number="沪(2026)嘉字第000001号", issued_on=titling.today)
    return case


@dataclass(frozen=True)
class Overdue:
    """A task: how the case comes to it, who hears that it is due soon, who that it is late, how much it matters."""

    come: Callable[[Titling], Case]
    candidates: list[str]
    warned: set[str]
    told: set[str]
    priority: tuple[int, int]


TASKS = {
    "decide_unanswered": Overdue(
        unanswered, ["project_gm", "sales_manager"], set(), SALES_MANAGERS | PROJECT_GMS | {"city_gm_1"}, (80, 90)
    ),
    "collect_papers": Overdue(papers_missing, ["filing_clerk"], {CLERK}, {CLERK} | SALES_MANAGERS, (50, 80)),
    "hand_out": Overdue(issued, ["filing_clerk"], set(), {CLERK} | SALES_MANAGERS, (50, 80)),
}


def told(company: Company, task: Task, kind: str) -> set[str]:
    """Who was told that a task is due soon or late, each once."""
    query = select(Notice.staff_id).where(Notice.task_id == task.id, Notice.kind == kind)
    names = {person: name for name, person in company.people.items()}
    found = [names[one] for one in company.read(lambda s: s.scalars(query).all())]
    assert len(found) == len(set(found))
    return set(found)


@pytest.mark.parametrize("element", list(TASKS))
def test_an_overdue_task_is_told_and_matters_more_and_stays_whose_it_was(titling: Titling, element: str) -> None:
    company, wanted = titling.company, TASKS[element]
    case = wanted.come(titling)
    task = case.task(element)
    assert task.due_at is not None
    company.at(task.due_at - timedelta(minutes=1))
    assert (told(company, task, "due"), told(company, task, "late")) == (wanted.warned, set())
    assert case.task(element).priority == wanted.priority[0]

    company.at(task.due_at + timedelta(minutes=1))
    assert told(company, task, "late") == wanted.told
    late = case.task(element)
    assert (late.id, late.priority, late.assignee) == (task.id, wanted.priority[1], None)
    assert sorted(one.partition("@")[0] for one in late.candidates) == wanted.candidates
    company.later(days=5)
    assert told(company, task, "late") == wanted.told  # Once.
    assert case.waiting_at == [element]


def test_a_buyer_who_does_not_answer_becomes_the_managers_matter(titling: Titling) -> None:
    company, sale_id = titling.company, titling.sell()
    titling.settle(titling.survey(u101="104.50"))
    case = titling.case(sale_id)
    task = case.task("choose")
    assert task.due_at is not None
    company.at(task.due_at - timedelta(minutes=1))
    assert (told(company, task, "late"), case.waiting_at) == (set(), ["choose"])
    company.at(task.due_at + timedelta(minutes=1))
    assert told(company, task, "late") == {CLERK, "wei", "fang"} | SALES_MANAGERS
    assert case.waiting_at == ["decide_unanswered"]
    answer = {"unanswered": "keep", "unanswered_reason": "the contract says so"}
    with pytest.raises(NotAllowed):
        case.complete("decide_unanswered", CLERK, **answer)
    case.complete("decide_unanswered", "manager_1", **answer)
    assert titling.settlement(sale_id).choice == "keep"
