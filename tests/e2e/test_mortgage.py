"""A mortgage clerk at the board: papers are ticked, loans submitted together, the bank lends less."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.e2e.acts import complete
from tests.e2e.axe import is_sound_everywhere
from tests.e2e.office import Office
from tests.stories.lending import Mortgage

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def lend(open_office: Callable[..., Office]) -> Callable[[str], tuple[Office, Mortgage]]:
    """A signed sale whose loan stands at its papers."""

    def begin(language: str) -> tuple[Office, Mortgage]:
        office = open_office(language)
        case = office.company.start(entry="walk_in")
        case.enter_terms(off=0)
        office.company.pay()
        case.sign()
        mortgage = Mortgage(office.company, case)
        mortgage.apply()
        return office, mortgage

    return begin


@pytest.mark.parametrize("language", ["zh", "en"])
def test_papers_come_a_batch_is_submitted_and_the_bank_lends_less(
    lend: Callable[[str], tuple[Office, Mortgage]], language: str
) -> None:
    office, mortgage = lend(language)
    page = office.desk("loans")
    page.goto("/mortgages/")
    expect(page.locator("[data-board]")).to_contain_text("工商银行")
    is_sound_everywhere(page)
    page.locator("tr[data-row] [data-open]").click()
    page.wait_for_url("**/mortgages/*")
    for box in page.locator("[data-papers] input").all():
        box.check()
    office.press(page, "Note the papers")
    expect(page.locator("[data-papers] input:checked")).to_have_count(2)
    is_sound_everywhere(page)
    page.locator("a[href*='/tasks/']").first.click()
    page.locator("[name=complete_on]").fill(mortgage.today)
    complete(office, page)

    bank_id = mortgage.loan().bank_id
    page.goto(f"/mortgages/?step=submit&bank={bank_id}")
    page.locator("tr[data-row] input[type=checkbox]").check()
    office.press(page, "Submit together")
    page.wait_for_url("**/mortgages/submissions/*")
    expect(page.locator("#submission .kt-badge").first).to_contain_text(office.words("All done"))
    is_sound_everywhere(page)

    page.goto(f"/mortgages/{mortgage.case().id}")
    page.locator("a[href*='/tasks/']").first.click()
    page.locator("[name=verdict][value=less]").check()
    page.locator("[name=decided_on]").fill(mortgage.today)
    page.locator("[name=approved_fen]").fill("770000")
    page.locator("[name=gap_due_on]").fill("2026-11-30")
    page.locator("[name=verdict_reason]").fill("收入不足")
    complete(office, page)
    page.goto(f"/mortgages/{mortgage.case().id}")
    expect(page.locator(".kt-notice")).to_contain_text(office.words("A change of the sale is running"))
    expect(page.locator("main")).to_contain_text("770,000.00")
    is_sound_everywhere(page)
    page.goto(f"/sales/{mortgage.sale_id}")
    expect(page.locator("main")).to_contain_text(office.words("Waits for a change"))
    assert office.faults == []
