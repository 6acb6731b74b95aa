"""What people do in the browser on the way from a price list to a filed contract, one function each."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.e2e.office import Office
from tests.e2e.picking import pick

PRICE_LIST = Path(__file__).parents[2] / "demo/data/price-list-yunxi-phase-1.xlsx"
TODAY, DELIVERY = "2026-10-12", "2028-06-30"


def bring_in_price_list(office: Office, page: Page) -> None:
    """Read the list, look at what it would change and at the refused rows, bring the good rows in."""
    page.goto("/units/price-lists")
    page.locator("[name=file]").set_input_files(PRICE_LIST)
    office.press(page, "Read the file")
    expect(page.get_by_role("heading", name=office.words("Check the price list"))).to_be_visible()
    for unit in ("1703", "2102", "801"):
        expect(page.get_by_role("row").filter(has_text=unit).first).to_be_visible()
    expect(page.locator("#column-unit_no")).to_have_value("房号")
    office.press(page, "Bring in the good rows")
    page.wait_for_url("**/units/imports/*")


def put_prices_in_force(office: Office) -> None:
    """Who approves price plans looks at the proposed version and approves it; its time has come at once."""
    for name in ("gm_2", "city_finance_1", "city_gm_1"):
        approve(office, office.desk(name))
    office.company.run_due()
    page = office.desk("gm_2")
    page.goto("/units/prices")
    expect(page.get_by_role("row").filter(has_text=office.words("In force")).first).to_be_visible()


def cell_of(page: Page, unit: str) -> Locator:
    """The place of a unit on the board."""
    return page.locator(f".kt-unit[title^='{unit} ']")


def open_sell_form(office: Office, page: Page, unit: str) -> None:
    """From the board to the form with which a sale begins."""
    page.goto("/units/")
    cell_of(page, unit).click()
    page.get_by_role("dialog").get_by_role("link", name=office.words("Sell"), exact=True).click()
    page.wait_for_url("**/sell*")


def begin_sale(office: Office, page: Page, unit: str, customer: str) -> None:
    """Choose a unit on the board and a customer by name; ends at the task of entering the terms."""
    open_sell_form(office, page, unit)
    pick(page, "[id='f-customer_id']", customer.lower(), customer)
    office.press(page, "Begin the sale")
    page.wait_for_url("**/tasks/*")


def enter_terms(office: Office, page: Page, *, percent: str, deposit: str) -> None:
    """One buyer, a discount in per cent, the plan, the deposit in yuan."""
    page.locator("[data-rows=discounts] [data-rows-add]").click()
    page.locator("[name=discounts-0-kind]").select_option("rate")
    page.locator("[name=discounts-0-name]").fill("开盘优惠")
    page.locator("[name=discounts-0-basis_points]").fill(percent)
    page.locator("[name=ownership][value=sole]").check()
    if not page.locator("[name=buyers-0-customer_id]").input_value():
        pick(page, "[id='f-buyers-0-customer_id']", "lin", "Lin")
    pick(page, "#f-plan_id", office.plan_name[:2], office.plan_name)
    page.locator("[name=deposit_fen]").fill(deposit)
    page.locator("[name=terms_note]").fill("老业主推荐")
    complete(office, page)


def complete(office: Office, page: Page) -> None:
    """Send the form of the open task, on its page or in the pane beside the list."""
    office.press(page, "Complete")
    expect(page.get_by_text(office.words("The task is completed."), exact=True).first).to_be_visible()


def open_task(page: Page, box: str) -> None:
    """Open the first task of an inbox."""
    page.goto(f"/inbox?box={box}")
    page.locator("tr[data-row] th a").first.click()


def take_task(office: Office, page: Page) -> None:
    """Open the task that is offered to a group of mine, and take it."""
    open_task(page, "group")
    office.press(page, "Take it")
    # The pane is drawn anew in the background; what was drawn before is of an older revision.
    expect(page.get_by_role("button", name=office.words("Give it back"), exact=True)).to_be_visible()


def approve(office: Office, page: Page) -> None:
    """Agree to the discount that waits."""
    take_task(office, page)
    page.locator("[name=decision][value=approved]").check()
    complete(office, page)


def open_receipt_form(page: Page) -> None:
    """Open the first to-do of the finance desk beside the list, with the form for its money."""
    page.goto("/finance/")
    page.locator("tr[data-row] [data-open]").first.click()
    expect(page.locator("[data-pane] [name=amount]")).to_be_visible()


def take_money(office: Office, page: Page) -> None:
    """Take what the first to-do of the finance desk asks for, and confirm that it has arrived."""
    open_receipt_form(page)
    office.press(page, "Take the receipt")
    expect(page.locator("[data-pane] .kt-notice.kt-tone-green")).to_be_visible()
    expect(page.locator("[data-pane] [name=amount]")).to_have_count(0)


def sign(office: Office, page: Page) -> None:
    """Check the papers of the buyers and sign."""
    open_task(page, "mine")
    page.locator("[name=signed_on]").fill(TODAY)
    page.locator("[name=delivery_on]").fill(DELIVERY)
    page.locator("[name=identities_checked]").check()
    page.locator("[name=all_buyers_signed]").check()
    complete(office, page)


def file_contract(office: Office, page: Page) -> None:
    """Submit the contract to the authority and write down that it was accepted."""
    take_task(office, page)
    page.locator("[name=submitted_on]").fill(TODAY)
    complete(office, page)
    take_task(office, page)
    page.locator("[name=filing_answer][value=accepted]").check()
    page.locator("[name=filing_no]").fill("WQ-2026-0001")
    page.locator("[name=answered_on]").fill(TODAY)
    complete(office, page)
