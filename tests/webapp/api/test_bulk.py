"""One act on many tasks by another system: ordered, worked off, each refusal with its reason, drafts beside it."""

from __future__ import annotations

from tests.webapp.inbox import conftest

desk = conftest.desk


def test_many_tasks_are_decided_and_each_refusal_says_why(desk, caller_of) -> None:
    caller = caller_of("sales_manager")
    tasks = [desk.task(desk.begin(f"RG-{number}")) for number in range(3)]
    lei = desk.house.hire("lei", "sales_manager")
    desk.complete(tasks[0], lei, decision="approved")
    run = caller.post("/bulk", {"act": "approve", "ids": tasks, "words": "fair"})
    assert run.status_code == 201
    assert (run.json["waiting"], run.json["done"]) == (3, 0)
    ended = caller.post(f"/bulk/{run.json['id']}/continue").json
    assert (ended["state"], ended["done"], len(ended["refused"])) == ("ended", 2, 1)
    assert "Lei closed it" in ended["refused"][0]["why"]
    assert caller.get(f"/bulk/{run.json['id']}")["done"] == 2
    assert caller.post(f"/bulk/{run.json['id']}/continue").json["done"] == 2


def test_an_order_sent_twice_with_its_key_is_one_run(desk, caller_of) -> None:
    caller, task = caller_of("sales_manager"), desk.task(desk.begin())
    first, second = (
        caller.post("/bulk", {"act": "claim", "ids": [task]}, headers={"Idempotency-Key": "k"}).json
        for _ in range(2)
    )
    assert first["id"] == second["id"]


def test_a_whole_list_is_stopped_goes_on_and_stays_in_the_callers_scope(desk, caller_of) -> None:
    desk.begin("RG-1")
    stranger = caller_of("sales_manager", "/kt/east/sh/")
    assert stranger.post("/bulk", {"act": "approve", "which": {"project": "/kt/west/"}}).status_code == 422
    caller = caller_of("sales_manager")
    run = caller.post("/bulk", {"act": "claim", "which": {"box": "group"}}).json["id"]
    assert caller.post(f"/bulk/{run}/stop").json["state"] == "stopped"
    assert stranger.send("GET", f"/bulk/{run}").status_code == 404
    assert caller.post(f"/bulk/{run}/continue").json["done"] == 1


def test_a_draft_is_kept_and_shown_again(desk, caller_of) -> None:
    caller, task = caller_of("sales_manager"), desk.task(desk.begin())
    assert caller.post(f"/tasks/{task}/draft", {"answers": {"decision": "returned"}}).status_code == 200
    assert caller.get(f"/tasks/{task}")["own_draft"]["answers"] == {"decision": "returned"}
    lei = desk.house.hire("lei", "sales_manager")
    desk.complete(task, lei, decision="approved")
    late = caller.post(f"/tasks/{task}/draft", {"answers": {"decision": "approved"}})
    assert (late.status_code, late.json["code"]) == (409, "task_closed")
    assert "Lei closed it" in late.json["detail"]
