"""What another system can change of cases under way."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.webapp.api.conftest import Caller
from tests.webapp.changing import FIRST, LONGER, WITHOUT, deploy, start
from tests.webapp.house import House

Callers = Callable[..., Caller]


@pytest.fixture
def case(house: House) -> str:
    """A case of version 1; version 2 has another step behind, version 3 lacks the one it stands at."""
    deploy(house.database, FIRST)
    (begun,) = start(house.database, house.project.path)
    deploy(house.database, LONGER, WITHOUT)
    return begun


def test_a_case_is_looked_at_and_migrated_with_a_reason(caller_of: Callers, case: str) -> None:
    caller = caller_of("administrator", "/kt/")
    preview = caller.post(f"/instances/{case}/migration/preview", {"version": 2})
    assert (preview.status_code, preview.json["possible"], preview.json["done"]) == (200, True, False)
    assert [(w["element_id"], w["becomes"]) for w in preview.json["waits"]] == [("t", "kept")]
    assert caller.post(f"/instances/{case}/migration", {"version": 2}).status_code == 422
    order = {"version": 2, "reason": "the law"}
    first, again = (
        caller.post(f"/instances/{case}/migration", order, headers={"Idempotency-Key": "m1"}) for _ in range(2)
    )
    assert (first.status_code, again.status_code, again.headers["Idempotent-Replay"]) == (200, 200, "true")
    assert caller.get(f"/instances/{case}")["version"] == 2
    codes = [event["code"] for event in caller.get(f"/instances/{case}/history")["events"]]
    assert codes.count("instance_migrated") == 1


def test_what_does_not_fit_is_named_by_element(caller_of: Callers, case: str) -> None:
    caller = caller_of("administrator", "/kt/")
    refused = caller.post(f"/instances/{case}/migration", {"version": 3, "reason": "the law"})
    assert (refused.status_code, refused.json["code"], list(refused.json["fields"])) == (
        422,
        "change_refused",
        ["t"],
    )
    assert "does not have" in refused.json["fields"]["t"][0]
    preview = caller.post(f"/instances/{case}/migration/preview", {"version": 3})
    assert [f["code"] for f in preview.json["findings"]] == ["migrate_element_gone"]
    mapped = caller.post(
        f"/instances/{case}/migration", {"version": 3, "reason": "so be it", "mapping": {"t": "u"}}
    )
    assert (mapped.status_code, mapped.json["tokens"][0]["to"]) == (200, "u")


def test_a_case_is_halted_let_go_and_ended(caller_of: Callers, case: str) -> None:
    caller = caller_of("administrator", "/kt/")
    for act, state in (("suspend", "suspended"), ("resume", "active"), ("cancel", "cancelled")):
        answer = caller.post(f"/instances/{case}/{act}", {"reason": "a test"})
        assert (answer.status_code, answer.json["state"]) == (200, state)


def test_who_may_not_operate_changes_nothing(caller_of: Callers, case: str) -> None:
    caller = caller_of("sales_consultant")
    body = {"version": 2, "reason": "x"}
    for path in ("suspend", "resume", "cancel", "migration", "migration/preview"):
        sent = {"version": 2} if path.endswith("preview") else body if path == "migration" else {"reason": "x"}
        assert caller.post(f"/instances/{case}/{path}", sent).status_code in (403, 404), path
