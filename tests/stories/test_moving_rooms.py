"""A room change (换房) in the ledger: place, buyers and money go along at once, or nothing does."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kernel.clock import business_date
from kernel.errors import KeyturnError
from ledger.finance.errors import RoomMoneyRefused
from ledger.finance.journal import balance
from ledger.finance.kinds import Account, ReceivableKind, ReceivableState
from ledger.finance.models import JournalEntry, Receipt, Receivable
from ledger.finance.operations import confirm_receipt, take_receipt
from ledger.finance.room_change import RoomChanged, change_room, preview_room_change
from ledger.inventory.errors import UnitNotSellable, UnitTaken
from ledger.inventory.models import Unit
from ledger.inventory.operations import put_prices_in_force
from ledger.inventory.prices import Prices, approve_prices, propose_prices
from ledger.sales.errors import ApprovalMissing, ApprovalStale, FilingStands, RoomChangeRefused
from ledger.sales.models import Sale, SaleBuyer
from ledger.sales.move_models import SaleMove
from ledger.sales.moving import Approved
from ledger.sales.operations import cancel_filing, open_sale
from ledger.sales.stage_models import Contract
from tests.stories.company import DEPOSIT, FLOOR_PRICE, LIST_PRICE, Case, Company

DOWN = LIST_PRICE * 98 // 100 - 870_000_00 - DEPOSIT
HIGHER = 1_380_000_00


@pytest.fixture
def subscribed(company: Company) -> Case:
    """Two buyers in exact thirds at 2 % off, approved; their deposit is there."""
    case = company.start(entry="walk_in")
    buyers = [
        {"customer_id": company.customers["lin"], "share": "1/3"},
        {"customer_id": company.customers["zhou"], "share": "2/3"},
    ]
    case.enter_terms(off=200, ownership="shares", buyers=buyers)
    case.decide("manager_1")
    case.decide("gm_1")
    company.pay()
    return case


@pytest.fixture
def filed(subscribed: Case) -> Case:
    """Signed and filed, with the down payment paid a week late and its interest charged and paid."""
    company = subscribed.company
    subscribed.sign()
    subscribed.submit()
    day = business_date(company.clock).isoformat()
    answer = {"filing_answer": "accepted", "filing_no": "BA-1", "answered_on": day}
    subscribed.complete("record_answer", "filer", **answer)
    return subscribed


def reprice(company: Company, unit: int, list_fen: int, floor_fen: int = FLOOR_PRICE) -> None:
    """The price of one home changes."""

    def propose(session: Session, actor: Any) -> str:
        prices = {company.units[unit]: Prices(list_fen, floor_fen)}
        return propose_prices(session, actor, company.clock, project_id=company.project_id, prices=prices).id

    version = company.act("manager_1", propose)
    company.act("gm_1", lambda s, a: approve_prices(s, a, company.clock, version_id=version))
    company.act("system", lambda s, a: put_prices_in_force(s, a, company.clock, version_id=version))


def move(company: Company, sale: Sale, unit: int, **more: Any) -> RoomChanged:
    wanted = {"sale_id": sale.id, "unit_id": company.units[unit], "reason": "a higher floor", **more}
    return company.act("system", lambda s, a: change_room(s, a, company.clock, **wanted))


def books(company: Company) -> dict[Account, int]:
    """The balances of all accounts that are not empty."""
    found = company.read(lambda s: {account: balance(s, account) for account in Account})
    return {account: fen for account, fen in found.items() if fen}


def by_sale(company: Company) -> dict[str | None, int]:
    """What the journal says each sale has paid in and not got back, by sale; empty ones are left out."""
    paid = (Account.CREDIT, Account.CONTRACT, Account.LATE_INTEREST, Account.FORFEITED)
    query = select(JournalEntry.sale_id, -func.sum(JournalEntry.amount_fen)).where(JournalEntry.account.in_(paid))
    rows = company.read(lambda s: s.execute(query.group_by(JournalEntry.sale_id)).all())
    return {sale_id: int(fen) for sale_id, fen in rows if fen}


def receipts(company: Company) -> int:
    return company.read(lambda s: s.scalar(select(func.sum(Receipt.amount_fen)))) or 0


def standing(company: Company, sale_id: str) -> Sale:
    return company.read(lambda s: s.get_one(Sale, sale_id))


def pay_in(company: Company, sale: Sale, fen: int, key: str, **more: Any) -> str:
    """Finance takes money for a sale and confirms it."""
    money = {"method": "transfer", "paid_on": business_date(company.clock), "payer": "Lin Wan", **more}
    taken = company.act(
        "cashier",
        lambda s, a: take_receipt(s, a, company.clock, key=key, sale_id=sale.id, amount_fen=fen, **money).id,
    )
    company.act("cashier", lambda s, a: confirm_receipt(s, a, company.clock, receipt_id=taken))
    return taken


def test_before_signing_place_buyers_terms_and_deposit_go_along_and_the_new_sale_waits_for_signing(
    company: Company, subscribed: Case
) -> None:
    old = subscribed.sale()
    reprice(company, 1, HIGHER)
    unit = company.unit(1)
    preview = company.read(lambda s: preview_room_change(s, company.clock, s.get_one(Sale, old.id), unit))
    new_deal = HIGHER * 98 // 100
    assert (preview.deal_price_fen, preview.difference_fen) == (new_deal, new_deal - LIST_PRICE * 98 // 100)
    assert (preview.paid_fen, preview.due_fen, preview.refundable_fen) == (DEPOSIT, new_deal - DEPOSIT, 0)
    before = books(company)
    company.later(hours=1)
    changed = move(company, old, 1, key="k1")
    assert move(company, old, 1, key="k1").sale.id == changed.sale.id
    gone, fresh = standing(company, old.id), standing(company, changed.sale.id)
    assert (gone.stage, gone.close_kind) == ("closed", "room_change")
    assert (fresh.stage, fresh.deal_price_fen, fresh.plan_id) == ("subscribed", new_deal, company.plan_id)
    assert [company.unit(n).status for n in (0, 1)] == ["available", "subscribed"]
    line = company.read(lambda s: s.scalars(select(SaleMove)).one())
    assert (line.sale_id, line.predecessor_id, line.entered_at) == (fresh.id, old.id, old.opened_at)
    assert (line.moved_fen, line.stage_left) == (DEPOSIT, "subscribed")
    shares = select(SaleBuyer.customer_id, SaleBuyer.share_numerator, SaleBuyer.share_denominator)
    of = [
        company.read(lambda s, id_=id_: set(s.execute(shares.where(SaleBuyer.sale_id == id_)).all()))
        for id_ in (old.id, fresh.id)
    ]
    assert of[0] == of[1] and len(of[0]) == 2
    assert (books(company), by_sale(company)) == (before, {fresh.id: DEPOSIT})
    assert subscribed.ended_at[-1] == "withdrawn_before_signing"
    case = Case(company, fresh.instance_id or "")
    assert case.waiting_at == ["sign_contract"]
    case.sign()
    assert company.read(lambda s: s.scalars(select(Contract)).one()).total_fen == new_deal
    assert sum(company.todos("collect")) == new_deal - DEPOSIT
    again = move_back_refused(company, old)
    assert again == "sale_not_ready"


def move_back_refused(company: Company, closed: Sale) -> str:
    """The sale that was left cannot be moved once more."""
    with pytest.raises(KeyturnError) as refused:
        move(company, closed, 2)
    return refused.value.code


def test_after_filing_late_interest_goes_along_and_what_was_paid_beyond_the_new_price_goes_back(
    company: Company, filed: Case
) -> None:
    old = filed.sale()
    company.later(days=17)
    pay_in(company, old, 300_000_00, "r2")
    company.later(days=3)
    with pytest.raises(FilingStands):
        move(company, old, 1)
    day = business_date(company.clock)
    cancelling = {"sale_id": old.id, "reason": "room change", "cancelled_on": day}
    company.act("filer", lambda s, a: cancel_filing(s, a, company.clock, **cancelling))
    reprice(company, 1, 320_000_00, 300_000_00)
    total, journal = receipts(company), books(company)
    interest = -journal.get(Account.LATE_INTEREST, 0)
    assert interest > 0
    changed = move(company, old, 1)
    deal = 320_000_00 * 98 // 100
    assert receipts(company) == total == DEPOSIT + 300_000_00
    assert by_sale(company) == {changed.sale.id: total}
    owed = -books(company)[Account.LATE_INTEREST]
    assert owed > interest  # What had accrued until today is owed too, and paid first.
    assert sum(refund.amount_fen for refund in changed.refunds) == total - owed - deal
    contract = company.read(lambda s: s.scalars(select(Contract)).one())
    assert contract.state == "rescinded"
    kept = select(Receivable.sale_id, func.sum(Receivable.amount_fen)).where(
        Receivable.kind == ReceivableKind.LATE_INTEREST, Receivable.state == ReceivableState.PLANNED
    )
    assert {sale for sale, _ in company.read(lambda s: s.execute(kept.group_by(Receivable.sale_id)).all())} == {
        changed.sale.id
    }


def test_what_cannot_go_along_is_refused_and_nothing_is_half_done(company: Company, subscribed: Case) -> None:
    old = subscribed.sale()
    company.start("fang", entry="walk_in", unit_id=company.units[2], customer_id=company.customers["zhou"])
    with pytest.raises(UnitTaken) as taken:
        move(company, old, 2)
    assert taken.value.params["taken_by"] == company.people["fang"]
    with pytest.raises(RoomChangeRefused):
        move(company, old, 0)
    reprice(company, 1, 1_210_000_00, 1_205_000_00)
    with pytest.raises(ApprovalMissing):
        move(company, old, 1)
    with pytest.raises(ApprovalStale):
        move(company, old, 1, approved=Approved(1_000_000_00, ("a", "b"), "BG-1"))
    company.act("system", lambda s, a: setattr(s.get_one(Unit, company.units[3]), "seized", True))
    with pytest.raises(UnitNotSellable):
        move(company, old, 3)
    pay_in(company, old, 100_00, "bank", method="bank_loan", payer="Bank", payer_role="bank")
    with pytest.raises(RoomMoneyRefused):
        move(company, old, 1)
    assert (standing(company, old.id).stage, company.unit(0).status) == ("subscribed", "subscribed")
    assert company.read(lambda s: s.scalars(select(SaleMove)).all()) == []
    assert subscribed.waiting_at == ["sign_contract"]


def test_below_the_floor_the_approval_of_the_change_is_the_approval_of_the_terms(
    company: Company, subscribed: Case
) -> None:
    reprice(company, 1, 1_210_000_00, 1_205_000_00)
    deal = 1_210_000_00 * 98 // 100
    changed = move(company, subscribed.sale(), 1, approved=Approved(deal, ("gm", "city"), "BG-1"))
    fresh = standing(company, changed.sale.id)
    assert (fresh.below_floor, fresh.approved_version) == (True, fresh.terms_version)


def race(company: Company, *tries: Any) -> list[object]:
    """Several acts at the same moment, each on a connection of its own; answers are results or refusals."""
    start = Barrier(len(tries))

    def one(act: Any) -> object:
        start.wait(timeout=30)
        try:
            return company.act("system", act)
        except KeyturnError as refusal:
            return refusal

    with ThreadPoolExecutor(len(tries)) as pool:
        return list(pool.map(one, tries))


def test_a_room_change_onto_a_unit_sold_a_second_ago_loses_and_leaves_nothing(
    company: Company, subscribed: Case
) -> None:
    old, target = subscribed.sale(), company.units[1]
    moving = {"sale_id": old.id, "unit_id": target, "reason": "a higher floor"}
    taking = {"unit_id": target, "customer_id": company.customers["zhou"], "consultant_id": company.people["fang"]}
    answers = race(
        company,
        lambda s, a: change_room(s, a, company.clock, **moving).sale.id,
        lambda s, a: open_sale(s, a, company.clock, **taking).id,
    )
    lost = [answer for answer in answers if isinstance(answer, UnitTaken)]
    assert len(lost) == 1
    winner = next(answer for answer in answers if isinstance(answer, str))
    assert company.unit(1).sale_id == winner
    left = standing(company, old.id).stage
    assert left == ("subscribed" if answers[0] is lost[0] else "closed")


def test_two_room_changes_in_opposite_directions_wait_for_each_other_and_end(company: Company) -> None:
    for number, customer in enumerate(("lin", "zhou")):
        case = company.start(
            entry="walk_in", unit_id=company.units[number], customer_id=company.customers[customer]
        )
        case.enter_terms(buyers=[{"customer_id": company.customers[customer]}])
        company.pay(key=customer)
    sales = [company.unit(number).sale_id for number in (0, 1)]
    for _ in range(3):
        answers = race(
            company,
            *(
                lambda s, a, n=n: change_room(
                    s, a, company.clock, sale_id=sales[n], unit_id=company.units[1 - n], reason="swap"
                )
                for n in (0, 1)
            ),
        )
        assert all(isinstance(answer, UnitTaken) for answer in answers), answers
