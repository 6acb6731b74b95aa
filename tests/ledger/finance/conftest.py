"""The house that stories of finance begin with, and short words for what finance does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import MovedClock
from kernel.facts import Fact
from kernel.ids import new_id
from ledger.finance import operations as finance
from ledger.finance.models import MoneyTodo, Receipt, Receivable, ReceivableSchedule
from ledger.finance.queries import SaleAccount, sale_account
from ledger.finance.receipts import Confirmation
from ledger.sales.models import Sale

from .house import DEPOSIT, PRICE, TODAY, House, build_house


@dataclass
class Desk:
    """The finance desk: the operations with session, person and clock filled in."""

    session: Session
    actor: Actor
    clock: MovedClock
    house: House

    def do(self, verb: str, **arguments: Any) -> Any:
        """Run an operation of finance by name."""
        return getattr(finance, verb)(self.session, self.actor, self.clock, **arguments)

    def take(self, sale: Sale | None, fen: int, **arguments: Any) -> Receipt:
        """Capture a transfer of today."""
        usual = {"key": new_id(), "method": "transfer", "paid_on": TODAY, "payer": "Lin Wan"}
        return self.do("take_receipt", sale_id=sale.id if sale else None, amount_fen=fen, **{**usual, **arguments})

    def pay(self, sale: Sale | None, fen: int, **arguments: Any) -> Confirmation:
        """Capture and confirm a transfer of today."""
        return self.do("confirm_receipt", receipt_id=self.take(sale, fen, **arguments).id)

    def deposit(self, sale: Sale, fen: int = DEPOSIT) -> Receivable:
        """The deposit falls due tomorrow."""
        return self.do("raise_deposit", sale_id=sale.id, amount_fen=fen, due_on=TODAY + timedelta(days=1))

    def sign(self, sale: Sale, *, total: int = PRICE, on: date = TODAY, **arguments: Any) -> ReceivableSchedule:
        """Sign with the loan plan."""
        arguments.setdefault("template_id", self.house.plan_id)
        return self.do("build_receivables", sale_id=sale.id, total_fen=total, signed_on=on, **arguments)

    def collect(self, line: Receivable, **arguments: Any) -> MoneyTodo:
        """Ask for a receivable to be collected."""
        arguments.setdefault("key", f"collect:{line.id}")
        return self.do(
            "open_todo",
            kind="collect",
            project_id=line.project_id,
            amount_fen=line.amount_fen,
            due_on=line.due_on or TODAY,
            sale_id=line.sale_id,
            customer_id=line.customer_id,
            receivable_id=line.id,
            **arguments,
        )

    def account(self, sale: Sale, on: date = TODAY) -> SaleAccount:
        """What the sale owes and has paid."""
        return sale_account(self.session, self.actor, sale.id, on)

    def facts(self, kind: type[Fact]) -> list[Any]:
        """The facts of a kind told so far."""
        return [fact for fact in self.session.info.get("facts", []) if type(fact) is kind]


@pytest.fixture
def house(session: Session, clock: MovedClock) -> House:
    """A project to sell in."""
    return build_house(session, clock)


@pytest.fixture
def desk(session: Session, admin: Actor, clock: MovedClock, house: House) -> Desk:
    """The finance desk."""
    return Desk(session, admin, clock, house)
