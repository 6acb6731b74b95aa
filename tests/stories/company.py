"""A company that sells: its people, a project with priced homes and a payment plan, customers, and its engine.

Every act is a unit of work of its own, so that each step of a story is saved and restored as in life.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.api import Engine, Instance, Task, TaskFilter, Waiting
from kernel.actor import SYSTEM, Actor
from kernel.clock import MovedClock, business_date
from ledger.customers.operations import register_customer
from ledger.finance.kinds import PlanKind, ReceivableKind, ShareKind, TodoKind, TodoState, TriggerKind
from ledger.finance.models import MoneyTodo, Receivable, Refund
from ledger.finance.operations import approve_plan, confirm_receipt, propose_plan, take_receipt
from ledger.finance.plans import PlanLine, Share, Trigger
from ledger.finance.queries import sale_account
from ledger.inventory.models import Building, Unit
from ledger.inventory.price_versions import Prices
from ledger.inventory.prices import propose_prices
from ledger.organisation.operations import add_node, add_permit, create_project
from ledger.sales.models import Sale
from ledger.staff.models import Staff
from ledger.staff.operations import add_staff
from ledger.staff.queries import actor_for
from tests.founding import founded
from webapp.db import Database
from webapp.definitions import shipped_resources
from webapp.engine_room import engine_for

T = TypeVar("T")
LIST_PRICE = 1_280_000_00
FLOOR_PRICE = 1_200_000_00
DEPOSIT = 50_000_00
PASSWORD = "correct horse battery"
BY_ITSELF = {"arrears_run.bpmn", "progress_look.bpmn", "mortgage.bpmn"}
CITY, PROJECT = "/keyturn/shanghai/", "/keyturn/shanghai/yunxi/"
PEOPLE = {
    "wei": ("sales_consultant", PROJECT),
    "fang": ("sales_consultant", PROJECT),
    "manager_1": ("sales_manager", PROJECT),
    "manager_2": ("sales_manager", PROJECT),
    "gm_1": ("project_gm", PROJECT),
    "gm_2": ("project_gm", PROJECT),
    "marketing_1": ("city_marketing", CITY),
    "city_finance_1": ("city_finance", CITY),
    "city_gm_1": ("city_gm", CITY),
    "pricing_1": ("group_pricing", "/keyturn/"),
    "legal_1": ("legal", CITY),
    "cashier": ("finance_clerk", PROJECT),
    "treasurer": ("finance_manager", PROJECT),
    "filer": ("filing_clerk", PROJECT),
    "loans": ("mortgage_clerk", PROJECT),
    "analyst": ("business_analyst", "/keyturn/"),
    "admin": ("administrator", "/keyturn/"),
}


@dataclass
class Company:
    """The company at work."""

    database: Database
    clock: MovedClock
    people: dict[str, str] = field(default_factory=dict)
    units: list[str] = field(default_factory=list)
    customers: dict[str, str] = field(default_factory=dict)
    project_id: str = ""
    plan_id: str = ""

    def engine(self, session: Session, actor: Actor) -> Engine:
        """An engine for one actor in one transaction."""
        return engine_for(session, actor, self.clock)

    def actor(self, name: str) -> Actor:
        """Somebody with today's rights, or the system."""
        if name == "system":
            return SYSTEM
        with self.database.reading() as session:
            return actor_for(session, self.people[name], self.clock)

    def act(self, name: str, work: Callable[[Session, Actor], T]) -> T:
        """Something that somebody does in one unit of work."""
        actor = self.actor(name)
        with self.database.unit_of_work(actor) as session:
            return work(session, actor)

    def read(self, question: Callable[[Session], T]) -> T:
        """Something looked up afterwards."""
        with self.database.reading() as session:
            return question(session)

    def start(self, name: str = "wei", **answers: Any) -> Case:
        """Begin a sale with the start form."""
        answers = {"customer_id": self.customers["lin"], **answers}
        if answers.get("entry") != "queue":
            answers = {"unit_id": self.units[0], **answers}
        begun = self.act(name, lambda s, a: self.engine(s, a).start("booking_to_contract", answers, scope=PROJECT))
        return Case(self, begun.id)

    def later(self, **by: float) -> None:
        """Time passes; whatever fell due is run, one unit of work each."""
        self.clock.advance(timedelta(**by))
        self.run_due()

    def at(self, instant: datetime) -> None:
        """It is now that instant; whatever fell due is run."""
        self.clock.set(instant)
        self.run_due()

    def run_due(self) -> int:
        """Run due timers until none is left."""
        count = 0
        while self.act("system", lambda s, a: self.engine(s, a).run_due(self.clock.now(), 1)):
            count += 1
        return count

    def pay(self, amount_fen: int | None = None, *, key: str = "r1", **of: Any) -> str:
        """Finance takes the money of an open collect to-do and confirms it; returns the receipt's id."""
        query = select(MoneyTodo).where(MoneyTodo.kind == TodoKind.COLLECT, MoneyTodo.state == TodoState.OPEN)
        todo = self.read(lambda s: s.scalars(query.filter_by(**of).order_by(MoneyTodo.due_on)).first())
        assert todo is not None

        def take(session: Session, actor: Actor) -> str:
            return take_receipt(
                session,
                actor,
                self.clock,
                key=key,
                amount_fen=amount_fen or todo.amount_fen,
                method="transfer",
                paid_on=business_date(self.clock),
                payer="Lin Wan",
                todo_id=todo.id,
            ).id

        receipt_id = self.act("cashier", take)
        self.act("cashier", lambda s, a: confirm_receipt(s, a, self.clock, receipt_id=receipt_id))
        return receipt_id

    def unit(self, number: int = 0) -> Unit:
        """A home as it stands."""
        return self.read(lambda s: s.get_one(Unit, self.units[number]))

    def todos(self, kind: str, state: str = "open") -> list[int]:
        """The amounts of money to-dos in fen."""
        query = select(MoneyTodo.amount_fen).where(MoneyTodo.kind == kind, MoneyTodo.state == state)
        return list(self.read(lambda s: s.scalars(query.order_by(MoneyTodo.amount_fen)).all()))

    def kept(self) -> list[int]:
        """The money of failed sales that the company keeps, in fen."""
        query = select(Receivable.amount_fen).where(Receivable.kind == ReceivableKind.FORFEIT)
        return list(self.read(lambda s: s.scalars(query.order_by(Receivable.amount_fen)).all()))

    def credit(self, sale_id: str) -> int:
        """The money of a sale that is neither counted nor on its way back, in fen."""
        return self.read(lambda s: sale_account(s, SYSTEM, sale_id, business_date(self.clock))).credit_fen

    def refunds(self) -> list[int]:
        """The refunds that were asked for, in fen."""
        return list(self.read(lambda s: s.scalars(select(Refund.amount_fen).order_by(Refund.amount_fen)).all()))


