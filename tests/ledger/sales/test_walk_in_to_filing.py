"""One sale from the walk-in to the filed contract, and every way it ends before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import MovedClock
from kernel.errors import Missing, NotAllowed
from ledger.customers.models import Customer
from ledger.inventory.errors import UnitNotSellable
from ledger.inventory.models import Unit, UnitEvent
from ledger.inventory.operations import set_flag
from ledger.inventory.states import Flag
from ledger.organisation import operations as organisation
from ledger.organisation.models import Project
from ledger.sales import facts
from ledger.sales.errors import (
    AmountInvalid,
    ApprovalMissing,
    ApprovalStale,
    ApproverIsApplicant,
    BuyersInvalid,
    DateInvalid,
    FilingStands,
    SaleNotReady,
)
from ledger.sales.models import Sale, SaleDiscount, SaleEvent, SaleTerms
from ledger.sales.operations import (
    Buyer,
    Discount,
    accept_filing,
    activate_subscription,
    approve_terms,
    cancel_filing,
    cancel_sale,
    default_subscription,
    extend_subscription,
    lapse_subscription,
    open_sale,
    return_filing,
    sign_contract,
    submit_filing,
    subscribe,
)
from ledger.sales.stage_models import Filing, Subscription
from tests.ledger.sales.conftest import CONSULTANT, MANAGER

DEPOSIT = 5_000_000


@pytest.fixture
def sale(session: Session, admin: Actor, clock: MovedClock, units: list[Unit], buyer: Customer) -> Sale:
    return open_sale(
        session,
        admin,
        clock,
        unit_id=units[0].id,
        customer_id=buyer.id,
        consultant_id=CONSULTANT,
        instance_id="i-1",
    )


@pytest.fixture
def subscribed(session: Session, admin: Actor, clock: MovedClock, sale: Sale, buyer: Customer) -> Sale:
    subscribe(session, admin, clock, sale_id=sale.id, buyers=[Buyer(buyer.id)], deposit_fen=DEPOSIT)
    return activate_subscription(session, admin, clock, sale_id=sale.id)


def told(session: Session) -> list[str]:
    return [type(fact).__name__ for fact in session.info.get("facts", []) if isinstance(fact, facts.SaleFact)]


def test_a_home_is_sold_from_walk_in_to_filing_without_entering_anything_twice(
    session: Session,
    admin: Actor,
    clock: MovedClock,
    sale: Sale,
    units: list[Unit],
    buyer: Customer,
    customer: Callable[..., Customer],
) -> None:
    wife = customer("李娜")
    discounts = [
        Discount("opening week", "rate", basis_points=200),
        Discount("full payment", "rate", basis_points=100),
    ]
    subscribe(
        session, admin, clock, sale_id=sale.id, buyers=[Buyer(buyer.id), Buyer(wife.id)], discounts=discounts,
        deposit_fen=DEPOSIT, plan_id="plan-1",
    )  # fmt: skip
    assert (sale.stage, units[0].status) == ("subscribing", "subscribed")
    assert (sale.deal_price_fen, sale.effective_discount_bp) == (157_977_666, 298)
    activate_subscription(session, admin, clock, sale_id=sale.id)
    clock.advance(timedelta(days=3))
    contract = sign_contract(session, admin, clock, sale_id=sale.id, delivery_on=date(2027, 6, 30))
    assert (contract.total_fen, contract.signed_on, contract.no) == (
        157_977_666,
        date(2026, 3, 5),
        "HARBOUR-HT-2026-000001",
    )
    assert (contract.late_rate, contract.clauses["title_days"]) == (Fraction(1, 5000), 90)
    assert contract.clauses["late_delivery_daily_rate"] == "1/10000"
    filing = submit_filing(session, admin, clock, sale_id=sale.id)
    assert filing.deadline == date(2026, 4, 4)
    return_filing(session, admin, clock, sale_id=sale.id, reason="area differs from the survey")
    clock.advance(timedelta(days=1))
    submit_filing(session, admin, clock, sale_id=sale.id)
    accept_filing(session, admin, clock, sale_id=sale.id, no="BA-778")
    session.flush()
    assert (sale.stage, sale.state, units[0].status, filing.state) == ("filed", "live", "contracted", "accepted")
    assert filing.submissions == 2
    assert told(session) == [
        "SaleOpened", "TermsSealed", "SubscriptionActivated", "ContractSigned", "FilingSubmitted", "FilingReturned",
        "FilingSubmitted", "FilingAccepted",
    ]  # fmt: skip
    moves = session.scalars(select(UnitEvent).where(UnitEvent.unit_id == units[0].id, UnitEvent.kind == "status"))
    assert {(m.before, m.after, m.sale_id) for m in moves} == {
        ("available", "subscribed", sale.id), ("subscribed", "contracted", sale.id),
    }  # fmt: skip


def test_terms_can_be_agreed_again_until_the_subscription_is_active_and_the_first_are_kept(
    session: Session,
    admin: Actor,
    clock: MovedClock,
    sale: Sale,
    buyer: Customer,
    customer: Callable[..., Customer],
) -> None:
    brother = customer("王强")
    subscribe(session, admin, clock, sale_id=sale.id, buyers=[Buyer(buyer.id)], deposit_fen=DEPOSIT)
    thirds = [Buyer(buyer.id, Fraction(1, 3)), Buyer(brother.id, Fraction(2, 3))]
    subscribe(
        session, admin, clock, sale_id=sale.id, buyers=thirds, deposit_fen=DEPOSIT,
        discounts=[Discount("loyal", "amount", amount_fen=100)],
    )  # fmt: skip
    versions = session.scalars(
        select(SaleTerms).where(SaleTerms.sale_id == sale.id).order_by(SaleTerms.version)
    ).all()
    assert [v.deal_price_fen for v in versions] == [162_830_000, 162_829_900]
    assert session.scalars(select(SaleDiscount.version)).all() == [2]
    activate_subscription(session, admin, clock, sale_id=sale.id)
    with pytest.raises(SaleNotReady):
        subscribe(session, admin, clock, sale_id=sale.id, buyers=thirds, deposit_fen=DEPOSIT)


def test_below_the_floor_nothing_goes_in_force_without_approval_of_these_very_terms(
    session: Session, admin: Actor, clock: MovedClock, sale: Sale, buyer: Customer
) -> None:
    def offer(points: int) -> str:
        subscribe(
            session, admin, clock, sale_id=sale.id, buyers=[Buyer(buyer.id)], deposit_fen=DEPOSIT,
            discounts=[Discount("clearance", "rate", basis_points=points)],
        )  # fmt: skip
        return session.get_one(SaleTerms, (sale.id, sale.terms_version)).content_hash

    first = offer(700)
    assert sale.below_floor
    with pytest.raises(ApprovalMissing):
        activate_subscription(session, admin, clock, sale_id=sale.id)
    with pytest.raises(ApproverIsApplicant):
        approve_terms(
            session,
            admin,
            clock,
            sale_id=sale.id,
            content_hash=first,
            approvers=[MANAGER, CONSULTANT],
            reference="a",
        )
    with pytest.raises(ApproverIsApplicant):
        approve_terms(
            session, admin, clock, sale_id=sale.id, content_hash=first, approvers=[MANAGER, MANAGER], reference="a"
        )
    approve_terms(session, admin, clock, sale_id=sale.id, content_hash=first, approvers=[MANAGER], reference="a")
    second = offer(800)
    with pytest.raises(ApprovalMissing):
        activate_subscription(session, admin, clock, sale_id=sale.id)
    with pytest.raises(ApprovalStale):
        approve_terms(
            session, admin, clock, sale_id=sale.id, content_hash=first, approvers=[MANAGER], reference="a"
        )
    approve_terms(session, admin, clock, sale_id=sale.id, content_hash=second, approvers=[MANAGER], reference="b")
    assert activate_subscription(session, admin, clock, sale_id=sale.id).stage == "subscribed"


@pytest.mark.parametrize("deposit", [0, -1, 162_830_001])
def test_a_deposit_is_a_part_of_the_price(
    session: Session, admin: Actor, clock: MovedClock, sale: Sale, buyer: Customer, deposit: int
) -> None:
    with pytest.raises(AmountInvalid) as refusal:
        subscribe(session, admin, clock, sale_id=sale.id, buyers=[Buyer(buyer.id)], deposit_fen=deposit)
    assert refusal.value.field == "deposit_fen"


def test_missing_and_wrong_buyers_are_refused_by_field(
    session: Session, admin: Actor, clock: MovedClock, sale: Sale
) -> None:
    with pytest.raises(BuyersInvalid):
        subscribe(session, admin, clock, sale_id=sale.id, buyers=[], deposit_fen=DEPOSIT)
    with pytest.raises(Missing) as refusal:
        subscribe(session, admin, clock, sale_id=sale.id, buyers=[Buyer("nobody")], deposit_fen=DEPOSIT)
    assert refusal.value.field == "buyers"


def test_a_unit_seized_in_the_meantime_is_not_subscribed(
    session: Session, admin: Actor, clock: MovedClock, sale: Sale, units: list[Unit], buyer: Customer
) -> None:
    set_flag(session, admin, clock, unit_id=units[0].id, flag=Flag.SEIZED, on=True, reason="court order")
    with pytest.raises(UnitNotSellable, match="unit_seized"):
        subscribe(session, admin, clock, sale_id=sale.id, buyers=[Buyer(buyer.id)], deposit_fen=DEPOSIT)


def test_a_subscription_lapses_only_after_its_sign_by_date(
    session: Session, admin: Actor, clock: MovedClock, subscribed: Sale, units: list[Unit]
) -> None:
    paper = session.scalars(select(Subscription)).one()
    assert (paper.sign_by, paper.no) == (date(2026, 3, 9), "HARBOUR-RG-2026-000001")
    extend_subscription(session, admin, clock, sale_id=subscribed.id, sign_by=date(2026, 3, 12), reason="abroad")
    assert told(session)[-1] == "SubscriptionExtended"
    with pytest.raises(DateInvalid):
        extend_subscription(
            session, admin, clock, sale_id=subscribed.id, sign_by=date(2026, 3, 12), reason="abroad"
        )
    clock.advance(timedelta(days=10))
    with pytest.raises(SaleNotReady, match="sign_by_not_passed"):
        lapse_subscription(session, admin, clock, sale_id=subscribed.id)
    clock.advance(timedelta(days=1))
    lapse_subscription(session, admin, clock, sale_id=subscribed.id)
    session.flush()
    assert (paper.state, paper.extensions, subscribed.state, subscribed.close_kind) == (
        "lapsed",
        1,
        "closed",
        "lapsed",
    )
    assert (units[0].status, units[0].sale_id) == ("available", None)
    assert told(session)[-2:] == ["SaleClosed", "SubscriptionLapsed"]


def test_a_buyer_who_breaks_his_word_frees_the_unit(
    session: Session, admin: Actor, clock: MovedClock, subscribed: Sale, units: list[Unit]
) -> None:
    default_subscription(session, admin, clock, sale_id=subscribed.id, reason="bought elsewhere")
    session.flush()
    assert (subscribed.close_kind, units[0].status) == ("defaulted", "available")
    assert session.scalars(select(Subscription.state)).one() == "defaulted"


def test_after_signing_the_unit_is_freed_only_when_the_filing_is_cancelled(
    session: Session, admin: Actor, clock: MovedClock, subscribed: Sale, units: list[Unit]
) -> None:
    contract = sign_contract(session, admin, clock, sale_id=subscribed.id)
    submit_filing(session, admin, clock, sale_id=subscribed.id)
    with pytest.raises(FilingStands):
        cancel_sale(session, admin, clock, sale_id=subscribed.id, reason="loan refused")
    accept_filing(session, admin, clock, sale_id=subscribed.id, no="BA-1")
    with pytest.raises(FilingStands):
        cancel_sale(session, admin, clock, sale_id=subscribed.id, reason="loan refused")
    cancel_filing(session, admin, clock, sale_id=subscribed.id, reason="loan refused")
    assert (subscribed.stage, contract.state, units[0].status) == ("signed", "rescinding", "contracted")
    cancel_sale(session, admin, clock, sale_id=subscribed.id, reason="loan refused")
    session.flush()
    assert (subscribed.state, contract.state, units[0].status) == ("closed", "rescinded", "available")


def test_a_contract_not_filed_yet_takes_its_filing_with_it(
    session: Session, admin: Actor, clock: MovedClock, subscribed: Sale
) -> None:
    sign_contract(session, admin, clock, sale_id=subscribed.id)
    cancel_sale(session, admin, clock, sale_id=subscribed.id, reason="by agreement")
    session.flush()
    assert session.scalars(select(Filing.state)).one() == "cancelled"
    with pytest.raises(SaleNotReady):
        cancel_sale(session, admin, clock, sale_id=subscribed.id, reason="again")


def test_dates_follow_each_other(session: Session, admin: Actor, clock: MovedClock, subscribed: Sale) -> None:
    tomorrow, yesterday = date(2026, 3, 3), date(2026, 3, 1)
    for day in (tomorrow, yesterday):
        with pytest.raises(DateInvalid):
            sign_contract(session, admin, clock, sale_id=subscribed.id, signed_on=day)
    with pytest.raises(DateInvalid):
        sign_contract(session, admin, clock, sale_id=subscribed.id, delivery_on=yesterday)
    sign_contract(session, admin, clock, sale_id=subscribed.id)
    for day in (tomorrow, yesterday):
        with pytest.raises(DateInvalid):
            submit_filing(session, admin, clock, sale_id=subscribed.id, submitted_on=day)


def test_a_step_done_again_with_its_key_acts_once(
    session: Session, admin: Actor, clock: MovedClock, units: list[Unit], buyer: Customer
) -> None:
    def run() -> tuple[str, str, str]:
        sale = open_sale(session, admin, clock, unit_id=units[0].id, customer_id=buyer.id, key="i:open")
        subscribe(
            session,
            admin,
            clock,
            sale_id=sale.id,
            buyers=[Buyer(buyer.id)],
            deposit_fen=DEPOSIT,
            key="i:subscribe",
        )
        activate_subscription(session, admin, clock, sale_id=sale.id, key="i:activate")
        contract = sign_contract(session, admin, clock, sale_id=sale.id, key="i:sign")
        submit_filing(session, admin, clock, sale_id=sale.id, key="i:submit")
        filing = accept_filing(session, admin, clock, sale_id=sale.id, no="BA-1", key="i:accept")
        return sale.id, contract.id, filing.id

    first = run()
    events = len(session.scalars(select(SaleEvent)).all())
    heard = len(session.info["facts"])
    assert run() == first
    assert len(session.scalars(select(SaleEvent)).all()) == events
    assert len(session.info["facts"]) == heard


def test_a_consultant_acts_on_his_own_sales_only(
    session: Session, admin: Actor, clock: MovedClock, sale: Sale, project: Project, buyer: Customer,
    actor_with: Callable[..., Actor],
) -> None:  # fmt: skip
    other = actor_with("sales:view", "sales:subscribe", "units:view", path=project.path, own_only=True)
    elsewhere = organisation.create_project(session, admin, clock, code="yunxi", name="云溪花园")
    stranger = actor_with("sales:view", "sales:subscribe", path=elsewhere.path)
    viewer = actor_with("sales:view", path=project.path)
    for actor, error in ((other, Missing), (stranger, Missing), (viewer, NotAllowed)):
        with pytest.raises(error):
            subscribe(session, actor, clock, sale_id=sale.id, buyers=[Buyer(buyer.id)], deposit_fen=DEPOSIT)
