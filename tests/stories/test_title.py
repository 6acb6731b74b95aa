"""The way to the certificate: by building in batch, by sale step by step, with the statutory clock beside it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from kernel.actor import SYSTEM
from kernel.clock import business_date
from kernel.facts import tell
from ledger.finance.models import MoneyTodo
from ledger.handover.facts import HomeHandedOver
from ledger.organisation.operations import set_parameter
from ledger.progress.models import ProgressStep
from ledger.sales.models import Sale
from ledger.surveys import runs
from ledger.surveys.kinds import RunKind
from ledger.surveys.models import BuildingRun
from ledger.titles import buildings, steps
from ledger.titles.errors import TitleInvalid, TitleStale
from ledger.titles.kinds import PAPERS, TitleState
from ledger.titles.models import TitleCase, TitleEvent
from ledger.titles.queries import liability_of, list_board, untitled_sales
from tests.stories.changing_sales import SIGNERS, approve, ask, execute, lump_plan, supplement_today
from tests.stories.company import PROJECT, Case, Company
from tests.stories.measuring import CLERK, Surveyed
from webapp.titles import running


class Titling(Surveyed):
    """A company whose building gets its certificates."""

    def run(self, kind: RunKind, sales: list[str] | None = None, **details: str) -> BuildingRun:
        """One run over the building, worked off."""
        company = self.company
        wanted = sales or company.read(lambda s: untitled_sales(s, self.building_id))
        where = {"kind": kind, "building_id": self.building_id, "sale_ids": wanted, "details": details}
        run_id = company.act(CLERK, lambda s, a: runs.begin_run(s, a, company.clock, **where)[0].id)
        running.work(company.database, run_id)
        run = company.read(lambda s: s.get_one(BuildingRun, run_id))
        assert run.state == "ended", run.state
        return run

    def register(self) -> None:
        """The building gets its first registration today."""
        company = self.company
        company.act(
            CLERK,
            lambda s, a: buildings.register_building(
                s,
                a,
                company.clock,
                building_id=self.building_id,
                number="沪嘉字2026第001号",
                registered_on=self.today,
            ),
        )

    @property
    def today(self) -> date:
        """The project's day."""
        return business_date(self.company.clock)

    def title(self, sale_id: str) -> TitleCase:
        """The latest case of a sale."""
        query = select(TitleCase).where(TitleCase.sale_id == sale_id).order_by(TitleCase.opened_at.desc())
        return self.company.read(lambda s: s.scalars(query).first())

    def process(self, sale_id: str) -> Case:
        """The process of a sale's case."""
        instance_id = self.title(sale_id).instance_id
        assert instance_id is not None
        return Case(self.company, instance_id)

    def answer(self, sale_id: str, verb: str, **words: object) -> None:
        """The registry says something."""
        company, case_id = self.company, self.title(sale_id).id
        company.act(CLERK, lambda s, a: getattr(steps, verb)(s, a, company.clock, case_id=case_id, **words))

    def events(self, sale_id: str) -> list[str]:
        """What happened, in order."""
        query = select(TitleEvent.kind).where(TitleEvent.case_id == self.title(sale_id).id).order_by(TitleEvent.at)
        return [kind.value for kind in self.company.read(lambda s: s.scalars(query).all())]

    def prepared(self, sale_id: str) -> Case:
        """The case is ready to be submitted."""
        self.survey()
        self.register()
        self.run(RunKind.TITLE)
        case = self.process(sale_id)
        case.complete("collect_papers", CLERK, papers=list(PAPERS))
        return case

    def submit(self, *sales: str, number: str = "嘉收2026-17") -> None:
        """The papers of these sales go to the registry today."""
        self.run(RunKind.SUBMISSION, list(sales), submitted_on=self.today.isoformat(), number=number)


@pytest.fixture
def titling(company: Company) -> Titling:
    return Titling(company)


def test_a_building_goes_from_survey_to_certificates(titling: Titling) -> None:
    company = titling.company
    with company.database.unit_of_work() as session:
        where = {"path": "/keyturn/", "name": "deed_tax_basis_points", "value": 150}
        set_parameter(session, SYSTEM, company.clock, effective_from=date(2026, 1, 1), **where)
    first, second = titling.sell(0), titling.sell(1)
    titling.survey()
    assert titling.run(RunKind.TITLE).done == 2
    case = titling.process(first)
    assert case.waiting_at == ["await_registration"]
    titling.register()
    assert titling.run(RunKind.TITLE).done == 2
    assert titling.title(first).state is TitleState.REGISTERED
    assert company.read(lambda s: untitled_sales(s, titling.building_id)) == []

    with pytest.raises(TitleInvalid):
        case.complete("collect_papers", CLERK, papers=["contract"])
    case.complete("collect_papers", CLERK, papers=list(PAPERS))
    assert case.waiting_at == ["await_charges"]
    asked = select(MoneyTodo.amount_fen).where(MoneyTodo.note == "title_charges", MoneyTodo.sale_id == first)
    assert list(company.read(lambda s: s.scalars(asked).all())) == [19_200_00]
    company.pay(key="tax", sale_id=first, note="title_charges")
    assert titling.title(first).state is TitleState.PAID

    titling.run(RunKind.SUBMISSION, [first, second], submitted_on=titling.today.isoformat(), number="嘉收2026-17")
    assert titling.title(first).state is TitleState.SUBMITTED
    assert titling.title(second).state is TitleState.REGISTERED  # refused: its papers are not there
    titling.answer(first, "issue_case", number="沪(2026)嘉字第000001号", issued_on=titling.today)
    case.complete("hand_out", CLERK, handed_to="bank", handed_on=titling.today.isoformat())
    assert titling.title(first).state is TitleState.HANDED_OVER
    assert "done" in case.ended_at and case.instance().state == "completed"
    assert titling.events(first)[:2] == ["opened", "registered"]
    steps = select(ProgressStep.step, ProgressStep.outcome).where(ProgressStep.sale_id == first)
    told = dict(company.read(lambda s: s.execute(steps).all()))
    assert set(told) == {"first_registration", "papers", "tax_and_fund", "certificate", "hand_out"}
    assert set(told.values()) == {"done"}
    board = company.act(CLERK, lambda s, a: list_board(s, a, on=titling.today))
    assert {state: cell.count for state, cell in board[0].cells.items()} == {"handed_over": 1, "registered": 1}


