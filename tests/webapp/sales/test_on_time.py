"""What was on time, by step and clerk: counted once, led down to the steps, taken along, explained to the buyers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

from openpyxl import load_workbook
from sqlalchemy import select

from kernel.actor import SYSTEM
from kernel.clock import MovedClock, business_date
from ledger.progress.models import ProgressStep
from ledger.progress.operations import begin_step, end_step
from ledger.sales.models import Sale
from tests.webapp.house import Browser
from tests.webapp.selling import Floor


def test_the_share_on_time_is_told_by_step_and_clerk_down_to_the_steps(
    floor: Floor, browser_of: Callable[..., Browser], clock: MovedClock
) -> None:
    manager, database = browser_of("sales_manager", "meng"), floor.house.database
    seller, clerk = floor.house.actor("meng"), floor.house.hire("lona", "mortgage_clerk")
    for home in ("1201", "1202", "1101"):
        floor.sell(home, floor.customer(f"王{home}", f"1380013{home}", seller), seller)
    today = business_date(clock)
    with database.unit_of_work() as session:
        sales = list(session.scalars(select(Sale.id).order_by(Sale.id)))
        for sale_id in sales:
            of = {"sale_id": sale_id, "family": "mortgage", "step": "papers", "owner_role": "mortgage_clerk"}
            begin_step(session, SYSTEM, clock, key=sale_id, due_on=today + timedelta(days=1), **of)
    assert "No step was due" in manager.get("/progress/").text  # Nothing is late, nothing is done yet.

    def end(sale_id: str) -> None:
        with database.unit_of_work(clerk) as session:
            end_step(session, clerk, clock, sale_id=sale_id, family="mortgage", step="papers")

    end(sales[0])
    clock.advance(timedelta(days=3))
    end(sales[1])
    page = manager.get("/progress/").text
    assert "33.3" in page and "Lona" in page
    late = manager.get("/progress/steps?late=1").text
    assert (late.count("/line"), "Late and open" in page) == (2, True)
    with database.reading() as session:
        opened = session.scalars(select(ProgressStep.id).where(ProgressStep.ended_at.is_(None))).one()
    answer = manager.post(f"/progress/steps/{opened}/reason", {"reason": "bank closed"}, page="/progress/steps")
    assert answer.status_code == 303
    assert "bank closed" in manager.get("/progress/steps").text
    assert manager.post(f"/progress/steps/{opened}/reason", {"reason": " "}).status_code == 422
    sheet = load_workbook(BytesIO(manager.get("/progress/report.xlsx").data)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[-1][3:7] == [3, 1, 1, 1]
    steps = load_workbook(BytesIO(manager.get("/progress/steps.xlsx").data)).active
    assert [row[8].value for row in steps.iter_rows()][-3:] == [2, None, 2]
    assert browser_of("legal", "lea").get("/progress/report.xlsx").status_code == 403
    elsewhere = browser_of("sales_consultant", "ivy").get("/progress/")
    assert "No step was due" in elsewhere.text
