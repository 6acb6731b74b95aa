"""A manager offers a task to others from its page; whoever had it is told and has it no longer."""

from __future__ import annotations

from ledger.notices.models import Notice
from tests.webapp.inbox.conftest import Desk
from webapp.notifications.watching import Watcher


def test_it_is_offered_from_the_menu_and_told_as_a_sentence(desk: Desk, browser_of) -> None:
    begun = desk.begin()
    task, house = desk.task(begun), desk.house
    lei, ann = browser_of("sales_manager", "lei"), house.hire("ann", "legal")
    city = browser_of("city_gm", "city", "/kt/east/sh/")
    lei.post(f"/tasks/{task}/claim", page=f"/tasks/{task}")
    page = city.get(f"/tasks/{task}").text
    assert 'data-opens="act-set_candidates"' in page
    sent = {"candidate_groups": ["project_gm"], "offer-0-person": ann.id, "candidates_reason": " "}
    house.hire("gu", "project_gm")
    again = city.post(f"/tasks/{task}/candidates", sent, page=f"/tasks/{task}")
    assert again.status_code == 422
    assert "data-open-now" in again.text and "Ann" in again.text
    done = city.post(
        f"/tasks/{task}/candidates", {**sent, "candidates_reason": "Lei is ill"}, page=f"/tasks/{task}"
    )
    assert done.status_code == 302
    told = city.get(f"/tasks/{task}").text
    assert "offered “Decide” to Project general manager, Ann" in told
    assert "Lei is ill" in told
    assert lei.post(f"/tasks/{task}", {"decision": "approved"}, page="/inbox").status_code in (403, 404)
    Watcher(house.database).look()
    with house.database.reading() as session:
        assert ann.id in {notice.staff_id for notice in session.query(Notice) if notice.kind == "group"}
