"""Line managers through the API: listed in one's scope, entered by who manages the account, never in a circle."""

from __future__ import annotations

from collections.abc import Callable

from kernel.actor import SYSTEM
from ledger.organisation.operations import add_node
from tests.webapp.api.conftest import Caller
from tests.webapp.house import House


def test_a_line_is_entered_listed_and_kept_from_going_round(
    caller_of: Callable[..., Caller], house: House
) -> None:
    admin, an, bo = caller_of("administrator", "/"), house.hire("an", "legal"), house.hire("bo", "project_gm")
    made = admin.post(f"/line-managers/{an.id}", {"manager_id": bo.id})
    assert [row["manager_id"] for row in made.json["rows"]] == [bo.id]
    assert [row["staff_id"] for row in admin.get(f"/line-managers?manager_id={bo.id}")["rows"]] == [an.id]
    round_about = admin.post(f"/line-managers/{bo.id}", {"manager_id": an.id})
    assert (round_about.status_code, round_about.json["code"]) == (422, "manager_circle")
    assert admin.post(f"/line-managers/{an.id}", {"manager_id": None}).status_code == 200
    assert admin.get("/line-managers")["rows"] == []
    assert len(admin.get(f"/line-managers/{an.id}")["rows"]) <= 1


def test_others_see_their_scope_and_enter_nothing(caller_of: Callable[..., Caller], house: House) -> None:
    with house.database.unit_of_work() as session:
        add_node(session, SYSTEM, house.database.clock, parent="/kt/", kind="company", code="west", name="West")
    admin, bo = caller_of("administrator", "/"), house.hire("bo", "project_gm")
    an, far = house.hire("an", "legal"), house.hire("far", "legal", "/kt/west/")
    for one in (an, far):
        admin.post(f"/line-managers/{one.id}", {"manager_id": bo.id})
    manager = caller_of("sales_manager")
    assert [row["staff_id"] for row in manager.get("/line-managers")["rows"]] == [an.id]
    assert manager.send("GET", f"/line-managers/{far.id}").status_code == 404
    assert manager.post(f"/line-managers/{an.id}", {"manager_id": None}).status_code == 403
    assert caller_of("sales_consultant").send("GET", "/line-managers").status_code == 403
