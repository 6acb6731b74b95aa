"""Comments: who may be named in one, who hears of it, and that nothing said is ever lost."""

from __future__ import annotations

import csv
import html
import io
import re
from datetime import timedelta

import pytest
from openpyxl import load_workbook

from engine.api import EDITABLE_FOR, Engine, Invalid, Missing, NotAllowed, Stale
from kernel.actor import SYSTEM
from ledger.messages.models import Message
from tests.webapp.house import Browser, House
from tests.webapp.inbox.conftest import Desk
from tests.webapp.inbox.test_list import count_statements
from webapp.engine_room import engine_for


def said(house: House, instance_id: str) -> list[str]:
    """The texts of a case's comments."""
    with house.database.reading() as session:
        engine = engine_for(session, SYSTEM, house.database.clock)
        return [comment.text for comment in engine.comments(instance_id)]


def notes_to(house: House, staff_id: str) -> list[Message]:
    """The notes that somebody got about being named."""
    with house.database.reading() as session:
        found = session.query(Message).filter_by(recipient_id=staff_id, template="mention").all()
        session.expunge_all()
        return found


def act(house: House, actor, do):
    """One command of somebody."""
    with house.database.unit_of_work(actor) as session:
        return do(engine_for(session, actor, house.database.clock))


def test_at_finds_only_colleagues_who_may_see_the_case(desk: Desk, browser_of) -> None:
    begun = desk.begin()
    manager = browser_of("sales_manager")
    desk.house.hire("gao", "sales_manager")
    desk.house.hire("gang", "filing_clerk", desk.house.project.path)
    desk.house.hire("gavin", "sales_manager", "/kt/")
    desk.house.hire("gala", "business_analyst")
    offered = manager.get(f"/cases/{begun.id}/colleagues?q=ga").text
    assert "Gao" in offered
    assert "Gavin" in offered
    assert "Gala" in offered  # Sees every case of the project.
    assert "Gang" not in offered  # His step has not come; the case is not his to see yet.
    assert browser_of("finance_clerk").get(f"/cases/{begun.id}/colleagues?q=ga").status_code == 404


def test_who_is_named_hears_of_it_once_and_the_page_shows_the_name(desk: Desk, browser_of) -> None:
    house, begun = desk.house, desk.begin()
    task_id = desk.task(begun)
    manager = browser_of("sales_manager")
    gao = house.hire("gao", "sales_manager")
    sent = {"text": "@Gao please look <b>now</b>", "mention": gao.id, "once": "k1"}
    for _again in range(2):
        assert manager.post(f"/tasks/{task_id}/comments", sent, page=f"/tasks/{task_id}").status_code == 302
    assert said(house, begun.id) == [f"@[{gao.id}] please look <b>now</b>"]
    page = manager.get(f"/tasks/{task_id}").text
    assert '<span class="kt-mention">@Gao</span> please look &lt;b&gt;now&lt;/b&gt;' in page
    (note,) = notes_to(house, gao.id)
    assert note.params["author"] == "Sales-Manager"
    assert note.params["task_id"] == task_id
    assert notes_to(house, house.actor("sales-manager").id) == []


def test_nobody_is_named_who_may_not_see_the_case(desk: Desk) -> None:
    house, begun = desk.house, desk.begin()
    gao, clerk = house.hire("gao", "sales_manager"), house.hire("clerk", "finance_clerk")
    for stranger in (clerk.id, "no-such-person"):
        with pytest.raises(Invalid) as refused:
            act(house, gao, lambda e, who=stranger: e.comment_on_case(begun.id, f"@[{who}] look"))
        assert refused.value.code == "mention_not_reader"
    with pytest.raises(Invalid, match="mentions_too_many"):
        many = " ".join(f"@[{number}]" for number in range(30))
        act(house, gao, lambda e: e.comment_on_case(begun.id, many))
    assert said(house, begun.id) == []
    assert notes_to(house, clerk.id) == []


def test_a_stranger_can_neither_comment_nor_read(desk: Desk) -> None:
    house, begun = desk.house, desk.begin()
    clerk = house.hire("clerk", "finance_clerk")
    with pytest.raises(Missing):
        act(house, clerk, lambda e: e.comment_on_case(begun.id, "hm"))
    with pytest.raises(Missing):
        act(house, clerk, lambda e: e.add_comment(desk.task(begun), "hm"))
    comment = act(house, house.hire("gao", "sales_manager"), lambda e: e.comment_on_case(begun.id, "well"))
    with pytest.raises(Missing):
        act(house, clerk, lambda e: e.edit_comment(comment.id, "worse"))
    assert said(house, begun.id) == ["well"]


