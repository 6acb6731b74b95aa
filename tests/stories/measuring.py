"""What a survey does to the sales of one building, each act in a unit of work of its own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import select

from kernel.clock import business_date
from ledger.finance.operations import confirm_receipt, take_receipt
from ledger.inventory.models import Unit
from ledger.surveys import importing, runs
from ledger.surveys.kinds import RunKind
from ledger.surveys.models import AreaSettlement, BuildingRun
from ledger.surveys.reading import read_survey
from ledger.worklists import ItemState
from tests.stories.company import Case, Company
from webapp.titles import running

CLERK, SECOND = "filer", "manager_1"


class Surveyed:
    """A company whose building is measured."""

    def __init__(self, company: Company) -> None:
        self.company = company
        self.sales: dict[str, str] = {}
        self.building_id = company.unit().building_id

    def sell(self, number: int = 0, *, paid_fen: int | None = None) -> str:
        """A home is contracted at its list price; so much of the price is paid beside the deposit."""
        company = self.company
        case = company.start(entry="walk_in", unit_id=company.units[number])
        case.enter_terms()
        sale_id = case.sale().id
        company.pay(key=f"deposit:{number}", sale_id=sale_id)
        case.sign()
        self.sales[self.unit_no(number)] = sale_id
        if paid_fen:
            self.collect(sale_id, paid_fen)
        return sale_id

    def collect(self, sale_id: str, fen: int) -> None:
        """The buyer pays without being asked."""
        company, today = self.company, business_date(self.company.clock)
        what = {"key": f"more:{sale_id}", "method": "transfer", "paid_on": today, "payer": "Lin Wan"}
        receipt = company.act(
            "cashier", lambda s, a: take_receipt(s, a, company.clock, sale_id=sale_id, amount_fen=fen, **what).id
        )
        company.act("cashier", lambda s, a: confirm_receipt(s, a, company.clock, receipt_id=receipt))

    def unit_no(self, number: int) -> str:
        """What a home is called."""
        return self.company.unit(number).unit_no

    def propose(self, areas: Mapping[str, str], *, kind: str = "measured") -> str:
        """The clerk brings a survey in: areas in square metres by unit number."""
        return self.bring(list(areas.items()), kind=kind)

    def bring(self, areas: list[tuple[str, str]], *, kind: str = "measured") -> str:
        """The clerk brings a file in, row by row as it is: unit number and area, each with 80 m² inside."""
        rows = [f"1栋,{number},{area},80.00" for number, area in areas]
        text = "\n".join(["楼栋,房号,实测建筑面积,实测套内面积", *rows])
        file, company = read_survey(text.encode(), "survey.csv"), self.company
        return company.act(
            CLERK,
            lambda s, a: (
                importing.propose_survey(
                    s,
                    a,
                    company.clock,
                    building_id=self.building_id,
                    kind=kind,
                    surveyed_on=date(2026, 3, 1),
                    survey=file,
                ).id
            ),
        )

    def release(self, survey_id: str, name: str = SECOND) -> str:
        """A second person releases it."""
        company = self.company
        company.act(name, lambda s, a: importing.release_survey(s, a, company.clock, survey_id=survey_id))
        return survey_id

    def survey(self, **areas: str) -> str:
        """Released areas; a home that is not named (``u101``) has what its contract says."""
        known = self.company.read(lambda s: s.scalars(select(Unit.unit_no).order_by(Unit.unit_no)).all())
        return self.release(self.propose({no: areas.get(f"u{no}", "100.00") for no in known}))

    def settle(self, survey_id: str, *, most: int | None = None) -> BuildingRun:
        """The clerk settles the building; returns the run as it stands after a portion."""
        company = self.company
        sales = company.read(lambda s: runs.unsettled_sales(s, self.building_id))
        run_id = company.act(
            CLERK,
            lambda s, a: (
                runs.begin_run(
                    s,
                    a,
                    company.clock,
                    kind=RunKind.AREA,
                    building_id=self.building_id,
                    sale_ids=sales,
                    survey_id=survey_id,
                )[0].id
            ),
        )
        running.work(company.database, run_id, most=most)
        run = company.read(lambda s: s.get_one(BuildingRun, run_id))
        failed = company.read(lambda s: [item.code for item in runs.SALES.items(s, run_id, ItemState.FAILED)])
        assert not failed, failed
        return run

    def settlement(self, sale_id: str) -> AreaSettlement:
        """The latest settlement of a sale."""
        query = select(AreaSettlement).where(AreaSettlement.sale_id == sale_id)
        return self.company.read(
            lambda s: s.scalars(
                query.order_by(AreaSettlement.is_followed, AreaSettlement.opened_at.desc())
            ).first()
        )

    def case(self, sale_id: str) -> Case:
        """The case of a sale's settlement."""
        instance_id = self.settlement(sale_id).instance_id
        assert instance_id is not None
        return Case(self.company, instance_id)
