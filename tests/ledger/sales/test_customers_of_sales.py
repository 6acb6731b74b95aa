"""What a sale means for its buyers: their kind at the project, and their timeline."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import MovedClock
from ledger.customers.models import Customer, CustomerKind
from ledger.customers.queries import timeline
from ledger.inventory.models import Unit
from ledger.organisation.models import Project
from ledger.sales.models import Sale
from ledger.sales.operations import (
    Buyer,
    activate_subscription,
    cancel_sale,
    issue_queue_number,
    open_queue_batch,
    open_sale,
    sign_contract,
    subscribe,
)
from ledger.sales.queries import get_sale
from tests.ledger.sales.conftest import CONSULTANT


def kinds(session: Session, customer: Customer) -> set[str]:
    held = select(CustomerKind.kind).where(CustomerKind.customer_id == customer.id, CustomerKind.until.is_(None))
    return set(session.scalars(held))


@pytest.fixture
def wife(customer: Callable[[str], Customer]) -> Customer:
    return customer("李娜")


@pytest.fixture
def sell(
    session: Session, admin: Actor, clock: MovedClock, buyer: Customer, wife: Customer
) -> Callable[[Unit], Sale]:
    def make(unit: Unit) -> Sale:
        sale = open_sale(session, admin, clock, unit_id=unit.id, customer_id=buyer.id, consultant_id=CONSULTANT)
        both = [Buyer(buyer.id), Buyer(wife.id)]
        subscribe(session, admin, clock, sale_id=sale.id, buyers=both, deposit_fen=5_000_000)
        return activate_subscription(session, admin, clock, sale_id=sale.id)

    return make


def test_buyers_become_subscribers_and_then_owners(
    session: Session, admin: Actor, clock: MovedClock, units: list[Unit], buyer: Customer, wife: Customer,
    sell: Callable[[Unit], Sale],
) -> None:  # fmt: skip
    assert kinds(session, wife) == {"prospect"}
    sale = sell(units[0])
    assert kinds(session, buyer) == kinds(session, wife) == {"subscriber"}
    sign_contract(session, admin, clock, sale_id=sale.id)
    assert kinds(session, wife) == {"owner"}
    cancel_sale(session, admin, clock, sale_id=sale.id, reason="by agreement")
    session.flush()
    assert kinds(session, wife) == set()


def test_who_has_another_sale_stays_a_subscriber(
    session: Session, admin: Actor, clock: MovedClock, units: list[Unit], buyer: Customer,
    sell: Callable[[Unit], Sale],
) -> None:  # fmt: skip
    first, _second = sell(units[0]), sell(units[1])
    cancel_sale(session, admin, clock, sale_id=first.id, reason="one is enough")
    session.flush()
    assert kinds(session, buyer) == {"subscriber"}


def test_a_sale_stands_in_every_buyers_timeline_page_by_page(
    session: Session, admin: Actor, clock: MovedClock, project: Project, units: list[Unit], wife: Customer,
    sell: Callable[[Unit], Sale], actor_with: Callable[..., Actor],
) -> None:  # fmt: skip
    batch = open_queue_batch(session, admin, clock, project_id=project.id, code="A", name="Opening")
    issue_queue_number(session, admin, clock, batch_id=batch.id, customer_id=wife.id)
    clock.advance(timedelta(minutes=1))
    sale = sell(units[0])
    clock.advance(timedelta(minutes=1))
    sign_contract(session, admin, clock, sale_id=sale.id)
    session.flush()
    seen, before = [], None
    while page := timeline(session, admin, wife.id, before, 2):
        seen += page
        before = page[-1].cursor
    codes = [event.code for event in seen if event.subject in ("sale", "queue_number")]
    assert codes[0] == "sale_signed"
    assert set(codes) == {
        "sale_signed", "sale_activated", "sale_subscribed", "sale_opened", "queue_number_issued",
    }  # fmt: skip
    assert len(codes) == len(set(codes))
    signed = next(event for event in seen if event.code == "sale_signed")
    view = get_sale(session, admin, sale.id)
    assert view.contract is not None
    assert (signed.params["unit"], signed.params["no"]) == ("A座-A-0301", view.contract.no)
    blind = actor_with("customers:view")
    assert not [event for event in timeline(session, blind, wife.id) if event.subject == "sale"]
