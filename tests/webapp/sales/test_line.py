"""The whole line of a sale on one page: dates, due dates and owners, in the same queries however long it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from sqlalchemy import select

from kernel.actor import SYSTEM
from ledger.progress.operations import begin_step, delay_step, end_step
from ledger.sales.models import Sale
from tests.webapp.house import Browser
from tests.webapp.selling import Floor

WHEN = date(2026, 4, 1)


def test_one_click_shows_the_whole_line_with_dates_and_owners(
    floor: Floor, browser_of: Callable[..., Browser], counted: Callable
) -> None:
    browser, database = browser_of("sales_manager", "meng"), floor.house.database
    seller = floor.house.actor("meng")
    floor.sell("1201", floor.customer("王磊", "13800138000", seller), seller)
    with database.reading() as session:
        sale_id = session.scalars(select(Sale.id)).one()
    page = f"/sales/{sale_id}"
    assert f"{page}/line" in browser.get(page).text
    steps = [("mortgage", "papers"), ("mortgage", "submitted"), ("title", "certificate"), ("move_in", "keys")]
    assert "ahead" in browser.get(f"{page}/line").text
    short = counted(lambda: browser.get(f"{page}/line"))
    with database.unit_of_work() as session:
        act = (session, SYSTEM, database.clock)
        for family, step in steps:
            of = {"sale_id": sale_id, "family": family, "step": step}
            begin_step(*act, key=step, owner_role="mortgage_clerk", due_on=WHEN, **of)
        end_step(*act, sale_id=sale_id, family="mortgage", step="papers")
        delay_step(*act, sale_id=sale_id, family="mortgage", step="submitted", reason="bank is closed")
    assert counted(lambda: browser.get(f"{page}/line")) == short
    text = browser.get(f"{page}/line").text
    for told in (
        "Loan papers",
        "Certificate issued",
        "Keys handed over",
        "bank is closed",
        "Mortgage clerk",
        "Meng",
    ):
        assert told in text, told
    assert 'data-state="late"' in text
    assert browser_of("sales_consultant", "ivy").get(f"{page}/line").status_code == 404