def test_returned_papers_are_collected_anew(titling: Titling) -> None:
    sale_id = titling.sell()
    case = titling.prepared(sale_id)
    titling.submit(sale_id)
    titling.answer(sale_id, "return_case", on=titling.today, reason="invoice illegible")
    assert (case.waiting_at, titling.title(sale_id).returned_reason) == (["collect_papers"], "invoice illegible")
    case.complete("collect_papers", CLERK, papers=list(PAPERS))
    titling.submit(sale_id, number="嘉收2026-18")
    titling.answer(sale_id, "issue_case", number="沪(2026)嘉字第000002号", issued_on=titling.today)
    case.complete("hand_out", CLERK, handed_to="buyer", handed_on=titling.today.isoformat())
    assert case.instance().state == "completed"


def test_the_statutory_clock_runs_from_hand_over_and_liability_grows_by_the_day(titling: Titling) -> None:
    company = titling.company
    sale_id = titling.sell()
    titling.survey()
    titling.run(RunKind.TITLE)
    assert titling.title(sale_id).due_on == date(2027, 12, 31) + timedelta(days=90)
    delivered = titling.today

    fact = HomeHandedOver("m1", sale_id, PROJECT, unit_id=company.units[0], handed_over_on=delivered)
    company.act("system", lambda s, _: tell(s, fact))
    due, case_id = delivered + timedelta(days=90), titling.title(sale_id).id
    assert (titling.title(sale_id).due_on, titling.title(sale_id).due_rule) == (due, "presale")
    company.later(days=80)
    assert "late" not in titling.events(sale_id)
    company.later(days=15)
    assert "late" in titling.events(sale_id)
    liable = company.read(lambda s: liability_of(s, s.get_one(TitleCase, case_id), due + timedelta(days=10)))
    assert (liable.days, liable.amount_fen) == (10, 1_280_000_00 * 10 // 10_000)
    assert titling.process(sale_id).waiting_at == ["await_registration"]


def test_a_change_order_of_the_sale_holds_the_certificate_until_it_is_executed(titling: Titling) -> None:
    company, sale_id = titling.company, titling.sell()
    case = titling.prepared(sale_id)
    sale = Case(company, company.read(lambda s: s.get_one(Sale, sale_id)).instance_id or "")
    order = ask(company, "payment_plan_change", sale, plan_id=lump_plan(company))
    assert case.waiting_at == []
    approve(order, *SIGNERS)
    assert case.waiting_at == []
    execute(order, **supplement_today(company))
    assert (case.waiting_at, titling.title(sale_id).papers) == (["collect_papers"], [])


def test_a_change_is_waited_for_and_what_it_changes_is_collected_anew(titling: Titling) -> None:
    sale_id = titling.sell()
    case = titling.prepared(sale_id)
    order = {"kind": "rights_transfer", "order_id": "o1"}
    case.publish("change_opened", {"sale_id": sale_id}, **order)
    assert case.waiting_at == []
    case.publish("change_ended", {"sale_id": sale_id}, **order)
    assert titling.title(sale_id).state is TitleState.PAID
    case.publish("change_opened", {"sale_id": sale_id}, **order)
    case.publish("change_executed", {"sale_id": sale_id}, **order)
    assert (case.waiting_at, titling.title(sale_id).papers) == (["collect_papers"], [])
    case.complete("collect_papers", CLERK, papers=list(PAPERS))
    titling.submit(sale_id)
    case.publish("change_opened", {"sale_id": sale_id}, **order)
    case.publish("change_ended", {"sale_id": sale_id}, **order)
    assert titling.title(sale_id).state is TitleState.SUBMITTED
    case.publish("change_opened", {"sale_id": sale_id}, **order)
    case.publish("change_executed", {"sale_id": sale_id}, **order)
    assert case.waiting_at == ["collect_papers"]


def test_a_sale_that_ends_takes_its_case_along(titling: Titling) -> None:
    sale_id = titling.sell()
    case = titling.prepared(sale_id)
    case.publish("sale_withdrawn", {"sale_id": sale_id}, reason="rescinded")
    assert "voided" in case.ended_at
    assert titling.title(sale_id).state is TitleState.WITHDRAWN
    with pytest.raises(TitleStale):
        titling.register()
