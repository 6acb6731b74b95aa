"""The mortgage of one sale: a bank with its list, acts of the clerk, and questions, each a unit of work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.api import Task, TaskFilter
from kernel.actor import Actor
from kernel.clock import business_date
from kernel.ids import new_id
from ledger.changes.models import ChangeOrder
from ledger.finance.accounts import allocated_by_receivable
from ledger.finance.allocation import live_price_lines
from ledger.finance.kinds import PlanKind, ReceivableKind, ShareKind, TriggerKind
from ledger.finance.operations import approve_plan, confirm_receipt, propose_plan, take_receipt
from ledger.finance.plans import PlanLine, Share, Trigger
from ledger.messages.models import Message
from ledger.mortgages import applying, banks, concluding, steps
from ledger.mortgages.kinds import BroughtBy, LenderKind, LoanKind
from ledger.mortgages.models import MortgageCase, MortgageEvent, MortgageLoan
from ledger.progress.models import ProgressStep
from tests.stories.company import CITY, Case, Company

LOAN = 890_000_00
WAITS_FOR_CHANGE = ["closed_meanwhile", "executed", "not_executed"]


class Mortgage:
    """The mortgage case of a sale whose contract is signed."""

    def __init__(self, company: Company, sale: Case) -> None:
        self.company = company
        self.sale = sale
        self.sale_id = sale.sale().id
        self.product_id = self._bank("工商银行", LenderKind.BANK)

    def _bank(self, name: str, kind: LenderKind) -> str:
        def add(session: Session, actor: Actor) -> str:
            act = (session, actor, self.company.clock)
            bank = banks.add_bank(*act, path=CITY, kind=kind, name=name)
            wanted = (
                ("收入证明", "Proof of income", BroughtBy.BUYER),
                ("购房合同", "Contract", BroughtBy.DEVELOPER),
            )
            for zh, en, who in wanted:
                banks.add_paper(*act, bank_id=bank.id, labels={"zh": zh, "en": en}, brought_by=who)
            return banks.put_product(*act, bank_id=bank.id, name="一手房贷", max_share_bp=7000, max_months=360).id

        return self.company.act("admin", add)

    def of(self, sale: Case) -> Mortgage:
        """The mortgage of another sale, with the same bank."""
        other = copy(self)
        other.sale, other.sale_id = sale, sale.sale().id
        return other

    def another_bank(self, name: str = "建设银行", kind: LenderKind = LenderKind.BANK) -> str:
        """One more lender; returns its product."""
        return self._bank(name, kind)

    @property
    def today(self) -> str:
        """Today's date as forms send it."""
        return business_date(self.company.clock).isoformat()

    def case(self) -> MortgageCase:
        """The newest case."""
        query = select(MortgageCase).where(MortgageCase.sale_id == self.sale_id)
        return self.company.read(lambda s: s.scalars(query.order_by(MortgageCase.id.desc())).first())

    def loan(self, kind: LoanKind = LoanKind.LOAN) -> MortgageLoan:
        """The newest loan of a kind."""
        query = select(MortgageLoan).where(MortgageLoan.sale_id == self.sale_id, MortgageLoan.kind == kind)
        return self.company.read(lambda s: s.scalars(query.order_by(MortgageLoan.id.desc())).first())

    def process(self) -> Case:
        """The case's process."""
        return Case(self.company, str(self.case().instance_id))

    def waits(self) -> list[str]:
        """Where the process waits, timers aside."""
        found = {w.element_id for w in self.process().waits() if w.kind != "timer"}
        aside = {"change_begins", "sale_over"}
        return sorted(one for one in found - aside if not one.endswith("_late"))

    def task(self, element: str) -> Task:
        """The open task at an element; with two loans, the first."""
        return next(row for row in self._tasks() if row.element_id == element and row.state == "open")

    def do(self, element: str, name: str = "loans", **answers: Any) -> None:
        """Somebody completes the task at an element."""
        task = self.task(element)
        self.company.act(name, lambda s, a: self.company.engine(s, a).complete(task.id, answers))

    def apply(self, amount_fen: int = LOAN, product_id: str | None = None) -> None:
        """The clerk chooses bank and amount."""
        product = product_id or self.product_id
        self.do("choose_bank", product_id=product, amount_fen=amount_fen, months=360)

    def tick(self, *positions: int, received_on: date | None = None) -> None:
        """The papers at these places of the list are there, the others are not."""
        loan = self.loan()
        papers = self.company.read(lambda s: steps.papers_of(s, loan))
        ids = [paper.id for paper in papers if paper.position in positions]
        day = received_on or business_date(self.company.clock)
        self.company.act(
            "loans",
            lambda s, a: applying.receive_papers(
                s, a, self.company.clock, loan_id=loan.id, paper_ids=ids, received_on=day
            ),
        )

    def do_for(self, kind: LoanKind, element: str, **answers: Any) -> None:
        """The clerk completes the task of one of several loans."""
        wanted = self.loan(kind).id
        tasks = [task for task in self._tasks() if task.element_id == element and task.state == "open"]
        task = next(one for one in tasks if self._variables(one)["loan_id"] == wanted)
        self.company.act("loans", lambda s, a: self.company.engine(s, a).complete(task.id, answers))

    def _variables(self, task: Task) -> dict[str, Any]:
        actor = self.company.actor("system")
        return self.company.read(lambda s: self.company.engine(s, actor).get_task(task.id)).variables

    def _tasks(self) -> list[Task]:
        actor = self.company.actor("system")
        asked = TaskFilter(box="all", instance_id=self.process().id)
        return list(self.company.read(lambda s: self.company.engine(s, actor).find_tasks(asked)).rows)

    def registration_is_possible(self, day: date) -> None:
        """The clerk notes since when the mortgage can be registered."""
        loan = self.loan()
        self.company.act(
            "loans",
            lambda s, a: concluding.allow_registration(s, a, self.company.clock, loan_id=loan.id, possible_on=day),
        )

    def change(self) -> Case:
        """The process of the sale's newest change order."""
        query = select(ChangeOrder).where(ChangeOrder.sale_id == self.sale_id).order_by(ChangeOrder.id.desc())
        order = self.company.read(lambda s: s.scalars(query).first())
        return Case(self.company, str(order.instance_id))

    def seen(self) -> list[tuple[str, str | None]]:
        """The steps that the buyer sees with their outcome, by code."""
        query = select(ProgressStep.step, ProgressStep.outcome).where(ProgressStep.sale_id == self.sale_id)
        rows = self.company.read(lambda s: s.execute(query.order_by(ProgressStep.step)).all())
        return [(row.step, row.outcome.value if row.outcome else None) for row in rows]

    def collect(self) -> None:
        """All papers come and are declared complete."""
        self.tick(1, 2)
        self.do("collect_papers", complete_on=self.today)

    def to_the_bank(self) -> None:
        """Applied, papers complete, submitted."""
        self.apply()
        self.collect()
        self.do("submit_papers", submitted_on=self.today)

    def verdict(self, verdict: str, **more: Any) -> None:
        """The bank decides today."""
        self.do("enter_verdict", verdict=verdict, decided_on=self.today, **more)

    def sign_and_prenote(self) -> None:
        """Loan contract and pre-notice, today."""
        self.do("sign_loan", loan_no="ICBC-2026-77", signed_on=self.today)
        self.do("register_prenotice", prenotice_no="沪预告001", prenotice_on=self.today)

    def bank_pays(self, kind: ReceivableKind = ReceivableKind.LOAN, amount_fen: int | None = None) -> None:
        """Money of the bank or the fund centre is taken and confirmed: all of its line, or so much."""
        bank_pays(self.company, self.sale_id, kind, amount_fen)

    def price_lines(self) -> list[tuple[str, int, str, int]]:
        """The live price lines: kind, fen, who pays, fen paid."""

        def look(session: Session) -> list[tuple[str, int, str, int]]:
            lines = live_price_lines(session, self.sale_id)
            paid = allocated_by_receivable(session, [line.id for line in lines])
            return [(x.kind.value, x.amount_fen, x.debtor.value, paid.get(x.id, 0)) for x in lines]

        return self.company.read(look)

    def story(self) -> list[str]:
        """What happened, in order."""
        query = select(MortgageEvent.kind).where(MortgageEvent.case_id == self.case().id)
        kinds = self.company.read(lambda s: s.scalars(query.order_by(MortgageEvent.at, MortgageEvent.id)).all())
        return [kind for kind in kinds if not kind.startswith("step_")]

    def told(self, template: str) -> list[str]:
        """To whom a note was written, by user name."""
        query = select(Message.recipient_id).where(Message.template == template).order_by(Message.id)
        by_id = {staff_id: name for name, staff_id in self.company.people.items()}
        return [by_id.get(one, one) for one in self.company.read(lambda s: s.scalars(query).all())]


