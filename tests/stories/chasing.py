"""Acts and questions about the arrears of one company, each in a unit of work of its own."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.api import Task, TaskFilter
from kernel.actor import Actor
from kernel.clock import business_date
from ledger.arrears import promises, runs
from ledger.arrears.kinds import ProposalState, Role
from ledger.arrears.models import ArrearsCase, ArrearsEvent, ArrearsProposal, ArrearsReach, ArrearsStep
from ledger.finance.kinds import Debtor, ReceivableKind
from ledger.finance.models import Receivable
from ledger.finance.operations import confirm_receipt, take_receipt
from tests.stories.company import PROJECT, Company
from webapp.arrears import running

ZONE = ZoneInfo("Asia/Shanghai")


class Chase:
    """What happens to the arrears of one company."""

    def __init__(self, company: Company, sale_id: str) -> None:
        self.company = company
        self.sale_id = sale_id

    def on(self, day: date) -> int:
        """It is eight in the morning of a day; the daily run comes. Returns how many cases it touched."""
        self.company.at(datetime(day.year, day.month, day.day, 8, tzinfo=ZONE))
        return self.run()

    def run(self) -> int:
        """One daily run, worked off."""
        actor = self.company.actor("cashier")
        with self.company.database.unit_of_work(actor) as session:
            run, _ = runs.begin_run(
                session, actor, self.company.clock, path=PROJECT, on=runs.today_of(self.company.clock)
            )
            run_id = run.id
        running.work(self.company.database, run_id)
        done = self.company.read(lambda s: runs.get_run(s, actor, run_id))
        assert (done.state, done.failed) == ("ended", 0), self.company.read(
            lambda s: [item.code for item in runs.failed_items(s, run_id)]
        )
        return done.done

    def send_all(self, role: Role = Role.BUYER) -> list[int]:
        """The clerk sends whatever is due; returns the levels sent."""
        wanted = [p for p in self.proposals() if p.role is role]
        actor = self.company.actor("cashier")
        with self.company.database.unit_of_work(actor) as session:
            run = runs.begin_sending(
                session,
                actor,
                self.company.clock,
                proposal_ids=[p.id for p in wanted],
                on=runs.today_of(self.company.clock),
            )
            run_id = run.id
        running.work(self.company.database, run_id)
        failed = self.company.read(lambda s: runs.failed_items(s, run_id))
        assert not failed, [item.code for item in failed]
        return [p.level for p in wanted]

    def proposals(self) -> list[ArrearsProposal]:
        """What waits on the clerk's list."""
        query = select(ArrearsProposal).where(ArrearsProposal.state == ProposalState.OPEN)
        return list(self.company.read(lambda s: s.scalars(query.order_by(ArrearsProposal.level)).all()))

    def lines_of(self, proposal: ArrearsProposal) -> list[str]:
        """The kinds of the instalments that a proposal is about."""
        query = (
            select(Receivable.kind)
            .join(ArrearsReach, ArrearsReach.receivable_id == Receivable.id)
            .where(ArrearsReach.proposal_id == proposal.id)
        )
        return [kind.value for kind in self.company.read(lambda s: s.scalars(query).all())]

    def steps(self) -> list[tuple[str, int, str]]:
        """What was sent: role, level, channel."""
        rows = self.company.read(lambda s: s.scalars(select(ArrearsStep).order_by(ArrearsStep.at)).all())
        return [(row.role.value, row.level, row.channel.value) for row in rows]

    def case(self) -> ArrearsCase:
        """The latest case."""
        query = select(ArrearsCase).order_by(ArrearsCase.opened_at.desc()).limit(1)
        return self.company.read(lambda s: s.scalars(query).one())

    def cases(self) -> int:
        """How many cases there ever were."""
        return len(self.company.read(lambda s: s.scalars(select(ArrearsCase.id)).all()))

    def line(self, kind: ReceivableKind) -> Receivable:
        """A line of the sale."""
        query = select(Receivable).where(Receivable.sale_id == self.sale_id, Receivable.kind == kind)
        return self.company.read(lambda s: s.scalars(query).one())

    def events(self) -> list[str]:
        """What happened, in order."""
        query = select(ArrearsEvent.kind).order_by(ArrearsEvent.at, ArrearsEvent.id)
        return [kind.value for kind in self.company.read(lambda s: s.scalars(query).all())]

    def task(self, element: str) -> Task:
        """The open task at an element of the case or of what it calls."""
        actor = self.company.actor("admin")
        rows = self.company.read(lambda s: self.company.engine(s, actor).find_tasks(TaskFilter(box="all"))).rows
        return next(row for row in rows if row.element_id == element and row.state == "open")

    def answer(self, element: str, name: str, **answers: object) -> None:
        """Somebody completes that task."""
        task = self.task(element)
        self.company.act(name, lambda s, a: self.company.engine(s, a).complete(task.id, answers))

    def bank_pays(self, loan: Receivable) -> None:
        """The bank pays a loan out."""
        clock = self.company.clock

        def pay(session: Session, actor: Actor) -> None:
            receipt = take_receipt(
                session,
                actor,
                clock,
                key=f"loan:{loan.id}",
                amount_fen=loan.amount_fen,
                method="bank_loan",
                paid_on=business_date(clock),
                payer="Bank of Yunxi",
                payer_role=Debtor.BANK,
                sale_id=self.sale_id,
                receivable_id=loan.id,
            )
            confirm_receipt(session, actor, clock, receipt_id=receipt.id)

        self.company.act("cashier", pay)

    def promise(self, fen: int, day: date) -> None:
        """The debtor promises."""
        case_id = self.case().id
        self.company.act(
            "cashier",
            lambda s, a: promises.promise(s, a, self.company.clock, case_id=case_id, amount_fen=fen, due_on=day),
        )
