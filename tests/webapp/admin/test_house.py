"""The organisation, its parameters, payment plans and the log, as an administrator sees them and others do not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from ledger.finance.kinds import PlanKind, ReceivableKind, ShareKind, TriggerKind
from ledger.finance.operations import propose_plan
from ledger.finance.plans import PlanLine, Share, Trigger
from ledger.organisation.queries import parameter
from tests.webapp.house import Browser, House

pytestmark = pytest.mark.usefixtures("unreviewed")


def value(house: House, name: str) -> object:
    """A parameter at the project today."""
    with house.database.reading() as session:
        return parameter(session, house.project.path, name, date(2026, 3, 2))


def test_a_node_is_added_below_another(admin: Browser, house: House) -> None:
    page = f"/admin/organisation/{house.project.id}"
    phase = {"kind": "phase", "name": "First phase", "code": "p1"}
    assert admin.post(f"{page}/children", phase, page=page).status_code == 302
    assert "First phase" in admin.get("/admin/organisation/").text
    refused = admin.post(f"{page}/children", phase, page=page)
    assert refused.status_code == 422
    assert 'id="e-code"' in refused.text


def test_a_presale_permit_is_entered_with_its_account(admin: Browser, house: House) -> None:
    page = f"/admin/organisation/{house.project.id}"
    permit = {"no": "2026-001", "granted_on": "2026-01-10", "account": "6228 0001"}
    assert 'id="e-granted_on"' in admin.post(f"{page}/permits", {**permit, "granted_on": ""}, page=page).text
    assert admin.post(f"{page}/permits", permit, page=page).status_code == 302
    assert "6228 0001" in admin.get(page).text


def test_parameters_are_typed_and_inherited(admin: Browser, house: House) -> None:
    page = f"/admin/organisation/{house.project.id}/parameters"
    good = {
        "late_daily_rate": ("0.03", "3/10000"),
        "deposit_fen": ("60,000.00", 6_000_000),
        "deposit_cap_basis_points": ("15.5", 1_550),
        "sign_by_days": ("10", 10),
        "small_order_refundable": ("false", False),
        "discount_stacking": ("add", "add"),
    }
    for name, (typed, held) in good.items():
        form = {"value": typed, "effective_from": "2026-03-02"}
        assert admin.post(f"{page}/{name}", form, page=f"{page}/{name}").status_code == 302, name
        assert str(value(house, name)) == str(held)
    assert "0.03% a day" in admin.get(page).text
    back = {"value": "", "inherit": "true", "effective_from": "2026-03-02"}
    assert admin.post(f"{page}/sign_by_days", back, page=f"{page}/sign_by_days").status_code == 302
    assert value(house, "sign_by_days") == 7


def test_a_value_that_does_not_fit_is_refused_by_its_field(admin: Browser, house: House) -> None:
    page = f"/admin/organisation/{house.project.id}/parameters"
    wrong = {
        "sign_by_days": ("1.5", "ten", "-1", ""),
        "late_daily_rate": ("5", "x", "1e-999999999"),
        "deposit_fen": ("1.005", "-5"),
        "discount_stacking": ("divide",),
    }
    for name, values in wrong.items():
        for typed in values:
            form = {"value": typed, "effective_from": "2026-03-02"}
            answer = admin.post(f"{page}/{name}", form, page=f"{page}/{name}")
            assert answer.status_code == 422, (name, typed)
            assert 'id="e-value"' in answer.text


def test_who_proposed_a_plan_does_not_approve_it(
    admin: Browser, browser_of: Callable[..., Browser], house: House
) -> None:
    line = PlanLine(
        ReceivableKind.DOWN_PAYMENT, Share(ShareKind.REMAINDER), Trigger(TriggerKind.AFTER_SIGNING, days=7)
    )
    with house.database.unit_of_work() as session:
        plan = propose_plan(
            session,
            house.actor("ada"),
            house.database.clock,
            project_id=house.project.id,
            code="lump",
            kind=PlanKind.LUMP,
            labels={"en": "All at once", "zh": "一次性付款"},
            lines=[line],
        ).id
    page = f"/admin/plans/?project={house.project.id}"
    assert "7 days after signing" in admin.get(page).text
    assert admin.post(f"/admin/plans/{plan}/approve", page=page).status_code == 403
    boss = browser_of("project_gm")
    assert boss.post(f"/admin/plans/{plan}/approve", page=page).status_code == 302
    assert "In use" in boss.get(page).text


def test_the_log_says_who_did_what_and_hides_what_names_customers(
    admin: Browser, browser_of: Callable[..., Browser], house: House
) -> None:
    page = f"/admin/organisation/{house.project.id}"
    admin.post(f"{page}/name", {"name": "Cloud Creek"}, page=page)
    log = admin.get("/admin/audit/?noun=organisation&who=ada").text
    assert "renamed a node" in log
    assert "Cloud Creek" in log
    assert "Nothing was done that fits" in admin.get("/admin/audit/?from=2026-03-03").text
    assert browser_of("project_gm").get("/admin/audit/").status_code == 200
    assert browser_of("legal").get("/admin/audit/").status_code == 403


def test_nobody_else_changes_the_organisation(browser_of: Callable[..., Browser], house: House) -> None:
    boss = browser_of("project_gm")
    page = f"/admin/organisation/{house.project.id}"
    assert boss.get("/admin/organisation/").status_code == 403
    assert boss.get(page).status_code == 403
    form = {"value": "1", "effective_from": "2026-03-02"}
    assert boss.post(f"{page}/parameters/sign_by_days", form, page="/admin/plans/").status_code == 403
    assert boss.post(f"{page}/name", {"name": "Mine"}, page="/admin/plans/").status_code == 403


def test_a_token_is_shown_once_and_revoked(admin: Browser, house: House) -> None:
    page = "/account/profile"
    answer = admin.post("/account/tokens", {"name": "Nightly report", "days": "30"}, page=page)
    assert "keyturn_" in answer.text
    shown = admin.get(page).text
    assert "Nightly report" in shown
    assert "keyturn_" not in shown.replace("keyturn_session", "")
    token = shown.partition("/account/tokens/")[2].partition("/revoke")[0]
    assert admin.post(f"/account/tokens/{token}/revoke", page=page).status_code == 302
    assert "Revoked" in admin.get(page).text
    assert admin.post("/account/tokens", {"name": " "}, page=page).status_code == 422
