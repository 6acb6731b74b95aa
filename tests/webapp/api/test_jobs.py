"""What an operator's own tools do with timers through the API."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from kernel.actor import SYSTEM
from kernel.clock import MovedClock
from tests.webapp.api.conftest import Caller
from tests.webapp.house import House
from tests.webapp.test_jobs import DIAGRAM, gateway
from webapp.engine_room import engine_for

__all__ = ["gateway"]
Callers = Callable[..., Caller]


def begin(house: House) -> str:
    """A case that waits an hour."""
    with house.database.unit_of_work() as session:
        engine = engine_for(session, SYSTEM, house.database.clock)
        engine.deploy({"job_story.bpmn": DIAGRAM})
        return engine.start("job_story", {"text": "hello"}, scope=house.project.path).id


def test_a_timer_is_found_moved_recalculated_and_fired(
    caller_of: Callers, house: House, gateway: object, clock: MovedClock
) -> None:
    case = begin(house)
    operator = caller_of("business_analyst")
    (job,) = operator.get("/jobs?kind=timer&process=job_story")["rows"]
    assert (job["instance_id"], job["element_id"], job["state"]) == (case, "pause", "waiting")
    later = (clock.now() + timedelta(days=3)).isoformat()
    moved = operator.post(f"/jobs/{job['id']}/due", {"due_at": later, "reason": "agreed"})
    assert (moved.status_code, moved.json["due_at"]) == (200, later)
    back = operator.post(f"/jobs/{job['id']}/recalculate", {"reason": "as drawn"})
    assert back.json["due_at"] == job["due_at"]
    fired = operator.post(f"/jobs/{job['id']}/fire", {"reason": "asked for"})
    assert fired.json["due_at"] == clock.now().isoformat()
    with house.database.unit_of_work() as session:
        assert engine_for(session, SYSTEM, clock).run_due() == 1
    assert operator.get(f"/instances/{case}")["state"] == "completed"
    assert operator.get(f"/jobs/{job['id']}")["state"] == "done"
    late = operator.post(f"/jobs/{job['id']}/fire", {"reason": "again"})
    assert (late.status_code, late.json["code"]) == (409, "job_over")


def test_an_act_on_a_timer_needs_a_reason_and_the_right(caller_of: Callers, house: House, gateway: object) -> None:
    begin(house)
    operator, manager = caller_of("business_analyst"), caller_of("sales_manager")
    (job,) = operator.get("/jobs")["rows"]
    assert operator.post(f"/jobs/{job['id']}/fire", {}).status_code == 422
    assert manager.get("/jobs")["rows"] == []
    for act, body in (
        ("fire", {"reason": "x"}),
        ("due", {"reason": "x", "due_at": job["due_at"]}),
        ("recalculate", {"reason": "x"}),
        ("retry", {"reason": "x"}),
        ("answer", {"reason": "x", "result": {}}),
    ):
        assert manager.post(f"/jobs/{job['id']}/{act}", body).status_code == 404
    refused = operator.post(f"/jobs/{job['id']}/answer", {"reason": "x", "result": {}})
    assert (refused.status_code, refused.json["code"]) == (422, "job_not_external")
