"""Every page of the sales desks for every role: it opens, is refused, or does not exist; it never breaks."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ledger.staff.roles import ROLES
from tests.webapp.house import Browser, House
from tests.webapp.selling import Floor, counted, floor, homes, plans

__all__ = ["counted", "floor", "homes", "plans"]
DESKS = ("units", "sales", "customers", "documents", "plans")
# Who opens what; every other role is told that there is nothing, or that he may not.
OPENS = {
    "sell": {"sales_consultant", "sales_manager"},
    "sales": set(ROLES) - {"sales_consultant"},
    "customers": set(ROLES) - {"sales_consultant", "group_pricing", "business_analyst"},
    "new": {"sales_consultant", "sales_manager", "service_agent"},
    "batch": {"sales_consultant", "sales_manager"},
    "plan": {"sales_manager", "city_marketing", "administrator"},
}


@pytest.mark.parametrize("role", sorted(ROLES))
def test_pages_open_for_those_who_may_see_them(
    floor: Floor, browser_of: Callable[..., Browser], role: str
) -> None:
    seller = floor.house.hire("somebody-else", "sales_consultant")
    customer = floor.customer("王磊", "13800138000", seller)
    floor.sell("1201", customer, seller)
    sale = floor.unit("1201").sale_id
    batch, project = floor.queue_batch(), floor.house.project.id
    browser = browser_of(role)
    free = floor.unit_id("1202")
    assert browser.get("/units/").status_code == 200
    assert browser.get(f"/units/{free}").status_code == 200
    assert browser.get("/units/price-lists").status_code == 200
    assert browser.get("/units/prices").status_code == 200
    assert browser.get("/units/queue").status_code == 200
    assert browser.get("/units/discounts").status_code == 200
    assert browser.get("/admin/plans/").status_code == 200
    answers = {
        "sell": browser.get(f"/units/{free}/sell").status_code,
        "sales": browser.get(f"/sales/{sale}").status_code,
        "customers": browser.get(f"/customers/{customer}").status_code,
        "new": browser.get("/customers/new").status_code,
        "batch": browser.get(f"/units/queue/{batch}").status_code,
        "plan": browser.get(f"/admin/plans/new?project={project}").status_code,
    }
    for page, status in answers.items():
        assert status == 200 if role in OPENS[page] else status in (403, 404), (page, status)


@pytest.mark.parametrize("role", sorted(ROLES))
def test_acts_on_what_does_not_exist_look_like_nothing(
    house: House, browser_of: Callable[..., Browser], role: str
) -> None:
    browser = browser_of(role)
    nobody = "00000000-0000-7000-8000-000000000000"
    rules = [
        rule for rule in browser.client.application.url_map.iter_rules() if rule.endpoint.split(".")[0] in DESKS
    ]
    assert len(rules) > 25
    for rule in rules:
        if not rule.arguments:
            continue
        path = str(rule.rule)
        for argument in rule.arguments:
            path = path.replace(f"<{argument}>", nobody)
        if "POST" in rule.methods:
            form = {"reason": "x", "field": "phone", "name": "王磊", "phone": "13800138999", "customer": "王磊"}
            answer = browser.post(path, form, page="/units/")
        else:
            answer = browser.get(path)
        assert answer.status_code in (403, 404), (path, answer.status_code)


def test_nobody_sees_anything_without_signing_in(floor: Floor, browser: Browser) -> None:
    for path in (
        "/units/",
        f"/units/{floor.unit_id('1201')}",
        "/sales/",
        "/customers/",
        "/units/price-lists",
        "/units/queue",
        "/units/discounts",
    ):
        assert browser.get(path).location.startswith("/sign-in")
