"""A copy (抄送) is read and never acted on; its sender sees who has read it, and each reader's own rights hold."""

from __future__ import annotations

import re

import pytest

from kernel.actor import Actor
from kernel.errors import Invalid, Missing
from tests.webapp.house import Browser
from tests.webapp.inbox.conftest import Desk
from tests.webapp.inbox.test_list import count_statements
from tests.webapp.notifications.conftest import Post
from tests.webapp.notifications.test_telling import told
from webapp.engine_room import engine_for


def send(desk: Desk, actor: Actor, task_id: str, *readers: Actor, note: str = "") -> list[str]:
    """Somebody sends copies; their ids."""
    clock = desk.house.database.clock
    with desk.house.database.unit_of_work(actor) as session:
        copies = engine_for(session, actor, clock).send_copy(task_id, [r.id for r in readers], note=note)
        return [copy.id for copy in copies]


def browser(office, username: str) -> Browser:
    """Somebody's browser."""
    signed_in = Browser(office.test_client())
    assert signed_in.sign_in(username).status_code == 302
    return signed_in


def test_a_reader_is_told_and_sees_the_task_by_his_own_rights(desk: Desk, post: Post, office) -> None:
    ann, clerk = post.hire("ann", "sales_manager"), post.hire("pia", "group_pricing")
    post.hire("cora", "sales_consultant")
    begun = desk.begin()
    (copy_id,) = send(desk, ann, desk.task(begun), clerk, note="for your files")
    post.run()
    assert ("copied", clerk.id) in told(desk)
    page = browser(office, "pia").get(f"/copies/{copy_id}").text
    assert "Ann sent you this to read" in page
    assert "for your files" in page
    assert "王*" in page
    assert "王磊" not in page
    assert 'name="decision"' not in page
    assert browser(office, "cora").get(f"/copies/{copy_id}").status_code == 404


def test_numbers_of_phones_and_ids_in_its_note_leave_the_house_masked(desk: Desk, post: Post, office) -> None:
    ann = post.hire("ann", "sales_manager")
    now, later = post.hire("pia", "group_pricing"), post.hire("fay", "finance_clerk")
    post.choose(now, choices={"copied": {"mail": "now"}})
    note = "Call 13812345678 of 11010519491231002X first"
    (copy_id, _other) = send(desk, ann, desk.task(desk.begin()), now, later, note=note)
    post.run()
    post.run(hours=24)
    for mail in (post.mails("pia@")[-1], post.mails("fay@")[-1]):
        assert "Call 138****5678 of 110***********002X first" in mail.text
    assert note in browser(office, "pia").get(f"/copies/{copy_id}").text, "who has signed in reads it whole"


def test_who_may_not_see_the_floor_does_not_see_it_in_a_copy(desk: Desk, post: Post, office) -> None:
    ann, clerk = post.hire("ann", "sales_manager"), post.hire("fay", "finance_clerk")
    (copy_id,) = send(desk, ann, desk.task(desk.begin()), clerk)
    page = browser(office, "fay").get(f"/copies/{copy_id}").text
    assert "1,228,800" in page
    assert "1,250,000" not in page
    assert "below the floor" not in page


def test_a_reader_may_not_act_on_the_task(desk: Desk, post: Post, office) -> None:
    ann, clerk = post.hire("ann", "sales_manager"), post.hire("fay", "finance_clerk")
    task_id = desk.task(desk.begin())
    send(desk, ann, task_id, clerk)
    fay = browser(office, "fay")
    assert fay.get(f"/tasks/{task_id}").status_code == 404
    assert fay.post(f"/tasks/{task_id}", {"decision": "approved"}, page="/inbox").status_code == 404
    assert fay.post(f"/tasks/{task_id}/claim", page="/inbox").status_code in (403, 404)


def test_the_sender_sees_who_has_read_it(desk: Desk, post: Post, office) -> None:
    ann, clerk = post.hire("ann", "sales_manager"), post.hire("fay", "finance_clerk")
    begun = desk.begin()
    (copy_id,) = send(desk, ann, desk.task(begun), clerk)
    sender = browser(office, "ann")
    page = sender.get(f"/cases/{begun.id}").text
    assert "not read yet" in page
    assert "sent a copy of “Decide” to Fay" in page
    fay = browser(office, "fay")
    assert "Copied to me" in fay.get("/inbox").text
    assert copy_id in fay.get("/inbox/copies").text
    fay.get(f"/copies/{copy_id}")
    page = sender.get(f"/cases/{begun.id}").text
    assert "not read yet" not in page
    assert re.search(r"read 2 Mar 2026", page)


def test_it_is_sent_from_the_menu_and_once(desk: Desk, post: Post, office) -> None:
    post.hire("ann", "sales_manager")
    clerk = post.hire("fay", "finance_clerk")
    task_id = desk.task(desk.begin())
    ann = browser(office, "ann")
    sent = {"copy-1-person": clerk.id, "copy_note": "", "once": "k1"}
    for _ in range(2):
        answer = ann.post(f"/tasks/{task_id}/copies", sent, page=f"/tasks/{task_id}")
        assert answer.status_code == 302
    again = ann.post(f"/tasks/{task_id}/copies", sent | {"once": "k2"}, page=f"/tasks/{task_id}")
    assert again.status_code == 422
    assert "was sent a copy before" in again.text
    nobody = ann.post(f"/tasks/{task_id}/copies", {"once": "k3"}, page=f"/tasks/{task_id}")
    assert "Choose at least one reader" in nobody.text


