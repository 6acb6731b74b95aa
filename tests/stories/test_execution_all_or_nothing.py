"""The execution of an approved change happens whole or not at all, and not after its days are over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from engine.api import StepFailed
from ledger.changes import executing
from ledger.changes.models import ChangeEvent
from ledger.sales.models import Sale
from tests.stories.changing_sales import approve, ask, execute, order_of, supplement_today
from tests.stories.company import Case, Company
from tests.stories.standing import approvals, found_by, standing
from tests.stories.test_changes_come_to_nothing import KINDS, goes_on, said
from tests.stories.test_sale_cancellation import give_papers_back


def approved(company: Company, kind: str) -> tuple[Case, Case]:
    """A sale and its change, ready to be executed."""
    start, wanted, signers = KINDS[kind]
    sale = start(company)
    case = ask(company, kind, sale, **wanted(company))
    approve(case, *signers)
    if kind == "sale_cancellation":
        give_papers_back(case)
    return sale, case


def carry_out(company: Company, sale: Case, case: Case) -> None:
    """Somebody executes it, with the supplement where there is one."""
    execute(case, **(supplement_today(company) if sale.sale().stage == "signed" else {}))


@pytest.mark.parametrize("kind", KINDS)
def test_an_execution_that_fails_at_its_last_step_leaves_nothing_half_done(
    company: Company, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Terms sealed, supplement signed, money moved, units turned: all of it goes back, and the second try does it once."""
    sale, case = approved(company, kind)
    sale_id = sale.sale().id
    before, order = standing(company, sale_id), order_of(company, case)
    events = select(ChangeEvent.kind).where(ChangeEvent.order_id == order.id)
    history = company.read(lambda s: s.scalars(events).all())

    def fails(*_args: Any) -> None:
        raise RuntimeError("the last step fails")

    real: Callable[..., None] = executing.tell
    monkeypatch.setattr(executing, "tell", fails)
    with pytest.raises(StepFailed):
        carry_out(company, sale, case)
    monkeypatch.setattr(executing, "tell", real)
    assert standing(company, sale_id) == before
    assert company.read(lambda s: len(s.scalars(select(Sale)).all())) == 1
    again = order_of(company, case)
    assert (again.state, again.executed_by, again.result) == (order.state, None, {})
    assert company.read(lambda s: s.scalars(events).all()) == history
    assert case.waiting_at == ["execute"]
    carry_out(company, sale, case)
    done = order_of(company, case)
    assert (done.state, approvals(company, done)) == ("executed", 1)
    assert standing(company, sale_id) != before


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "discount"])
def test_a_grant_that_nobody_executes_in_its_days_expires(company: Company, kind: str) -> None:
    sale, case = approved(company, kind)
    before = standing(company, sale.sale().id)
    company.later(days=14)
    assert case.waiting_at == ["execute"]
    company.later(days=2)
    order = order_of(company, case)
    assert (order.state, order.ended_because) == ("expired", "not executed in time · 逾期未执行")
    assert said(company) == ["not executed in time · 逾期未执行"]
    assert found_by(company, "cashier", case) == {}
    assert standing(company, sale.sale().id) == before
    assert goes_on(company, sale)
    assert (case.waits(), case.instance().state) == ([], "completed")
