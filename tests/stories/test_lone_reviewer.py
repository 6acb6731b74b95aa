"""A house in which nobody but the proposer may review: the change is not taken, and the refusal says what to do."""

from __future__ import annotations

from typing import Any

import pytest

from engine.api import NotAllowed, TaskFilter
from kernel.actor import Actor
from kernel.clock import business_date
from ledger.organisation.models import OrgNode
from ledger.organisation.queries import parameter
from ledger.reviews.errors import ReviewerMissing
from ledger.reviews.operations import propose_change
from ledger.reviews.parameters import record_of
from ledger.staff.operations import deactivate_staff
from tests.stories.changing import change, propose, review, states, task_of
from tests.stories.company import PROJECT, Company, hire

GROUP = "/keyturn/"


def record(company: Company, path: str) -> str:
    """The holding time at a node."""
    return company.read(lambda s: record_of(s.query(OrgNode).filter_by(path=path).one().id, "hold_hours"))


def propose_hours(company: Company, hours: int, path: str = GROUP) -> str:
    """The administrator proposes another holding time."""
    day = business_date(company.clock).isoformat()
    return propose(company, "admin", "parameters", record(company, path), value=hours, effective_from=day)


def hours(company: Company, path: str = GROUP) -> Any:
    return company.read(lambda s: parameter(s, path, "hold_hours", business_date(company.clock)))


def appoint(company: Company, name: str, role: str = "administrator", path: str = GROUP) -> None:
    """A second person is given the role."""
    company.people[name] = company.act("system", lambda s, _a: hire(s, company.clock, name, role, path).id)


def leave(company: Company, name: str) -> None:
    """Somebody leaves the company; what waited for him is looked at again."""
    company.act(
        "system",
        lambda s, a: deactivate_staff(s, a, company.clock, staff_id=company.people[name], reason="moves away"),
    )
    company.run_due()


def test_a_lone_administrator_is_told_the_right_and_where_to_appoint_somebody(company: Company) -> None:
    was = hours(company)
    with pytest.raises(ReviewerMissing) as refused:
        propose_hours(company, 48)
    assert refused.value.field == "reason"
    assert refused.value.params == {
        "kind": "review_kind.parameters",
        "right": "right.organisation:review",
        "roles": ["role.project_gm", "role.city_gm", "role.administrator"],
        "place": "集团",
    }
    assert (states(company), hours(company)) == ([], was)
    everybody = TaskFilter(box="all", definition_keys=("review_of_change",))
    assert company.act("system", lambda s, a: company.engine(s, a).count_tasks(everybody)) == 0
    appoint(company, "second")
    asked = propose_hours(company, 48)
    review(company, asked, "second")
    assert hours(company) == 48


def test_a_substitute_of_the_only_other_one_is_told_the_same(company: Company) -> None:
    appoint(company, "second")
    me, other = company.actor("admin"), company.people["second"]
    day, of = business_date(company.clock).isoformat(), record(company, GROUP)
    values = {"value": 48, "effective_from": day}

    def attempt(session: Any, _actor: Any) -> None:
        seated = Actor(me.id, me.name, me.grants, on_behalf_of=other)
        propose_change(
            session, seated, company.clock, kind="parameters", record_id=of, values=values, reason="because"
        )

    with pytest.raises(ReviewerMissing):
        company.act("admin", attempt)


def test_a_change_goes_up_to_the_nearest_node_where_somebody_has_the_right(company: Company) -> None:
    for name in ("gm_1", "gm_2"):
        leave(company, name)
    asked = propose_hours(company, 48, PROJECT)
    found = company.act("city_gm_1", lambda s, a: company.engine(s, a).find_tasks(TaskFilter(box="group"))).rows
    assert [one.id for one in found] == [task_of(company, asked).id]
    review(company, asked, "city_gm_1")
    assert hours(company, PROJECT) == 48


def test_when_the_last_reviewer_leaves_the_change_waits_for_who_is_appointed(company: Company) -> None:
    appoint(company, "second")
    asked = propose_hours(company, 48)
    leave(company, "second")
    with pytest.raises(NotAllowed):
        review(company, asked, "admin")
    assert (change(company, asked).state, task_of(company, asked).state) == ("pending", "open")
    appoint(company, "third")
    review(company, asked, "third")
    assert hours(company) == 48
