"""A survey is brought in and released, the building settled, the buyer's choice entered, finance finds its to-do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from ledger.documents.models import Document
from ledger.surveys.models import AreaSettlement
from tests.e2e.acts import complete, take_task
from tests.e2e.axe import is_sound_everywhere
from tests.e2e.office import Office
from tests.stories.measuring import CLERK, Surveyed
from tests.stories.test_rights_transfer import PDF

pytestmark = pytest.mark.timeout(300)
WIDTHS = {"en": 1280, "zh": 375}  # At a desk, and on a phone.


def at(office: Office, name: str) -> Page:
    """Somebody's page, as wide as this language is walked."""
    page = office.desk(name)
    page.set_viewport_size({"width": WIDTHS[office.language], "height": 900})
    return page


@pytest.mark.parametrize("language", ["en", "zh"])
def test_from_the_survey_to_the_money(open_office: Callable[..., Office], language: str, tmp_path: Path) -> None:
    office = open_office(language)
    company = office.company
    surveyed = Surveyed(company)
    sale_id = surveyed.sell()
    address = f"/titles/areas/{surveyed.building_id}"
    file = tmp_path / "实测.csv"

    clerk = at(office, CLERK)
    clerk.goto(address)
    expect(clerk.get_by_text(office.words("Nothing is measured yet"))).to_be_visible()
    file.write_text("楼栋,房号,实测建筑面积\n1栋,101,0\n", encoding="utf-8")
    clerk.set_input_files("[name=file]", str(file))
    office.press(clerk, "Read the file")
    expect(clerk.get_by_text(office.words("Wrong rows"))).to_be_visible()
    is_sound_everywhere(clerk)
    rows = ["1栋,101,104.50", "1栋,201,100", "1栋,301,100", "1栋,401,100"]
    file.write_text(
        "\n".join(["楼栋,房号,实测建筑面积,套内面积", *(f"{row},80" for row in rows)]), encoding="utf-8"
    )
    clerk.goto(address)
    clerk.set_input_files("[name=file]", str(file))
    office.press(clerk, "Read the file")
    expect(clerk.get_by_text(office.words("Preview of a survey that waits for release"))).to_be_visible()
    expect(clerk.get_by_text("+4.500 %")).to_be_visible()

    manager = at(office, "manager_1")
    manager.goto(address)
    office.press(manager, "Release")
    expect(manager.get_by_text(office.words("The areas are released.")).first).to_be_visible()

    clerk.goto(address)
    clerk.locator("[data-key=b]").click()
    expect(clerk.locator("#building-run").get_by_text(office.words("Done"), exact=True)).to_be_visible()
    office.follow(clerk, "Back to the building")
    expect(clerk.locator("tbody").get_by_text(office.words("Buyer chooses"))).to_be_visible()
    is_sound_everywhere(clerk)
    row = company.read(lambda s: s.scalars(select(AreaSettlement).where(AreaSettlement.sale_id == sale_id)).one())
    for address in ("/titles/areas", "/titles/", f"/titles/buildings/{surveyed.building_id}"):
        clerk.goto(address)
        is_sound_everywhere(clerk)
    clerk.goto(f"/titles/settlements/{row.id}")
    is_sound_everywhere(clerk)
    label = {"en": "Enter the buyer’s choice", "zh": "登记客户选择"}[language]
    office.follow_containing(clerk, label)
    take_task(office, clerk)
    clerk.locator("[name=choice][value=keep]").check()
    clerk.locator("[name=answered_on]").fill("2026-10-12")
    answer = {"name": "answer.pdf", "mimeType": "application/pdf", "buffer": PDF}
    clerk.locator("[type=file][name=answer_document_id]").set_input_files(answer)
    complete(office, clerk)
    kept = company.read(lambda s: s.scalars(select(Document).where(Document.filename == "answer.pdf")).one())
    assert (kept.subject, kept.subject_id) == ("case", row.instance_id)
    clerk.goto(f"/titles/settlements/{row.id}")
    expect(clerk.get_by_text(office.words("Posted, money open"))).to_be_visible()
    is_sound_everywhere(clerk)

    cashier = at(office, "cashier")
    cashier.goto("/finance/")
    expect(cashier.get_by_text("38,400.00").first).to_be_visible()
    assert not office.faults
