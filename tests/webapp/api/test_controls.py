"""Suspending processes and looking at messages through the API."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from kernel.clock import MovedClock
from tests.webapp.api.conftest import Caller
from tests.webapp.house import House

Callers = Callable[..., Caller]


def test_a_process_is_suspended_told_and_activated(caller_of: Callers, stocked: House, clock: MovedClock) -> None:
    operator, seller = caller_of("administrator", "/"), caller_of("sales_consultant")
    address = "/definitions/booking_to_contract"
    until = (clock.now() + timedelta(days=1)).isoformat()
    told = operator.post(f"{address}/suspend", {"reason": "prices are wrong", "until": until})
    assert (told.status_code, told.json["suspended"], told.json["until"]) == (200, True, until)
    start = {
        "process": "booking_to_contract",
        "scope": stocked.project.path,
        "answers": {"entry": "walk_in", "unit_id": "x", "customer_id": "y"},
    }
    refused = seller.post("/instances", start)
    assert (refused.status_code, refused.json["code"]) == (409, "definition_suspended_until")
    assert "prices are wrong" in refused.json["detail"]
    assert seller.post(f"{address}/activate", {"reason": "mine"}).status_code == 403
    assert operator.post(f"{address}/activate", {"reason": "mended"}).json["suspended"] is False
    kept = operator.post(f"{address}/history", {"days": 3650, "reason": "the law"})
    assert kept.json["history_days"] == 3650
    assert operator.get(f"{address}/control")["history_days"] == 3650


def test_a_message_nobody_waits_for_is_kept_listed_and_published_once_per_key(caller_of: Callers) -> None:
    operator = caller_of("administrator", "/")
    body = {"name": "rate_fixed", "correlation": {"contract": "7"}, "payload": {"rate_bp": 310}}
    for _ in range(2):
        sent = operator.post("/messages", body, headers={"Idempotency-Key": "rate-7"})
        assert (sent.status_code, sent.json["delivered"]) == (200, 0)
    assert sent.headers["Idempotent-Replay"] == "true"
    (row,) = operator.get("/messages?name=rate_fixed")["rows"]
    assert (row["correlation"], row["payload"], row["state"]) == ({"contract": "7"}, {"rate_bp": 310}, "waiting")
    operator.post("/messages", {**body, "name": "not_kept", "ttl_seconds": 0})
    assert operator.get("/messages?name=not_kept")["rows"] == []
    assert caller_of("sales_consultant").send("GET", "/messages").status_code == 403
