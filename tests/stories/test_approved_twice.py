"""The same content asked for again after it came back needs an approval of its own, and gets one."""

from __future__ import annotations

import pytest

from engine.api import NotAllowed
from tests.stories.changing_sales import approve, ask, execute, order_of, subscribed
from tests.stories.company import Company
from tests.stories.standing import approvals


def test_a_home_that_was_taken_and_is_free_again_is_approved_once_more(company: Company) -> None:
    sale = subscribed(company)
    case = ask(company, "room_change", sale, unit_id=company.units[1])
    approve(case, "manager_1", "gm_1")
    other = company.start("fang", entry="walk_in", unit_id=company.units[1], customer_id=company.customers["zhou"])
    execute(case)
    assert (order_of(company, case).state, approvals(company, order_of(company, case))) == ("returned", 1)
    other.withdraw()
    assert company.unit(1).status == "available"
    case.complete("mend", "wei", goes_on="again", unit_id=company.units[1], reason="it is free again")
    approve(case, "manager_2", "gm_2")
    assert approvals(company, order_of(company, case)) == 2
    with pytest.raises(NotAllowed):
        execute(case, "manager_2")
    execute(case)
    assert order_of(company, case).state == "executed"
