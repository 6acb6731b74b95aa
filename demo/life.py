"""What people do in the demo: each act is a unit of work of its own through the real engine and ledger."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from demo.cast import who_holds
from demo.names import Buyer
from demo.places import Places
from engine.api import Engine, Task, TaskFilter
from kernel.actor import SYSTEM, Actor
from kernel.clock import MovedClock, business_date
from ledger.customers.contacts import add_contact
from ledger.customers.operations import register_customer
from ledger.finance.accounts import settled_by_receivable
from ledger.finance.kinds import TodoKind, TodoState
from ledger.finance.models import MoneyTodo, Receivable, Refund
from ledger.finance.operations import confirm_receipt, pay_refund, take_receipt
from ledger.inventory.models import Unit
from ledger.sales.models import Sale
from ledger.staff.queries import actor_for
from webapp.db import Database
from webapp.engine_room import engine_for
from webapp.jobs import JobRunner

T = TypeVar("T")


class Life:
    """The company at work."""

    def __init__(self, database: Database, clock: MovedClock, places: Places, runner: JobRunner) -> None:
        self.database = database
        self.clock = clock
        self.places = places
        self._runner = runner
        self._actors: dict[str, Actor] = {}
        self._receipts = 0

    def run_due(self) -> int:
        """Fire timers and carry out jobs that are due."""
        return self._runner.run_due()

    def actor(self, username: str) -> Actor:
        """Somebody of the cast."""
        if username not in self._actors:
            with self.database.reading() as session:
                self._actors[username] = actor_for(session, self.places.staff[username], self.clock)
        return self._actors[username]

    def act(self, username: str, work: Callable[[Session, Actor], T]) -> T:
        """Something that somebody does, committed."""
        actor = self.actor(username) if username else SYSTEM
        with self.database.unit_of_work(actor) as session:
            return work(session, actor)

    def ask(self, question: Callable[[Session], T]) -> T:
        """Something looked up."""
        with self.database.reading() as session:
            return question(session)

    def meet(self, username: str, path: str, buyer: Buyer, note: str) -> str:
        """A consultant registers somebody who walked in; returns the customer's id."""

        def register(session: Session, actor: Actor) -> str:
            customer = register_customer(
                session,
                actor,
                self.clock,
                name=buyer.name,
                project_id=self.places.projects[path].id,
                phones=[buyer.phone],
                id_type="resident_id",
                id_no=buyer.id_no,
                source=buyer.source,
                owner_id=actor.id,
                confirmed=True,
            )
            add_contact(session, actor, self.clock, customer_id=customer.id, channel="visit", note=note)
            return customer.id

        return self.act(username, register)

    def free_units(self, path: str) -> list[str]:
        """Ids of the units of a project that can be sold, in a fixed order."""
        project_id = self.places.projects[path].id
        query = (
            select(Unit.id)
            .where(Unit.project_id == project_id, Unit.status == "available", Unit.withheld_reason.is_(None))
            .order_by(Unit.id)
        )
        return list(self.ask(lambda session: session.scalars(query).all()))

    def start(self, username: str, path: str, **answers: Any) -> Case:
        """Begin a sale with the start form."""

        def begin(session: Session, actor: Actor) -> str:
            return self._engine(session, actor).start("booking_to_contract", answers, scope=path).id

        return Case(self, self.act(username, begin), username, path)

    def _engine(self, session: Session, actor: Actor) -> Engine:
        return engine_for(session, actor, self.clock)

    def pay_todo(
        self, todo: MoneyTodo, payer: str, *, amount_fen: int | None = None, confirm: bool = True,
        method: str = "transfer",
    ) -> None:  # fmt: skip
        """The cashier takes the money of a to-do, whatever of it is open or so much, and usually confirms it."""
        self._receipts += 1
        paid = self.ask(lambda s: settled_by_receivable(s, [todo.receivable_id] if todo.receivable_id else []))
        open_fen = max(todo.amount_fen - paid.get(todo.receivable_id or "", 0), 1)
        method = "bank_loan" if todo.debtor in ("bank", "fund_centre") else method

        def take(session: Session, actor: Actor) -> str:
            return take_receipt(
                session,
                actor,
                self.clock,
                key=f"demo:{self._receipts}",
                amount_fen=amount_fen or open_fen,
                method=method,
                payer_role=todo.debtor,
                paid_on=business_date(self.clock),
                payer=payer,
                todo_id=todo.id,
            ).id

        receipt_id = self.act("cashier", take)
        if confirm:
            self.act("cashier", lambda s, a: confirm_receipt(s, a, self.clock, receipt_id=receipt_id))

    def pay_queue_fee(self, case: Case, payer: str) -> None:
        """The cashier takes the fee of a queue number."""
        query = select(MoneyTodo).where(MoneyTodo.instance_id == case.id, MoneyTodo.state == TodoState.OPEN)
        todo = self.ask(lambda s: s.scalars(query).first())
        if todo is not None:
            self.pay_todo(todo, payer)

    def pay_refunds(self, sale_id: str) -> None:
        """Finance pays back what was approved for a sale."""
        asked = self.ask(lambda s: s.scalars(select(Refund.id).where(Refund.sale_id == sale_id)).all())
        for refund_id in asked:
            day = business_date(self.clock)
            self.act(
                "finance", lambda s, a, r=refund_id, d=day: pay_refund(s, a, self.clock, refund_id=r, paid_on=d)
            )