@dataclass
class Case:
    """One running sale."""

    company: Company
    id: str

    def instance(self) -> Instance:
        """The instance as it stands."""
        return self._ask(lambda engine: engine.get_instance(self.id))

    def waits(self) -> list[Waiting]:
        """What it waits for."""
        return self._ask(lambda engine: engine.waiting(self.id))

    @property
    def waiting_at(self) -> list[str]:
        """The elements it waits at, timers aside."""
        return sorted({w.element_id for w in self.waits() if w.kind == "user" or "await" in w.element_id})

    @property
    def data(self) -> dict[str, Any]:
        """The process data."""
        return self._ask(lambda engine: engine.variables(self.id))

    @property
    def ended_at(self) -> list[str]:
        """The end events that were reached, in order."""
        events = self._ask(lambda engine: engine.history(self.id))
        return [e.element_id for e in events if e.params.get("kind") == "endEvent" and e.element_id]

    def sale(self) -> Sale:
        """The sale in the ledger."""
        query = select(Sale).where(Sale.instance_id == self.id)
        return self.company.read(lambda s: s.scalars(query).one())

    def task(self, element: str) -> Task:
        """The open task at an element."""
        rows = self._ask(lambda e: e.find_tasks(TaskFilter(box="all", instance_id=self.id))).rows
        return next(row for row in rows if row.element_id == element and row.state == "open")

    def seen_by(self, name: str, element: str) -> dict[str, Any]:
        """The data that somebody's page of the open task shows."""
        task, actor = self.task(element), self.company.actor(name)
        return self.company.read(lambda s: self.company.engine(s, actor).get_task(task.id)).variables

    def complete(self, element: str, name: str = "wei", **answers: Any) -> None:
        """Somebody completes the open task at an element."""
        task = self.task(element)
        self.company.act(name, lambda s, a: self.company.engine(s, a).complete(task.id, answers))

    def publish(self, message: str, correlation: dict[str, Any], **payload: Any) -> int:
        """A message from outside."""
        return self.company.act(
            "system", lambda s, a: self.company.engine(s, a).publish(message, correlation, payload)
        )

    def withdraw(self) -> int:
        """The buyer withdraws."""
        return self.publish("sale_withdrawn", {"sale_id": self.sale().id}, reason="moves to another city")

    def enter_terms(self, *, off: int = 0, **changes: Any) -> None:
        """The consultant enters the terms: one buyer, the loan plan, so many basis points off."""
        discounts = [{"name": "Discount", "kind": "rate", "basis_points": off}] if off else []
        terms = {
            "ownership": "sole",
            "buyers": [{"customer_id": self.company.customers["lin"]}],
            "discounts": discounts,
            "plan_id": self.company.plan_id,
            "deposit_fen": DEPOSIT,
            **changes,
        }
        self.complete("enter_terms", **terms)

    def decide(self, name: str, decision: str = "approved", **more: str) -> None:
        """An approver decides."""
        self.complete("decide", name, decision=decision, **more)

    def sign(self) -> None:
        """The contract is signed today."""
        day = business_date(self.company.clock).isoformat()
        checked = {"identities_checked": True, "all_buyers_signed": True}
        self.complete("sign_contract", signed_on=day, delivery_on="2027-12-31", **checked)

    def submit(self) -> None:
        """The contract goes to the authority today."""
        self.complete("submit_filing", "filer", submitted_on=business_date(self.company.clock).isoformat())

    def _ask(self, question: Callable[[Engine], T]) -> T:
        return self.company.read(lambda session: question(self.company.engine(session, SYSTEM)))


