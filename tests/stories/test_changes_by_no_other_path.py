"""Whatever anybody tries in whatever order, nothing executes that was not approved as it stands (DOMAIN §10.6)."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from kernel.actor import SYSTEM, Actor
from kernel.errors import KeyturnError
from ledger.changes.models import ChangeApproval, ChangeApprover, ChangeOrder
from ledger.changes.money import price_lines
from ledger.changes.operations import (
    approve_change,
    execute_change,
    mend_change,
    return_change,
    submit_change,
    wait_change,
    withdraw_change,
)
from ledger.sales.models import Sale, SaleTerms
from tests.stories.changing_sales import signed
from tests.stories.company import Company

OFTEN = {"submit": 4, "approve": 16, "execute": 16, "return": 2, "mend": 8, "pay": 2}
PEOPLE = ("wei", "fang", "manager_1", "gm_1", "cashier", "filer", "treasurer")


class Office:
    """People who try everything with the orders of one signed sale, chosen by dice."""

    def __init__(self, company: Company, sale_id: str, dice: random.Random) -> None:
        self.company, self.sale_id, self.dice = company, sale_id, dice
        self.done: dict[str, int] = {}
        self.paid = 0
        self.seen: set[str] = set()

    def step(self) -> None:
        """One try; a refusal is an answer too, and leaves nothing behind."""
        tries = self.tries()
        names = sorted(tries)
        name = self.dice.choices(names, [OFTEN.get(one, 1) for one in names])[0]
        who = self.dice.choice(PEOPLE)
        lines = self.company.read(lambda s: price_lines(s, self.sale_id))
        actor = SYSTEM if name in ("approve", "return", "wait") else self.company.actor(who)
        try:
            with self.company.database.unit_of_work(actor) as session:
                tries[name](session, actor)
            self.done[name] = self.done.get(name, 0) + 1
            if name == "execute":
                self.require_fresh(lines)
        except (KeyturnError, DBAPIError):
            pass

    def require_fresh(self, lines: list[dict[str, Any]]) -> None:
        """What was just executed was approved for the lines that stood."""
        order = self.newest()
        assert order is not None
        fresh = order.result and order.id not in self.seen
        assert not fresh or order.before["lines"] == lines, "a stale change executed"
        self.seen.add(order.id)

    def tries(self) -> dict[str, Callable[[Session, Actor], Any]]:
        """Every way there is to bring an order on, and some that there are not."""
        clock, order = self.company.clock, self.newest()
        name, seal = (order.id, order.content_hash) if order else ("none", "none")
        wanted = {"discounts": [{"kind": "amount", "name": "d", "amount_fen": self.dice.randint(1, 9) * 100_00}]}
        people = [self.company.people[one] for one in self.dice.sample(PEOPLE, self.dice.choice([0, 1, 1, 2]))]
        sealed = seal if self.dice.random() < 0.8 else "0" * 64
        about = {"order_id": name}
        by = self.dice.choice(people or [self.company.people["cashier"]])

        def forced(session: Session, _actor: Actor) -> None:
            session.execute(
                text(
                    "UPDATE change_order SET state = 'executed', executed_by = :by, executed_at = applied_at,"
                    " ended_at = applied_at WHERE id = :id"
                ),
                {"by": by, "id": name},
            )

        def rewritten(session: Session, _actor: Actor) -> None:
            session.execute(text("UPDATE change_order SET content_hash = 'f' WHERE id = :id"), {"id": name})

        asked = {"kind": "discount", "sale_id": self.sale_id, "wanted": wanted, "reason": "r"}
        return {
            "submit": lambda s, a: submit_change(s, a, clock, **asked),  # type: ignore[arg-type]
            "approve": lambda s, a: approve_change(
                s, a, clock, **about, content_hash=sealed, approvers=people, reference="x"
            ),
            "execute": lambda s, a: execute_change(s, a, clock, **about),
            "wait": lambda s, a: wait_change(s, a, clock, **about, reason="filing"),
            "return": lambda s, a: return_change(s, a, clock, **about, reason="why"),
            "mend": lambda s, a: mend_change(s, a, clock, **about, wanted=wanted, reason="r"),
            "withdraw": lambda s, a: withdraw_change(s, a, clock, **about, reason="r"),
            "pay": lambda s, a: self.pay(),
            "force": forced,
            "rewrite": rewritten,
        }

    def pay(self) -> None:
        """Money comes in, so that what was approved may no longer be so."""
        if self.paid < 2:
            self.paid += 1
            self.company.pay(key=f"p{self.paid}", sale_id=self.sale_id)

    def newest(self) -> ChangeOrder | None:
        """The order asked for last."""
        query = select(ChangeOrder).order_by(ChangeOrder.applied_at.desc(), ChangeOrder.id.desc()).limit(1)
        return self.company.read(lambda s: s.scalars(query).one_or_none())

    def check(self) -> None:
        """What must hold between two tries."""

        def look(session: Session) -> None:
            executed = session.scalars(select(ChangeOrder).where(ChangeOrder.state == "executed")).all()
            for order in executed:
                same = {"order_id": order.id, "content_hash": order.content_hash}
                assert session.scalars(select(ChangeApproval).filter_by(**same)).one().mode == order.mode
                approvers = set(session.scalars(select(ChangeApprover.staff_id).filter_by(**same)))
                assert approvers
                assert order.executed_by not in approvers | {order.applied_by}
                assert not approvers & {order.applied_by, order.owner_id}
            real = [order for order in executed if order.result]
            sale = session.get_one(Sale, self.sale_id)
            assert sale.terms_version == 1 + len(real), "the terms changed without an executed order"
            terms = session.get_one(SaleTerms, (sale.id, sale.terms_version))
            wanted = [order.after["deal_price_fen"] for order in sorted(real, key=lambda one: one.id)]
            assert terms.deal_price_fen == (wanted[-1] if wanted else terms.list_price_fen)
            live = session.scalars(select(ChangeOrder).where(ChangeOrder.ended_at.is_(None))).all()
            assert len(live) <= 1

        self.company.read(look)


@pytest.mark.parametrize("seed", range(2))
def test_nothing_executes_but_what_others_approved_as_it_stands(company: Company, seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - repeatable on purpose
    office = Office(company, signed(company).sale().id, dice)
    for _ in range(120):
        office.step()
        office.check()
    assert {"submit", "approve", "execute"} <= set(office.done), office.done
