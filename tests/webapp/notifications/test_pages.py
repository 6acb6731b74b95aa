"""The bell, the list behind it, one's choices, and stopping a kind of mail from the mail itself."""

from __future__ import annotations

import re

from ledger.notices.kinds import KINDS
from ledger.notices.settings import settings_of
from tests.webapp.house import Browser
from tests.webapp.inbox.conftest import Desk
from tests.webapp.inbox.test_list import count_statements
from tests.webapp.notifications.conftest import Post


def opening(page: str) -> str:
    """Where the first note of the list is opened."""
    found = re.search(r'action="(/notifications/[^"/]+/open)"', page)
    assert found
    return found.group(1)


def signed_in(office, username: str) -> Browser:
    """A browser of somebody."""
    browser = Browser(office.test_client())
    assert browser.sign_in(username).status_code == 302
    return browser


def test_the_bell_counts_and_the_list_leads_to_the_task(desk: Desk, post: Post, office) -> None:
    post.hire("ann", "sales_manager")
    task_id = desk.task(desk.begin())
    post.run()
    ann = signed_in(office, "ann")
    assert "1 unread notification" in ann.get("/inbox").text
    page = ann.get("/notifications").text
    assert "For your group: Decide" in page
    address = opening(page)
    answer = ann.post(address, page="/notifications")
    assert answer.headers["Location"] == f"/tasks/{task_id}"
    assert "unread notification" not in ann.get("/inbox").text


def test_the_list_is_read_in_the_language_chosen_now(desk: Desk, post: Post, office) -> None:
    post.hire("ann", "sales_manager")
    desk.begin()
    post.run()
    ann = signed_in(office, "ann")
    ann.post("/language", {"language": "zh", "next": "/notifications"}, page="/notifications")
    page = ann.get("/notifications").text
    assert "岗位待办：审批" in page
    assert "For your group" not in page
    ann.post("/language", {"language": "en", "next": "/notifications"}, page="/notifications")
    assert "For your group: Decide" in ann.get("/notifications").text


def test_a_note_about_what_a_colleague_did_counts_no_more_and_says_so(desk: Desk, post: Post, office) -> None:
    post.hire("ann", "sales_manager")
    bob = post.hire("bob", "sales_manager")
    task_id = desk.task(desk.begin())
    post.run()
    desk.complete(task_id, bob, decision="approved")
    ann = signed_in(office, "ann")
    page = ann.get("/notifications").text
    assert "done by Bob" in page
    assert "unread notification" not in page
    assert "Everything is read" in ann.get("/notifications?show=unread").text


def test_nobody_reads_the_notes_of_another(desk: Desk, post: Post, office) -> None:
    post.hire("ann", "sales_manager")
    post.hire("carl", "legal")
    desk.begin()
    post.run()
    page = signed_in(office, "ann").get("/notifications").text
    address = opening(page)
    carl = signed_in(office, "carl")
    assert carl.post(address, page="/notifications").status_code == 404
    assert "No notifications yet" in carl.get("/notifications").text


def test_all_can_be_marked_as_read(desk: Desk, post: Post, office) -> None:
    post.hire("ann", "sales_manager")
    desk.begin("RG-1")
    desk.begin("RG-2")
    post.run()
    ann = signed_in(office, "ann")
    assert "2 unread notifications" in ann.get("/notifications").text
    ann.post("/notifications/read", page="/notifications")
    assert "unread notification" not in ann.get("/notifications").text


def test_the_list_costs_the_same_however_long_it_is(desk: Desk, post: Post, office) -> None:
    post.hire("ann", "sales_manager")
    desk.begin("RG-1")
    post.run()
    ann = signed_in(office, "ann")
    ann.get("/notifications")
    few = count_statements(desk.house, lambda: ann.get("/notifications"))
    for number in range(2, 9):
        desk.begin(f"RG-{number}")
    post.run()
    assert count_statements(desk.house, lambda: ann.get("/notifications")) <= few


def choices(**changes: str) -> dict[str, str]:
    """The form of choices as the page sends it."""
    usual = {f"mail.{code}": kind.mail for code, kind in KINDS.items()} | {f"in_app.{code}": "1" for code in KINDS}
    return {
        **usual,
        "zone": "Asia/Shanghai",
        "quiet_from": "21:00",
        "quiet_to": "08:00",
        "digest_1": "09:00",
        **changes,
    }


def test_choices_are_kept_and_only_what_differs_is(desk: Desk, post: Post, office) -> None:
    actor = post.hire("ann", "sales_manager")
    ann = signed_in(office, "ann")
    page = ann.get("/account/notifications").text
    assert "an***@example.com" in page
    sent = choices(**{"mail.group": "now", "sms.urged": "1", "sms.escalated": "1", "digest_2": "15:00"})
    assert ann.post("/account/notifications", sent).status_code == 302
    with desk.house.database.reading() as session:
        kept = settings_of(session, [actor.id])[actor.id]
    assert kept.choices == {"group": {"mail": "now"}}
    assert (kept.quiet_from, kept.quiet_to, kept.digest_times) == ("21:00", "08:00", ("09:00", "15:00"))


def test_choices_that_make_no_sense_are_refused_and_stay_typed(desk: Desk, post: Post, office) -> None:
    post.hire("ann", "sales_manager")
    ann = signed_in(office, "ann")
    for wrong in ({"quiet_to": ""}, {"quiet_from": "25:00"}, {"zone": "Mars/Base"}, {"digest_1": ""}):
        answer = ann.post("/account/notifications", choices(**wrong))
        assert answer.status_code == 422, wrong
        assert "Nothing was saved yet." in answer.text


def test_the_link_in_a_mail_stops_its_kind_without_signing_in(desk: Desk, post: Post, office) -> None:
    actor = post.hire("ann", "sales_manager", language="zh")
    post.choose(actor, choices={"group": {"mail": "now"}})
    desk.begin("RG-1")
    post.run()
    address = post.mails()[0].link("/notifications/stop/")
    stranger = Browser(office.test_client())
    assert "确定不再接收“任务到我的岗位”类邮件吗" in stranger.get(address).text
    desk.begin("RG-2")
    post.run()
    assert len(post.mails()) == 2
    for _ in range(2):
        assert "已退订" in stranger.client.post(address).text
    desk.begin("RG-3")
    post.run()
    assert len(post.mails()) == 2
    assert stranger.get(address[:-3] + "abc").status_code == 404
