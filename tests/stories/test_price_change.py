"""Prices of unsold homes change: proposed by one, approved by the table, in force from their time on."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from engine.api import InstanceFilter, NotAllowed
from ledger.inventory.models import PriceVersion, Unit, UnitPrice
from ledger.inventory.operations import put_prices_in_force
from ledger.inventory.price_versions import Prices, reference_of
from ledger.inventory.prices import approve_prices, propose_prices, withdraw_prices
from ledger.messages.models import Message
from tests.stories.company import FLOOR_PRICE, LIST_PRICE, Case, Company
from tests.stories.standing import found_by

DEARER = LIST_PRICE + 20_000_00
USUAL = ("gm_1", "city_finance_1", "city_gm_1")


@pytest.fixture(name="plan")
def _plan(company: Company) -> Plan:
    """The sales manager asks 20,000 more for every home, from the day after tomorrow on."""
    return Plan(company, company.clock.now() + timedelta(days=2))


class Plan:
    """A proposed price version and the case that decides it."""

    def __init__(self, company: Company, at: datetime | None, fen: int = DEARER, floor: int = FLOOR_PRICE):
        self.company = company
        prices = {unit_id: Prices(fen, floor) for unit_id in company.units}
        about = {"project_id": company.project_id, "prices": prices, "effective_at": at}
        self.version_id = company.act("manager_1", lambda s, a: propose_prices(s, a, company.clock, **about).id)
        reference = company.read(lambda s: reference_of(s, s.get_one(PriceVersion, self.version_id)))
        wanted = InstanceFilter(definition_keys=("price_change",), business_key=reference)
        admin = company.actor("admin")
        (case,) = company.read(lambda s: company.engine(s, admin).find_instances(wanted)).rows
        self.case = Case(company, case.id)

    def version(self) -> PriceVersion:
        """The version as it stands."""
        return self.company.read(lambda s: s.get_one(PriceVersion, self.version_id))

    def decide(self, name: str, decision: str = "approved", **more: object) -> None:
        """Whose turn it is decides."""
        self.answer("decide", name, {"decision": decision, **more})

    def answer(self, element: str, name: str, answers: dict[str, object]) -> None:
        """Somebody completes the open task at an element."""
        self.case.complete(element, name, **answers)

    def told(self) -> list[str]:
        """What the proposer heard of it."""
        who = self.company.people["manager_1"]
        query = select(Message.template).where(Message.recipient_id == who, Message.template.startswith("prices_"))
        return list(self.company.read(lambda s: s.scalars(query).all()))


def list_prices(company: Company) -> list[int]:
    """What the homes cost now."""
    query = select(UnitPrice.list_price_fen).where(UnitPrice.since.is_not(None), UnitPrice.until.is_(None))
    return list(company.read(lambda s: s.scalars(query.order_by(UnitPrice.unit_id)).all()))


def test_approved_prices_wait_for_their_time_and_leave_a_sold_home_alone(company: Company, plan: Plan) -> None:
    count = len(company.units)
    assert plan.case.instance().business_key == "YUNXI-JG-2"
    assert plan.case.data["change_fen"] == count * 20_000_00
    sale = company.start(entry="walk_in")
    sale.enter_terms(off=0)
    company.pay()
    for name in USUAL:
        plan.decide(name)
    assert plan.version().state == "approved" and set(list_prices(company)) == {LIST_PRICE}
    company.later(days=1)
    assert plan.version().state == "approved"
    company.later(days=1)
    assert plan.version().state == "in_force"
    sold = company.read(lambda s: s.get_one(Unit, company.units[0]).price_version_id)
    assert sold != plan.version_id
    assert sorted(list_prices(company)) == [LIST_PRICE, *[DEARER] * (count - 1)]
    assert (plan.case.data["changed_units"], plan.case.data["left_alone"]) == (count - 1, 1)
    assert plan.told() == ["prices_in_force"] and sale.sale().list_price_fen == LIST_PRICE


def test_who_proposed_prices_is_never_asked_and_nobody_decides_twice(company: Company, plan: Plan) -> None:
    with pytest.raises(NotAllowed):
        plan.decide("manager_1")
    plan.decide("gm_1")
    with pytest.raises(NotAllowed):
        plan.decide("gm_1")


def test_a_price_below_the_floor_goes_up_to_the_group(company: Company) -> None:
    plan = Plan(company, None, FLOOR_PRICE - 1, FLOOR_PRICE - 2)
    for name in USUAL:
        plan.decide(name)
    assert plan.version().state == "submitted"
    plan.decide("pricing_1")
    company.run_due()
    assert plan.version().state == "in_force" and set(list_prices(company)) == {FLOOR_PRICE - 1}


def test_rejected_prices_change_nothing_and_the_proposer_hears_why(company: Company, plan: Plan) -> None:
    plan.decide("gm_1", "rejected", opinion="too dear for June")
    assert (plan.version().state, plan.version().end_reason) == ("rejected", "too dear for June")
    assert plan.told() == ["prices_turned_down"] and plan.case.ended_at[-1] == "turned_down"
    company.later(days=3)
    assert set(list_prices(company)) == {LIST_PRICE}


def test_returned_prices_are_proposed_again_for_another_time_or_given_up(company: Company, plan: Plan) -> None:
    plan.decide("gm_1", "returned", opinion="a week later")
    later = company.clock.now() + timedelta(days=9)
    plan.answer("mend", "manager_1", {"again": "yes", "takes_effect_at": later.isoformat()})
    for name in USUAL:
        plan.decide(name)
    company.later(days=8)
    assert plan.version().state == "approved"
    company.later(days=1)
    assert plan.version().state == "in_force"
    other = Plan(company, None)
    other.decide("gm_1", "returned", opinion="no")
    other.answer("mend", "manager_1", {"again": "no"})
    assert other.version().state == "rejected" and other.case.ended_at[-1] == "turned_down"


@pytest.mark.parametrize(("after", "end"), [(0, "withdrawn"), (3, "withdrawn_late")])
def test_prices_are_taken_back_while_asked_for_and_while_they_wait(
    company: Company, plan: Plan, after: int, end: str
) -> None:
    for name in USUAL[:after]:
        plan.decide(name)
    company.act(
        "manager_1",
        lambda s, a: withdraw_prices(s, a, company.clock, version_id=plan.version_id, reason="the market fell"),
    )
    assert plan.case.ended_at[-1] == end
    company.later(days=3)
    assert plan.version().state == "rejected" and set(list_prices(company)) == {LIST_PRICE}


def test_a_case_that_an_operator_ends_takes_its_prices_with_it(company: Company, plan: Plan) -> None:
    company.act("admin", lambda s, a: company.engine(s, a).cancel(plan.case.id, "begun by mistake"))
    assert (plan.version().state, plan.version().end_reason) == ("rejected", "begun by mistake")


def test_prices_that_came_into_force_meanwhile_have_the_approvers_asked_anew(company: Company, plan: Plan) -> None:
    """Two agreed to what was 10,000 more; by then an older list came into force, and it is 10,000 less, below its floor."""
    for name in USUAL:
        plan.decide(name)
    other = Plan(company, None, DEARER - 10_000_00)
    assert other.case.data["raised"] == len(company.units)
    for name in USUAL[:-1]:
        other.decide(name)
    company.later(days=2)
    assert plan.version().state == "in_force"
    other.decide(USUAL[-1])
    count = len(company.units)
    assert (other.version().state, other.case.waiting_at) == ("submitted", ["decide"])
    data = other.case.data
    assert (data["change_fen"], data["raised"], data["lowered"]) == (-count * 10_000_00, 0, count)
    assert found_by(company, "gm_1", other.case) == {"decide": None}
    for name in USUAL:
        other.decide(name)
    company.run_due()
    assert (other.version().state, set(list_prices(company))) == ("in_force", {DEARER - 10_000_00})
    assert plan.version().state == "superseded"


@pytest.mark.parametrize("after", [0, len(USUAL)])
def test_prices_that_a_later_list_replaces_wait_no_longer(company: Company, plan: Plan, after: int) -> None:
    for name in USUAL[:after]:
        plan.decide(name)
    later = Plan(company, None, DEARER + 1)
    for name in USUAL:
        later.decide(name)
    company.run_due()
    assert (plan.version().state, plan.version().end_reason) == ("rejected", "replaced by price version 3")
    assert (plan.case.waits(), found_by(company, "gm_1", plan.case)) == ([], {})
    assert sorted(plan.told()) == ["prices_in_force", "prices_turned_down"]
    company.later(days=3)
    assert set(list_prices(company)) == {DEARER + 1}


def test_homes_of_a_later_list_are_left_out_of_what_an_older_one_would_change(
    company: Company, plan: Plan
) -> None:
    one = {company.units[0]: Prices(LIST_PRICE + 1, FLOOR_PRICE)}
    about = {"project_id": company.project_id, "prices": one}
    later = company.act("manager_1", lambda s, a: propose_prices(s, a, company.clock, **about).id)
    company.act("gm_1", lambda s, a: approve_prices(s, a, company.clock, version_id=later))
    company.act("system", lambda s, a: put_prices_in_force(s, a, company.clock, version_id=later))
    for name in USUAL:
        plan.decide(name)
    others = len(company.units) - 1
    assert (plan.version().state, plan.case.waiting_at) == ("submitted", ["decide"])
    assert (plan.case.data["raised"], plan.case.data["change_fen"]) == (others, others * 20_000_00)


def test_prices_that_come_back_may_be_withdrawn_on_their_page(company: Company, plan: Plan) -> None:
    plan.decide("gm_1", "returned", opinion="a week later")
    assert found_by(company, "manager_1", plan.case) == {"mend": company.people["manager_1"]}
    company.act(
        "manager_1",
        lambda s, a: withdraw_prices(s, a, company.clock, version_id=plan.version_id, reason="the market fell"),
    )
    assert (plan.case.ended_at[-1], plan.case.waits()) == ("withdrawn_mended", [])
    assert (plan.version().state, plan.version().end_reason) == ("rejected", "the market fell")
    assert found_by(company, "manager_1", plan.case) == {}
    company.later(days=3)
    assert set(list_prices(company)) == {LIST_PRICE}
