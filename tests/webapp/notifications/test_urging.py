"""Urging (催办): by who waits, at a bearable rate, told on the holder's channels, and heard above in the end."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.api import Urged
from kernel.actor import SYSTEM, Actor
from kernel.clock import MovedClock
from kernel.errors import Invalid, Missing, NotAllowed, Stale
from ledger.staff.managers import set_manager
from tests.webapp.house import Browser
from tests.webapp.inbox.conftest import CASE, KEY, Desk
from tests.webapp.notifications.conftest import Post
from tests.webapp.notifications.test_telling import told
from webapp.engine_room import engine_for
from webapp.inbox.acts.urge import urge_task


def urge(desk: Desk, actor: Actor, task_id: str) -> Urged:
    """Somebody urges."""
    clock = desk.house.database.clock
    with desk.house.database.unit_of_work(actor) as session:
        return urge_task(engine_for(session, actor, clock), session, clock, task_id, "buyer waits, 13812345678")


@pytest.fixture
def wei(post: Post) -> Actor:
    """A consultant who began a case."""
    return post.hire("wei", "sales_consultant")


@pytest.fixture
def task_id(desk: Desk, post: Post, wei: Actor) -> str:
    """The approval that he waits for."""
    starter = Actor(wei.id, "Wei", is_system=True)
    clock = desk.house.database.clock
    with desk.house.database.unit_of_work(starter) as session:
        begun = engine_for(session, starter, clock).start(
            KEY, {**CASE, "applicants": [wei.id]}, business_key="RG-9", scope=desk.house.project.path
        )
    return desk.task(begun)


def test_the_holder_is_told_by_mail_and_text_message(desk: Desk, post: Post, wei: Actor, task_id: str) -> None:
    ann = post.hire("ann", "sales_manager", phone="+8613800138000")
    desk.claim(task_id, ann)
    post.run()
    urged = urge(desk, wei, task_id)
    assert (urged.times, urged.escalated) == (1, False)
    post.run()
    assert ("urged", ann.id) in told(desk)
    mail = post.mails("ann@")[-1]
    assert mail.subject == "Wei urges: Decide"
    assert "buyer waits" in mail.text
    assert mail.link("/d/")
    assert "Decide here, once" in post.texts()[-1].text
    for sent in (mail, post.texts()[-1]):
        assert "13812345678" not in sent.text


def test_urging_again_waits(desk: Desk, post: Post, wei: Actor, task_id: str, clock: MovedClock) -> None:
    post.hire("ann", "sales_manager")
    urge(desk, wei, task_id)
    with pytest.raises(Invalid) as refused:
        urge(desk, wei, task_id)
    assert refused.value.code == "urged_lately"
    clock.advance(timedelta(hours=4))
    assert urge(desk, wei, task_id).times == 2


def test_the_third_time_is_heard_above(
    desk: Desk, post: Post, wei: Actor, task_id: str, clock: MovedClock
) -> None:
    ann, boss = post.hire("ann", "sales_manager"), post.hire("boss", "project_gm")
    for times in (1, 2, 3):
        assert urge(desk, wei, task_id).escalated is (times == 3)
        post.run()
        assert (("escalated", boss.id) in told(desk)) is (times == 3)
        clock.advance(timedelta(hours=5))
    assert [kind for kind, who in told(desk) if who == ann.id].count("urged") == 3


def test_the_third_time_the_line_manager_of_who_has_it_is_told_and_nobody_later(
    desk: Desk, post: Post, wei: Actor, task_id: str, clock: MovedClock
) -> None:
    ann, boss, chief = (
        post.hire(name, role)
        for name, role in (("ann", "sales_manager"), ("boss", "project_gm"), ("chief", "legal"))
    )
    with desk.house.database.unit_of_work() as session:
        set_manager(session, SYSTEM, clock, staff_id=ann.id, manager_id=chief.id)
    desk.claim(task_id, ann)
    for _ in range(6):
        urge(desk, wei, task_id)
        post.run()
        clock.advance(timedelta(hours=5))
    above = [who for kind, who in told(desk) if kind == "escalated"]
    assert (above, boss.id in above) == ([chief.id], False)


def test_nobody_urges_himself_and_no_stranger_urges(desk: Desk, post: Post, task_id: str) -> None:
    ann, lee = post.hire("ann", "sales_manager"), post.hire("lee", "legal")
    with pytest.raises(NotAllowed, match="urge_takeable"):
        urge(desk, ann, task_id)
    desk.claim(task_id, ann)
    with pytest.raises(NotAllowed, match="urge_own"):
        urge(desk, ann, task_id)
    with pytest.raises(Missing):
        urge(desk, lee, task_id)


def test_urging_what_was_done_a_second_ago_says_by_whom(desk: Desk, post: Post, wei: Actor, task_id: str) -> None:
    ann = post.hire("ann", "sales_manager")
    desk.complete(task_id, ann, decision="approved")
    with pytest.raises(Stale) as refused:
        urge(desk, wei, task_id)
    assert refused.value.params["by"] == ann.id


def test_it_is_done_from_the_page_of_the_case_once_and_told_there(
    desk: Desk, post: Post, wei: Actor, task_id: str, office
) -> None:
    post.hire("ann", "sales_manager")
    browser = Browser(office.test_client())
    browser.sign_in("wei")
    with desk.house.database.reading() as session:
        case_id = engine_for(session, wei, desk.house.database.clock).find_instances().rows[0].id
    page = f"/cases/{case_id}"
    assert f"/tasks/{task_id}/urge" in browser.get(page).text
    sent = {"once": "k1", "next": page}
    assert browser.post(f"/tasks/{task_id}/urge", sent, page=page).headers["Location"] == page
    assert "Urged. You can urge again after" in browser.get(page).text
    assert browser.post(f"/tasks/{task_id}/urge", sent, page=page).headers["Location"] == page
    assert browser.get(page).text.count("urged “Decide” (time 1)") == 1
    browser.post(f"/tasks/{task_id}/urge", {"once": "k2", "next": page}, page=page)
    assert "It can be urged again after" in browser.get(page).text