@dataclass
class Case:
    """One sale on its way, or a change of one; ``sale_id`` is that of a change."""

    life: Life
    id: str
    consultant: str
    path: str
    sale_id: str | None = None

    def open_task(self, element: str) -> Task | None:
        """The open task at an element."""
        wanted = TaskFilter(box="all", instance_id=self.id)
        rows = self.life.ask(lambda s: engine_for(s, SYSTEM, self.life.clock).find_tasks(wanted)).rows
        return next((row for row in rows if row.element_id == element and row.state == "open"), None)

    def complete(self, element: str, username: str = "", **answers: Any) -> bool:
        """Somebody, usually the consultant, completes the open task at an element; False when there is none."""
        task = self.open_task(element)
        if task is None:
            return False
        clock = self.life.clock
        self.life.act(username or self.consultant, lambda s, a: engine_for(s, a, clock).complete(task.id, answers))
        return True

    def complete_by_any(self, element: str, **answers: Any) -> bool:
        """The first who may completes the open task at an element; False when none is open."""
        task = self.open_task(element)
        if task is None:
            return False
        role, _, path = task.candidates[0].partition("@")
        barred = {name for name, staff_id in self.life.places.staff.items() if staff_id in task.excluded}
        return self.complete(element, next(n for n in who_holds(role, path) if n not in barred), **answers)

    def decide(self, decision: str, opinion: str) -> bool:
        """The first who may decides the open approval; False when none is open."""
        return self.complete_by_any("decide", decision=decision, opinion=opinion)

    def sale(self) -> Sale:
        """The sale in the ledger."""
        mine = Sale.id == self.sale_id if self.sale_id else Sale.instance_id == self.id
        return self.life.ask(lambda s: s.scalars(select(Sale).where(mine)).one())

    def is_signed(self) -> bool:
        """Whether the sale has its contract."""
        return self.sale().stage in ("signed", "filed")

    def money_todos(self) -> list[MoneyTodo]:
        """The open to-dos to collect money of this sale, soonest first."""
        query = (
            select(MoneyTodo)
            .where(MoneyTodo.sale_id == self.sale().id, MoneyTodo.kind == TodoKind.COLLECT)
            .where(MoneyTodo.state == TodoState.OPEN)
            .order_by(MoneyTodo.due_on, MoneyTodo.id)
        )
        return list(self.life.ask(lambda s: s.scalars(query).all()))

    def price_todos(self) -> list[MoneyTodo]:
        """Of those, the ones for the price itself."""
        todos = self.money_todos()
        ids = [todo.receivable_id for todo in todos]
        query = select(Receivable.id).where(Receivable.id.in_(ids), Receivable.class_ == "price")
        price = set(self.life.ask(lambda s: s.scalars(query).all()))
        return [todo for todo in todos if todo.receivable_id in price]

    def withdraw(self, reason: str) -> None:
        """The buyer withdraws."""
        clock, sale_id = self.life.clock, self.sale().id

        def tell(session: Session, actor: Actor) -> int:
            engine = engine_for(session, SYSTEM, clock)
            return engine.publish("sale_withdrawn", {"sale_id": sale_id}, {"reason": reason})

        self.life.act("", tell)
