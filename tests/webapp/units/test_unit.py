"""One unit: what it shows to whom, offers, the purchase plan, keeping it from sale."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from kernel.actor import SYSTEM
from ledger.organisation.operations import set_parameter
from tests.pdf_words import words_of
from tests.webapp.house import Browser
from tests.webapp.selling import Floor

FLOOR_PRICE = "¥1,800,000.00"


def test_the_floor_price_is_for_those_who_may_see_it(homes: Floor, browser_of: Callable[..., Browser]) -> None:
    address = f"/units/{homes.unit_id('1201')}"
    for path in (address, f"{address}/card"):
        assert FLOOR_PRICE not in browser_of("sales_consultant", username=f"c{len(path)}").get(path).text
        assert FLOOR_PRICE in browser_of("project_gm", username=f"g{len(path)}").get(path).text


def test_an_offer_names_price_instalments_and_the_month(
    homes: Floor, plans: dict[str, str], browser_of: Callable[..., Browser]
) -> None:
    browser = browser_of("sales_consultant")
    page = browser.get(f"/units/{homes.unit_id('1201')}/offer?off_0=2&cut_1=10000&plan={plans['loan']}").text
    assert "¥1,950,000.00" in page  # 2,000,000 less 2 % less 10,000.
    assert "¥1,360,000.00" in page  # 70 %, rounded down to ten thousand.
    assert "Monthly payment" in page
    assert "Lump sum" not in page
    assert "Below the floor price" not in page


def test_an_offer_names_what_is_collected_besides_the_price(
    homes: Floor, plans: dict[str, str], browser_of: Callable[..., Browser]
) -> None:
    database, path = homes.house.database, homes.house.project.path
    with database.unit_of_work() as session:
        set_parameter(
            session, SYSTEM, database.clock, path=path, name="deed_tax_basis_points", value=150,
            effective_from=date(2026, 1, 1),
        )  # fmt: skip
    page = browser_of("sales_consultant").get(f"/units/{homes.unit_id('1201')}/offer").text
    assert "Deed tax" in page
    assert "¥30,000.00" in page


def test_an_offer_below_the_floor_warns_those_who_know_it(
    homes: Floor, plans: dict[str, str], browser_of: Callable[..., Browser]
) -> None:
    address = f"/units/{homes.unit_id('1201')}/offer?off_0=12"
    assert "Below the floor price" in browser_of("sales_manager").get(address).text
    assert "Below the floor price" not in browser_of("sales_consultant").get(address).text


@pytest.mark.parametrize(
    "typed", ["off_0=2.345", "off_0=-1", "cut_0=1.005", "cut_0=99999999", "deposit=-5", "months=7", "off_0=abc"]
)
def test_an_offer_that_makes_no_sense_is_refused_in_words(
    homes: Floor, plans: dict[str, str], browser_of: Callable[..., Browser], typed: str
) -> None:
    page = browser_of("sales_consultant").get(f"/units/{homes.unit_id('1201')}/offer?{typed}").text
    assert "This offer cannot be worked out" in page
    assert "Deal price" not in page


def test_a_purchase_plan_is_issued_once_for_the_same_content(
    homes: Floor, plans: dict[str, str], browser_of: Callable[..., Browser]
) -> None:
    browser = browser_of("sales_consultant")
    unit = homes.unit_id("1201")

    def issue(**more: str) -> str:
        form = {"customer": "王磊", "off_0": "2", "plan": plans["loan"], **more}
        return browser.post(f"/units/{unit}/purchase-plan", form, page=f"/units/{unit}").location

    first = issue()
    assert issue() == first
    assert issue(off_0="3") != first
    paper = browser.get(first)
    assert paper.data.startswith(b"%PDF")
    assert paper.headers["Content-Disposition"].startswith("inline")


def test_a_purchase_plan_sets_three_ways_side_by_side_with_taxes_whoever_collects_them(
    homes: Floor, plans: dict[str, str], browser_of: Callable[..., Browser], tmp_path: Path
) -> None:
    browser, unit = browser_of("sales_consultant"), homes.unit_id("1201")
    form = {"customer": "王磊", "off_0": "2", "plan": list(plans.values())[:3]}
    page = f"/units/{unit}"
    paper = browser.get(browser.post(f"{page}/purchase-plan", form, page=page).location).data
    words = words_of(paper, tmp_path)
    assert words.count("1.5%oftheprice") == len(form["plan"]), "estimated, though the project collects none"
    for said in ("Deedtax", "Maintenancefund", "Registrationfee", "Validuntil", "-JH-", "Monthlypayment"):
        assert said in words, said
    assert "Page1of1" in words


def test_a_purchase_plan_needs_a_name_and_a_right(
    homes: Floor, plans: dict[str, str], browser_of: Callable[..., Browser]
) -> None:
    unit = homes.unit_id("1201")
    form = {"customer": " ", "plan": plans["loan"]}
    browser = browser_of("sales_consultant")
    assert browser.post(f"/units/{unit}/purchase-plan", form, page=f"/units/{unit}").status_code == 422
    auditor = browser_of("city_gm")
    form["customer"] = "王磊"
    assert auditor.post(f"/units/{unit}/purchase-plan", form, page=f"/units/{unit}").status_code == 403


def test_a_paper_is_for_those_who_may_see_it(
    homes: Floor, plans: dict[str, str], browser_of: Callable[..., Browser]
) -> None:
    unit = homes.unit_id("1201")
    form = {"customer": "王磊", "plan": plans["lump"]}
    owner, other = browser_of("sales_consultant"), browser_of("sales_consultant", username="other")
    address = owner.post(f"/units/{unit}/purchase-plan", form, page=f"/units/{unit}").location
    assert owner.get(address).status_code == 200
    assert other.get(address).status_code == 404


def test_withholding_takes_a_reason_and_is_lifted_again(homes: Floor, browser_of: Callable[..., Browser]) -> None:
    browser = browser_of("sales_manager")
    unit = homes.unit_id("1201")
    page = f"/units/{unit}"
    assert browser.post(f"{page}/withhold", {"reason": " "}, page=page).status_code == 422
    assert browser.post(f"{page}/withhold", {"reason": "领导预留"}, page=page).location == page
    assert homes.unit("1201").withheld_reason == "领导预留"
    assert "领导预留" in browser.get(page).text
    browser.post(f"{page}/release", {"reason": "放出"}, page=page)
    assert homes.unit("1201").withheld_reason is None


def test_a_consultant_withholds_nothing(homes: Floor, browser_of: Callable[..., Browser]) -> None:
    browser = browser_of("sales_consultant")
    page = f"/units/{homes.unit_id('1201')}"
    assert "Withhold" not in browser.get(page).text
    assert browser.post(f"{page}/withhold", {"reason": "x"}, page=page).status_code == 403