def bank_pays(
    company: Company, sale_id: str, kind: ReceivableKind = ReceivableKind.LOAN, amount_fen: int | None = None
) -> None:
    """Money of a bank or fund centre for a sale is taken and confirmed: all of its line, or so much."""
    line = company.read(lambda s: next(x for x in live_price_lines(s, sale_id) if x.kind is kind))

    def take(session: Session, actor: Actor) -> str:
        return take_receipt(
            session,
            actor,
            company.clock,
            key=new_id(),
            amount_fen=amount_fen or line.amount_fen,
            method="bank_loan",
            paid_on=business_date(company.clock),
            payer="ICBC",
            payer_role=line.debtor,
            sale_id=sale_id,
            receivable_id=line.id,
        ).id

    receipt_id = company.act("cashier", take)
    company.act("cashier", lambda s, a: confirm_receipt(s, a, company.clock, receipt_id=receipt_id))


def combined_plan(company: Company) -> str:
    """500,000 of the housing fund, the bank's loan up to 70 %, the rest paid by the buyer."""
    due = Trigger(TriggerKind.AFTER_SIGNING, days=60)
    lines = [
        PlanLine(
            ReceivableKind.DOWN_PAYMENT, Share(ShareKind.REMAINDER), Trigger(TriggerKind.AFTER_SIGNING, days=7)
        ),
        PlanLine(ReceivableKind.FUND, Share(ShareKind.FIXED, 500_000_00), due),
        PlanLine(ReceivableKind.LOAN, Share(ShareKind.BASIS_POINTS, 7000, inclusive=True), due),
    ]
    labels = {"zh": "组合贷款", "en": "Combined"}
    return agreed_plan(company, "combined", PlanKind.COMBINED, labels, lines)


def agreed_plan(
    company: Company, code: str, kind: PlanKind, labels: Mapping[str, str], lines: Sequence[PlanLine]
) -> str:
    """A payment plan that marketing proposes and that is approved; returns its id."""

    def agree(session: Session, actor: Actor) -> str:
        plan = propose_plan(
            session,
            company.actor("marketing_1"),
            company.clock,
            project_id=company.project_id,
            code=code,
            kind=kind,
            labels=labels,
            lines=lines,
        )
        approve_plan(session, actor, company.clock, template_id=plan.id)
        return plan.id

    return company.act("system", agree)
