"""What another system can change of cases under way."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.api import default_registry
from tests.webapp.api.conftest import Caller
from tests.webapp.changing import FIRST, LONGER, WITHOUT, deploy, start
from tests.webapp.house import House
from webapp.jobs import JobRunner

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


def test_many_cases_are_migrated_by_one_order(caller_of: Callers, case: str, house: House) -> None:
    caller = caller_of("administrator", "/kt/")
    start(house.database, house.project.path, 2)
    runner = JobRunner(house.database, default_registry)
    order = {"kind": "migrate", "which": {"process": "story"}, "params": {"version": 2}, "reason": "the law"}
    assert caller.post("/batches", order).status_code == 201
    runner.run_due()
    order["params"] = {"version": 1}
    begun = caller.post("/batches", order)
    assert (begun.status_code, begun.json["total"], begun.json["waiting"]) == (201, 3, 3)
    batch = begun.json["id"]
    assert caller.post(f"/batches/{batch}/stop").json["state"] == "stopped"
    assert caller.post(f"/batches/{batch}/continue").json["state"] == "running"
    runner.run_due()
    assert caller.get(f"/batches/{batch}")["failed"] == 2
    (first, _) = caller.get(f"/batches/{batch}/items?state=failed")["rows"]
    assert (first["findings"][0]["element_id"], first["code"]) == ("u", "change_refused")
    assert caller.get("/batches")["rows"][0]["id"] == batch
    undo = caller.post(f"/batches/{batch}/undo", {"reason": "a mistake"})
    assert (undo.status_code, undo.json["undoes"], undo.json["total"]) == (201, batch, 1)
    assert caller_of("sales_consultant").post("/batches", {**order, "ids": [case], "which": None}).status_code in (
        403, 404,
    )  # fmt: skip
    assert caller.post("/batches", {**order, "kind": "burn"}).status_code == 422
    assert caller.post("/batches", {**order, "params": {}}).json["code"] == "batch_version_missing"


def test_a_token_is_moved_after_a_look(caller_of: Callers, house: House) -> None:
    deploy(house.database, LONGER)
    (case,) = start(house.database, house.project.path)
    caller = caller_of("administrator", "/kt/")
    changes = [{"kind": "cancel", "element_id": "t"}, {"kind": "before", "element_id": "u"}]
    looked = caller.post(f"/instances/{case}/modification/preview", {"changes": changes})
    assert [(w["becomes"], w["element_id"]) for w in looked.json["waits"]] == [("begun", "u"), ("ended", "t")]
    assert [w["element_id"] for w in caller.get(f"/instances/{case}/waiting")["waiting"]] == ["t"]
    done = caller.post(f"/instances/{case}/modification", {"changes": changes, "reason": "by hand"})
    assert (done.status_code, done.json["done"]) == (200, True)
    assert [w["element_id"] for w in caller.get(f"/instances/{case}/waiting")["waiting"]] == ["u"]
    again = caller.post(f"/instances/{case}/modification", {"changes": changes, "reason": "by hand"})
    assert (again.status_code, list(again.json["fields"])) == (422, ["t"])
    sent = {"changes": changes, "reason": "x"}
    assert caller_of("sales_consultant").post(f"/instances/{case}/modification", sent).status_code in (403, 404)


def test_an_ended_case_begins_anew(caller_of: Callers, case: str) -> None:
    caller = caller_of("administrator", "/kt/")
    assert caller.post(f"/instances/{case}/restart/preview", {"at": ["t"]}).json["code"] == "restart_still_runs"
    caller.post(f"/instances/{case}/cancel", {"reason": "a mistake"})
    looked = caller.post(f"/instances/{case}/restart/preview", {"at": ["t"]})
    assert (looked.status_code, [w["element_id"] for w in looked.json["waits"]]) == (200, ["t"])
    done = caller.post(f"/instances/{case}/restart", {"at": ["u"], "version": 2, "reason": "after all"})
    assert done.status_code == 201
    assert caller.get(f"/instances/{done.json['instance_id']}")["version"] == 2
    assert caller_of("sales_consultant").post(
        f"/instances/{case}/restart", {"at": ["t"], "reason": "x"}
    ).status_code in (403, 404)


def test_versions_are_listed_compared_and_rolled_back(caller_of: Callers, case: str) -> None:
    caller = caller_of("administrator", "/kt/")
    assert [d["version"] for d in caller.get("/definitions/story/versions")["definitions"]] == [3, 2, 1]
    found = caller.get("/definitions/story/differences?old=1&new=2")["differences"]
    told = {(one["becomes"], one["element_id"]) for one in found if one["kind"] != "sequenceFlow"}
    assert told == {("added", "u")}
    back = caller.post("/definitions/story/rollback", {"version": 1, "note": "as it was"})
    assert (back.status_code, back.json["version"], back.json["note"]) == (201, 4, "as it was")
    assert caller.get("/definitions/story/differences?old=1&new=4")["differences"] == []
    again = caller.post("/definitions/story/rollback", {"version": 4})
    assert (again.status_code, again.json["code"]) == (422, "version_is_newest")
    assert caller.get(f"/instances/{case}")["version"] == 1
    assert caller_of("sales_consultant").post("/definitions/story/rollback", {"version": 1}).status_code == 403
