"""A payment plan is proposed line by line in the browser; what makes no plan is refused beside its field."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select

from ledger.finance.kinds import ReceivableKind, ShareKind
from ledger.finance.models import PaymentPlanTemplate
from ledger.finance.templates import plan_lines
from tests.webapp.house import Browser, House

pytestmark = pytest.mark.usefixtures("unreviewed")

LOAN = {
    "code": "loan30",
    "kind": "loan",
    "label_zh": "首付三成按揭",
    "label_en": "30 % down, mortgage",
    "lines-0-kind": "down_payment",
    "lines-0-share": "remainder",
    "lines-0-value": "",
    "lines-0-days": "7",
    "lines-1-kind": "loan",
    "lines-1-share": "basis_points",
    "lines-1-value": "70",
    "lines-1-days": "60",
}


def send(house: House, browser: Browser, **changed: str):
    """Send the form with some entries changed."""
    page = f"/admin/plans/new?project={house.project.id}"
    sent = {name: value for name, value in {**LOAN, **changed}.items() if value != "absent"}
    return browser.post("/admin/plans/new", {**sent, "project": house.project.id}, page=page)


def plans(house: House) -> list[PaymentPlanTemplate]:
    """All plans there are."""
    with house.database.reading() as session:
        return list(session.scalars(select(PaymentPlanTemplate).order_by(PaymentPlanTemplate.version)))


def test_a_proposed_plan_waits_for_another_person(house: House, browser_of: Callable[..., Browser]) -> None:
    proposer = browser_of("sales_manager")
    page = proposer.get(f"/admin/plans/?project={house.project.id}").text
    assert f"/admin/plans/new?project={house.project.id}" in page
    answer = send(house, proposer)
    assert answer.status_code == 302, answer.text
    (plan,) = plans(house)
    assert (plan.code, plan.version, plan.kind, plan.state) == ("loan30", 1, "loan", "draft")
    assert plan.labels == {"zh": "首付三成按揭", "en": "30 % down, mortgage"}
    with house.database.reading() as session:
        first, second = plan_lines(session, plan.id)
    assert (first.kind, first.share.kind, first.trigger.days) == (
        ReceivableKind.DOWN_PAYMENT,
        ShareKind.REMAINDER,
        7,
    )
    assert (second.kind, second.share.value, second.trigger.days) == (ReceivableKind.LOAN, 7_000, 60)
    boss = browser_of("project_gm")
    listed = boss.get(answer.location).text
    assert "30 % down, mortgage" in listed
    assert boss.post(f"/admin/plans/{plan.id}/approve", page=answer.location).status_code == 302
    send(house, proposer)
    assert [(one.version, one.state) for one in plans(house)] == [(1, "approved"), (2, "draft")]


def test_a_fixed_amount_is_typed_in_yuan(house: House, browser_of: Callable[..., Browser]) -> None:
    line = {
        "lines-1-kind": "instalment",
        "lines-1-share": "fixed",
        "lines-1-value": "100,000.50",
        "lines-1-days": "90",
    }
    assert send(house, browser_of("sales_manager"), kind="instalments", **line).status_code == 302
    (plan,) = plans(house)
    with house.database.reading() as session:
        assert [line.share.value for line in plan_lines(session, plan.id)] == [0, 10_000_050]


@pytest.mark.parametrize(
    ("fields", "changed"),
    [
        (["code"], {"code": " "}),
        (["kind"], {"kind": "barter"}),
        (["label_zh"], {"label_zh": ""}),
        (["lines-1-kind"], {"kind": "instalments"}),
        (["lines-1-kind"], {"lines-1-kind": "deposit"}),
        (["lines-1-share"], {"lines-1-share": ""}),
        (["lines-1-value"], {"lines-1-value": ""}),
        (["lines-1-value"], {"lines-1-value": "101"}),
        (["lines-1-value"], {"lines-1-value": "70.005"}),
        (["lines-1-value"], {"lines-1-value": "0"}),
        (["lines-1-value"], {"lines-1-share": "fixed", "lines-1-value": "0"}),
        (["lines-1-days", "lines-1-value"], {"lines-1-days": "-1", "lines-1-value": "x"}),
        (["lines-0-days"], {"lines-0-days": "soon"}),
        (["lines"], {"lines-0-share": "basis_points", "lines-0-value": "30"}),
        (["lines-1-value"], {"lines-1-share": "remainder", "lines-0-share": "fixed", "lines-0-value": "1"}),
        (["lines"], {name: "absent" for name in LOAN if name.startswith("lines-")}),
    ],
)
def test_what_is_no_plan_is_refused_by_its_field(
    house: House, browser_of: Callable[..., Browser], fields: list[str], changed: dict[str, str]
) -> None:
    answer = send(house, browser_of("sales_manager"), **changed)
    assert answer.status_code == 422
    assert sorted(re.findall(r'id="e-([a-z0-9_-]+)"', answer.text)) == fields
    assert plans(house) == []


def test_who_does_not_propose_prices_finds_no_form(house: House, browser_of: Callable[..., Browser]) -> None:
    boss = browser_of("project_gm")
    listing = f"/admin/plans/?project={house.project.id}"
    assert "/admin/plans/new" not in boss.get(listing).text
    assert boss.get(f"/admin/plans/new?project={house.project.id}").status_code == 404
    sent = {**LOAN, "project": house.project.id}
    assert boss.post("/admin/plans/new", sent, page=listing).status_code == 404
    assert plans(house) == []
