"""Whatever is worked off over many, under one set of words: begun, stopped, gone on with, and what it made."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar

from sqlalchemy import select

from engine.tables.instances import InstanceRow
from kernel.clock import business_date
from ledger.arrears import runs as arrears
from ledger.arrears.kinds import Role
from ledger.arrears.models import ArrearsCase, ArrearsStep
from ledger.documents.models import Document
from ledger.finance.reports.periods import Period
from ledger.handover import batches
from ledger.handover.models import MoveInBatch
from ledger.inventory.models import Building
from ledger.mortgages import submissions
from ledger.mortgages.models import MortgageBank, MortgageEvent, MortgageLoan
from ledger.surveys import runs
from ledger.surveys.kinds import RunKind
from ledger.titles.queries import untitled_sales
from ledger.worklists import Worklist
from tests.stories.chasing import Chase
from tests.stories.company import PROJECT, Case, Company, hire
from tests.stories.lending import Mortgage
from tests.stories.measuring import CLERK, Surveyed
from tests.stories.moving_in import FIRST, LAST
from webapp import statement_making
from webapp.arrears import running as reminding
from webapp.handover import running as notices
from webapp.mortgages import running as submitting
from webapp.statement_runs import SALES
from webapp.titles import running as buildings


@dataclass
class Many(ABC):
    """One kind of work over the sales of a company, three in all; the clerk is the one who presses its buttons."""

    company: Company
    run_id: str = ""
    sales: list[str] = field(default_factory=list)
    worklist: ClassVar[Worklist]
    clerk: ClassVar[str]

    @abstractmethod
    def begin(self) -> None:
        """The clerk presses the button that begins it."""

    @abstractmethod
    def work(self, most: int | None = None) -> None:
        """A job, or the page that stands open, brings it on."""

    @abstractmethod
    def stop(self) -> None:
        """The clerk presses *Stop*."""

    @abstractmethod
    def made(self) -> list[str]:
        """The sales for which it has made what it makes, once for each thing made."""

    def press(self, act: Callable[..., object], **what: Any) -> Any:
        """One operation of the ledger by the clerk."""
        company = self.company
        return company.act(self.clerk, lambda s, a: act(s, a, company.clock, **what))

    def stands(self) -> tuple[str, dict[str, int]]:
        """The run's state, and how many items wait, are done, failed."""

        def look(session: Any) -> tuple[str, dict[str, int]]:
            run = session.get_one(self.worklist.run, self.run_id)
            counts = self.worklist.counts(session, self.run_id)
            told = getattr(run, "done", counts["done"]), getattr(run, "failed", counts[self.worklist.failed])
            assert told == (counts["done"], counts[self.worklist.failed])
            return str(run.state), counts

        return self.company.read(look)

    def begun(self, process: str) -> list[str]:
        """The sales for which a process was begun."""
        query = select(InstanceRow.id).where(InstanceRow.definition_key == process)
        found = self.company.read(lambda s: list(s.scalars(query)))
        system = self.company.actor("system")
        engine = self.company.engine
        return [self.company.read(lambda s, i=one: engine(s, system).variables(i)["sale_id"]) for one in found]


class Resumable(Many):
    """Work that can be gone on with after it was stopped."""

    @abstractmethod
    def go_on(self) -> None:
        """The clerk lets it go on with the rest."""


class Notices(Resumable):
    """The notices of a building that is handed over."""

    worklist, clerk = batches.NOTICES, "agent"

    def begin(self) -> None:
        company = self.company
        with company.database.unit_of_work() as session:
            company.people["agent"] = hire(session, company.clock, "agent", "service_agent", PROJECT).id
        what = {"completion_no": "竣备2026-018", "place": "Service centre", "first_on": FIRST, "last_on": LAST}
        building_id = company.read(lambda s: s.scalars(select(Building.id)).one())
        self.run_id = self.press(batches.begin_batch, building_id=building_id, **what).id

    def work(self, most: int | None = None) -> None:
        notices.work(self.company.database, self.run_id, most=most)

    def stop(self) -> None:
        self.press(batches.stop_batch, batch_id=self.run_id)

    def go_on(self) -> None:
        batch: MoveInBatch = self.press(batches.resume_batch, batch_id=self.run_id)
        assert batch.state == "running"

    def made(self) -> list[str]:
        return self.begun("move_in")