def test_an_author_words_anew_for_a_quarter_of_an_hour_and_the_former_text_stays(desk: Desk, browser_of) -> None:
    house, begun = desk.house, desk.begin()
    browser = browser_of("sales_manager")
    author, gao = house.actor("sales-manager"), house.hire("gao", "sales_manager")
    comment = act(house, author, lambda e: e.add_comment(desk.task(begun), "four per cent is fine"))
    with pytest.raises(NotAllowed, match="comment_of_another"):
        act(house, gao, lambda e: e.edit_comment(comment.id, "it is not"))
    page = f"/cases/{begun.id}"
    sent = {"text": "@Gao: three per cent", "mention": gao.id, "next": page}
    assert browser.post(f"/comments/{comment.id}", sent, page=page).status_code == 302
    text = browser.get(page).text
    assert "three per cent" in text
    assert "four per cent is fine" in text  # Under “what it said before”.
    assert "worded a comment anew" in text
    act(house, author, lambda e: e.edit_comment(comment.id, f"@[{gao.id}]: three, at most"))
    assert len(notes_to(house, gao.id)) == 1
    house.database.clock.advance(EDITABLE_FOR + timedelta(seconds=1))
    with pytest.raises(Stale, match="comment_settled"):
        act(house, author, lambda e: e.edit_comment(comment.id, "later"))
    assert "Change this comment" not in browser.get(page).text


def test_wording_anew_leads_back_to_the_task_with_the_list_it_was_opened_from(desk: Desk, browser_of) -> None:
    house, task_id = desk.house, desk.task(desk.begin())
    browser = browser_of("sales_manager")
    act(house, house.actor("sales-manager"), lambda e: e.add_comment(task_id, "four per cent"))
    address = f"/tasks/{task_id}?list=box%3Dgroup%26sort%3D-amount&at=3"
    (back,) = set(re.findall(r'name="next" value="([^"]*%3D-amount[^"]*)"', browser.get(address).text))
    sent = {"text": "three per cent", "next": html.unescape(back)}
    (comment_id,) = re.findall(r'action="/comments/([^"?]+)', browser.get(address).text)
    answer = browser.post(f"/comments/{comment_id}", sent, page=address)
    assert answer.location == f"{address}#comments"


def test_comments_outlive_the_task_and_the_case(desk: Desk, browser_of) -> None:
    house, begun = desk.house, desk.begin()
    manager = browser_of("sales_manager")
    act(house, house.actor("sales-manager"), lambda e: e.add_comment(desk.task(begun), "agreed on the phone"))
    desk.complete(desk.task(begun), house.actor("sales-manager"), decision="approved")
    clerk = browser_of("filing_clerk")  # A later approver.
    assert "agreed on the phone" in clerk.get(f"/tasks/{desk.task(begun)}").text
    desk.complete(desk.task(begun), house.actor("filing-clerk"), filled=True)
    answer = clerk.post(f"/cases/{begun.id}/comments", {"text": "filed"}, page=f"/cases/{begun.id}")
    assert answer.status_code == 302
    text = manager.get(f"/cases/{begun.id}").text
    assert "agreed on the phone" in text
    assert "commented on the case" in text


def test_the_page_asks_no_more_for_more_comments(desk: Desk, browser_of) -> None:
    house, begun = desk.house, desk.begin()
    manager: Browser = browser_of("sales_manager")
    gao = house.actor("sales-manager")

    def talk(engine: Engine) -> None:
        for number in range(12):
            one = engine.comment_on_case(begun.id, f"{number}")
            engine.edit_comment(one.id, f"{number}, no")

    page = f"/cases/{begun.id}"
    act(house, gao, lambda e: e.comment_on_case(begun.id, "first"))
    manager.get(page)  # Reads the diagram, which is kept.
    few = count_statements(house, lambda: manager.get(page))
    act(house, gao, talk)
    assert count_statements(house, lambda: manager.get(page)) == few


def test_the_history_is_taken_along_as_a_table(desk: Desk, browser_of) -> None:
    house, begun = desk.house, desk.begin()
    manager = browser_of("sales_manager")
    gao = house.hire("gao", "sales_manager")
    act(house, gao, lambda e: e.add_comment(desk.task(begun), "=1+1, said <b>@</b>"))
    act(house, house.hire("boss", "project_gm"), lambda e: e.assign(desk.task(begun), gao.id, reason="knows them"))
    act(house, gao, lambda e: e.set_priority(desk.task(begun), 80))
    act(house, house.hire("ops", "administrator"), lambda e: e.set_due(desk.task(begun), None))
    table = manager.get(f"/cases/{begun.id}/history.csv")
    assert table.headers["Content-Disposition"].startswith("attachment")
    rows = list(csv.reader(io.StringIO(table.data.decode("utf-8-sig"))))
    assert rows[0] == ["When", "Who", "What", "Note"]
    told = [tuple(row[1:]) for row in rows[1:]]
    assert ("Gao", "commented on “Decide”", "'=1+1, said <b>@</b>") in told
    assert ("Boss", "gave “Decide” to Gao", "knows them") in told
    assert ("Gao", "changed the priority of “Decide” from 50 to 80", "") in told
    assert ("Ops", "took the due date off “Decide”", "") in told
    book = load_workbook(io.BytesIO(manager.get(f"/cases/{begun.id}/history.xlsx").data))
    assert [[str(cell or "") for cell in row] for row in book.active.values] == rows
    assert browser_of("finance_clerk").get(f"/cases/{begun.id}/history.csv").status_code == 404
    assert manager.get(f"/cases/{begun.id}/history.exe").status_code == 404
