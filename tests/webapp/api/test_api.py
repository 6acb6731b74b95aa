"""What another system can do through the API, and what it is told when it cannot."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from ledger.customers.models import Customer
from ledger.staff.operations import revoke_role
from ledger.staff.queries import roles_of
from ledger.staff.roles import ROLES
from tests.webapp.api.conftest import LIST, Caller
from tests.webapp.house import PRICE_CHANGE, House
from webapp.api.endpoint import ENDPOINTS
from webapp.pace import PaceOfProcess

Callers = Callable[..., Caller]


def register(caller: Caller, house: House, **more: object) -> dict[str, object]:
    body = {"project_id": house.project.id, "name": "林晚", "phones": ["13800138001"], **more}
    answer = caller.post("/customers", body)
    assert answer.status_code == 201, answer.text
    return answer.json


def test_a_home_is_found_taken_and_its_task_completed(caller_of: Callers, stocked: House) -> None:
    caller = caller_of("sales_consultant")
    customer = register(caller, stocked)
    assert customer["phone"] == "138****8001"
    assert [p["code"] for p in caller.get("/projects")["projects"]] == ["yunxi"]
    board = caller.get(f"/projects/{stocked.project.id}/board")["units"]
    assert [(u["unit_no"], u["state"], u["floor_price_fen"]) for u in board] == [
        ("101", "available", None),
        ("102", "available", None),
    ]
    start = {
        "process": "booking_to_contract",
        "scope": stocked.project.path,
        "answers": {"entry": "walk_in", "unit_id": board[0]["unit_id"], "customer_id": customer["id"]},
    }
    case = caller.post("/instances", start)
    assert case.status_code == 201, case.text
    tasks = caller.get("/tasks?box=mine")
    assert (tasks["count"], tasks["rows"][0]["element_id"]) == (1, "enter_terms")
    refused = caller.post(f"/tasks/{tasks['rows'][0]['id']}/complete", {"answers": {"deposit_fen": "1.001"}})
    assert refused.status_code == 422
    assert {"deposit_fen", "plan_id"} <= set(refused.json["fields"])
    assert caller.get(f"/units/{board[0]['unit_id']}")["state"] == "subscribed"
    sale = caller.get("/sales")["rows"][0]
    assert (sale["stage"], sale["unit_label"]) == ("subscribing", "1栋-101")
    assert caller.get(f"/sales/{sale['sale_id']}")["buyers"] == []
    assert [
        w["element_id"]
        for w in caller.get(f"/instances/{case.json['id']}/waiting")["waiting"]
        if w["kind"] == "user"
    ] == ["enter_terms"]


def test_the_second_who_takes_a_home_is_told_who_was_first(caller_of: Callers, stocked: House) -> None:
    caller = caller_of("sales_consultant")
    customer = register(caller, stocked)
    unit = caller.get("/units?text=101")["rows"][0]["unit_id"]
    start = {
        "process": "booking_to_contract",
        "scope": stocked.project.path,
        "answers": {"entry": "walk_in", "unit_id": unit, "customer_id": customer["id"]},
    }
    assert caller.post("/instances", start).status_code == 201
    second = caller.post("/instances", start)
    assert (second.status_code, second.mimetype) == (409, "application/problem+json")
    assert "Sales-Consultant" in second.json["detail"]


def test_a_request_sent_twice_with_one_key_acts_once(caller_of: Callers, stocked: House) -> None:
    caller = caller_of("sales_consultant")
    body = {"project_id": stocked.project.id, "name": "林晚", "phones": ["13800138001"]}
    first, again = (caller.post("/customers", body, headers={"Idempotency-Key": "k1"}) for _ in range(2))
    assert (first.status_code, again.status_code, first.json) == (201, 201, again.json)
    assert (first.headers["Idempotent-Replay"], again.headers["Idempotent-Replay"]) == ("false", "true")
    other = caller.post("/customers", {**body, "name": "周舟"}, headers={"Idempotency-Key": "k1"})
    assert (other.status_code, other.json["code"]) == (422, "idempotency_key_reused")
    with stocked.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Customer)) == 1


def test_a_refused_request_can_be_sent_again_with_its_key(caller_of: Callers, stocked: House) -> None:
    caller = caller_of("sales_consultant")
    body = {"project_id": stocked.project.id, "name": "林晚", "phones": ["12"]}
    headers = {"Idempotency-Key": "k1"}
    assert caller.post("/customers", body, headers=headers).status_code == 422
    assert caller.post("/customers", body | {"phones": ["13800138001"]}, headers=headers).status_code == 201


def test_a_price_list_goes_in_by_whoever_may_import(caller_of: Callers, house: House) -> None:
    house.deploy(*PRICE_CHANGE)
    wrong = LIST + "1栋,103,90.00,20000,1900000,19000\n"
    data = {"file": (io.BytesIO(wrong.encode()), "list.csv")}
    path = f"/projects/{house.project.id}/price-list"
    report = caller_of("sales_manager").send("POST", path, data=data, content_type="multipart/form-data").json
    assert (report["imported"], [row["unit"] for row in report["refused"]]) == (2, ["103"])
    data = {"file": (io.BytesIO(LIST.encode()), "list.csv")}
    assert caller_of("legal").send("POST", path, data=data, content_type="multipart/form-data").status_code in (
        403,
        404,
    )


def test_a_wrong_diagram_is_refused_with_its_findings(caller_of: Callers, house: House) -> None:
    caller = caller_of("business_analyst", "/kt/")
    files = {"resources": {"x.bpmn": base64.b64encode(b"<broken").decode()}}
    checked = caller.post("/definitions/check", files)
    assert [f["code"] for f in checked.json["findings"]] == ["xml_cut_off"]
    refused = caller.post("/definitions", files)
    assert (refused.status_code, list(refused.json["fields"])) == (422, ["x.bpmn"])


def test_a_diagram_of_another_tool_is_deployed_as_it_is_read_and_says_how(
    caller_of: Callers, house: House
) -> None:
    drawn = (
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="Other-Tool">'
        '<startEvent id="s"/><endEvent id="e"/><sequenceFlow sourceRef="s" targetRef="e"/></process></definitions>'
    )
    files = {"resources": {"x.bpmn": base64.b64encode(drawn.encode()).decode()}}
    done = caller_of("business_analyst", "/kt/").post("/definitions", files)
    assert (done.status_code, [d["key"] for d in done.json["definitions"]]) == (201, ["other_tool"])
    assert {f["severity"] for f in done.json["findings"]} == {"rewritten"}
    assert any("other_tool" in f["text"] for f in done.json["findings"])


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Basic eDp5"},
        {"Authorization": "Bearer keyturn_nothing"},
        {"Authorization": "Bearer "},
    ],
)
def test_without_a_valid_token_nothing_is_told(office: Flask, headers: dict[str, str]) -> None:
    answer = office.test_client().get("/api/v1/tasks", headers=headers)
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, 'Bearer realm="Keyturn"')


def test_a_token_ends_with_its_time_and_a_role_with_its_revocation(caller_of: Callers, house: House) -> None:
    caller = caller_of("sales_consultant")
    assert caller.get("/tasks")["count"] == 0
    actor = house.actor("sales-consultant")
    with house.database.unit_of_work() as session:
        from kernel.actor import SYSTEM  # noqa: PLC0415

        clock = house.database.clock
        for held in roles_of(session, actor.id, clock.now().date()):
            revoke_role(session, SYSTEM, clock, staff_role_id=held.id)
    assert caller.send("GET", "/tasks").status_code == 403
    house.database.clock.advance(timedelta(days=91))
    assert caller.send("GET", "/tasks").status_code == 401


@pytest.mark.parametrize(
    ("body", "content_type"), [("[1]", "application/json"), ("{", "application/json"), ("a=1", "text/plain")]
)
def test_a_body_that_is_no_json_object_is_refused(caller_of: Callers, body: str, content_type: str) -> None:
    answer = caller_of("sales_consultant").send("POST", "/customers", data=body, content_type=content_type)
    assert answer.status_code in (415, 422)
    assert "Traceback" not in answer.text


def test_every_endpoint_answers_every_role_with_a_plain_verdict(caller_of: Callers, stocked: House) -> None:
    for role in ROLES:
        caller = caller_of(role)
        for endpoint in ENDPOINTS:
            path = endpoint.path.replace("{project_id}", stocked.project.id)
            for name in (
                "task_id",
                "instance_id",
                "unit_id",
                "sale_id",
                "customer_id",
                "receipt_id",
                "document_id",
                "batch_id",
            ):
                path = path.replace(f"{{{name}}}", "00000000-0000-7000-8000-000000000000")
            answer = caller.send(endpoint.method, path, **({"json": {}} if endpoint.body else {}))
            allowed = {200, 403, 404, 422}
            assert answer.status_code in allowed, (role, endpoint.path, answer.status_code, answer.text)


def test_the_description_names_every_endpoint_and_the_page_shows_it(office: Flask) -> None:
    client = office.test_client()
    described = client.get("/api/v1/openapi.json").json
    assert described["openapi"].startswith("3.1")
    assert {e.path for e in ENDPOINTS} == set(described["paths"])
    page = client.get("/api/v1/docs", headers={"Accept-Language": "en"})
    assert page.status_code == 200
    assert all(f"/api/v1{e.path}" in page.text for e in ENDPOINTS)


def test_a_token_that_asks_too_often_waits() -> None:
    pace = PaceOfProcess(most=2)
    began = datetime(2026, 3, 2, tzinfo=UTC)
    asked = [began + timedelta(seconds=seconds) for seconds in (0, 1, 2, 59, 61, 61.5)]
    assert [pace.allows("a", at) for at in asked] == [True, True, False, False, True, True]
    assert pace.allows("b", asked[2])
