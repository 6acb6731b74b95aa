"""Deciding by a one-time link: the facts without signing in, one decision, and a plain word for every refusal."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from engine.api import TaskFilter
from kernel.actor import SYSTEM, Actor, Grant
from kernel.audit import AuditRow
from kernel.clock import MovedClock
from ledger.staff.models import Staff, StaffRole
from ledger.staff.operations import deactivate_staff
from tests.webapp.inbox.conftest import Desk
from tests.webapp.inbox.test_task import data_of
from tests.webapp.notifications.conftest import Post
from webapp.engine_room import engine_for
from webapp.links.models import TaskLink
from webapp.links.views import PER_MINUTE

APPROVED = {"decision": "approved", "remark": "as agreed"}


@pytest.fixture
def phone(office) -> FlaskClient:
    """A phone on which nobody is signed in."""
    return office.test_client()


@pytest.fixture
def ann(post: Post) -> Actor:
    """An approver who wants mail at once."""
    ann = post.hire("ann", "sales_manager")
    post.choose(ann, choices={"group": {"mail": "now"}})
    return ann


def link_of(post: Post) -> str:
    """The path of the link in the last mail."""
    post.run()
    return post.mails()[-1].link("/d/")


def test_the_link_shows_what_decides_with_the_customer_covered(
    desk: Desk, post: Post, ann: Actor, phone: FlaskClient
) -> None:
    desk.begin(money_effect_fen=-51_200_00, reason="call 13800138000 first")
    page = phone.get(link_of(post)).text
    for fact in ("¥1,228,800<", "4% off", "¥1,250,000<", "below the floor", "王*"):
        assert fact in page
    assert "王磊" not in page
    assert "13800138000" not in page


def test_opening_it_changes_nothing_however_often(desk: Desk, post: Post, ann: Actor, phone: FlaskClient) -> None:
    begun = desk.begin()
    address = link_of(post)
    for _ in range(3):
        assert phone.get(address).status_code == 200
        assert phone.head(address).status_code == 200
    assert desk.task(begun)
    with desk.house.database.reading() as session:
        assert session.scalars(select(TaskLink.used_at)).all() == [None]


def test_a_decision_is_taken_once_and_logged_with_its_channel(
    desk: Desk, post: Post, ann: Actor, phone: FlaskClient
) -> None:
    begun = desk.begin()
    address = link_of(post)
    answer = phone.post(address, data=APPROVED)
    assert answer.status_code == 200
    assert "Done: Approve" in answer.text
    assert data_of(desk.house, begun.id)["decision"] == "approved"
    again = phone.post(address, data={"decision": "rejected", "opinion": "no"})
    assert again.status_code == 409
    assert "Ann used this link on" in again.text
    assert data_of(desk.house, begun.id)["decision"] == "approved"
    clock = desk.house.database.clock
    with desk.house.database.reading() as session:
        told = engine_for(session, SYSTEM, clock).history(begun.id)
        (event,) = [event for event in told if event.code == "task_decided_by_link"]
        assert event.actor_id == ann.id
        assert event.params["channel"] == "by_channel.mail"
        logged = session.scalars(select(AuditRow).where(AuditRow.action == "task:complete_by_link")).one()
        assert logged.after == {"channel": "mail"}


def test_history_says_so_in_words(desk: Desk, post: Post, ann: Actor, phone: FlaskClient, browser_of) -> None:
    begun = desk.begin()
    phone.post(link_of(post), data=APPROVED)
    page = browser_of("sales_manager", "bob").get(f"/cases/{begun.id}").text
    assert "by a link from e-mail, without signing in" in page


@pytest.mark.parametrize("decision", ["returned", "rejected"])
def test_returning_and_rejecting_need_an_opinion(
    desk: Desk, post: Post, ann: Actor, phone: FlaskClient, decision: str
) -> None:
    begun = desk.begin()
    address = link_of(post)
    refused = phone.post(address, data={"decision": decision, "opinion": ""})
    assert refused.status_code == 422
    assert "correct" in refused.text
    assert phone.post(address, data={"decision": decision, "opinion": "too low"}).status_code == 200
    assert data_of(desk.house, begun.id)["opinion"] == "too low"


def test_a_decision_that_is_none_is_refused(desk: Desk, post: Post, ann: Actor, phone: FlaskClient) -> None:
    desk.begin()
    address = link_of(post)
    for wrong in ({}, {"decision": "perhaps"}):
        assert phone.post(address, data=wrong).status_code == 422
    assert phone.get(address).status_code == 200


def refusal(phone: FlaskClient, address: str, status: int) -> str:
    """What opening and sending are refused with, the same for both."""
    shown, sent = phone.get(address), phone.post(address, data=APPROVED)
    assert (shown.status_code, sent.status_code) == (status, status)
    return str(sent.text)


def test_it_says_who_has_decided_meanwhile(desk: Desk, post: Post, ann: Actor, phone: FlaskClient) -> None:
    bob = post.hire("bob", "sales_manager")
    begun = desk.begin()
    address = link_of(post)
    desk.complete(desk.task(begun), bob, decision="approved")
    assert "Bob closed it" in refusal(phone, address, 409)


def test_it_is_refused_when_the_task_has_changed(desk: Desk, post: Post, ann: Actor, phone: FlaskClient) -> None:
    task_id = desk.task(desk.begin())
    address = link_of(post)
    operator = Actor("op", "Op", (Grant("x", "/", frozenset({"engine:operate"})),))
    with desk.house.database.unit_of_work(operator) as session:
        engine = engine_for(session, operator, desk.house.database.clock)
        engine.set_due(task_id, desk.house.database.clock.now() + timedelta(days=9))
    assert "The task has changed" in refusal(phone, address, 409)


def test_it_is_refused_when_the_case_went_on_without_it(
    desk: Desk, post: Post, ann: Actor, phone: FlaskClient
) -> None:
    begun = desk.begin()
    address = link_of(post)
    with desk.house.database.unit_of_work() as session:
        engine_for(session, SYSTEM, desk.house.database.clock).cancel(begun.id, "withdrawn")
    assert "no longer needed" in refusal(phone, address, 409)


def test_it_is_refused_when_it_is_too_old(
    desk: Desk, post: Post, ann: Actor, phone: FlaskClient, clock: MovedClock
) -> None:
    desk.begin()
    address = link_of(post)
    clock.advance(timedelta(hours=71))
    assert phone.get(address).status_code == 200
    clock.advance(timedelta(hours=2))
    assert "This link was good until" in refusal(phone, address, 409)


def test_it_is_refused_when_its_owner_took_it_back(
    desk: Desk, post: Post, ann: Actor, phone: FlaskClient, office
) -> None:
    from tests.webapp.house import Browser  # noqa: PLC0415

    desk.begin()
    address = link_of(post)
    browser = Browser(office.test_client())
    browser.sign_in("ann")
    browser.post("/account/notifications/links/revoke", page="/account/notifications")
    assert "was taken back" in refusal(phone, address, 409)


def test_a_new_password_ends_earlier_links(desk: Desk, post: Post, ann: Actor, phone: FlaskClient) -> None:
    desk.begin()
    address = link_of(post)
    with desk.house.database.unit_of_work() as session:
        session.execute(update(Staff).where(Staff.id == ann.id).values(sign_in_epoch=Staff.sign_in_epoch + 1))
    assert "changed your password" in refusal(phone, address, 409)


def test_it_is_refused_to_who_has_left(desk: Desk, post: Post, ann: Actor, phone: FlaskClient) -> None:
    desk.begin()
    address = link_of(post)
    with desk.house.database.unit_of_work() as session:
        deactivate_staff(session, SYSTEM, desk.house.database.clock, staff_id=ann.id, reason="left")
    assert "is closed" in refusal(phone, address, 403)


def test_it_is_refused_to_who_lost_the_role(desk: Desk, post: Post, ann: Actor, phone: FlaskClient) -> None:
    desk.begin()
    address = link_of(post)
    with desk.house.database.unit_of_work() as session:
        session.execute(update(StaffRole).where(StaffRole.staff_id == ann.id).values(role="legal"))
    assert "no longer hold the role" in refusal(phone, address, 403)


def test_four_eyes_hold_for_links_too(desk: Desk, post: Post, ann: Actor, phone: FlaskClient) -> None:
    from engine.store.tasks import TABLE  # noqa: PLC0415

    task_id = desk.task(desk.begin())
    address = link_of(post)
    with desk.house.database.unit_of_work() as session:
        session.execute(update(TABLE).where(TABLE.c.id == task_id).values(excluded=[ann.id]))
    assert "You may not decide here" in refusal(phone, address, 403)


def test_an_invented_link_leads_nowhere(desk: Desk, post: Post, ann: Actor, phone: FlaskClient) -> None:
    desk.begin()
    address = link_of(post)
    assert "链接不存在" in refusal(phone, address[:-2] + "xx", 404)


def test_the_database_holds_no_link(desk: Desk, post: Post, ann: Actor) -> None:
    desk.begin()
    token = link_of(post).removeprefix("/d/")
    with desk.house.database.engine.connect() as connection:
        for table in (
            "message",
            "message_event",
            "webapp_task_link",
            "notice",
            "notice_delivery",
            "engine_job",
            "audit",
        ):
            for row in connection.exec_driver_sql(f"SELECT * FROM {table}"):  # noqa: S608 - names from above
                assert token not in str(row)


def test_nobody_tries_many_links(desk: Desk, post: Post, phone: FlaskClient) -> None:
    answers = [phone.get(f"/d/guess{number}").status_code for number in range(PER_MINUTE + 1)]
    assert answers == [404] * PER_MINUTE + [429]


def test_the_address_goes_to_no_other_site_and_is_kept_nowhere(
    desk: Desk, post: Post, ann: Actor, phone: FlaskClient
) -> None:
    desk.begin()
    headers = phone.get(link_of(post)).headers
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"
    assert "noindex" in headers["X-Robots-Tag"]


def test_a_link_decides_its_own_task_alone(desk: Desk, post: Post, ann: Actor, phone: FlaskClient) -> None:
    desk.begin("RG-1")
    address = link_of(post)
    other = desk.begin("RG-2")
    phone.post(address, data=APPROVED)
    assert phone.get(f"/tasks/{desk.task(other)}").status_code == 302
    with desk.house.database.reading() as session:
        engine = engine_for(session, SYSTEM, desk.house.database.clock)
        found = engine.find_tasks(TaskFilter(box="all", instance_id=other.id)).rows
        assert [task.state for task in found] == ["open"]


def test_a_language_chosen_on_the_device_counts_before_that_of_the_person(
    desk: Desk, post: Post, ann: Actor, phone: FlaskClient
) -> None:
    desk.begin()
    address = link_of(post)
    assert 'lang="en"' in phone.get(address).text
    phone.set_cookie("language", "zh")
    assert 'lang="zh-CN"' in phone.get(address).text


def test_a_refused_link_leads_to_its_task_and_an_unknown_one_to_the_inbox(
    desk: Desk, post: Post, ann: Actor, phone: FlaskClient
) -> None:
    bob = post.hire("bob", "sales_manager")
    task_id = desk.task(desk.begin())
    address = link_of(post)
    desk.claim(task_id, bob)
    assert f'href="/tasks/{task_id}"' in phone.get(address).text
    assert 'href="/inbox"' in phone.get("/d/unknown").text
