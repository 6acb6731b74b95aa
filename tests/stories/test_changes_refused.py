"""What cannot be asked for: another change while one runs, shares that do not sum, a home sold a second ago.

Each refusal names its field and says what to do, and leaves nothing half done: no order, no case, no number used up.
"""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from engine.api import AnswersInvalid, InstanceFilter
from kernel.actor import SYSTEM
from ledger.changes.errors import ChangeRunning
from ledger.changes.models import ChangeOrder
from ledger.inventory.errors import UnitTaken
from ledger.sales.models import Sale
from tests.stories.changing_sales import approve, ask, execute, lump_plan, order_of, signed, subscribed
from tests.stories.company import Company
from tests.stories.standing import found_by, standing
from tests.stories.test_approved_but_no_longer_so import SUBSCRIBED, next_room, spouse
from tests.stories.test_at_once import at_once
from tests.stories.test_changes_come_to_nothing import KINDS
from tests.stories.test_rights_transfer import both


def orders(company: Company) -> int:
    """How many orders there are."""
    return company.read(lambda s: s.scalar(select(func.count()).select_from(ChangeOrder))) or 0


def cases(company: Company) -> int:
    """How many cases have ever begun."""
    return len(company.read(lambda s: company.engine(s, SYSTEM).find_instances(InstanceFilter())).rows)


@pytest.mark.parametrize("kind", KINDS)
def test_no_other_change_is_asked_for_while_one_runs(company: Company, kind: str) -> None:
    """Whoever asks is told whose the open one is, since when, of which kind and number."""
    sale = signed(company)
    wanted = KINDS[kind][1](company)
    running = "discount" if kind != "discount" else "payment_plan_change"
    first = ask(company, running, sale, name="wei", **KINDS[running][1](company))
    order, begun = order_of(company, first), (orders(company), cases(company))
    before = standing(company, sale.sale().id)
    for name in ("wei", "manager_1"):
        with pytest.raises(ChangeRunning) as refused:
            ask(company, kind, sale, name, **wanted)
        told = refused.value.params
        assert (told["by"], told["at"], told["no"]) == (company.people["wei"], company.clock.now(), order.no)
        assert (told["kind"], refused.value.field) == (f"change_kind.{running}", "sale_id")
    assert (orders(company), cases(company)) == begun
    assert standing(company, sale.sale().id) == before
    assert order_of(company, first).state == "approving"
    first.decide("manager_1", "rejected", opinion="no")
    assert order_of(company, ask(company, kind, sale, **wanted)).no.endswith("2")


def test_of_two_who_ask_at_the_same_moment_one_is_told_of_the_other(company: Company) -> None:
    sale, lump_id = subscribed(company), lump_plan(company)
    outcomes = at_once(
        lambda: ask(company, "payment_plan_change", sale, "wei", plan_id=lump_id),
        lambda: ask(company, "room_change", sale, "manager_1", unit_id=company.units[1]),
    )
    (lost,) = [one for one in outcomes if one is not None]
    assert isinstance(lost, ChangeRunning)
    assert (orders(company), sale.waiting_at) == (1, ["await_change"])


def test_shares_of_99_99_per_cent_are_refused_whenever_they_are_named(company: Company) -> None:
    """At the booking, with the request and when it is mended: the sum is exact, to the hundredth of a per cent."""
    short = both(company, "4999/10000", "1/2")
    said = {"buyers": [("shares_not_one", {"total": "9999/10000"})]}
    draft = company.start(entry="walk_in", unit_id=company.units[1], customer_id=company.customers["zhou"])
    with pytest.raises(AnswersInvalid) as booking:
        draft.enter_terms(ownership="shares", buyers=short)
    assert (booking.value.errors, draft.waiting_at) == (said, ["enter_terms"])
    sale = subscribed(company)
    wanted = spouse(company)
    before, begun = standing(company, sale.sale().id), cases(company)
    with pytest.raises(AnswersInvalid) as asked:
        ask(company, "rights_transfer", sale, **{**wanted, "buyers": short})
    assert (asked.value.errors, orders(company), cases(company)) == (said, 0, begun)
    assert sale.waiting_at == ["sign_contract"]
    case = ask(company, "rights_transfer", sale, **wanted)
    case.decide("manager_1", "returned", opinion="other shares")
    with pytest.raises(AnswersInvalid) as mended:
        case.complete("mend", "wei", goes_on="again", reason="so", **{**wanted, "buyers": short})
    assert (mended.value.errors, case.waiting_at) == (said, ["mend"])
    assert order_of(company, case).state == "returned"
    assert standing(company, sale.sale().id) == before


def test_a_home_that_is_sold_while_the_change_is_executed_has_one_buyer(company: Company) -> None:
    """The cashier executes and a colleague sells, in two transactions at the same moment: one of them is first."""
    old = subscribed(company)
    case = ask(company, "room_change", old, **next_room(company))
    approve(case, *SUBSCRIBED)
    before = standing(company, old.sale().id)
    outcomes: list[Any] = at_once(
        lambda: execute(case),
        lambda: company.start(
            "fang", entry="walk_in", unit_id=company.units[1], customer_id=company.customers["zhou"]
        ),
    )
    order, holder = order_of(company, case), company.unit(1).sale_id
    live = company.read(lambda s: s.scalars(select(Sale.id).where(Sale.state == "live")).all())
    assert outcomes[0] is None and holder in live
    if outcomes[1] is None:
        assert (order.state, found_by(company, "wei", case)) == ("returned", {"mend": company.people["wei"]})
        assert case.seen_by("wei", "mend")["returned_because"] == "已非批准时的内容：房源已被他人选定"
        now = standing(company, old.sale().id)
        assert (now.sale, now.lines, now.books) == (before.sale, before.lines, before.books)
        assert (old.waiting_at, company.unit(0).status, len(live)) == (["await_change"], "subscribed", 2)
    else:
        assert isinstance(outcomes[1], UnitTaken)
        assert (order.state, order.result["sale_id"], len(live)) == ("executed", holder, 1)
        assert (old.sale().stage, company.unit(0).status) == ("closed", "available")
        assert standing(company, str(holder)).books == before.books
