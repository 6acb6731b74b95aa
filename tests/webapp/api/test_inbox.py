"""The inbox by API: boxes, several sort keys, stars, snoozing, unread marks, columns, saved filters."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from tests.webapp.api.conftest import Caller
from tests.webapp.inbox.conftest import Desk, desk

Callers = Callable[..., Caller]
__all__ = ["desk"]


def keys(caller: Caller, query: str) -> list[str]:
    return [row["business_key"] for row in caller.get(f"/tasks?{query}")["rows"]]


def test_lists_are_sorted_by_several_keys_and_unknown_ones_are_refused(caller_of: Callers, desk: Desk) -> None:
    for number, customer, amount in (("1", "B", 500), ("2", "A", 300), ("3", "B", 900)):
        desk.begin(number, customer=customer, amount_fen=amount)
    caller = caller_of("sales_manager")
    assert keys(caller, "box=group&sort=fact:customer,-fact:amount_fen") == ["2", "3", "1"]
    assert keys(caller, "box=group&process=booking_to_contract&version=2") == []
    for sort in ("x", "due;", "due,due,due,due,due", "fact:"):
        assert caller.send("GET", f"/tasks?sort={sort}").status_code == 422


def test_stars_snoozing_and_reading_are_the_callers_own(caller_of: Callers, desk: Desk) -> None:
    begun = desk.begin("1")
    task = desk.task(begun)
    caller, other = caller_of("sales_manager"), caller_of("filing_clerk")
    assert caller.post(f"/tasks/{task}/follow").status_code == 204
    assert caller.post(f"/instances/{begun.id}/follow", {"on": True}).status_code == 204
    assert keys(caller, "box=followed") == ["1"]
    assert keys(caller, "box=group&unread=true") == ["1"]
    assert caller.post(f"/tasks/{task}/see").status_code == 204
    assert keys(caller, "box=group&unread=true") == []
    until = (desk.house.database.clock.now() + timedelta(days=1)).isoformat()
    assert caller.post(f"/tasks/{task}/snooze", {"until": until}).status_code == 204
    assert (keys(caller, "box=group"), keys(caller, "box=snoozed")) == ([], ["1"])
    caller.post(f"/tasks/{task}/snooze", {"until": None})
    assert keys(caller, "box=group") == ["1"]
    for act, body in (("follow", {}), ("see", {}), ("snooze", {"until": until})):
        assert other.post(f"/tasks/{task}/{act}", body).status_code in (403, 404)
    assert other.post(f"/instances/{begun.id}/follow").status_code == 404


def test_columns_and_filters_are_kept(caller_of: Callers, desk: Desk) -> None:
    desk.begin("1", amount_fen=300)
    caller, other = caller_of("sales_manager"), caller_of("filing_clerk")
    assert caller.send("PUT", "/inbox/group/columns", json={"columns": ["left", "amount"]}).status_code == 204
    assert caller.get("/inbox/group/columns") == {"columns": ["left", "amount"]}
    body = {"name": "Small", "criteria": {"box": "group", "amount_to": "10"}}
    made = caller.post("/inbox/filters", body)
    assert (made.status_code, made.json["is_mine"], made.json["criteria"]) == (201, True, body["criteria"])
    at = f"/inbox/filters/{made.json['id']}"
    assert caller.get(f"{at}/count") == {"count": 1}
    assert other.send("GET", f"{at}/count").status_code == 404
    assert other.send("PUT", at, json=body).status_code == 404
    share = {"role": "filing_clerk", "path": desk.house.project.path}
    assert caller.send("PUT", at, json={**body, "shares": [share]}).status_code == 200
    assert [row["name"] for row in other.get("/inbox/filters")["rows"]] == ["Small"]
    assert other.send("DELETE", at).status_code == 404
    assert caller.send("DELETE", at).status_code == 204
    assert other.get("/inbox/filters") == {"rows": []}
