"""A finance clerk clears fifty money to-dos of all kinds at the keyboard, beside their list and on a phone's page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kernel.actor import SYSTEM
from kernel.clock import business_date
from ledger.finance.kinds import TodoKind, TodoState
from ledger.finance.models import MoneyTodo, Receipt
from ledger.finance.operations import approve_refund, ask_refund, confirm_receipt, open_todo, take_receipt
from tests.e2e.office import Office
from tests.e2e.test_inbox_keyboard import COUNT_POINTERS, pointers

pytestmark = pytest.mark.timeout(600)
FEE, LINES = 10_000_00, 50
KINDS = (TodoKind.COLLECT, TodoKind.CONFIRM, TodoKind.REFUND, TodoKind.TRANSFER)


def owe(office: Office, count: int, kinds: tuple[TodoKind, ...] = KINDS) -> list[str]:
    """To-dos about fees of queue numbers, of each kind in turn, one due a day later than the other; their ids."""
    company = office.company
    today = business_date(company.clock)
    with company.database.unit_of_work() as session:
        made = [bring(session, office, kinds[n % len(kinds)], n, today + timedelta(days=n)) for n in range(count)]
        for todo, due_on in made:
            todo.due_on = due_on
        return [todo.id for todo, _ in made]


def bring(session: Session, office: Office, kind: TodoKind, number: int, due: date) -> tuple[MoneyTodo, date]:
    """One to-do, with the receipt that it is about."""
    company, fen = office.company, FEE + number * 100
    whose = {"project_id": company.project_id, "customer_id": company.customers["lin"]}
    act = (session, SYSTEM, company.clock)
    if kind is TodoKind.COLLECT:
        return open_todo(*act, key=f"fee {number}", kind=kind, amount_fen=fen, due_on=due, **whose), due
    today = business_date(company.clock)
    paid = {"key": f"paid {number}", "method": "transfer", "paid_on": today, "payer": "Lin Wan"}
    receipt = take_receipt(*act, amount_fen=fen, **paid, **whose)
    if kind is not TodoKind.CONFIRM:
        confirm_receipt(*act, receipt_id=receipt.id)
    if kind is TodoKind.REFUND:
        asked = ask_refund(*act, key=f"back {number}", receipt_id=receipt.id, amount_fen=fen, reason="gives up")
        approval = {"approved_hash": asked.content_hash, "approvers": ["manager"], "reference": "test"}
        approve_refund(*act, refund_id=asked.id, **approval)
    elif kind is TodoKind.TRANSFER:
        of = {"receipt_id": receipt.id, "amount_fen": fen, "due_on": due, "note": "to_supervised"}
        open_todo(*act, key=f"carry {number}", kind=kind, **of, **whose)
    query = select(MoneyTodo).where(MoneyTodo.kind == kind, MoneyTodo.receipt_id == receipt.id)
    return session.scalars(query).one(), due


def open_todos(office: Office) -> int:
    query = select(func.count()).select_from(MoneyTodo).where(MoneyTodo.state == TodoState.OPEN)
    return int(office.company.read(lambda s: s.scalar(query)) or 0)


def done_by(office: Office, ids: list[str]) -> list[TodoState]:
    query = select(MoneyTodo.state).where(MoneyTodo.id.in_(ids))
    return list(office.company.read(lambda s: s.scalars(query).all()))


def at_the_list(office: Office) -> Page:
    page = office.desk("cashier")
    page.context.add_init_script(f"({COUNT_POINTERS})()")
    page.goto("/finance/")
    expect(page.locator("tr[data-row]").first).to_be_visible()
    return page


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_clerk_clears_fifty_to_dos_without_the_mouse(open_office: Callable[..., Office], language: str) -> None:
    office = open_office(language)
    ids = owe(office, LINES)
    page = at_the_list(office)
    for kind in KINDS:
        count = sum(KINDS[n % len(KINDS)] is kind for n in range(LINES))
        words = {"collect": "Collect money", "confirm": "Confirm the receipt", "refund": "Pay a refund",
                 "transfer": "Carry money over"}[kind]  # fmt: skip
        expect(page.locator(".kt-chip", has_text=office.words(words))).to_contain_text(str(count))
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    for number, todo_id in enumerate(ids):
        expect(page.locator("#pane [data-pane]")).to_have_attribute("data-task", todo_id)
        if KINDS[number % len(KINDS)] is TodoKind.COLLECT:
            expect(page.locator("#pane [name=amount]")).to_be_focused()
            expect(page.locator("#pane [name=amount]")).to_have_value(f"{10_000 + number:,}.00")
        else:
            expect(page.locator("#pane [data-key=c]")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("#pane .kt-notice", has_text=office.words("The to-do is done."))).to_be_visible()
        offer = page.locator("#pane [data-next]")
        if number + 1 < LINES:
            expect(offer).to_be_focused()
            page.keyboard.press("Enter")
    expect(offer).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.locator("#pane")).to_be_hidden()
    assert set(done_by(office, ids)) == {TodoState.DONE}
    assert open_todos(office) == 0
    assert office.company.read(lambda s: s.scalar(select(func.count()).select_from(Receipt))) == LINES
    assert pointers(page) == 0
    assert not office.faults


def test_the_same_keys_clear_them_on_a_narrow_screen(open_office: Callable[..., Office]) -> None:
    office = open_office("zh")
    ids = owe(office, 4)
    page = office.desk("cashier")
    page.set_viewport_size({"width": 375, "height": 812})
    page.context.add_init_script(f"({COUNT_POINTERS})()")
    page.goto("/finance/")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    for number in range(4):
        page.wait_for_load_state()
        page.locator("main [data-key=c]").wait_for()
        page.keyboard.press("Escape")
        page.keyboard.press("c")
        page.wait_for_url("**done=1")
        if number < 3:
            page.keyboard.press("n")
            page.wait_for_url(lambda url: "done=1" not in url)
    assert set(done_by(office, ids)) == {TodoState.DONE}
    assert pointers(page) == 0
    assert not office.faults


def test_a_wrong_entry_stays_beside_the_list_and_posts_nothing(open_office: Callable[..., Office]) -> None:
    office = open_office("en")
    owe(office, 2, (TodoKind.COLLECT,))
    page = at_the_list(office)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("#pane [name=amount]")).to_be_focused()
    for typed, told in (("12.345", "at most two decimals"), ("-5", "above zero"), ("$500", "US dollar")):
        page.locator("#pane [name=amount]").fill(typed)
        page.keyboard.press("Enter")
        expect(page.locator("#pane #e-amount")).to_contain_text(told)
    page.locator("#pane [name=amount]").fill("20000")
    page.keyboard.press("Enter")
    expect(page.locator("#pane")).to_contain_text("Keep ¥10,000.00 as credit")
    assert office.company.read(lambda s: s.scalar(select(func.count()).select_from(Receipt))) == 0
