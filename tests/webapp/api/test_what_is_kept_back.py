"""What the API keeps back, as the pages do: the floor price, customers' names, and whose word moves every case."""

from __future__ import annotations

from collections.abc import Callable

from tests.webapp.api.conftest import Caller
from tests.webapp.house import House
from tests.webapp.inbox.conftest import CASE, Desk, desk

Callers = Callable[..., Caller]
__all__ = ["desk"]


def test_process_data_tells_the_floor_only_to_whoever_may_see_it(caller_of: Callers, desk: Desk) -> None:
    manager, clerk = caller_of("sales_manager"), caller_of("filing_clerk")
    begun = desk.begin()
    decide = manager.get("/tasks?box=group")["rows"][0]
    assert decide["facts"]["below_floor"] is True
    assert manager.get(f"/tasks/{decide['id']}")["variables"]["floor_price_fen"] == CASE["floor_price_fen"]
    assert (
        manager.post(f"/tasks/{decide['id']}/complete", {"answers": {"decision": "approved"}}).status_code == 200
    )
    (file,) = clerk.get("/tasks?box=group")["rows"]
    seen = clerk.get(f"/tasks/{file['id']}")
    data = clerk.get(f"/instances/{begun.id}/variables")["variables"]
    for told in (file["facts"], seen["task"]["facts"], seen["variables"], data):
        assert not {"floor_price_fen", "below_floor"} & set(told)
    assert (data["amount_fen"], data["customer"]) == (CASE["amount_fen"], CASE["customer"])


def test_process_data_names_customers_only_to_whoever_may_see_them(caller_of: Callers, desk: Desk) -> None:
    begun = desk.begin()
    data = caller_of("business_analyst").get(f"/instances/{begun.id}/variables")["variables"]
    assert (data["customer"], "below_floor" in data) == ("王*", False)


def test_only_who_operates_the_whole_company_publishes_messages(caller_of: Callers, desk: Desk) -> None:
    paid = {"name": "deposit_paid", "correlation": {"sale_id": "0"}}
    for role in ("sales_consultant", "finance_manager", "administrator"):
        answer = caller_of(role).post("/messages", paid)
        assert (answer.status_code, answer.json["code"]) == (403, "permission_missing"), role
    assert caller_of("administrator", "/").post("/messages", paid).json == {"delivered": 0}


def test_whoever_starts_a_case_brings_only_what_its_form_asks(caller_of: Callers, stocked: House) -> None:
    caller = caller_of("sales_consultant")
    unit = caller.get("/units?text=101")["rows"][0]["unit_id"]
    person = {"project_id": stocked.project.id, "name": "林晚", "phones": ["13800138001"]}
    answers = {"entry": "walk_in", "unit_id": unit, "customer_id": caller.post("/customers", person).json["id"]}
    start = {"process": "booking_to_contract", "scope": stocked.project.path}
    refused = caller.post("/instances", {**start, "answers": {**answers, "approved_by": ["somebody"]}})
    assert (refused.status_code, list(refused.json["fields"])) == (422, ["approved_by"])
    assert caller.post("/instances", {**start, "answers": answers}).status_code == 201
