"""What finance has to do about money: once each, found by what a clerk knows, done by the money itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import event

from kernel.errors import Invalid, NotAllowed
from ledger.finance import todo_queries
from ledger.finance.errors import AlreadyDone, AmountInvalid, KeyReused, TodoMissing
from ledger.finance.facts import TodoDone, TodoOpened
from ledger.finance.kinds import Debtor, TodoKind, TodoState
from ledger.finance.todo_queries import TodoFilter, count_todos, list_todos

from .house import TODAY


def verify(desk, sale, key="verify", fen=500, days=0):
    return desk.do(
        "open_todo",
        key=key,
        kind="verify",
        project_id=sale.project_id,
        sale_id=sale.id,
        amount_fen=fen,
        due_on=TODAY + timedelta(days=days),
    )


def test_a_retried_step_opens_one_todo(desk, house):
    line = desk.deposit(house.sale())
    first = desk.collect(line)
    again = desk.do(
        "open_todo",
        key=f"collect:{line.id}",
        kind="collect",
        project_id=house.project.id,
        amount_fen=line.amount_fen - 5,
        due_on=TODAY,
    )
    assert (again.id, again.amount_fen) == (first.id, line.amount_fen)
    assert len(desk.facts(TodoOpened)) == 1
    with pytest.raises(KeyReused):
        desk.do(
            "open_todo",
            key=f"collect:{line.id}",
            kind="verify",
            project_id=house.project.id,
            amount_fen=5,
            due_on=TODAY,
        )


def test_what_is_done_by_hand_is_ticked_off_once(desk, house):
    todo = verify(desk, house.sale())
    desk.do("complete_todo", todo_id=todo.id)
    desk.do("complete_todo", todo_id=todo.id)
    assert (todo.state, todo.closed_by) == (TodoState.DONE, desk.actor.id)
    assert len(desk.facts(TodoDone)) == 1
    with pytest.raises(AlreadyDone):
        desk.do("cancel_todo", todo_id=todo.id, reason="too late")


def test_what_money_completes_is_not_ticked_off_by_hand(desk, house):
    todo = desk.collect(desk.deposit(house.sale()))
    with pytest.raises(Invalid, match="todo_done_by_operation"):
        desk.do("complete_todo", todo_id=todo.id)


def test_a_todo_is_cancelled_with_a_reason(desk, house):
    todo = verify(desk, house.sale())
    with pytest.raises(Invalid, match="reason_missing"):
        desk.do("cancel_todo", todo_id=todo.id, reason=" ")
    desk.do("cancel_todo", todo_id=todo.id, reason="made twice by hand")
    assert (todo.state, todo.reason) == (TodoState.CANCELLED, "made twice by hand")
    with pytest.raises(AlreadyDone):
        desk.do("complete_todo", todo_id=todo.id)


def test_todos_need_an_amount_and_the_right_to_open_them(desk, house, actor_with):
    sale = house.sale()
    with pytest.raises(AmountInvalid):
        verify(desk, sale, fen=0)
    desk.actor = actor_with("finance:view")
    with pytest.raises(NotAllowed):
        verify(desk, sale)
    desk.actor = actor_with("finance:confirm", path="/elsewhere/")
    with pytest.raises(TodoMissing):
        desk.do("complete_todo", todo_id="none")


def test_the_desk_finds_todos_by_what_a_clerk_knows(session, desk, house, admin):
    sale = house.sale(buyers=("Lin Wan", "Ye Chun"))
    other = house.sale(buyers=("Gu Yan",))
    desk.collect(desk.deposit(sale))
    verify(desk, other, fen=700, days=5)
    desk.take(other, 100)
    rows = list_todos(session, admin, TodoFilter(kinds=(TodoKind.COLLECT,))).rows
    assert [(row.sale_no, row.unit_label, row.buyer_names) for row in rows] == [
        (sale.no, "1栋-101", ("Lin Wan", "Ye Chun"))
    ]
    for where, kinds in [
        (TodoFilter(), ["confirm", "collect", "verify"]),
        (TodoFilter(search="ye ch"), ["collect"]),
        (TodoFilter(search="102"), ["confirm", "verify"]),
        (TodoFilter(search=sale.no), ["collect"]),
        (TodoFilter(overdue_on=TODAY + timedelta(days=1)), ["confirm"]),
        (TodoFilter(due_from=TODAY + timedelta(days=1), due_to=TODAY + timedelta(days=1)), ["collect"]),
        (TodoFilter(amount_from=101, amount_to=700), ["verify"]),
        (TodoFilter(sale_id=sale.id, debtor=Debtor.BUYER), ["collect"]),
        (TodoFilter(project_id="none"), []),
        (TodoFilter(state=TodoState.DONE), []),
    ]:
        assert [row.kind for row in list_todos(session, admin, where).rows] == kinds
    assert [r.amount_fen for r in list_todos(session, admin, TodoFilter(), sort="-amount").rows] == [
        50_000_00,
        700,
        100,
    ]
    assert count_todos(session, admin)[TodoKind.VERIFY] == 1


def test_a_queue_fee_shows_its_customer(session, desk, house, admin):
    customer = house.customer("Shen Mo")
    desk.take(None, 100, customer_id=customer.id, project_id=house.project.id)
    (row,) = list_todos(session, admin, TodoFilter(search="shen")).rows
    assert (row.buyer_names, row.sale_no) == (("Shen Mo",), None)


def test_a_list_asks_the_database_a_fixed_number_of_times(session, desk, house, admin):
    for number in range(12):
        verify(desk, house.sale(), key=f"verify-{number}")
    session.flush()
    statements = []
    engine = session.get_bind().engine
    event.listen(engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
    page = list_todos(session, admin, TodoFilter(), limit=10)
    assert (len(page.rows), page.count, page.more) == (10, 12, False)
    assert len(statements) <= 4
    assert len(list_todos(session, admin, TodoFilter(), limit=10, offset=10).rows) == 2


def test_a_count_stops_at_the_cap(session, desk, house, admin, monkeypatch):
    monkeypatch.setattr(todo_queries, "COUNT_CAP", 2)
    sale = house.sale()
    for number in range(4):
        verify(desk, sale, key=f"verify-{number}")
    page = list_todos(session, admin, TodoFilter())
    assert (page.count, page.more) == (2, True)


def test_nobody_sees_another_citys_todos(session, desk, house, actor_with):
    verify(desk, house.sale())
    assert list_todos(session, actor_with("finance:view", path="/other/"), TodoFilter()).rows == ()
    assert list_todos(session, actor_with("sales:view"), TodoFilter()).count == 0
    assert len(list_todos(session, actor_with("finance:view", path="/keyturn/"), TodoFilter()).rows) == 1
