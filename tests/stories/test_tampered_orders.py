"""An order that was approved and then tampered with, through every door (DOMAIN §10.6): it does what was approved or nothing.

What is written past the program the database itself refuses; what is called out of turn the verb refuses. An order that
came back and says something else by then needs an approval of that, whoever notes one.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from kernel.errors import KeyturnError, NotAllowed
from ledger.changes.errors import ChangeNotReady, ChangeOwn, ChangeStale, ChangeUnapproved
from ledger.changes.models import ChangeOrder
from ledger.changes.operations import approve_change, execute_change, mend_change
from ledger.sales.models import Sale
from tests.stories.changing_sales import approve, ask, execute, order_of, signed, supplement_today
from tests.stories.company import LIST_PRICE, Case, Company
from tests.stories.standing import approvals, standing
from tests.stories.test_approved_but_no_longer_so import SUBSCRIBED, discount

MORE = {"discounts": [{"kind": "rate", "name": "VIP", "basis_points": 2000}]}
TWO_OFF = LIST_PRICE * 98 // 100
Door = Callable[[Company, ChangeOrder], object]


def statement(sql: str, **values: Any) -> Door:
    """Somebody writes into the database past the program."""

    def write(company: Company, order: ChangeOrder) -> object:
        given = {"id": order.id, "hash": order.content_hash, **values}
        is_postgres = company.database.engine.dialect.name == "postgresql"
        said = sql.replace(":map", "CAST(:map AS JSONB)") if is_postgres else sql
        return company.act("system", lambda s, _a: s.execute(text(said), given))

    return write


def operation(verb: Callable[..., Any], who: str, **values: Any) -> Door:
    """Somebody calls a verb of the ledger out of turn."""

    def call(company: Company, order: ChangeOrder) -> object:
        return company.act(who, lambda s, a: verb(s, a, company.clock, order_id=order.id, **values))

    return call


REFUSED: dict[str, tuple[Door, type[Exception]]] = {
    "another hash": (statement("UPDATE change_order SET content_hash = 'f' WHERE id = :id"), DBAPIError),
    "no approval needed": (statement("UPDATE change_order SET mode = 'none' WHERE id = :id"), DBAPIError),
    "somebody else asked": (statement("UPDATE change_order SET applied_by = 'x' WHERE id = :id"), DBAPIError),
    "another kind": (statement("UPDATE change_order SET kind = 'room_change' WHERE id = :id"), DBAPIError),
    "the order gone": (statement("DELETE FROM change_order WHERE id = :id"), DBAPIError),
    "the approval gone": (statement("DELETE FROM change_approval WHERE order_id = :id"), DBAPIError),
    "the approval of another content": (
        statement("UPDATE change_approval SET content_hash = 'f' WHERE order_id = :id"),
        DBAPIError,
    ),
    "an approver gone": (statement("DELETE FROM change_approver WHERE order_id = :id"), DBAPIError),
    "an approver more": (
        statement(
            "INSERT INTO change_approver (id, order_id, content_hash, position, staff_id)"
            " VALUES ('1', :id, :hash, 9, 'cashier')"
        ),
        DBAPIError,
    ),
    "what is wanted": (
        statement("UPDATE change_order SET wanted = :map WHERE id = :id", map=json.dumps(MORE)),
        DBAPIError,
    ),
    "what the executor reads": (
        statement("UPDATE change_order SET after = :map WHERE id = :id", map='{"deal_price_fen": 1}'),
        DBAPIError,
    ),
    "the money he reads": (
        statement("UPDATE change_order SET money = :map WHERE id = :id", map="[]"),
        DBAPIError,
    ),
    "whose fault it is": (statement("UPDATE change_order SET fault = 'buyer' WHERE id = :id"), DBAPIError),
    "its history": (statement("UPDATE change_event SET kind = 'mended' WHERE order_id = :id"), DBAPIError),
    "mended after approval": (operation(mend_change, "wei", wanted=MORE, reason="more"), ChangeNotReady),
    "executed by who asked": (operation(execute_change, "wei"), KeyturnError),
    "executed by who approved": (operation(execute_change, "manager_1"), ChangeOwn),
    "executed by the system": (operation(execute_change, "system"), ChangeOwn),
}


@pytest.fixture(name="case")
def _case(company: Company) -> Case:
    """Two per cent off a signed sale, approved by two."""
    case = ask(company, "discount", signed(company), **discount(company))
    approve(case, *SUBSCRIBED)
    return case


def price(company: Company, case: Case) -> int:
    """What the sale costs now."""
    order = order_of(company, case)
    return company.read(lambda s: s.get_one(Sale, order.sale_id)).deal_price_fen or 0


@pytest.mark.parametrize("door", REFUSED)
def test_a_door_that_is_shut_leaves_what_was_approved(company: Company, case: Case, door: str) -> None:
    order = order_of(company, case)
    before = standing(company, order.sale_id)
    tamper, refusal = REFUSED[door]
    with pytest.raises(refusal) as refused:
        tamper(company, order)
    if isinstance(refused.value, DBAPIError):
        assert any(rule in str(refused.value.orig) for rule in ("change_", "append_only"))
    assert (order_of(company, case).content_hash, order_of(company, case).state) == (
        order.content_hash,
        "approved",
    )
    assert standing(company, order.sale_id) == before
    execute(case, **supplement_today(company))
    assert (order_of(company, case).state, price(company, case)) == ("executed", TWO_OFF)


def test_what_came_back_and_was_rewritten_needs_an_approval_of_that(company: Company, case: Case) -> None:
    """Between a return and the next request the content may change: the former approval counts for nothing then."""
    order = order_of(company, case)
    company.pay(key="down", sale_id=order.sale_id, amount_fen=340_000_00)
    execute(case, **supplement_today(company))
    assert order_of(company, case).state == "returned"
    statement("UPDATE change_order SET content_hash = :other WHERE id = :id", other="f" * 64)(company, order)
    before = standing(company, order.sale_id)
    for door in (
        operation(execute_change, "cashier"),
        statement("UPDATE change_order SET state = 'executed', ended_at = applied_at WHERE id = :id"),
        operation(approve_change, "system", content_hash=order.content_hash, approvers=[], reference="x"),
    ):
        with pytest.raises((KeyturnError, DBAPIError)):
            door(company, order)
    assert (order_of(company, case).state, standing(company, order.sale_id)) == ("returned", before)
    case.complete("mend", "wei", goes_on="again", reason="as it is now", **discount(company))
    approve(case, *SUBSCRIBED)
    execute(case, **supplement_today(company))
    assert (order_of(company, case).state, price(company, case)) == ("executed", TWO_OFF)


def test_an_approval_noted_with_another_hash_or_by_who_asked_is_none(company: Company) -> None:
    case = ask(company, "discount", signed(company), **discount(company))
    order, people = order_of(company, case), company.people
    for given, refusal in (
        ({"content_hash": "f" * 64, "approvers": [people["gm_1"]]}, ChangeStale),
        ({"content_hash": order.content_hash, "approvers": [people["wei"]]}, ChangeOwn),
        ({"content_hash": order.content_hash, "approvers": [people["gm_1"]] * 2}, ChangeOwn),
        ({"content_hash": order.content_hash, "approvers": []}, ChangeUnapproved),
    ):
        with pytest.raises(refusal):
            operation(approve_change, "system", reference="x", **given)(company, order)
    with pytest.raises(NotAllowed):
        operation(approve_change, "gm_1", reference="x", content_hash=order.content_hash, approvers=[])(
            company, order
        )
    assert (approvals(company, order), order_of(company, case).state) == (0, "approving")
