"""Taking part in a task over the API."""

from __future__ import annotations

import pytest

from engine.api import TaskFilter
from kernel.actor import SYSTEM
from tests.webapp.house import House
from tests.webapp.inbox.conftest import DIAGRAM, KEY, Desk
from webapp.engine_room import engine_for


@pytest.fixture
def desk(house: House) -> Desk:
    """The process is deployed."""
    with house.database.unit_of_work() as session:
        engine_for(session, SYSTEM, house.database.clock).deploy({f"{KEY}.bpmn": DIAGRAM})
    return Desk(house)


def open_tasks(house: House, instance_id: str) -> int:
    with house.database.reading() as session:
        wanted = TaskFilter(box="all", instance_id=instance_id, states=("open",))
        return engine_for(session, SYSTEM, house.database.clock).count_tasks(wanted)


def test_people_are_added_once_and_the_signing_is_told(desk: Desk, caller_of) -> None:
    lex, caller = desk.house.hire("lex", "legal"), caller_of("sales_manager")
    begun = desk.begin()
    task_id = desk.task(begun)
    body = {"part": "before", "staff_ids": [lex.id], "reason": "Read it"}
    for _ in range(2):
        answer = caller.post(f"/tasks/{task_id}/signers", body, headers={"Idempotency-Key": "a"})
        assert answer.status_code == 200, answer.text
    assert answer.json["held"] == "before"
    assert open_tasks(desk.house, begun.id) == 2
    (signing,) = caller.get(f"/tasks/{task_id}/signings")["rows"]
    assert (signing["part"], signing["signers"][0]["person"], signing["tally"]["needed"]) == ("before", lex.id, 1)
    late = caller.post(f"/tasks/{task_id}/complete", {"answers": {"decision": "approved", "remark": "ok"}})
    assert (late.status_code, late.json["code"]) == (422, "task_waits_for_signers")
    done = caller.post(f"/tasks/{task_id}/signers/withdraw", {"reason": "In a hurry"})
    assert done.json["held"] == "over"
    assert open_tasks(desk.house, begun.id) == 1


def test_a_vote_needs_people_who_may_take_part(desk: Desk, caller_of) -> None:
    lex, lea = (desk.house.hire(name, "legal") for name in ("lex", "lea"))
    caller = caller_of("sales_manager")
    task_id = desk.task(desk.begin(applicants=[lea.id]))
    refused = caller.post(f"/tasks/{task_id}/vote", {"staff_ids": [lex.id, lea.id]})
    assert (refused.status_code, refused.json["code"]) == (403, "four_eyes_of")
    gm = desk.house.hire("gm", "project_gm")
    answer = caller.post(f"/tasks/{task_id}/vote", {"staff_ids": [lex.id, gm.id], "rule": "percent", "number": 50})
    assert answer.json["held"] == "vote"


def test_handing_over_and_having_prepared(desk: Desk, caller_of) -> None:
    lin, lex = desk.house.hire("lin", "sales_manager"), desk.house.hire("lex", "legal")
    caller = caller_of("sales_manager")
    task_id = desk.task(desk.begin())
    prepared = caller.post(f"/tasks/{task_id}/delegate", {"staff_id": lex.id})
    assert (prepared.json["delegation"], prepared.json["assignee"]) == ("pending", lex.id)
    assert caller.post(f"/tasks/{task_id}/resolve", {}).status_code == 403
    refused = caller.post(f"/tasks/{task_id}/hand-over", {"staff_id": lex.id})
    assert (refused.status_code, refused.json["code"]) == (422, "hand_over_to_holder")
    assert caller.post(f"/tasks/{task_id}/hand-over", {"staff_id": lin.id}).json["assignee"] == lin.id
    gone = caller.post(f"/tasks/{task_id}/hand-over", {"staff_id": lex.id, "reason": "again"})
    assert (gone.status_code, gone.json["code"]) == (403, "task_of_another")
