"""What an operator's own tools do with incidents through the API."""

from __future__ import annotations

from collections.abc import Callable

from kernel.actor import SYSTEM
from ledger.organisation.operations import add_node
from tests.webapp.api.conftest import Caller
from tests.webapp.house import House
from tests.webapp.operations.test_operations import Machine, fail_once, machine

__all__ = ["machine"]
Callers = Callable[..., Caller]


def test_an_incident_is_found_looked_at_noted_and_run_again(
    caller_of: Callers, house: House, machine: Machine
) -> None:
    begun = fail_once(house)
    operator = caller_of("business_analyst")
    (row,) = operator.get("/incidents?process=operations_story&element=work")["rows"]
    assert (row["error_type"], row["instance_id"], row["retryable"]) == ("ZeroDivisionError", begun.id, True)
    assert "fault in the program" in row["text"]
    found = operator.get(f"/incidents/{row['id']}")
    assert found["input"] == {"filled": True}
    assert found["trace"][-1] == "builtins.ZeroDivisionError"
    noted = operator.post(f"/incidents/{row['id']}/note", {"text": "asked the vendor"})
    assert noted.json["incident"]["note"] == "asked the vendor"
    machine.broken = False
    again = operator.post(f"/incidents/{row['id']}/retry", {"reason": "mended"})
    assert (again.status_code, again.json["state"]) == (200, "resolved")
    assert operator.get(f"/instances/{begun.id}")["state"] == "completed"
    assert operator.get("/incidents")["rows"] == []
    assert operator.get("/incidents?state=all")["count"] == 1


def test_many_are_run_again_each_for_itself(caller_of: Callers, house: House, machine: Machine) -> None:
    fail_once(house)
    operator = caller_of("business_analyst")
    (row,) = operator.get("/incidents")["rows"]
    machine.broken = False
    answer = operator.post(
        "/incidents/retry", {"incident_ids": ["gone", row["id"], row["id"]], "reason": "mended"}
    )
    told = [(one["id"], one["done"], one["code"]) for one in answer.json["outcomes"]]
    assert told == [("gone", False, "incident_missing"), (row["id"], True, None)]
    assert "does not exist" in answer.json["outcomes"][0]["detail"]
    late = operator.post("/incidents/retry", {"incident_ids": [row["id"]]}).json["outcomes"][0]
    assert (late["done"], late["code"]) == (False, "incident_resolved")


def test_process_data_is_edited_with_a_reason(caller_of: Callers, house: House, machine: Machine) -> None:
    begun = fail_once(house)
    operator = caller_of("business_analyst")
    address = f"/instances/{begun.id}/variables"
    refused = operator.post(address, {"changes": {"floor": 3}})
    assert (refused.status_code, set(refused.json["fields"])) == (422, {"reason"})
    unknown = operator.post(address, {"changes": {"floor": 3}, "reason": "forgotten"})
    assert (unknown.status_code, unknown.json["code"]) == (422, "variable_not_there")
    done = operator.post(address, {"changes": {"floor": 3}, "reason": "forgotten", "force": True})
    assert done.status_code == 200
    assert operator.get(address)["variables"] == {"floor": 3}
    stale = operator.post(address, {"changes": {"floor": 4}, "reason": "late", "revision": 1})
    assert (stale.status_code, stale.json["code"]) == (409, "instance_revised")


def test_who_may_not_operate_finds_no_incident(caller_of: Callers, house: House, machine: Machine) -> None:
    begun = fail_once(house)
    (row,) = caller_of("business_analyst").get("/incidents")["rows"]
    manager = caller_of("sales_manager")
    assert manager.get("/incidents")["rows"] == []
    for address, body in (
        (f"/incidents/{row['id']}/retry", {}),
        (f"/incidents/{row['id']}/note", {"text": "x"}),
        (f"/incidents/{row['id']}/input", {"changes": {"a": 1}, "reason": "x"}),
    ):
        assert manager.post(address, body).status_code == 404
    assert manager.send("GET", f"/incidents/{row['id']}").status_code == 404
    edited = manager.post(f"/instances/{begun.id}/variables", {"changes": {"a": 1}, "reason": "x"})
    assert edited.status_code == 403


def test_a_case_is_found_by_what_is_known_of_it(caller_of: Callers, house: House, machine: Machine) -> None:
    begun = fail_once(house)
    operator = caller_of("business_analyst")
    for query in ("search=st-7", "element=ask", "failing=true", "version=1", "started_from=2026-01-01T00:00:00Z"):
        assert [row["id"] for row in operator.get(f"/instances?{query}")["rows"]] == [begun.id]
    for query in ("search=t-7", "element=work", "version=2", "ended_from=2026-01-01T00:00:00Z", "fact=unit=1"):
        assert operator.get(f"/instances?{query}")["rows"] == []
    assert operator.send("GET", "/instances?fact=unit").json["code"] == "fact_unreadable"


def test_many_at_once_reach_nothing_outside_the_operators_scope(
    caller_of: Callers, house: House, machine: Machine
) -> None:
    """viewflow #422: acting on all that was selected left the viewer's scope."""
    fail_once(house)
    (row,) = caller_of("business_analyst").get("/incidents")["rows"]
    with house.database.unit_of_work() as session:
        add_node(session, SYSTEM, house.database.clock, parent="/kt/", kind="company", code="west", name="West")
    elsewhere = caller_of("business_analyst", "/kt/west/")
    machine.broken = False
    answer = elsewhere.post("/incidents/retry", {"incident_ids": [row["id"]], "reason": "mine"})
    assert [(one["done"], one["code"]) for one in answer.json["outcomes"]] == [(False, "incident_missing")]
    assert caller_of("business_analyst", "/kt/").get("/incidents")["count"] == 1