def test_a_done_task_can_still_be_sent(desk: Desk, post: Post) -> None:
    ann, clerk = post.hire("ann", "sales_manager"), post.hire("fay", "finance_clerk")
    task_id = desk.task(desk.begin())
    desk.complete(task_id, ann, decision="approved")
    assert send(desk, ann, task_id, clerk)


def test_who_does_not_see_a_task_sends_no_copies_of_it(desk: Desk, post: Post) -> None:
    fay, ann = post.hire("fay", "finance_clerk"), post.hire("ann", "sales_manager")
    task_id = desk.task(desk.begin())
    with pytest.raises(Exception, match=r"not_a_candidate|task_missing"):
        send(desk, fay, task_id, ann)
    with pytest.raises(Invalid, match="copy_to_self"):
        send(desk, ann, task_id, ann)
    with pytest.raises(Invalid, match="person_missing"):
        send(desk, ann, task_id, Actor("nobody", "Nobody"))


def test_nobody_reads_a_copy_for_another(desk: Desk, post: Post) -> None:
    ann, fay = post.hire("ann", "sales_manager"), post.hire("fay", "finance_clerk")
    (copy_id,) = send(desk, ann, desk.task(desk.begin()), fay)
    clock = desk.house.database.clock
    with desk.house.database.unit_of_work(ann) as session, pytest.raises(Missing, match="copy_missing"):
        engine_for(session, ann, clock).read_copy(copy_id)


# A case as a whole


def test_a_case_is_sent_from_its_page_and_its_receipt_stands_there(desk: Desk, post: Post, office) -> None:
    post.hire("ann", "sales_manager")
    fay = post.hire("fay", "finance_clerk")
    begun = desk.begin()
    page = f"/cases/{begun.id}"
    ann = browser(office, "ann")
    assert "Fay" in ann.get(f"{page}/people?q=fay").text
    sent = {"copy-1-person": fay.id, "copy_note": "for your files", "once": "k1"}
    for _ in range(2):
        assert ann.post(f"{page}/copies", sent, page=page).status_code == 302
    again = ann.post(f"{page}/copies", sent | {"once": "k2"}, page=page)
    assert again.status_code == 422
    assert "was sent a copy before" in again.text
    assert "for your files" in again.text  # What was typed stays.
    shown = ann.get(page).text
    assert "sent a copy of the case to Fay" in shown
    assert "not read yet" in shown
    post.run()
    assert told(desk, staff_id=fay.id) == [("copied", fay.id)]
    reader = browser(office, "fay")
    assert "the whole case" in reader.get("/inbox/copies").text
    (copy_id,) = re.findall(r"/copies/([0-9a-f-]{36})", reader.get("/inbox/copies").text)[:1]
    copy = reader.get(f"/copies/{copy_id}").text
    assert "Ann sent you this to read" in copy
    assert "1,250,000" not in copy
    assert "Decide" in copy  # What it waits for.
    assert "not read yet" not in ann.get(page).text


def test_a_case_may_be_sent_by_who_sees_it_alone_and_also_when_it_has_ended(desk: Desk, post: Post) -> None:
    ann, fay = post.hire("ann", "sales_manager"), post.hire("fay", "finance_clerk")
    begun, clock = desk.begin(), desk.house.database.clock
    with desk.house.database.unit_of_work(fay) as session, pytest.raises(Missing, match="instance_missing"):
        engine_for(session, fay, clock).copy_case(begun.id, [ann.id])
    desk.complete(desk.task(begun), ann, decision="approved")
    desk.complete(desk.task(begun), ann, filled=True)
    with desk.house.database.unit_of_work(ann) as session:
        (copy,) = engine_for(session, ann, clock).copy_case(begun.id, [fay.id])
    assert copy.task_id == ""


def test_the_list_of_copies_costs_the_same_however_long_it_is(desk: Desk, post: Post, office) -> None:
    ann, fay = post.hire("ann", "sales_manager"), post.hire("fay", "finance_clerk")
    clock = desk.house.database.clock

    def send_both(key: str) -> None:
        begun = desk.begin(key)
        send(desk, ann, desk.task(begun), fay)
        with desk.house.database.unit_of_work(ann) as session:
            engine_for(session, ann, clock).copy_case(begun.id, [fay.id])

    send_both("RG-1")
    reader = browser(office, "fay")
    reader.get("/inbox/copies")
    few = count_statements(desk.house, lambda: reader.get("/inbox/copies"))
    for number in range(2, 6):
        send_both(f"RG-{number}")
    assert count_statements(desk.house, lambda: reader.get("/inbox/copies")) <= few


def test_what_was_opened_leaves_the_unread_copies_and_stays_among_all(desk: Desk, post: Post, office) -> None:
    ann, clerk = post.hire("ann", "sales_manager"), post.hire("pia", "group_pricing")
    opened, waiting = (send(desk, ann, desk.task(desk.begin(key)), clerk)[0] for key in ("RG-1", "RG-2"))
    reader = browser(office, "pia")
    reader.get(f"/copies/{opened}")
    rows = {
        show: re.findall(r'data-row="([^"]+)"', reader.get(f"/inbox/copies?show={show}").text)
        for show in ("unread", "")
    }
    assert rows == {"unread": [waiting], "": [waiting, opened]}
    reader.get(f"/copies/{waiting}")
    assert "All read" in reader.get("/inbox/copies?show=unread").text
