"""A discount after signing: asked for with its effect shown, approved, executed by a third person, seen in the register."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from ledger.changes.models import ChangeOrder
from ledger.sales.stage_models import Contract
from tests.e2e import acts
from tests.e2e.axe import is_sound_everywhere
from tests.e2e.office import Office
from tests.stories.changing_sales import signed
from tests.stories.test_rights_transfer import PDF

WIDTHS = {"en": 1280, "zh": 375}  # At a desk, and on a phone.
AFTER = 1_267_200_00


@pytest.mark.timeout(300)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_change_is_asked_for_with_its_effect_approved_and_executed_by_others(
    open_office: Callable[..., Office], language: str
) -> None:
    office = open_office(language)
    sale_id = signed(office.company).sale().id
    consultant = at_width(office.desk("manager_2"), language)
    consultant.goto(f"/sales/{sale_id}")
    consultant.locator("summary", has_text=office.words("Ask for a change")).click()
    office.follow(consultant, "Discount")
    preview(office, consultant)
    assert order(office) is None, "a preview asks for nothing"
    office.press(consultant, "Ask for it")
    consultant.wait_for_url("**/changes/*-*")
    shown = consultant.get_by_role("link", name=office.words("Evidence")).get_attribute("href") or ""
    assert [shown.rpartition("/")[2]] == asked_with(office)
    assert consultant.request.get(shown).body() == PDF
    expect(consultant.get_by_text(office.words("With the approvers")).first).to_be_visible()
    is_sound_everywhere(consultant)

    acts.approve(office, office.desk("manager_1"))
    asked = order(office)
    assert asked is not None
    assert asked.state == "approved"
    cashier = at_width(office.desk("cashier"), language)
    acts.take_task(office, cashier)
    expect(cashier.get_by_text("1,267,200.00").first).to_be_visible()
    cashier.locator("[name=supplement_signed_on]").fill(acts.TODAY)
    for box in ("all_buyers_signed", "papers_checked"):
        cashier.locator(f"[name={box}]").last.check()
    acts.complete(office, cashier)

    contract = office.company.read(lambda s: s.scalars(select(Contract)).one())
    assert (contract.total_fen, contract.terms_version) == (AFTER, 2)
    consultant.goto("/changes/")
    expect(consultant.locator("[data-row]")).to_have_count(1)
    expect(consultant.locator("[data-row]")).to_contain_text(office.words("Executed"))
    is_sound_everywhere(consultant)
    consultant.goto(f"/changes/sales/{sale_id}")
    expect(consultant.get_by_role("main")).to_contain_text("1,267,200.00")
    is_sound_everywhere(consultant)
    consultant.goto(f"/changes/sales/{sale_id}?on=2026-10-11")
    expect(consultant.get_by_text(office.words("The sale had not begun on that day"))).to_be_visible()
    assert office.faults == []


def at_width(page: Page, language: str) -> Page:
    """The page as wide as the desk or the phone of this run."""
    page.set_viewport_size({"width": WIDTHS[language], "height": 812})
    return page


def preview(office: Office, page: Page) -> None:
    """Without values each refusal stands beside its field; with them the effect is shown."""
    office.press(page, "Show the effect")
    expect(page.locator(".is-invalid, [aria-invalid=true]").first).to_be_visible()
    page.locator("[data-rows=discounts] [data-rows-add]").click()
    page.locator("[name=discounts-0-kind]").select_option("rate")
    page.locator("[name=discounts-0-name]").fill("VIP")
    page.locator("[name=discounts-0-basis_points]").fill("1")
    page.locator("[name=reason]").fill("第二套房")
    evidence = page.locator("[type=file][name=evidence_id]")
    evidence.set_input_files({"name": "no.pdf", "mimeType": "application/pdf", "buffer": b"this is a text"})
    office.press(page, "Show the effect")
    expect(page.locator("#e-evidence_id")).to_be_visible()
    evidence.set_input_files({"name": "letter.pdf", "mimeType": "application/pdf", "buffer": PDF})
    office.press(page, "Show the effect")
    effect = page.locator("#effect")
    expect(page.locator(".kt-drop [data-file-name]")).to_have_text("letter.pdf")  # It goes along when it is asked.
    expect(effect).to_contain_text("1,267,200.00")
    expect(effect).to_contain_text(office.words("No longer due"))
    is_sound_everywhere(page)


def asked_with(office: Office) -> list[str] | None:
    """The papers of the only order there is."""
    found = order(office)
    return found.files if found else None


def order(office: Office) -> ChangeOrder | None:
    """The only order there is."""
    return office.company.read(lambda s: s.scalars(select(ChangeOrder)).one_or_none())
