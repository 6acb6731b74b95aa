"""A finance clerk clears fifty money to-dos at the keyboard: each is taken, confirmed, and the next one offered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kernel.actor import SYSTEM
from kernel.clock import business_date
from ledger.finance.kinds import TodoKind, TodoState
from ledger.finance.models import MoneyTodo, Receipt
from ledger.finance.operations import open_todo
from tests.e2e.office import Office
from tests.e2e.test_inbox_keyboard import COUNT_POINTERS, pointers

pytestmark = pytest.mark.timeout(600)
FEE, LINES = 10_000_00, 50


def owe(office: Office, count: int) -> None:
    """Fees of queue numbers that are to be collected, one due a day later than the other."""
    company = office.company
    today = business_date(company.clock)

    def work(session: Session) -> None:
        for number in range(count):
            open_todo(
                session, SYSTEM, company.clock, key=f"fee {number}", kind=TodoKind.COLLECT,
                project_id=company.project_id, customer_id=company.customers["lin"], amount_fen=FEE + number * 100,
                due_on=today + timedelta(days=number),
            )  # fmt: skip

    with company.database.unit_of_work() as session:
        work(session)


def open_todos(office: Office) -> int:
    query = select(func.count()).select_from(MoneyTodo).where(MoneyTodo.state == TodoState.OPEN)
    return int(office.company.read(lambda s: s.scalar(query)) or 0)


def test_a_clerk_clears_fifty_to_dos_without_the_mouse(open_office: Callable[..., Office]) -> None:
    office = open_office("zh")
    owe(office, LINES)
    page = office.desk("cashier")
    page.context.add_init_script(f"({COUNT_POINTERS})()")
    page.goto("/inbox")
    expect(page.get_by_role("link", name=f"{office.words('Money to-dos')} {LINES}")).to_be_visible()
    page.goto("/finance/")
    for key in ("j", "Enter"):
        page.keyboard.press(key)
    for number in range(LINES):
        page.wait_for_url("**/receipts/new*")
        expect(page.locator("[name=amount]")).to_be_focused()
        expect(page.locator("[name=amount]")).to_have_value(f"{10_000 + number:,}.00")
        page.keyboard.press("Enter")
        page.wait_for_url("**done=1")
        offer = page.locator("main [data-key=n]")
        if number + 1 < LINES:
            expect(offer).to_be_visible()
            page.keyboard.press("n")
    expect(offer).to_have_count(0)
    assert open_todos(office) == 0
    assert office.company.read(lambda s: s.scalar(select(func.count()).select_from(Receipt))) == LINES
    assert pointers(page) == 0
    assert not office.faults