_FOUNDED: dict[Hashable, Company] = {}


def company_in(
    database: Database, clock: MovedClock, *, homes: bool = True, language: str | None = None
) -> Company:
    """What `found_company` makes in the empty database of a test, for which this process founds it but once."""
    begun = MovedClock(clock.now().replace(second=0, microsecond=0))
    key = (str(database.engine.url), begun.now(), homes, language)

    def found() -> None:
        _FOUNDED[key] = found_company(database, begun, homes=homes, language=language)

    founded(database, key, found)
    known = _FOUNDED[key]
    return Company(
        database,
        clock,
        dict(known.people),
        list(known.units),
        dict(known.customers),
        known.project_id,
        known.plan_id,
    )


def found_company(
    database: Database, clock: MovedClock, *, homes: bool = True, language: str | None = None, daily: bool = True
) -> Company:
    """The company with its people, homes (unless they are to come by a price list), plan, customers and processes.

    Without ``daily`` nothing begins by itself beside a sale: no run looks for arrears every morning, no signed
    contract begins its mortgage.
    """
    company = Company(database, clock)
    with database.unit_of_work() as session:
        add_node(session, SYSTEM, clock, kind="group", code="keyturn", name="集团")
        add_node(session, SYSTEM, clock, kind="city", code="shanghai", name="上海", parent="/keyturn/")
        project = create_project(session, SYSTEM, clock, name="云溪", code="yunxi", parent=CITY)
        company.project_id = project.id
        for name, (role, path) in PEOPLE.items():
            company.people[name] = hire(session, clock, name, role, path, language=language).id
        for name in ("lin", "zhou"):
            company.customers[name] = _register(session, clock, company, name)
        if homes:
            _build_homes(session, clock, company)
        company.plan_id = _agree_plan(session, clock, company)
        shipped = shipped_resources()
        wanted = {name: file for name, file in shipped.items() if daily or name not in BY_ITSELF}
        company.engine(session, SYSTEM).deploy(wanted, note="shipped")
    return company


def hire(
    session: Session, clock: MovedClock, name: str, role: str, path: str, *, language: str | None = None
) -> Staff:
    """Open an account with one role."""
    return add_staff(
        session,
        SYSTEM,
        clock,
        username=name,
        display_name=name.title(),
        password=PASSWORD,
        roles=[(role, path)],
        must_change_password=False,
        language=language or "zh",
    )


def _register(session: Session, clock: MovedClock, company: Company, name: str) -> str:
    phones = {"lin": "13800138001", "zhou": "13900139002"}
    return register_customer(
        session,
        SYSTEM,
        clock,
        name=name.title(),
        project_id=company.project_id,
        phones=[phones[name]],
        owner_id=company.people["wei"],
    ).id


def _build_homes(session: Session, clock: MovedClock, company: Company) -> None:
    permit = add_permit(
        session, SYSTEM, clock, project_id=company.project_id, no="沪房预001", granted_on=date(2026, 1, 10)
    )
    building = Building(project_id=company.project_id, path=PROJECT, code="1", name="1栋")
    session.add(building)
    session.flush()
    homes = [
        Unit(
            project_id=company.project_id,
            path=PROJECT,
            building_id=building.id,
            unit_no=f"{floor}01",
            floor=floor,
            building_area_hundredths=10_000,
            permit_id=permit.id,
            changed_at=clock.now(),
        )
        for floor in range(1, 5)
    ]
    session.add_all(homes)
    session.flush()
    company.units = [home.id for home in homes]
    prices = {home.id: Prices(LIST_PRICE, FLOOR_PRICE) for home in homes}
    propose_prices(session, SYSTEM, clock, project_id=company.project_id, prices=prices, release=True)


def _agree_plan(session: Session, clock: MovedClock, company: Company) -> str:
    lines = [
        PlanLine(
            ReceivableKind.DOWN_PAYMENT, Share(ShareKind.REMAINDER), Trigger(TriggerKind.AFTER_SIGNING, days=7)
        ),
        PlanLine(
            ReceivableKind.LOAN,
            Share(ShareKind.BASIS_POINTS, 7000),
            Trigger(TriggerKind.AFTER_SIGNING, days=60),
        ),
    ]
    manager = actor_for(session, company.people["manager_1"], clock)
    gm = actor_for(session, company.people["gm_1"], clock)
    labels = {"en": "Loan 70 %", "zh": "按揭七成"}
    plan = propose_plan(
        session,
        manager,
        clock,
        project_id=company.project_id,
        code="loan70",
        kind=PlanKind.LOAN,
        labels=labels,
        lines=lines,
    )
    approve_plan(session, gm, clock, template_id=plan.id)
    return plan.id
