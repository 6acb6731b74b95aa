"""Acts and questions about the hand-over of one company's homes, each in a unit of work of its own."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from PIL import Image
from sqlalchemy import select

from engine.api import Task, TaskFilter
from kernel.actor import SYSTEM
from kernel.clock import business_date
from kernel.ids import new_id
from ledger.finance.kinds import TodoKind, TodoState
from ledger.finance.models import MoneyTodo
from ledger.finance.operations import confirm_receipt, take_receipt
from ledger.handover import appointments, batches, inspecting, keys, signing
from ledger.handover.appointments import Hours
from ledger.handover.default_plan import default_rooms
from ledger.handover.inspecting import Entered
from ledger.handover.inspection_models import InspectionItem, MoveInDefect
from ledger.handover.kinds import EntryState, Outcome, Verdict
from ledger.handover.models import MoveInBatch, MoveInCase, MoveInEvent, MoveInSlot
from ledger.inventory.models import Building
from tests.stories.company import DEPOSIT, PROJECT, Case, Company, hire
from webapp.handover import running

ZONE = ZoneInfo("Asia/Shanghai")
FIRST, LAST = date(2026, 6, 10), date(2026, 6, 12)


def picture(colour: str = "red", size: tuple[int, int] = (60, 40)) -> bytes:
    """A small photo."""
    content = io.BytesIO()
    Image.new("RGB", size, colour).save(content, "JPEG")
    return content.getvalue()


@dataclass
class Moving:
    """One building that is handed over."""

    company: Company
    sale_case: Case
    batch_id: str = ""

    @property
    def sale_id(self) -> str:
        """The sale of the home that the story is about."""
        return self.sale_case.sale().id

    def begin(self, name: str = "agent", **changes: Any) -> MoveInBatch:
        """The notices of the building go out."""
        building = self.company.read(lambda s: s.scalars(select(Building.id)).first())
        wanted = {"building_id": building, "completion_no": "竣备2026-018", "place": "Service centre"}
        wanted |= {"first_on": FIRST, "last_on": LAST, **changes}
        batch = self.company.act(name, lambda s, a: batches.begin_batch(s, a, self.company.clock, **wanted))
        self.batch_id = batch.id
        running.work(self.company.database, batch.id)
        return self.company.read(lambda s: s.get_one(MoveInBatch, batch.id))

    def offer(
        self, capacity: int = 1, day_capacity: int = 2, first: date = FIRST, count: int = 3
    ) -> list[MoveInSlot]:
        """Two hours of one clerk on each of so many days."""
        hours = [Hours("09:00", "10:00", capacity), Hours("10:00", "11:00", capacity)]
        days = [first + timedelta(days=n) for n in range(count)]
        people = [self.company.people["agent"]]
        self.company.act(
            "agent",
            lambda s, a: appointments.offer_slots(
                s, a, self.company.clock, batch_id=self.batch_id, days=days, staff_ids=people, hours=hours,
                day_capacity=day_capacity,
            ),
        )  # fmt: skip
        query = select(MoveInSlot).order_by(MoveInSlot.on_date, MoveInSlot.begins)
        return list(self.company.read(lambda s: s.scalars(query).all()))

    def case(self, sale_id: str | None = None) -> MoveInCase:
        """The hand-over as it stands."""
        query = select(MoveInCase).where(MoveInCase.sale_id == (sale_id or self.sale_id))
        return self.company.read(lambda s: s.scalars(query.order_by(MoveInCase.id.desc())).first())

    @property
    def running(self) -> Case:
        """Its process."""
        return Case(self.company, str(self.case().instance_id))

    def book(self, slot: MoveInSlot, name: str = "agent", case_id: str | None = None) -> None:
        """A clerk books."""
        wanted = {"case_id": case_id or self.case().id, "slot_id": slot.id}
        self.company.act(name, lambda s, a: appointments.book(s, a, self.company.clock, **wanted))

    def at(self, day: date, hour: int) -> None:
        """It is that hour at the project; what fell due is run."""
        self.company.at(datetime(day.year, day.month, day.day, hour, tzinfo=ZONE))

    def arrive(self) -> None:
        """The buyer is here."""
        case_id = self.case().id
        self.company.act("agent", lambda s, a: appointments.arrive(s, a, self.company.clock, case_id=case_id))

    def come(self) -> None:
        """Booked for the first slot, and there."""
        self.book(self.offer()[0])
        self.at(FIRST, 9)
        self.arrive()

    def enter(
        self, room: str, part: str, verdict: str = "ok", note: str = "", *, name: str = "agent", seen: int = 0,
        entry_id: str | None = None,
    ) -> tuple[EntryState, InspectionItem]:  # fmt: skip
        """An inspector says something of a part."""
        entered = Entered(
            entry_id or new_id(), room, part, seen, Verdict(verdict), note, datetime(2026, 6, 10, tzinfo=UTC)
        )
        case_id = self.case().id
        return self.company.act(
            name, lambda s, a: inspecting.take_entry(s, a, self.company.clock, case_id=case_id, entered=entered)
        )

    def inspect(self, *wrong: tuple[str, str]) -> None:
        """Every part is looked at; those named are wrong."""
        for room in default_rooms():
            for part in room["parts"]:
                bad = (room["code"], part["code"]) in wrong
                seen = self._revision(room["code"], part["code"])
                self.enter(
                    room["code"], part["code"], "defect" if bad else "ok", "cracked" if bad else "", seen=seen
                )

    def _revision(self, room: str, part: str) -> int:
        item = self.company.read(lambda s: s.get(InspectionItem, (self.case().id, room, part)))
        return item.revision if item else 0

    def sign(self, outcome: str = "accepted", reason: str = "", visit_id: str | None = None) -> None:
        """The buyer signs."""
        wanted = {"visit_id": visit_id or new_id(), "case_id": self.case().id, "outcome": Outcome(outcome)}
        wanted |= {"signer": "Lin Wan", "signature": picture("black"), "reason": reason}
        self.company.act("agent", lambda s, a: signing.sign_inspection(s, a, self.company.clock, **wanted))

    def defects(self) -> list[tuple[str, str, int]]:
        """Part, state and how often, in order of finding."""
        query = select(MoveInDefect).where(MoveInDefect.case_id == self.case().id).order_by(MoveInDefect.id)
        rows = self.company.read(lambda s: s.scalars(query).all())
        return [(row.part, row.state.value, row.times) for row in rows]

    def tasks(self, element: str) -> list[Task]:
        """Open tasks of the process at an element, those of loops too."""
        where = TaskFilter(box="all", instance_id=str(self.case().instance_id))
        rows = self.company.read(lambda s: self.company.engine(s, SYSTEM).find_tasks(where)).rows
        return [row for row in rows if row.element_id == element and row.state == "open"]

    def repair_all(self) -> int:
        """Every repair is done today."""
        waiting = self.tasks("repair")
        today = business_date(self.company.clock).isoformat()
        for task in waiting:
            answers = {"contractor": "Huaxin", "repaired_on": today}
            self.company.act("agent", lambda s, a: self.company.engine(s, a).complete(task.id, answers))  # noqa: B023
        return len(waiting)

    def rate(self, satisfaction: int) -> None:
        """The buyer's opinion, told to a clerk."""
        case_id = self.case().id
        self.company.act(
            "agent", lambda s, a: keys.rate(s, a, self.company.clock, case_id=case_id, satisfaction=satisfaction)
        )

    def events(self) -> list[str]:
        """What happened, in order."""
        query = select(MoveInEvent).where(MoveInEvent.case_id == self.case().id).order_by(MoveInEvent.id)
        return [row.kind.value for row in self.company.read(lambda s: s.scalars(query).all())]


