"""A sale goes from department to department by to-dos alone (部门协作指引): each has a role, a due date, an amount.

Whoever acts next finds it in a list of his own, the inbox or the money to-dos, and it leaves the list with the act.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest
from sqlalchemy.orm import Session

from engine.api import TaskFilter
from kernel.actor import SYSTEM, Actor
from kernel.clock import business_date
from ledger.finance.operations import confirm_receipt, take_receipt
from ledger.finance.todo_queries import TodoFilter, TodoRow, list_todos
from ledger.sales.operations import open_queue_batch
from tests.stories.changing_sales import lump_plan
from tests.stories.company import DEPOSIT, LIST_PRICE, PEOPLE, Case, Company
from tests.stories.test_approvals import leave

DEAL = LIST_PRICE * 96 // 100
FEE = 10_000_00
LOAN = 860_000_00  # 70 % in whole ten thousands of yuan.
SALES, FILING, FINANCE, LENDING = {"wei"}, {"filer"}, {"cashier", "treasurer"}, {"loans"}
MANAGERS = {"manager_1", "manager_2"}


@dataclass(frozen=True)
class Todo:
    """What somebody finds in a list of his: the act, what it is about in fen, until when."""

    act: str
    amount_fen: int | None
    due: date | None


def found_by(company: Company, name: str) -> set[Todo]:
    """Everything that waits for somebody: his tasks, those of his groups, and money to-dos he may do."""
    actor = company.actor(name)

    def look(session: Session) -> set[Todo]:
        tasks = company.engine(session, actor).find_tasks(TaskFilter(box="work")).rows
        money = list_todos(session, actor, TodoFilter()).rows if is_of_finance(actor) else ()
        return {
            Todo(task.element_id, task.facts.get("amount_fen"), task.due_at.date() if task.due_at else None)
            for task in tasks
        } | {Todo(row.kind, row.amount_fen, row.due_on) for row in money}

    return company.read(look)


def is_of_finance(actor: Actor) -> bool:
    return any(grant.role in ("finance_clerk", "finance_manager") for grant in actor.grants)


def lists(company: Company) -> dict[str, set[str]]:
    """Who finds which acts; everything found has a due date and an amount."""
    found: dict[str, set[str]] = {}
    for name in PEOPLE:
        todos = found_by(company, name)
        for todo in todos:
            assert todo.due is not None, f"{todo.act} has no due date"
            assert todo.amount_fen, f"{todo.act} has no amount"
            found.setdefault(todo.act, set()).add(name)
    return found


def amounts(company: Company, name: str) -> list[tuple[str, int | None]]:
    return sorted((todo.act, todo.amount_fen) for todo in found_by(company, name))


def take(company: Company, todo: TodoRow) -> str:
    """The cashier takes the money of a to-do; whether it has arrived is the next to-do."""

    def work(session: Session, actor: Actor) -> str:
        method = "bank_loan" if todo.debtor == "bank" else "transfer"
        receipt = take_receipt(
            session, actor, company.clock, key=todo.id, amount_fen=todo.amount_fen, method=method,
            paid_on=business_date(company.clock), payer="Lin Wan", todo_id=todo.id,
        )  # fmt: skip
        return receipt.id

    return company.act("cashier", work)


def confirm(company: Company, receipt_id: str) -> None:
    company.act("cashier", lambda s, a: confirm_receipt(s, a, company.clock, receipt_id=receipt_id))


@pytest.fixture
def case(company: Company) -> Case:
    """A walk-in that has just begun."""
    return company.start(entry="walk_in")


def test_each_department_finds_what_it_has_to_do_and_no_other_does(company: Company, case: Case) -> None:
    assert lists(company) == {"enter_terms": SALES}
    case.enter_terms(off=400)
    for name in ("manager_1", "gm_1", "marketing_1", "city_finance_1"):
        found = lists(company)
        assert found.keys() == {"decide"}
        assert name in found["decide"]
        assert not found["decide"] & SALES
        assert amounts(company, name) == [("decide", DEAL)]
        case.decide(name)
    assert lists(company) == {"collect": FINANCE}
    assert amounts(company, "cashier") == [("collect", DEPOSIT)]

    (row,) = company.read(lambda s: list_todos(s, SYSTEM, TodoFilter())).rows
    receipt = take(company, row)
    assert lists(company) == {"collect": FINANCE, "confirm": FINANCE}  # Money is there when the bank says so.
    confirm(company, receipt)
    assert lists(company) == {"sign_contract": SALES}
    case.sign()
    assert lists(company) == {"collect": FINANCE, "submit_filing": FILING, "choose_bank": LENDING}
    assert amounts(company, "cashier") == [("collect", DEAL - LOAN - DEPOSIT), ("collect", LOAN)]
    assert amounts(company, "filer") == [("submit_filing", DEAL)]
    case.submit()
    assert lists(company) == {"collect": FINANCE, "record_answer": FILING, "choose_bank": LENDING}


def test_the_lists_are_empty_when_all_is_done(company: Company, case: Case) -> None:
    case.enter_terms(plan_id=lump_plan(company))
    company.pay()
    case.sign()
    case.submit()
    case.complete("record_answer", "filer", filing_answer="accepted", filing_no="BA-1", answered_on="2026-03-02")
    for row in company.read(lambda s: list_todos(s, SYSTEM, TodoFilter())).rows:
        confirm(company, take(company, row))
    assert lists(company) == {}
    assert case.instance().state == "completed"


def test_a_hold_is_passed_on_with_the_price_it_is_about(company: Company) -> None:
    case = company.start(entry="hold", hold_hours=24, reason="Family decides at the weekend")
    assert lists(company) == {"decide": MANAGERS}
    assert amounts(company, "manager_1") == [("decide", LIST_PRICE)]
    case.decide("manager_1")
    assert lists(company) == {"decide_hold": SALES}
    case.complete("decide_hold", hold_decision="release", closing_reason="Chose another")
    assert lists(company) == {}


def test_a_queue_number_is_passed_on_with_its_fee(company: Company) -> None:
    batch = company.act(
        "manager_1",
        lambda s, a: (
            open_queue_batch(
                s, a, company.clock, project_id=company.project_id, code="open", name="Opening", fee_fen=FEE
            ).id
        ),
    )
    case = company.start(entry="queue", batch_id=batch)
    assert lists(company) == {"collect": FINANCE}
    company.pay()
    assert lists(company) == {"call_number": MANAGERS}
    case.complete("call_number", "manager_1")
    assert lists(company) == {"pick_unit": SALES}
    case.complete("pick_unit", pick_decision="pass", closing_reason="Nothing left that fits")
    assert lists(company) == {"refund": FINANCE}


def test_what_nobody_may_decide_is_the_administrator_s_to_fill_with_the_amount_at_stake(
    company: Company, case: Case
) -> None:
    leave(company, "manager_1", "manager_2", "gm_1", "gm_2", "city_gm_1", "pricing_1")
    case.enter_terms(off=400)
    found = amounts(company, "admin")
    assert ("fill_vacancy", DEAL) in found
    assert case.waiting_at == ["fill_vacancy"]
