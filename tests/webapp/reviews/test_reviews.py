"""Changes of marked records in the browser and through the API: proposed, reviewed, withdrawn, never by oneself."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event, select

from kernel.actor import SYSTEM
from ledger.customers.operations import edit_customer
from ledger.finance.models import PaymentPlanTemplate
from ledger.organisation.queries import parameter
from ledger.reviews.parameters import record_of
from ledger.reviews.plans import record_of as plan_record
from ledger.staff.operations import deactivate_staff
from ledger.staff.queries import find_by_username
from tests.webapp.admin.test_plan_proposal import LOAN
from tests.webapp.house import Browser, House
from tests.webapp.reviews.conftest import Desk
from webapp.definitions import deploy_shipped
from webapp.engine_room import engine_for
from webapp.inbox.copied import copied_values
from webapp.links.offers import is_decidable
from webapp.links.page import covered

NEW_PHONE = "13900139456"


def test_a_buyers_name_waits_on_every_page_until_it_is_reviewed(desk: Desk, mei: Browser) -> None:
    assert "Key data are reviewed" in mei.get(desk.edit).text
    answer = desk.rename(mei, once="k1")
    assert (answer.status_code, desk.name()) == (302, "王磊")
    assert desk.rename(mei, once="k1").location == answer.location
    (change,) = desk.changes()
    assert answer.location.endswith(f"/reviews/{change.id}")
    page = mei.get(answer.location).text
    assert "A second person reviews this change" in page
    assert "Review it" not in page
    assert "A change awaits review" in mei.get(f"/customers/{desk.buyer}").text
    assert "王磊磊" in mei.get("/reviews/").text
    boss = desk.browser_of("sales_manager", "boss")
    assert f"/tasks/{desk.task()}" in boss.get(answer.location).text
    task = boss.get(f"/tasks/{desk.task()}").text
    assert "王磊磊" in task
    assert "Misspelt" in task
    assert boss.post(f"/tasks/{desk.task()}", {"decision": "approved"}).status_code == 302
    assert desk.name() == "王磊磊"
    assert "A change awaits review" not in mei.get(f"/customers/{desk.buyer}").text
    assert "No change awaits review" in mei.get("/reviews/").text
    assert "王磊磊" in mei.get("/reviews/?state=accepted").text


def test_what_needs_no_review_is_saved_beside_it_at_once(desk: Desk, mei: Browser) -> None:
    assert mei.post(desk.edit, {"name": "王磊", "grade": "A"}, page=desk.edit).status_code == 302
    assert desk.changes() == []
    desk.rename(mei, grade="B")
    (change,) = desk.changes()
    assert change.state == "pending"
    assert '<option value="B" selected' in re.sub(r"\s+", " ", mei.get(desk.edit).text)


def test_a_change_without_a_reason_is_refused_beside_the_field(desk: Desk, mei: Browser) -> None:
    answer = desk.rename(mei, reason=" ", grade="B")
    assert answer.status_code == 422
    assert "Give the reason" in answer.text
    assert desk.changes() == []


def test_phones_of_a_buyer_wait_masked(desk: Desk, mei: Browser) -> None:
    form = {"phone": NEW_PHONE, "label": "太太", "reason": "New number"}
    answer = mei.post(f"/customers/{desk.buyer}/phones", form, page=desk.edit)
    page = mei.get(answer.location).text
    assert "139****9456" in page
    assert NEW_PHONE not in page
    desk.browser_of("sales_manager", "boss").post(f"/tasks/{desk.task()}", {"decision": "approved"})
    text = mei.get(desk.edit).text
    assert "139****9456" in text
    phone_id = re.findall(r"/phones/([0-9a-f-]+)/main", text)[0]
    for act, field in (("main", "main_phone"), ("remove", "phone_removed")):
        path = f"/customers/{desk.buyer}/phones/{phone_id}/{act}"
        assert mei.post(path, {}, page=desk.edit).status_code == 422
        change = mei.post(path, {"reason": "Asked for"}, page=desk.edit).location
        assert {"main_phone": "Main phone", "phone_removed": "Phone removed"}[field] in mei.get(change).text
        mei.post(f"{change}/withdraw", page=change)
    assert [one.state for one in desk.changes()] == ["accepted", "withdrawn", "withdrawn"]


def test_only_one_change_waits_and_the_second_hears_of_the_first(desk: Desk, mei: Browser) -> None:
    desk.rename(mei)
    answer = desk.rename(desk.browser_of("sales_manager", "boss"), "王雷")
    assert answer.status_code == 409
    assert "Mei proposed another change" in answer.text


def test_the_proposer_is_refused_at_the_page_in_bulk_and_by_the_api(desk: Desk) -> None:
    boss = desk.browser_of("sales_manager", "boss")
    desk.rename(boss)
    task, (change,) = desk.task(), desk.changes()
    page = boss.get(f"/tasks/{task}").text
    assert "Somebody else must decide here" in page
    assert boss.post(f"/tasks/{task}", {"decision": "approved"}).status_code == 403
    bulk = {"id": task, "act": "approve", "next": "/inbox"}
    boss.post("/inbox/bulk", bulk, page="/inbox", follow_redirects=True)
    assert (
        desk.call("boss", "POST", f"/tasks/{task}/complete", {"answers": {"decision": "approved"}}).status_code
        == 403
    )
    assert desk.call("boss", "POST", f"/tasks/{task}/claim", {}).status_code == 403
    assert f"/tasks/{task}" not in boss.get(f"/reviews/{change.id}").text
    assert (desk.changes()[0].state, desk.name()) == ("pending", "王磊")
    desk.house.hire("chief", "project_gm")
    done = desk.call("chief", "POST", f"/tasks/{task}/complete", {"answers": {"decision": "approved"}})
    assert done.status_code == 200
    assert desk.name() == "王磊磊"


def test_an_outdated_change_is_refused_to_the_reviewer_with_what_differs(desk: Desk, mei: Browser) -> None:
    change = desk.rename(mei).location
    clock = desk.house.database.clock
    with desk.house.database.unit_of_work() as session:
        edit_customer(session, SYSTEM, clock, customer_id=desk.buyer, changes={"name": "王大磊"})
    boss = desk.browser_of("sales_manager", "boss")
    assert "The record has changed since" in boss.get(change).text
    task = f"/tasks/{desk.task()}"
    assert "王大磊" in boss.get(task).text
    answer = boss.post(task, {"decision": "approved", "remark": "looks fine"})
    assert answer.status_code == 409
    assert "It differs in: Full name" in answer.text
    assert "looks fine" in answer.text
    assert desk.name() == "王大磊"
    assert boss.post(task, {"decision": "rejected", "opinion": "Old name"}).status_code == 302
    assert [one.state for one in desk.changes()] == ["refused"]


def test_the_proposer_withdraws_on_the_page_and_nobody_else(desk: Desk, mei: Browser) -> None:
    change = desk.rename(mei).location
    boss = desk.browser_of("sales_manager", "boss")
    assert "Withdraw it" not in boss.get(change).text
    assert boss.post(f"{change}/withdraw", page=change).status_code == 403
    assert mei.post(f"{change}/withdraw", page=change).status_code == 302
    assert mei.post(f"{change}/withdraw", page=change).status_code == 409
    assert [one.state for one in desk.changes()] == ["withdrawn"]


def test_who_may_not_see_the_buyer_sees_nothing_of_the_change(desk: Desk, mei: Browser) -> None:
    change = desk.rename(mei).location
    for role in ("sales_consultant", "group_pricing", "business_analyst"):
        stranger = desk.browser_of(role, f"stranger-{role}".replace("_", "-"))
        assert stranger.get(change).status_code == 404
        assert "王磊磊" not in stranger.get("/reviews/?state=all").text
        assert stranger.post(f"{change}/withdraw", page="/reviews/").status_code in (403, 404)


def test_a_parameter_is_proposed_and_another_administrator_sets_it(desk: Desk) -> None:
    admin, node = desk.browser_of("administrator", "ada", "/"), desk.house.project.id
    page = f"/admin/organisation/{node}/parameters/hold_hours"
    form = {"value": "48", "effective_from": "2026-03-02"}
    assert 'id="e-reason"' in admin.post(page, form, page=page).text
    answer = admin.post(page, {**form, "reason": "Fair week"}, page=page)
    assert answer.status_code == 302, answer.text
    assert "A change awaits review" in admin.get(page).text
    assert "inherited: 24 hours" in admin.get(answer.location).text
    refused = admin.post(page, {**form, "value": "0", "reason": "No"}, page=page)
    assert refused.status_code in (409, 422)
    other = desk.browser_of("administrator", "bo", "/")
    assert other.post(f"/tasks/{desk.task()}", {"decision": "approved"}).status_code == 302
    with desk.house.database.reading() as session:
        today = desk.house.database.clock.now().date()
        assert parameter(session, desk.house.project.path, "hold_hours", today) == 48
    assert desk.changes()[0].record_id == record_of(node, "hold_hours")


def test_the_only_administrator_reads_beside_the_reason_whom_to_appoint(
    house: House, browser_of: Callable[..., Browser]
) -> None:
    with house.database.unit_of_work() as session:
        deploy_shipped(session, SYSTEM, house.database.clock)
    admin, top = browser_of("administrator", "ada", "/"), "/admin/organisation/"
    node = re.findall(r"/admin/organisation/([0-9a-f-]{36})", admin.get(top).text)[0]
    page = f"/admin/organisation/{node}/parameters/hold_hours"
    answer = admin.post(page, {"value": "48", "effective_from": "2026-03-02", "reason": "Fair week"}, page=page)
    assert answer.status_code == 422
    assert re.findall(r'id="e-([a-z_]+)"', answer.text) == ["reason"]
    assert "The right to it (review parameters) comes with one of these roles" in answer.text
    assert 'value="48"' in answer.text
    house.hire("bo", "administrator", "/")
    again = admin.post(page, {"value": "48", "effective_from": "2026-03-02", "reason": "Fair week"}, page=page)
    assert again.status_code == 302
    with house.database.unit_of_work() as session:
        bo = find_by_username(session, "bo")
        assert bo is not None
        deactivate_staff(session, SYSTEM, house.database.clock, staff_id=bo.id, reason="moves away")
    assert "Nobody is left who may review this change" in admin.get(again.location).text


def plans(desk: Desk) -> list[tuple[int, str]]:
    """Version and state of all plans."""
    with desk.house.database.reading() as session:
        query = select(PaymentPlanTemplate).order_by(PaymentPlanTemplate.version)
        return [(one.version, one.state) for one in session.scalars(query)]


def test_a_plan_is_proposed_line_by_line_and_comes_into_use_by_review(desk: Desk) -> None:
    boss, project = desk.browser_of("sales_manager", "boss"), desk.house.project.id
    new, index = f"/admin/plans/new?project={project}", f"/admin/plans/?project={project}"
    form = {**LOAN, "project": project, "reason": "For the second release"}
    wrong = boss.post("/admin/plans/new", {**form, "lines-1-value": "101"}, page=new)
    assert re.findall(r'id="e-([a-z0-9_-]+)"', wrong.text) == ["lines-1-value"]
    answer = boss.post("/admin/plans/new", form, page=new)
    assert answer.status_code == 302, answer.text
    assert plans(desk) == []
    assert "30 % down, mortgage" in boss.get(index).text
    chief = desk.browser_of("project_gm", "chief")
    task = chief.get(f"/tasks/{desk.task()}").text
    assert "60 days after signing" in task
    assert chief.post(f"/tasks/{desk.task()}", {"decision": "approved"}).status_code == 302
    assert plans(desk) == [(1, "approved")]
    plan = re.findall(r"/admin/plans/([0-9a-f-]+)/retire", chief.get(index).text)[0]
    ended = chief.post(f"/admin/plans/{plan}/retire", {"reason": "No bank lends so"}, page=index)
    assert plans(desk) == [(1, "approved")]
    assert "No longer used" in chief.get(ended.location).text
    assert desk.changes()[-1].record_id == plan_record(project, "loan30")
    desk.browser_of("city_gm", "city", "/kt/").post(f"/tasks/{desk.task()}", {"decision": "approved"})
    assert plans(desk) == [(1, "retired")]


def test_the_api_proposes_lists_and_withdraws(desk: Desk) -> None:
    asked = {"kind": "customers", "record_id": desk.buyer, "values": {"name": "王磊磊"}, "reason": "Misspelt"}
    made = desk.call("mei", "POST", "/reviews", asked)
    assert (made.status_code, made.json["state"]) == (201, "pending")
    assert made.json["fields"] == [
        {"name": "name", "before": "王磊", "after": "王磊磊", "differs": False, "now": None}
    ]
    again = desk.call("mei", "POST", "/reviews", asked)
    assert (again.status_code, again.json["code"]) == (409, "change_waits")
    assert [one["id"] for one in desk.call("mei", "GET", "/reviews?state=pending").json["rows"]] == [
        made.json["id"]
    ]
    desk.house.hire("boss", "sales_manager")
    assert desk.call("boss", "POST", f"/reviews/{made.json['id']}/withdraw").status_code == 403
    assert desk.call("mei", "POST", f"/reviews/{made.json['id']}/withdraw").json["state"] == "withdrawn"
    wrong = desk.call("mei", "POST", "/reviews", {**asked, "values": {"grade": "A"}})
    assert (wrong.status_code, wrong.json["code"]) == (422, "change_field_unknown")
    assert desk.call("mei", "POST", "/reviews", {**asked, "kind": "poems"}).status_code == 422


def test_the_list_asks_as_much_for_many_as_for_one(desk: Desk, mei: Browser, house: Any) -> None:
    def asked() -> int:
        statements: list[str] = []

        def note(_conn: Any, _cursor: Any, statement: str, *_more: Any) -> None:
            statements.append(statement)

        event.listen(house.database.engine, "before_cursor_execute", note)
        mei.get("/reviews/?state=all")
        event.remove(house.database.engine, "before_cursor_execute", note)
        return len(statements)

    for number in range(2):
        change = desk.rename(mei, f"王磊{number}").location
        mei.post(f"{change}/withdraw", page=change)
    few = asked()
    for number in range(2, 6):
        change = desk.rename(mei, f"王磊{number}").location
        mei.post(f"{change}/withdraw", page=change)
    assert asked() == few


@pytest.mark.parametrize(
    "address", ["/reviews/", "/reviews/?state=all&kind=plans&mine=1&page=9", "/reviews/?state=x"]
)
def test_the_empty_list_says_what_it_is_for(desk: Desk, mei: Browser, address: str) -> None:
    text = mei.get(address).text
    assert "No change awaits review" in text or "No change fits" in text


def test_a_review_is_never_offered_by_a_link_and_a_copy_shows_the_change(desk: Desk, mei: Browser) -> None:
    desk.rename(mei)
    clock = desk.house.database.clock
    reader = desk.house.hire("reader", "project_gm")
    desk.house.hire("boss", "sales_manager")
    with desk.office.test_request_context(), desk.house.database.unit_of_work() as session:
        engine = engine_for(session, desk.house.actor("boss"), clock)
        task = engine.get_task(desk.task()).task
        assert not is_decidable(task)
        (copy,) = engine.send_copy(task.id, [reader.id])
        whole = copied_values(session, reader, copy)
        assert whole["change"].fields[0].after == "王磊磊"
        assert copied_values(session, reader, copy, covered)["change"] is None