def moving_in(
    company: Company,
    *,
    paid_fen: int | None = None,
    delivery_on: str = "2026-12-31",
    days: int = 80,
    language: str = "zh",
) -> Moving:
    """A home that is contracted, filed and paid (or so much of it), ``days`` ago; with agents who hand it over."""
    with company.database.unit_of_work() as session:
        for name in ("agent", "other_agent"):
            company.people[name] = hire(
                session, company.clock, name, "service_agent", PROJECT, language=language
            ).id
    moving = _sold(company, paid_fen, delivery_on, customer="lin", number=0)
    company.later(days=days)
    return moving


def second_home(company: Company, *, paid_fen: int | None = None) -> Moving:
    """Another home of the same building, sold to somebody else."""
    return _sold(company, paid_fen, "2026-12-31", customer="zhou", number=1)


def _sold(company: Company, paid_fen: int | None, delivery_on: str, *, customer: str, number: int) -> Moving:
    buyer = company.customers[customer]
    case = company.start(entry="walk_in", unit_id=company.units[number], customer_id=buyer)
    case.enter_terms(buyers=[{"customer_id": buyer}])
    sale_id = case.sale().id
    pay_rest(company, DEPOSIT, sale_id=sale_id)
    today = business_date(company.clock).isoformat()
    checked = {"identities_checked": True, "all_buyers_signed": True}
    case.complete("sign_contract", signed_on=today, delivery_on=delivery_on, **checked)
    pay_rest(company, None if paid_fen is None else paid_fen - DEPOSIT, sale_id=sale_id)
    case.submit()
    case.complete("record_answer", "filer", filing_answer="accepted", filing_no=f"BA-{number}", answered_on=today)
    return Moving(company, case)


def pay_rest(company: Company, at_most: int | None = None, *, sale_id: str | None = None) -> None:
    """Whatever is asked for is there, the loan from the bank; at most so many fen of it."""
    query = select(MoneyTodo).where(MoneyTodo.kind == TodoKind.COLLECT, MoneyTodo.state == TodoState.OPEN)
    if sale_id:
        query = query.where(MoneyTodo.sale_id == sale_id)
    for todo in company.read(lambda s: s.scalars(query.order_by(MoneyTodo.due_on)).all()):
        amount = todo.amount_fen if at_most is None else min(todo.amount_fen, at_most)
        if amount:
            pay_todo(company, todo, amount)
            at_most = None if at_most is None else at_most - amount


def pay_todo(company: Company, todo: MoneyTodo, amount_fen: int) -> None:
    """Money of one to-do is there."""
    of_bank = todo.debtor == "bank"
    wanted = {
        "key": new_id(),
        "amount_fen": amount_fen,
        "method": "bank_loan" if of_bank else "transfer",
        "paid_on": business_date(company.clock),
        "payer": "Bank of the River" if of_bank else "Lin",
        "todo_id": todo.id,
    }
    receipt_id = company.act("cashier", lambda s, a: take_receipt(s, a, company.clock, **wanted).id)
    company.act("cashier", lambda s, a: confirm_receipt(s, a, company.clock, receipt_id=receipt_id))


__all__ = ["FIRST", "LAST", "Moving", "moving_in", "pay_rest", "picture", "second_home"]
