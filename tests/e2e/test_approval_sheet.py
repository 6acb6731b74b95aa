"""The sheet of an approval on the page of its case: kept when the last one has decided, printed, marked again."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.e2e.office import Office
from tests.e2e.test_paper_templates import is_sound
from tests.e2e.test_portal import shoot
from tests.stories.changing_sales import approve, ask, lump_plan, subscribed

pytestmark = pytest.mark.timeout(300)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_kept_sheet_is_looked_at_and_printed_on_the_page_of_its_case(
    open_office: Callable[..., Office], language: str
) -> None:
    office = open_office(language)
    company = office.company
    case = ask(company, "payment_plan_change", subscribed(company), plan_id=lump_plan(company))
    page = office.desk("wei")
    page.goto(f"/cases/{case.id}")
    expect(page.get_by_role("link", name=office.words("Approval sheet"))).to_be_visible()
    expect(page.locator("[data-sheet]")).to_have_count(0)
    approve(case, "manager_1", "gm_1")
    sheet = page.locator("[data-sheet]")
    for _ in range(20):  # It is made after the commit, by a job.
        page.goto(f"/cases/{case.id}")
        if sheet.count():
            break
        page.wait_for_timeout(500)
    expect(sheet).to_contain_text("YUNXI-SP-2026-000001")
    is_sound(page)
    shoot(page, f"sheet-{language}")
    for _ in range(2):
        with page.expect_popup() as opened:
            sheet.get_by_role("button").click()
        opened.value.close()
    page.reload()
    expect(sheet).to_contain_text({"zh": "补打 1 次", "en": "reprinted once"}[language])
    is_sound(page)
    assert office.faults == []
