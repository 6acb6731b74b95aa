"""Runs over a building (面积补差、产权): a sale that ends before its turn, and two clerks who press the button at once."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from engine.tables.instances import InstanceRow
from ledger.finance.models import MoneyTodo
from ledger.progress.models import ProgressStep
from ledger.sales.operations import cancel_sale
from ledger.surveys import runs
from ledger.surveys.kinds import RunKind
from ledger.surveys.models import AreaSettlement, BuildingRun
from ledger.titles.models import TitleCase
from ledger.titles.queries import untitled_sales
from tests.stories.company import PROJECT, Case, Company, hire
from tests.stories.measuring import CLERK, Surveyed
from tests.stories.test_at_once import at_once
from webapp.titles import running

PROCESS = {RunKind.AREA: "area_settlement", RunKind.TITLE: "title"}
MADE = {RunKind.AREA: AreaSettlement, RunKind.TITLE: TitleCase}


class Building(Surveyed):
    """A measured building whose sales are worked off in runs."""

    def press(self, kind: RunKind, name: str = CLERK) -> tuple[str, bool]:
        """Somebody presses *Settle* or *Begin cases*; returns the run, and whether it is a new one."""
        company = self.company
        asked = runs.unsettled_sales if kind is RunKind.AREA else untitled_sales
        survey = self.survey_id if kind is RunKind.AREA else None

        def begin(session: Any, actor: Any) -> tuple[str, bool]:
            where = {"kind": kind, "building_id": self.building_id, "survey_id": survey}
            wanted = asked(session, self.building_id)
            run, is_new = runs.begin_run(session, actor, company.clock, sale_ids=wanted, **where)
            return run.id, is_new

        return company.act(name, begin)

    def measured(self) -> None:
        """The first home is 2.5 % larger than its contract says."""
        self.survey_id = self.survey(u101="102.50")

    def run(self, run_id: str) -> tuple[str, int, int, int]:
        """State, total, done, failed of a run."""
        run = self.company.read(lambda s: s.get_one(BuildingRun, run_id))
        return run.state.value, run.total, run.done, run.failed

    def begun(self, kind: RunKind) -> list[Case]:
        """The processes that were begun."""
        query = select(InstanceRow.id).where(InstanceRow.definition_key == PROCESS[kind])
        found = self.company.read(lambda s: s.scalars(query.order_by(InstanceRow.id)).all())
        return [Case(self.company, one) for one in found]

    def made(self, kind: RunKind) -> dict[str, int]:
        """How many settlements or certificate cases each sale has."""
        model = MADE[kind]
        query = select(model.sale_id, func.count()).group_by(model.sale_id)
        return {str(row[0]): int(row[1]) for row in self.company.read(lambda s: s.execute(query).all())}


@pytest.fixture
def building(company: Company) -> Building:
    return Building(company)


@pytest.mark.parametrize("kind", list(PROCESS))
def test_a_sale_that_is_closed_before_its_turn_begins_nothing(building: Building, kind: RunKind) -> None:
    company = building.company
    gone, stays = building.sell(0), building.sell(1)
    building.measured()
    run_id, _ = building.press(kind)
    company.act(
        "manager_1", lambda s, a: cancel_sale(s, a, company.clock, sale_id=gone, reason="moves to another city")
    )
    running.work(company.database, run_id)
    assert building.run(run_id) == ("ended", 2, 2, 0)
    assert building.made(kind) == {stays: 1}
    of_gone, of_other = sorted(building.begun(kind), key=lambda case: case.data["sale_id"] != gone)
    assert (of_gone.ended_at[0], of_gone.instance().state) == ("gone", "completed")
    assert "gone" not in of_other.ended_at
    seen = select(ProgressStep.id).where(ProgressStep.sale_id == gone, ProgressStep.family == PROCESS[kind])
    assert company.read(lambda s: s.scalars(seen).all()) == []
    money = select(MoneyTodo.note).where(MoneyTodo.sale_id == gone, MoneyTodo.note != "")
    assert "area_settlement" not in company.read(lambda s: s.scalars(money).all())


@pytest.mark.parametrize("kind", list(PROCESS))
def test_two_clerks_who_press_at_once_begin_one_run_and_no_sale_twice(building: Building, kind: RunKind) -> None:
    company = building.company
    with company.database.unit_of_work() as session:
        company.people["other_filer"] = hire(session, company.clock, "other_filer", "filing_clerk", PROJECT).id
    sales = [building.sell(number) for number in range(3)]
    building.measured()
    pressed: list[tuple[str, bool]] = []
    refused = at_once(*(lambda n=name: pressed.append(building.press(kind, n)) for name in (CLERK, "other_filer")))
    assert refused == [None, None]
    assert sorted(is_new for _, is_new in pressed) == [False, True]
    (run_id,) = {run_id for run_id, _ in pressed}

    def work() -> None:
        running.work(company.database, run_id)

    assert at_once(work, work) == [None, None]  # Two jobs that both believe the run is theirs.
    assert building.run(run_id) == ("ended", 3, 3, 0)
    assert building.made(kind) == dict.fromkeys(sales, 1)
    assert len(building.begun(kind)) == 3
