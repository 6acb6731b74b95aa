"""A buyer asks to be let off late interest: by size of the sum, by others than who asks, and only what is open."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from kernel.clock import business_date
from kernel.errors import Invalid, KeyturnError, NotAllowed
from ledger.finance.interest import interest_of_sale
from ledger.finance.interest_models import Waiver, WaiverEvent, WaiverPart
from ledger.finance.models import Receivable
from ledger.finance.operations import take_receipt
from ledger.finance.receipts import confirm_receipt
from ledger.messages.models import Message
from tests.stories.company import PROJECT, Case, Company

DAYS = 20
INTEREST = 340_000_00 * 2 * DAYS // 10_000  # 1,360 yuan on the down payment of 340,000


@pytest.fixture
def sale_id(company: Company) -> str:
    """A signed sale whose down payment is twenty days late."""
    case = company.start(entry="walk_in")
    case.enter_terms()
    company.pay()
    case.sign()
    company.later(days=7 + DAYS)
    return case.sale().id


def ask(company: Company, sale_id: str, fen: int, name: str = "cashier", **more: Any) -> Case:
    """Somebody asks for a waiver."""
    answers = {"kind": "waiver", "receivable_id": None, "reason": "hardship", **more}
    answers |= {"sale_id": sale_id, "amount_fen": fen}
    begun = company.act(name, lambda s, a: company.engine(s, a).start("interest_waiver", answers, scope=PROJECT))
    return Case(company, begun.id)


def interest(company: Company, sale_id: str):
    """The late interest today."""
    return company.read(lambda s: interest_of_sale(s, sale_id, on=business_date(company.clock)))


def outcome(company: Company) -> list[tuple[str, str | None]]:
    """What became of the requests, in order."""
    query = select(WaiverEvent.kind, WaiverEvent.reason).order_by(WaiverEvent.id)
    return [(kind.value, reason) for kind, reason in company.read(lambda s: s.execute(query).all())]


def told(company: Company, name: str) -> list[str]:
    """The messages about waivers that somebody has got."""
    query = select(Message.template).where(
        Message.recipient_id == company.people[name], Message.template.startswith("waiver_")
    )
    return list(company.read(lambda s: s.scalars(query).all()))


def pay(company: Company, sale_id: str, fen: int) -> None:
    """The buyer pays today."""

    def taken(session: Any, actor: Any) -> str:
        return take_receipt(
            session, actor, company.clock,
            key=f"pay-{fen}", amount_fen=fen, method="transfer", paid_on=business_date(company.clock),
            payer="Lin Wan", sale_id=sale_id,
        ).id  # fmt: skip

    receipt_id = company.act("cashier", taken)
    company.act("cashier", lambda s, a: confirm_receipt(s, a, company.clock, receipt_id=receipt_id))


def test_the_finance_manager_lets_a_buyer_off_a_small_sum(company: Company, sale_id: str) -> None:
    case = ask(company, sale_id, 360_00)
    assert case.data["route"]["approvers"] == ["finance_manager"]
    seen = case.seen_by("treasurer", "decide")
    assert (seen["waived_fen"], seen["open_interest_fen"], seen["reason"]) == (360_00, INTEREST, "hardship")
    case.decide("treasurer")
    assert case.ended_at[-1] == "let_off"
    found = interest(company, sale_id)
    assert (found.waived_fen, found.open_fen) == (360_00, INTEREST - 360_00)
    assert outcome(company) == [("granted", None)]
    assert told(company, "cashier") == ["waiver_granted"]


@pytest.mark.parametrize(("days", "group"), [(100, "project_gm"), (800, "city_gm")])
def test_larger_sums_go_higher(company: Company, sale_id: str, days: int, group: str) -> None:
    company.later(days=days)
    case = ask(company, sale_id, interest(company, sale_id).open_fen)
    assert case.data["route"]["approvers"] == [group]


def test_who_asks_never_decides(company: Company, sale_id: str) -> None:
    case = ask(company, sale_id, 360_00, "treasurer")
    task = case.task("decide")
    with pytest.raises(NotAllowed):
        company.act("treasurer", lambda s, a: company.engine(s, a).complete(task.id, {"decision": "approved"}))
    assert interest(company, sale_id).waived_fen == 0


def test_more_than_is_open_is_refused_to_who_asks_and_leaves_nothing(company: Company, sale_id: str) -> None:
    with pytest.raises(Invalid) as refusal:
        ask(company, sale_id, INTEREST + 1)
    assert (refusal.value.code, refusal.value.field) == ("waiver_above_open", "amount_fen")
    assert company.read(lambda s: s.scalars(select(Waiver)).all()) == []


def test_somebody_without_the_right_asks_in_vain(company: Company, sale_id: str) -> None:
    for name in ("wei", "filer", "gm_1"):
        with pytest.raises(KeyturnError):
            ask(company, sale_id, 1, name)


def test_interest_paid_while_the_request_waited_ends_it_without_an_incident(
    company: Company, sale_id: str
) -> None:
    case = ask(company, sale_id, INTEREST)
    pay(company, sale_id, 340_000_00)
    case.decide("treasurer")
    assert case.ended_at[-1] == "lapsed"
    assert outcome(company) == [("lapsed", "waiver_no_longer_open")]
    assert company.read(lambda s: s.scalars(select(WaiverPart)).all()) == []
    assert told(company, "cashier") == ["waiver_lapsed"]
    assert case.instance().state == "completed"


def test_a_rejected_request_lets_nobody_off(company: Company, sale_id: str) -> None:
    case = ask(company, sale_id, 360_00)
    case.decide("treasurer", "rejected", opinion="pay it")
    assert case.ended_at[-1] == "refused"
    assert outcome(company) == [("refused", "pay it")]
    assert told(company, "cashier") == ["waiver_refused"]
    assert interest(company, sale_id).waived_fen == 0


def test_a_returned_request_is_mended_and_asked_anew(company: Company, sale_id: str) -> None:
    case = ask(company, sale_id, 1_000_00)
    case.decide("treasurer", "returned", opinion="half of it")
    assert outcome(company) == [("withdrawn", "half of it")]
    case.complete("mend", "cashier", again="yes", amount_fen=500_00, reason="half")
    case.decide("treasurer")
    assert outcome(company) == [("withdrawn", "half of it"), ("granted", None)]
    assert interest(company, sale_id).waived_fen == 500_00


def test_a_returned_request_is_given_up(company: Company, sale_id: str) -> None:
    case = ask(company, sale_id, 1_000_00)
    case.decide("treasurer", "returned", opinion="why?")
    case.complete("mend", "cashier", again="no")
    assert case.ended_at[-1] == "given_up"


def test_a_request_expires_to_who_asked(company: Company, sale_id: str) -> None:
    case = ask(company, sale_id, 1_000_00)
    company.later(days=30)
    assert case.task("mend").assignee == company.people["cashier"]


def test_a_sale_that_ends_ends_its_requests(company: Company, sale_id: str) -> None:
    case = ask(company, sale_id, 360_00)
    case.publish("sale_withdrawn", {"sale_id": sale_id}, reason="rescinded")
    assert case.ended_at[-1] == "sale_ended"
    assert outcome(company) == [("lapsed", "waiver_sale_closed")]


def test_a_case_that_is_called_off_withdraws_its_request(company: Company, sale_id: str) -> None:
    case = ask(company, sale_id, 360_00)
    company.act("admin", lambda s, a: company.engine(s, a).cancel(case.id, "asked by mistake"))
    assert outcome(company) == [("withdrawn", "asked by mistake")]


def test_the_rest_of_an_instalment_is_written_off(company: Company, sale_id: str) -> None:
    pay(company, sale_id, 341_359_00)
    query = select(Receivable.id).where(Receivable.sale_id == sale_id, Receivable.kind == "down_payment")
    line_id = company.read(lambda s: s.scalars(query).one())
    case = ask(company, sale_id, 1_00, kind="write_off", receivable_id=line_id)
    assert case.seen_by("treasurer", "decide")["kind"] == "write_off"
    case.decide("treasurer")
    assert company.read(lambda s: s.get_one(Receivable, line_id)).state == "written_off"
