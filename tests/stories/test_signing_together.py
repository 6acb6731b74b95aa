"""A discount that several people decide at one step: the opinions are the case's, and four eyes know all of them."""

from __future__ import annotations

import pytest

from engine.api import Engine, NotAllowed, TaskFilter
from tests.stories.company import Case, Company


@pytest.fixture
def case(company: Company) -> Case:
    """A walk-in that asks for one per cent off."""
    case = company.start(entry="walk_in")
    case.enter_terms(off=100)
    return case


def do(company: Company, name: str, act: object) -> None:
    """Somebody acts."""
    company.act(name, lambda s, a: act(company.engine(s, a)))  # type: ignore[operator]


def decide(company: Company, name: str, decision: str = "approved", remark: str = "") -> None:
    """Somebody decides the task that was given to him."""

    def complete(engine: Engine) -> None:
        (task,) = engine.find_tasks(TaskFilter(box="mine")).rows
        engine.complete(task.id, {"decision": decision, "opinion": remark, "remark": remark})

    do(company, name, complete)


def test_those_added_are_part_of_the_opinions_and_of_the_deciders(company: Company, case: Case) -> None:
    task, people = case.task("decide"), company.people
    do(company, "manager_1", lambda e: e.add_signers(task.id, [people["cashier"]], part="before"))
    decide(company, "cashier", remark="paid up")
    do(company, "manager_1", lambda e: e.add_signers(task.id, [people["gm_1"]], part="after"))
    decide(company, "manager_1", remark="fair")
    decide(company, "gm_1")
    assert case.waiting_at == ["await_deposit"]
    said = [(o["by"], o.get("part"), o["decision"]) for o in case.data["opinions"]]
    assert said == [
        (people["cashier"], "before", "approved"),
        (people["manager_1"], None, "approved"),
        (people["gm_1"], "after", "approved"),
    ]


def test_whoever_signed_along_decides_no_later_step(company: Company) -> None:
    case = company.start(entry="walk_in")
    case.enter_terms(off=400, terms_note="Buys two homes")
    first = case.task("decide")
    do(company, "manager_1", lambda e: e.add_signers(first.id, [company.people["gm_1"]], part="before"))
    decide(company, "gm_1")
    decide(company, "manager_1")
    second = case.task("decide")
    assert company.people["gm_1"] in second.excluded
    with pytest.raises(NotAllowed, match="four_eyes"):
        do(company, "gm_1", lambda e: e.complete(second.id, {"decision": "approved"}))


def test_a_vote_decides_the_step_and_every_vote_is_kept(company: Company, case: Case) -> None:
    people = company.people
    task, voters = case.task("decide"), [people[name] for name in ("gm_1", "marketing_1", "cashier")]
    do(company, "manager_1", lambda e: e.open_vote(task.id, voters, rule="count", number=2))
    decide(company, "gm_1", "rejected", remark="too much")
    decide(company, "marketing_1")
    decide(company, "cashier")
    assert case.waiting_at == ["await_deposit"]
    assert [(o["part"], o["decision"]) for o in case.data["opinions"]] == [
        ("vote", "rejected"),
        ("vote", "approved"),
        ("vote", "approved"),
    ]


def test_a_vote_that_fails_rejects_the_request(company: Company, case: Case) -> None:
    task, voters = case.task("decide"), [company.people[name] for name in ("gm_1", "cashier")]
    do(company, "manager_1", lambda e: e.open_vote(task.id, voters))
    decide(company, "cashier", "rejected", remark="no")
    assert case.data["outcome"] == "rejected"


def test_whom_a_step_was_handed_over_to_with_a_reason_may_decide_it(company: Company, case: Case) -> None:
    task = case.task("decide")
    cashier = company.people["cashier"]
    do(company, "manager_1", lambda e: e.hand_over(task.id, cashier, reason="He knows the buyer"))
    decide(company, "cashier")
    assert case.waiting_at == ["await_deposit"]
    assert case.data["opinions"][0]["by"] == cashier


def test_the_applicant_is_never_added(company: Company, case: Case) -> None:
    task = case.task("decide")
    for part in ("before", "after"):
        with pytest.raises(NotAllowed, match="four_eyes_of"):
            do(company, "manager_1", lambda e, p=part: e.add_signers(task.id, [company.people["wei"]], part=p))
