"""The mortgage desk: who sees what, the board's figures, bad input at the banks, a batch that is refused loan by loan."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from kernel.clock import business_date
from ledger.mortgages import banks
from ledger.mortgages.kinds import BroughtBy, LenderKind, LoanKind, Step
from ledger.mortgages.models import MortgageBank, MortgageCase, MortgageLoan, MortgageSubmission
from ledger.sales.models import Sale
from ledger.templates.models import MadePaper
from tests.webapp.house import Browser
from tests.webapp.selling import Floor

Browsers = Callable[..., Browser]


class Lending:
    """Loans at steps, as the ledger has them."""

    def __init__(self, floor: Floor) -> None:
        self.floor, self.database = floor, floor.house.database
        admin = floor.house.hire("bank-admin", "administrator")
        path = floor.house.project.path
        with self.database.unit_of_work(admin) as session:
            act = (session, admin, self.database.clock)
            bank = banks.add_bank(*act, path=path, kind=LenderKind.BANK, name="工商银行")
            labels = {"zh": "收入证明", "en": "Income"}
            banks.add_paper(*act, bank_id=bank.id, labels=labels, brought_by=BroughtBy.BUYER)
            self.bank_id = bank.id

    @property
    def today(self) -> date:
        """The business date."""
        return business_date(self.database.clock)

    def loan(self, unit_no: str, seller: str, step: Step, *, late: int = 0) -> str:
        """A loan of a new sale, so many days late; returns its case."""
        actor = self.floor.house.actor(seller)
        self.floor.sell(unit_no, self.floor.customer(f"客户{unit_no}", f"1380000{unit_no}", actor), actor)
        with self.database.unit_of_work() as session:
            unit = self.floor.unit_id(unit_no)
            sale = session.scalars(select(Sale).where(Sale.unit_id == unit)).one()
            case = MortgageCase(
                sale_id=sale.id, project_id=sale.project_id, path=sale.path, owner_id=sale.owner_id,
                opened_at=self.database.clock.now(),
            )  # fmt: skip
            session.add(case)
            session.flush()
            session.add(
                MortgageLoan(
                    case_id=case.id, sale_id=sale.id, project_id=sale.project_id, path=sale.path,
                    kind=LoanKind.LOAN, bank_id=self.bank_id, amount_fen=1_000_000_00, step=step, months=360,
                    step_since=self.today - timedelta(days=20), step_due_on=self.today - timedelta(days=late),
                    papers_on=self.today,
                )
            )  # fmt: skip
            return case.id

    def loan_ids(self) -> list[str]:
        """All loans."""
        with self.database.reading() as session:
            return list(session.scalars(select(MortgageLoan.id)))


@pytest.fixture
def lending(floor: Floor) -> Lending:
    """A bank that lends."""
    return Lending(floor)


def test_the_board_counts_by_bank_and_step_and_asks_as_often_for_many_as_for_few(
    lending: Lending, browser_of: Browsers, counted: Callable[..., int]
) -> None:
    clerk, ana = browser_of("mortgage_clerk"), browser_of("sales_consultant", username="ana")
    browser_of("sales_consultant", username="ben")
    empty = clerk.get("/mortgages/").text
    assert "No loan is running" in empty
    case_id = lending.loan("1201", "ana", Step.VERDICT, late=3)
    page = clerk.get("/mortgages/").text
    assert "3 days late" in page
    assert "20 days" in page
    few = counted(lambda: clerk.get("/mortgages/"))
    for unit_no in ("1202", "1101", "1001"):
        lending.loan(unit_no, "ben", Step.PAPERS)
    assert counted(lambda: clerk.get("/mortgages/")) == few
    assert "3栋-1202" not in clerk.get("/mortgages/?late=1").text
    assert "3栋-1201" not in clerk.get(f"/mortgages/?step=papers&bank={lending.bank_id}").text
    assert clerk.get("/mortgages/?step=nonsense&bank=x&state=y&project=z&page=0").status_code == 200
    assert "3栋-1202" not in ana.get("/mortgages/").text
    assert ana.get(f"/mortgages/{case_id}").status_code == 200
    assert "3栋-1201" in clerk.get(f"/mortgages/{case_id}").text
    assert clerk.get("/mortgages/nothing").status_code == 404


def test_a_bank_is_entered_by_the_administrator_and_nonsense_is_refused_by_field(
    lending: Lending, browser_of: Browsers
) -> None:
    admin, path = browser_of("administrator"), lending.floor.house.project.path
    bank = f"/mortgages/banks/{lending.bank_id}"
    for address, form, said in (
        ("/mortgages/banks", {"name": "", "kind": "bank", "path": path}, "required"),
        ("/mortgages/banks", {"name": "工商银行", "kind": "bank", "path": path}, "entered here already"),
        (f"{bank}/products", {"product": "A", "max_share_bp": "0", "max_months": "360"}, "above 0"),
        (f"{bank}/products", {"product": "A", "max_share_bp": "70", "max_months": "9999"}, "from 1 to 600"),
        (f"{bank}/products", {"product": "A", "max_share_bp": "x", "max_months": "360"}, "above 0"),
        (f"{bank}/papers", {"label_zh": "征信", "label_en": "", "brought_by": "buyer"}, "required"),
        (f"{bank}/papers", {"label_zh": "征信", "label_en": "Credit", "brought_by": "nobody"}, "required"),
    ):
        answer = admin.post(address, form, page=address.removesuffix("/products").removesuffix("/papers"))
        assert (answer.status_code, said in answer.text.lower() or said in answer.text) == (422, True), form
    good = {"product": "一手房贷", "max_share_bp": "70.5", "max_months": "360", "max_fen": "3,000,000"}
    assert admin.post(f"{bank}/products", good, page=bank).status_code == 302
    assert "70.5%" in admin.get(bank).text
    assert browser_of("mortgage_clerk").post(f"{bank}/products", good, page=bank).status_code == 404
    with lending.database.reading() as session:
        assert len(session.scalars(select(MortgageBank)).all()) == 1


def test_a_batch_is_noted_with_one_list_and_what_cannot_be_submitted_says_why(
    lending: Lending, browser_of: Browsers
) -> None:
    browser_of("sales_consultant", username="ana")
    clerk = browser_of("mortgage_clerk")
    for unit_no, step in (("1201", Step.SUBMIT), ("1202", Step.SUBMIT), ("1101", Step.PAPERS)):
        lending.loan(unit_no, "ana", step)
    page = f"/mortgages/?step=submit&bank={lending.bank_id}"
    form = {"bank": lending.bank_id, "id": lending.loan_ids(), "submitted_on": lending.today.isoformat()}
    late = clerk.post("/mortgages/submissions", {**form, "submitted_on": "2099-01-01"}, page=page)
    assert late.status_code == 422
    sent = clerk.post("/mortgages/submissions", form, page=page)
    shown = clerk.get(sent.headers["Location"]).text
    # They were put into the ledger without their process, so that nobody can submit them.
    assert "2 of 2" in shown
    assert shown.count("This loan is at another step") == 2
    with lending.database.reading() as session:
        row = session.scalars(select(MortgageSubmission)).one()
        assert row.state == "ended"
        papers = session.scalars(select(MadePaper).where(MadePaper.subject_id == row.id)).all()
        assert [paper.kind for paper in papers] == ["mortgage_submission"]
    assert browser_of("mortgage_clerk", username="other").get(sent.headers["Location"]).status_code == 404
