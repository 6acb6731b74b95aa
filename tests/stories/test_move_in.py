"""Moving in (入伙): from the notice to the buyer's opinion, with money that is open, and refused."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from ledger.finance.payout_models import Compensation
from ledger.handover.errors import BatchRefused, NotNow, SlotFull
from ledger.messages.models import Message
from ledger.sales.models import Sale
from ledger.templates.models import MadePaper
from tests.stories.company import Company
from tests.stories.moving_in import FIRST, moving_in, pay_rest, second_home


def test_a_paid_home_is_handed_over_with_two_defects_that_are_repaired(company: Company) -> None:
    moving = moving_in(company)
    with pytest.raises(BatchRefused, match="move_in_not_completed"):
        moving.begin(completion_no=" ")
    with pytest.raises(BatchRefused, match="move_in_too_soon"):
        moving.begin(first_on=date(2026, 5, 22))
    batch = moving.begin()
    assert (batch.state, batch.total, batch.done, batch.failed) == ("ended", 1, 1, 0)
    assert (moving.case().state, moving.running.waiting_at) == ("notified", ["await_appointment"])
    assert told(company, "move_in_notice") == 1
    with pytest.raises(BatchRefused, match="move_in_nothing_left"):
        moving.begin()

    moving.book(moving.offer()[0])
    assert (moving.case().state, moving.running.waiting_at) == ("appointed", ["await_arrival"])
    moving.at(FIRST, 9)
    moving.arrive()
    assert (moving.case().state, moving.running.waiting_at) == ("inspection", ["await_inspection"])

    moving.inspect(("kitchen", "wall"), ("bathroom", "waterproofing"))
    moving.sign()
    case = moving.case()
    assert (case.handed_over_on, case.risk_passed_on, case.state) == (FIRST, FIRST, "repairs")
    assert (company.unit().status, company.unit().handed_over_on) == ("delivered", FIRST)
    assert company.read(lambda s: s.get_one(Sale, case.sale_id).handed_over_on) == FIRST
    assert sorted(moving.defects()) == [("wall", "open", 1), ("waterproofing", "open", 1)]
    made = company.read(lambda s: s.scalars(select(MadePaper.kind).where(MadePaper.about_id == case.id)).all())
    assert sorted(made) == ["key_form", "move_in_notice"]
    assert case.compensation_fen == 0

    assert moving.repair_all() == 2
    assert moving.running.waiting_at == ["await_inspection"]
    moving.enter("kitchen", "wall", seen=1)
    moving.enter("bathroom", "waterproofing", "defect", "still wet", seen=1)
    moving.sign()
    assert sorted(moving.defects()) == [("wall", "accepted", 1), ("waterproofing", "open", 2)]
    assert moving.repair_all() == 1
    moving.enter("bathroom", "waterproofing", seen=2)
    moving.sign()
    assert moving.running.waiting_at == ["await_rating"]
    assert told(company, "move_in_opinion") == 1
    moving.rate(5)
    case = moving.case()
    assert (case.state, case.satisfaction) == ("closed", 5)
    assert moving.running.ended_at[-1] == "closed"


def test_open_money_stops_the_keys_until_they_are_allowed_or_it_is_paid(company: Company) -> None:
    """DOMAIN §4: 1,200,000 paid, 0.01 % a day, 45 days after the agreed day: 5,400."""
    moving = moving_in(company, paid_fen=1_200_000_00, delivery_on="2026-04-26")
    moving.begin()
    moving.come()
    assert (moving.case().state, moving.case().open_fen) == ("money", 80_000_00)
    assert moving.running.waiting_at == ["ask_keys"]
    with pytest.raises(NotNow):
        moving.enter("kitchen", "wall")

    moving.running.complete("ask_keys", "agent", reason="pays on Friday")
    moving.running.decide("treasurer", "returned", opinion="ask for a guarantee")
    assert moving.running.waiting_at == ["ask_keys"]
    moving.running.complete("ask_keys", "agent", reason="guarantee is there")
    moving.running.decide("treasurer")
    moving.running.decide("gm_1")
    assert (moving.case().state, moving.running.waiting_at) == ("inspection", ["await_inspection"])
    moving.inspect()
    moving.sign()
    case = moving.case()
    assert (case.handed_over_on, case.compensation_fen) == (FIRST, 5_400_00)
    owed = company.read(lambda s: s.scalars(select(Compensation)).one())
    assert (owed.kind, owed.amount_fen, owed.basis["days"]) == ("late_delivery", 5_400_00, 45)
    assert company.todos("compensate") == [5_400_00]
    company.later(days=8)
    assert (moving.case().state, moving.running.ended_at[-2:]) == ("closed", ["unrated", "closed"])


def test_money_that_comes_while_the_case_waits_lets_it_go_on_before_and_during_the_approval(
    company: Company,
) -> None:
    moving = moving_in(company, paid_fen=1_200_000_00)
    zhou = second_home(company, paid_fen=1_200_000_00)
    moving.begin()
    slots = moving.offer()
    for sale, slot in ((moving, slots[0]), (zhou, slots[1])):
        sale.batch_id = moving.batch_id
        sale.book(slot)
    moving.at(FIRST, 9)
    moving.arrive()
    zhou.arrive()
    zhou.running.complete("ask_keys", "agent", reason="pays on Friday")
    assert [one.running.waiting_at for one in (moving, zhou)] == [["ask_keys"], ["decide"]]
    pay_rest(company)
    assert [one.running.waiting_at for one in (moving, zhou)] == [["await_inspection"], ["await_inspection"]]
    assert (moving.case().open_fen, zhou.case().open_fen) == (0, 0)


def test_appointments_are_limited_moved_and_missed(company: Company) -> None:
    moving, zhou = moving_in(company), second_home(company)
    moving.begin()
    zhou.batch_id = moving.batch_id
    slots = moving.offer(capacity=1, day_capacity=1)
    moving.book(slots[0])
    with pytest.raises(SlotFull):
        zhou.book(slots[0])
    with pytest.raises(SlotFull):  # The other hour of a day that takes one buyer in all.
        zhou.book(slots[1])
    moving.book(slots[2])
    zhou.book(slots[0])
    moving.at(FIRST, 12)
    assert (moving.case().state, zhou.case().state) == ("appointed", "notified")
    assert (zhou.case().no_shows, zhou.running.waiting_at) == (1, ["await_appointment"])
    assert told(company, "move_in_missed") == 1

    zhou.book(slots[4])
    moving.at(date(2026, 6, 12), 12)
    assert [one.running.waiting_at for one in (moving, zhou)] == [["await_appointment"], ["decide_absence"]]
    zhou.running.complete("decide_absence", "gm_1", absence="refused", reason="called three times")
    case = zhou.case()
    assert (case.refusal_justified, case.risk_passed_on, case.state) == (False, FIRST, "notified")
    assert zhou.running.waiting_at == ["await_appointment"]
    assert told(company, "move_in_risk_passed") == 1


def test_a_refusal_is_judged_and_what_was_found_is_repaired_before_the_keys(company: Company) -> None:
    moving = moving_in(company)
    moving.begin()
    moving.come()
    moving.inspect(("living", "window"))
    moving.sign("refused", reason="a window is missing")
    assert (moving.case().state, moving.running.waiting_at) == ("refused", ["judge_refusal"])
    moving.running.complete("judge_refusal", "gm_1", judgement="justified", reason="it is")
    case = moving.case()
    assert (case.refusal_justified, case.risk_passed_on, case.handed_over_on) == (True, None, None)
    assert moving.repair_all() == 1
    moving.enter("living", "window", seen=1)
    moving.sign("refused", reason="does not like the view")
    moving.running.complete("judge_refusal", "gm_1", judgement="unjustified", reason="nothing is wrong")
    case = moving.case()
    assert (case.risk_passed_on, case.state, moving.running.waiting_at) == (
        FIRST,
        "notified",
        ["await_appointment"],
    )
    assert company.unit().status == "contracted"
    assert "refused" in moving.events()


def told(company: Company, template: str) -> int:
    """How many customers got a message."""
    query = select(Message.id).where(Message.template == template, Message.recipient_kind == "customer")
    return len(company.read(lambda s: s.scalars(query).all()))