class _OfBuilding(Resumable):
    worklist, clerk = runs.SALES, CLERK
    kind: ClassVar[RunKind]
    process: ClassVar[str]

    def begin(self) -> None:
        surveyed = Surveyed(self.company)
        survey_id = surveyed.survey(u101="102.50", u201="98.00")
        asked = runs.unsettled_sales if self.kind is RunKind.AREA else untitled_sales
        sales = self.company.read(lambda s: asked(s, surveyed.building_id))
        run, is_new = self.press(
            runs.begin_run, kind=self.kind, building_id=surveyed.building_id, sale_ids=sales, survey_id=survey_id
        )
        assert is_new
        self.run_id = run.id

    def work(self, most: int | None = None) -> None:
        buildings.work(self.company.database, self.run_id, most=most)

    def stop(self) -> None:
        self.press(runs.stop_run, run_id=self.run_id)

    def go_on(self) -> None:
        assert self.press(runs.resume_run, run_id=self.run_id).state == "running"

    def made(self) -> list[str]:
        return self.begun(self.process)


class Settlements(_OfBuilding):
    """The areas of a measured building."""

    kind, process = RunKind.AREA, "area_settlement"


class Certificates(_OfBuilding):
    """The certificates of a building."""

    kind, process = RunKind.TITLE, "title"


class Loans(Resumable):
    """Loans whose papers go to one bank together."""

    worklist, clerk = submissions.LOANS, "loans"

    def begin(self) -> None:
        company, today = self.company, business_date(self.company.clock)
        bank_id = company.read(lambda s: s.scalars(select(MortgageBank.id)).one())
        loans = company.read(lambda s: list(s.scalars(select(MortgageLoan.id))))
        what = {"bank_id": bank_id, "loan_ids": loans, "submitted_on": today}
        self.run_id = self.press(submissions.begin_submission, **what).id

    def work(self, most: int | None = None) -> None:
        actor = self.company.actor(self.clerk)
        submitting.work(self.company.database, actor, self.run_id, seconds=60.0, most=most)

    def stop(self) -> None:
        self.press(submissions.stop_submission, submission_id=self.run_id)

    def go_on(self) -> None:
        self.press(submissions.resume_submission, submission_id=self.run_id)

    def made(self) -> list[str]:
        query = (
            select(MortgageLoan.sale_id)
            .join(MortgageEvent, MortgageEvent.loan_id == MortgageLoan.id)
            .where(MortgageEvent.kind == "submitted")
        )
        return self.company.read(lambda s: list(s.scalars(query)))


class Statements(Resumable):
    """Statements of all sales of a project."""

    worklist, clerk = SALES, "cashier"

    def begin(self) -> None:
        company, period = self.company, Period(date(2026, 3, 1), business_date(self.company.clock))
        self.run_id = company.act(
            self.clerk,
            lambda s, a: statement_making.begin(s, company.database, a, company.project_id, None, period),
        )

    def work(self, most: int | None = None) -> None:
        statement_making.work(self.company.database, self.run_id, most=most)

    def stop(self) -> None:
        database = self.company.database
        self.company.act(self.clerk, lambda s, a: statement_making.stop(s, database, a, self.run_id))

    def go_on(self) -> None:
        database = self.company.database
        self.company.act(self.clerk, lambda s, a: statement_making.go_on(s, database, a, self.run_id))

    def made(self) -> list[str]:
        query = select(Document.subject_id).where(Document.kind == statement_making.KIND)
        return self.company.read(lambda s: list(s.scalars(query)))


class Reminders(Many):
    """Reminders that the clerk sends to those who are late."""

    worklist, clerk = arrears.PROPOSALS, "cashier"

    def begin(self) -> None:
        company = self.company
        company.later(days=10)
        chase = Chase(company, self.sales[0])
        chase.run()
        wanted = [one.id for one in chase.proposals() if one.role is Role.BUYER]
        assert len(wanted) == len(self.sales)
        today = arrears.today_of(company.clock)
        self.run_id = self.press(arrears.begin_sending, proposal_ids=wanted, on=today).id

    def work(self, most: int | None = None) -> None:
        reminding.work(self.company.database, self.run_id, most=most)

    def stop(self) -> None:
        self.press(arrears.stop_run, run_id=self.run_id)

    def made(self) -> list[str]:
        query = select(ArrearsCase.sale_id).join(ArrearsStep, ArrearsStep.case_id == ArrearsCase.id)
        return self.company.read(lambda s: list(s.scalars(query.where(ArrearsStep.role == Role.BUYER))))


def papers_are_complete(company: Company, sales: list[Case]) -> None:
    """The loans of these sales wait for their papers to be taken to one bank."""
    first = Mortgage(company, sales[0])
    for sale in sales:
        mortgage = first.of(sale)
        mortgage.apply()
        mortgage.collect()
