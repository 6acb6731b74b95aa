"""Whatever people do in whatever order, units, sales and papers agree with each other afterwards."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import MovedClock
from kernel.errors import KeyturnError
from ledger.customers.models import Customer
from ledger.inventory.models import Unit, UnitEvent
from ledger.inventory.operations import release_unit, set_flag, withhold_unit
from ledger.inventory.states import Flag
from ledger.sales.models import Sale, SaleTerms
from ledger.sales.operations import (
    Buyer,
    Discount,
    accept_filing,
    activate_subscription,
    approve_terms,
    cancel_filing,
    cancel_sale,
    default_subscription,
    end_small_order,
    expire_hold,
    expire_small_order,
    extend_hold,
    hold_unit,
    lapse_subscription,
    mark_small_order_paid,
    open_sale,
    release_hold,
    return_filing,
    sign_contract,
    submit_filing,
    subscribe,
    take_small_order,
)
from ledger.sales.stage_models import Contract, Filing, Hold, SmallOrder, Subscription
from tests.ledger.sales.conftest import CONSULTANT, MANAGER

STATUS_OF = {
    "held": "held", "small_ordered": "small_ordered", "subscribing": "subscribed", "subscribed": "subscribed",
    "signed": "contracted", "filed": "contracted",
}  # fmt: skip
RARE = {"cancel", "cancel_filing", "default", "end_order", "lapse", "release", "seize", "withhold"}


class Floor:
    """A sales floor where acts are chosen by dice."""

    def __init__(
        self, session: Session, actor: Actor, clock: MovedClock, units: list[Unit], people: list[str]
    ) -> None:
        self.session, self.actor, self.clock = session, actor, clock
        self.unit_ids, self.people = [unit.id for unit in units], people
        self.done: dict[str, int] = {}

    def step(self, dice: random.Random) -> None:
        """One act of anybody; a refusal is an answer too."""
        self.clock.advance(timedelta(hours=dice.choice([0, 1, 5, 30, 24 * 8]) if dice.random() < 0.3 else 0))
        acts = self.acts(dice)
        name = dice.choices(sorted(acts), [1 if name in RARE else 5 for name in sorted(acts)])[0]
        try:
            acts[name]()
            self.done[name] = self.done.get(name, 0) + 1
        except KeyturnError:
            pass
        self.session.flush()

    def acts(self, dice: random.Random) -> dict[str, Callable[[], object]]:
        """Every act with arguments drawn for it."""
        s, a, c = self.session, self.actor, self.clock
        unit, person = dice.choice(self.unit_ids), dice.choice(self.people)
        sales = self.session.scalars(select(Sale.id).order_by(Sale.id)).all()
        live = self.session.scalars(select(Sale.id).where(Sale.state == "live").order_by(Sale.id)).all()
        sale = dice.choice(live or sales or ["none"]) if dice.random() < 0.9 else dice.choice(sales or ["none"])
        soon = c.now() + timedelta(hours=dice.choice([1, 24, 72]))
        new = {"unit_id": unit, "customer_id": person, "consultant_id": CONSULTANT}
        points = dice.choice([0, 100, 700])
        terms = {
            "buyers": [Buyer(p) for p in dice.sample(self.people, dice.choice([1, 2]))],
            "discounts": [Discount("d", "rate", basis_points=points)] if points else [],
            "deposit_fen": 5_000_000,
        }
        return {
            "open": lambda: open_sale(s, a, c, **new),
            "hold": lambda: hold_unit(s, a, c, **new, reason="r", approved_by=MANAGER, expires_at=soon),
            "extend": lambda: extend_hold(s, a, c, sale_id=sale, expires_at=soon, approved_by=MANAGER, reason="r"),
            "release": lambda: release_hold(s, a, c, sale_id=sale, reason="r"),
            "expire": lambda: expire_hold(s, a, c, sale_id=sale),
            "order": lambda: take_small_order(s, a, c, **new, amount_fen=100, expires_at=soon),
            "order_held": lambda: take_small_order(s, a, c, sale_id=sale, amount_fen=100, expires_at=soon),
            "order_paid": lambda: mark_small_order_paid(s, a, c, sale_id=sale),
            "end_order": lambda: end_small_order(s, a, c, sale_id=sale, reason="r"),
            "expire_order": lambda: expire_small_order(s, a, c, sale_id=sale),
            "subscribe": lambda: subscribe(s, a, c, sale_id=sale, **terms),  # type: ignore[arg-type]
            "approve": lambda: self.approve(sale),
            "activate": lambda: activate_subscription(s, a, c, sale_id=sale),
            "lapse": lambda: lapse_subscription(s, a, c, sale_id=sale),
            "default": lambda: default_subscription(s, a, c, sale_id=sale, reason="r"),
            "sign": lambda: sign_contract(s, a, c, sale_id=sale),
            "submit": lambda: submit_filing(s, a, c, sale_id=sale),
            "return": lambda: return_filing(s, a, c, sale_id=sale, reason="r"),
            "accept": lambda: accept_filing(s, a, c, sale_id=sale, no="BA"),
            "cancel_filing": lambda: cancel_filing(s, a, c, sale_id=sale, reason="r"),
            "cancel": lambda: cancel_sale(s, a, c, sale_id=sale, reason="r"),
            "withhold": lambda: withhold_unit(s, a, c, unit_id=unit, reason="r"),
            "give": lambda: release_unit(s, a, c, unit_id=unit, reason="r"),
            "seize": lambda: set_flag(s, a, c, unit_id=unit, flag=Flag.SEIZED, on=dice.random() < 0.2, reason="r"),
        }

    def approve(self, sale_id: str) -> object:
        """Approve the terms as they stand."""
        sale = self.session.get(Sale, sale_id)
        terms = self.session.get(SaleTerms, (sale_id, sale.terms_version)) if sale and sale.terms_version else None
        known = terms.content_hash if terms else "none"
        return approve_terms(
            self.session,
            self.actor,
            self.clock,
            sale_id=sale_id,
            content_hash=known,
            approvers=[MANAGER],
            reference="x",
        )

    def check(self) -> None:
        """What must hold between two acts."""
        self.session.expire_all()
        live = self.session.scalars(select(Sale).where(Sale.state == "live")).all()
        by_unit = {sale.unit_id: sale for sale in live}
        assert len(by_unit) == len(live), "a unit has two live sales"
        for unit in self.session.scalars(select(Unit).where(Unit.id.in_(self.unit_ids))):
            sale = by_unit.get(unit.id)
            assert unit.sale_id == (sale.id if sale else None)
            assert unit.status == (STATUS_OF[sale.stage] if sale else "available")
            if sale:
                self.check_papers(sale)
        self.check_closed()
        self.check_history()

    def check_papers(self, sale: Sale) -> None:
        """A live sale's papers stand where its stage says."""
        papers = {
            m: self.session.scalars(select(m).where(m.sale_id == sale.id)).one_or_none()
            for m in (Subscription, Contract, Filing)
        }
        paper, contract, filing = papers[Subscription], papers[Contract], papers[Filing]
        assert (contract is not None) == (sale.stage in ("signed", "filed"))
        if sale.stage == "subscribed":
            assert isinstance(paper, Subscription)
            assert paper.state == "active"
        if isinstance(contract, Contract):
            assert contract.total_fen == sale.deal_price_fen
        if isinstance(filing, Filing):
            assert (filing.state == "accepted") == (sale.stage == "filed")
        if sale.below_floor and sale.stage not in ("held", "small_ordered", "subscribing"):
            assert sale.approved_version == sale.terms_version

    def check_closed(self) -> None:
        """Nothing of a closed sale is still open."""
        closed = select(Sale.id).where(Sale.state == "closed")
        for model, open_states in (
            (Hold, ("active",)),
            (SmallOrder, ("open", "paid")),
            (Subscription, ("draft", "approving", "active", "contracted")),
            (Contract, ("signed", "filed", "rescinding")),
            (Filing, ("to_file", "submitted", "returned", "accepted")),
        ):
            left = select(model.id).where(model.sale_id.in_(closed), model.state.in_(open_states))  # type: ignore[attr-defined]
            assert self.session.scalars(left).all() == [], model

    def check_history(self) -> None:
        """Each unit's status events join end to end."""
        for unit_id in self.unit_ids:
            rule = (UnitEvent.unit_id == unit_id) & (UnitEvent.kind == "status")
            events = self.session.scalars(select(UnitEvent).where(rule).order_by(UnitEvent.at, UnitEvent.id)).all()
            before = "available"
            for event in events:
                assert event.before == before
                before = event.after or ""


@pytest.mark.parametrize("seed", range(3))
def test_units_sales_and_papers_agree_after_every_act(
    session: Session,
    admin: Actor,
    clock: MovedClock,
    units: list[Unit],
    customer: Callable[[str], Customer],
    seed: int,
) -> None:
    floor = Floor(session, admin, clock, units[:2], [customer(name).id for name in "甲乙丙"])
    dice = random.Random(seed)  # noqa: S311 - repeatable on purpose
    for _ in range(100):
        floor.step(dice)
        floor.check()
    assert len(floor.done) > 10, floor.done
