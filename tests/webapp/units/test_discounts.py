"""Discount offers in the browser: proposed, approved by a second person, given in a price offer, ended."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select

from ledger.sales.offer_models import DiscountOffer
from tests.webapp.house import Browser
from tests.webapp.selling import Floor

PAGE = "/units/discounts"
EARLY = {
    "code": "early",
    "name": "Early bird",
    "kind": "rate",
    "rate": "2",
    "of": "running",
    "valid_from": "2026-03-01",
    "valid_until": "2026-03-31",
}


def proposed(floor: Floor, browser: Browser, **changed: str) -> str:
    """Propose an offer; returns its id."""
    form = {**EARLY, "project": floor.house.project.id, **changed}
    answer = browser.post(PAGE, form, page=PAGE)
    assert answer.status_code == 302, answer.text
    with floor.house.database.reading() as session:
        query = select(DiscountOffer.id).where(DiscountOffer.code == form["code"])
        return session.scalars(query.order_by(DiscountOffer.version.desc())).first() or ""


def offers(floor: Floor) -> list[tuple[str, int, str]]:
    """Code, version and state of every offer."""
    with floor.house.database.reading() as session:
        query = select(DiscountOffer.code, DiscountOffer.version, DiscountOffer.state)
        found = session.execute(query.order_by(DiscountOffer.code, DiscountOffer.version))
        return [(code, version, state) for code, version, state in found]


def test_an_offer_is_given_after_a_second_person_approved_it(
    homes: Floor, browser_of: Callable[..., Browser]
) -> None:
    manager, boss = browser_of("sales_manager"), browser_of("project_gm")
    offer = proposed(homes, manager)
    shown = manager.get(PAGE).text
    assert "Waits for approval" in shown
    assert "/approve" not in shown
    page = f"/units/{homes.unit_id('1201')}"
    assert "Early bird" not in manager.get(page).text
    boss.post(f"{PAGE}/{offer}/approve", page=PAGE)
    assert offers(homes) == [("early", 1, "approved")]
    assert "Early bird" in manager.get(page).text
    assert "¥1,960,000.00" in manager.get(f"{page}/offer?offer={offer}").text
    assert "¥1,950,000.00" in manager.get(f"{page}/offer?offer={offer}&cut_0=10000").text


def test_who_proposed_an_offer_does_not_approve_it(homes: Floor, browser_of: Callable[..., Browser]) -> None:
    both = browser_of("administrator", path="/")
    offer = proposed(homes, both)
    assert both.post(f"{PAGE}/{offer}/approve", page=PAGE).status_code == 403
    assert offers(homes) == [("early", 1, "submitted")]


def test_the_next_version_of_a_code_takes_the_place_of_the_last(
    homes: Floor, browser_of: Callable[..., Browser]
) -> None:
    manager, boss = browser_of("sales_manager"), browser_of("project_gm")
    for rate in ("2", "3"):
        offer = proposed(homes, manager, rate=rate)
        boss.post(f"{PAGE}/{offer}/approve", page=PAGE)
    assert offers(homes) == [("early", 1, "ended"), ("early", 2, "approved")]


def test_an_offer_given_alone_is_not_given_with_another_discount(
    homes: Floor, browser_of: Callable[..., Browser]
) -> None:
    manager, boss = browser_of("sales_manager"), browser_of("project_gm")
    offer = proposed(homes, manager, kind="amount", amount="50,000", alone="true")
    boss.post(f"{PAGE}/{offer}/approve", page=PAGE)
    page = f"/units/{homes.unit_id('1201')}/offer?offer={offer}"
    assert "¥1,950,000.00" in manager.get(page).text
    assert "is given alone" in manager.get(f"{page}&off_0=1").text


def test_an_offer_is_ended_with_a_reason(homes: Floor, browser_of: Callable[..., Browser]) -> None:
    manager, boss = browser_of("sales_manager"), browser_of("project_gm")
    offer = proposed(homes, manager)
    assert boss.post(f"{PAGE}/{offer}/end", {"reason": " "}, page=PAGE).status_code == 422
    boss.post(f"{PAGE}/{offer}/end", {"reason": "力度过大"}, page=PAGE)
    assert offers(homes) == [("early", 1, "rejected")]
    assert boss.post(f"{PAGE}/{offer}/approve", page=PAGE).status_code == 422
    assert "Turned down" in manager.get(PAGE).text


@pytest.mark.parametrize(
    ("field", "changed"),
    [
        ("code", {"code": " "}),
        ("name", {"name": ""}),
        ("rate", {"rate": ""}),
        ("rate", {"rate": "100"}),
        ("rate", {"rate": "a lot"}),
        ("amount", {"kind": "amount", "amount": "0"}),
        ("amount", {"kind": "amount", "amount": "1.005"}),
        ("valid_from", {"valid_from": ""}),
        ("valid_from", {"valid_from": "soon"}),
        ("valid_until", {"valid_until": "2026-02-01"}),
    ],
)
def test_what_is_no_offer_is_refused_by_its_field(
    homes: Floor, browser_of: Callable[..., Browser], field: str, changed: dict[str, str]
) -> None:
    form = {**EARLY, "project": homes.house.project.id, **changed}
    answer = browser_of("sales_manager").post(PAGE, form, page=PAGE)
    assert answer.status_code == 422
    assert re.findall(r'id="e-([a-z_]+)"', answer.text) == [field]
    assert offers(homes) == []


def test_a_consultant_sees_offers_and_decides_nothing(homes: Floor, browser_of: Callable[..., Browser]) -> None:
    offer = proposed(homes, browser_of("sales_manager"))
    consultant = browser_of("sales_consultant")
    shown = consultant.get(PAGE).text
    assert "Early bird" in shown
    assert "Propose an offer" not in shown
    form = {**EARLY, "project": homes.house.project.id}
    assert consultant.post(PAGE, form, page=PAGE).status_code == 404
    assert consultant.post(f"{PAGE}/{offer}/approve", page=PAGE).status_code == 404
    assert consultant.post(f"{PAGE}/{offer}/end", {"reason": "x"}, page=PAGE).status_code == 404


def test_the_list_asks_as_often_for_many_offers_as_for_few(
    homes: Floor, browser_of: Callable[..., Browser], counted: Callable[..., int]
) -> None:
    manager = browser_of("sales_manager")
    proposed(homes, manager)
    few = counted(lambda: manager.get(PAGE))
    for code in ("a", "b", "c"):
        proposed(homes, manager, code=code)
    assert counted(lambda: manager.get(PAGE)) == few
