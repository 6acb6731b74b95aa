"""The page of a task: what decides stands above the form, what is typed is never lost, and nothing acts twice."""

from __future__ import annotations

import re

from engine.api import Engine, StepFailed, TaskFilter
from kernel.actor import SYSTEM
from tests.webapp.house import Browser, House
from tests.webapp.inbox.conftest import Desk
from tests.webapp.inbox.test_list import count_statements
from webapp.engine_room import engine_for

APPROVE = {"decision": "approved", "remark": "as agreed"}


def data_of(house: House, instance_id: str) -> dict[str, object]:
    """The process data."""
    with house.database.reading() as session:
        return engine_for(session, SYSTEM, house.database.clock).variables(instance_id)


def test_what_decides_stands_above_the_form(desk: Desk, browser_of) -> None:
    wei = desk.house.hire("wei", "sales_consultant")
    opinion = {
        "role": "sales_manager",
        "by": wei.id,
        "decision": "approved",
        "opinion": "fair",
        "at": "2026-03-01T02:00:00Z",
    }
    task_id = desk.task(desk.begin(applicants=[wei.id], opinions=[opinion]))
    page = browser_of("sales_manager").get(f"/tasks/{task_id}").text
    for fact in (
        "¥1,280,000<",
        "¥1,228,800<",
        "−¥51,200<",
        "4% off",
        "¥1,250,000<",
        "below the floor",
        "fair",
    ):
        assert fact in page
    assert page.index("Applied for by") < page.index('name="decision"')
    assert page.index("Wei") < page.index('name="decision"')


def test_a_task_that_is_not_ones_own_does_not_exist(desk: Desk, browser_of) -> None:
    task_id = desk.task(desk.begin())
    for role in ("filing_clerk", "finance_clerk", "legal"):
        assert browser_of(role).get(f"/tasks/{task_id}").status_code == 404
    stranger = browser_of("group_pricing")
    assert stranger.post(f"/tasks/{task_id}", APPROVE, page="/inbox").status_code == 404
    assert stranger.post(f"/tasks/{task_id}/comments", {"text": "hm"}, page="/inbox").status_code == 404
    assert stranger.post(f"/tasks/{task_id}/claim", page="/inbox").status_code in (403, 404)


def test_completing_moves_the_case_on_and_offers_what_comes_next(desk: Desk, browser_of) -> None:
    begun = desk.begin()
    browser = browser_of("sales_manager")
    answer = browser.post(f"/tasks/{desk.task(begun)}", APPROVE, follow_redirects=True)
    assert "The task is completed." in answer.text
    assert "Next: File" in answer.text
    assert "What was entered" in answer.text
    assert "as agreed" in answer.text
    assert data_of(desk.house, begun.id)["decision"] == "approved"
    assert "3栋 1201" in browser.get("/inbox?box=done").text


def test_no_earlier_decision_stands_in_the_form(desk: Desk, browser_of) -> None:
    task_id = desk.task(desk.begin(decision="approved", opinion="earlier words"))
    page = browser_of("sales_manager").get(f"/tasks/{task_id}").text
    assert 'value="approved"' in page
    assert not re.search(r'name="decision" value="\w+"\s+checked', page)
    assert "earlier words" not in page


def test_a_wrong_answer_is_told_at_its_field_and_the_rest_is_kept(desk: Desk, browser_of) -> None:
    task_id = desk.task(desk.begin())
    browser = browser_of("sales_manager")
    answer = browser.post(f"/tasks/{task_id}", {"decision": "returned", "opinion": ""})
    assert answer.status_code == 422
    assert re.search(r'value="returned"\s+checked', answer.text)
    assert "Please fill this in." in answer.text
    too_long = browser.post(f"/tasks/{task_id}", {"decision": "approved", "remark": "x" * 501})
    assert too_long.status_code == 422
    assert "x" * 501 in too_long.text


def test_a_form_sent_twice_acts_once(desk: Desk, browser_of) -> None:
    begun = desk.begin()
    task_id = desk.task(begun)
    browser = browser_of("sales_manager")
    for _ in range(2):
        assert browser.post(f"/tasks/{task_id}", APPROVE, page="/inbox").location == f"/tasks/{task_id}?done=1"
    assert browser.get(f"/cases/{begun.id}").text.count("completed “Decide”") == 1


def test_who_decided_already_and_decides_otherwise_from_another_device_is_not_told_that_it_is_done(
    desk: Desk, browser_of
) -> None:
    task_id = desk.task(desk.begin())
    browser = browser_of("sales_manager", "mei")
    assert browser.post(f"/tasks/{task_id}", APPROVE).status_code == 302
    answer = browser.post(f"/tasks/{task_id}", {"decision": "returned", "opinion": "The plan is missing"})
    assert answer.status_code == 409
    assert "Mei closed it on" in answer.text
    assert "The plan is missing" in answer.text
    assert browser.post(f"/tasks/{task_id}", APPROVE).status_code == 302


def test_who_is_too_late_learns_who_and_when_and_keeps_what_was_typed(desk: Desk, browser_of) -> None:
    task_id = desk.task(desk.begin())
    browser_of("sales_manager", "mei")
    late = browser_of("sales_manager", "lei")
    late.get(f"/tasks/{task_id}")
    desk.complete(task_id, desk.house.actor("mei"), decision="approved")
    answer = late.post(f"/tasks/{task_id}", {"decision": "rejected", "opinion": "too cheap by far"}, page="/inbox")
    assert answer.status_code == 409
    assert "Mei closed it on 2 Mar 2026, 09:00" in answer.text
    assert "too cheap by far" in answer.text
    assert "Copy what you still need" in answer.text


def test_who_may_no_longer_see_the_task_learns_what_took_it_away_and_keeps_what_was_typed(
    desk: Desk, browser_of, house: House
) -> None:
    """Given to somebody by name, who has no role for it, and then to another a second before he sends his form."""
    task_id = desk.task(desk.begin())
    browser = browser_of("filing_clerk", "fei")
    mei, chief = house.hire("mei", "sales_manager"), house.hire("chief", "administrator", "/")
    with house.database.unit_of_work(chief) as session:
        engine_for(session, chief, house.database.clock).assign(task_id, house.actor("fei").id)
    assert browser.get(f"/tasks/{task_id}").status_code == 200
    with house.database.unit_of_work(chief) as session:
        engine_for(session, chief, house.database.clock).assign(task_id, mei.id, reason="Fei is away")
    answer = browser.post(f"/tasks/{task_id}", {**APPROVE, "revision": "1"}, page="/inbox")
    assert answer.status_code == 409
    assert "Chief gave this task to Mei" in answer.text
    assert "as agreed" in answer.text
    assert "王磊" not in answer.text
    assert "Chief gave this task to Mei" in browser.get(f"/tasks/{task_id}").text
    draft = browser.post(f"/tasks/{task_id}/draft", APPROVE, page="/inbox")
    assert (draft.status_code, "Chief gave this task to Mei" in draft.text) == (409, True)
    desk.complete(task_id, mei, decision="approved")
    assert "Mei closed it on" in browser.post(f"/tasks/{task_id}", APPROVE, page="/inbox").text
    assert (
        browser_of("filing_clerk", "stranger").post(f"/tasks/{task_id}", APPROVE, page="/inbox").status_code == 404
    )


def test_facts_that_changed_under_ones_hands_are_shown_before_deciding(desk: Desk, browser_of) -> None:
    begun = desk.begin()
    task_id = desk.task(begun)
    browser = browser_of("sales_manager")
    database = desk.house.database
    with database.unit_of_work() as session:
        engine_for(session, SYSTEM, database.clock).set_instance_facts(begun.id, {"customer": "赵敏"})
    answer = browser.post(f"/tasks/{task_id}", {**APPROVE, "revision": "0"})
    assert answer.status_code == 409
    assert "changed since you opened it" in answer.text
    assert "as agreed" in answer.text
    revision = re.search(r'name="revision" value="(\d+)"', answer.text)
    assert revision
    again = browser.post(f"/tasks/{task_id}", {**APPROVE, "revision": revision.group(1)})
    assert again.status_code == 302


def test_the_applicant_cannot_decide(desk: Desk, browser_of) -> None:
    browser = browser_of("sales_manager", "mei")
    task_id = desk.task(desk.begin(applicants=[desk.house.actor("mei").id]))
    page = browser.get(f"/tasks/{task_id}").text
    assert "Somebody else must decide here" in page
    assert 'data-key="a"' not in page
    answer = browser.post(f"/tasks/{task_id}", APPROVE)
    assert answer.status_code == 403
    assert "as agreed" in answer.text


def test_somebody_elses_task_cannot_be_completed(desk: Desk, browser_of) -> None:
    task_id = desk.task(desk.begin())
    browser_of("sales_manager", "mei")
    desk.claim(task_id, desk.house.actor("mei"))
    browser = browser_of("sales_manager", "lei")
    assert "This task is with somebody else" in browser.get(f"/tasks/{task_id}").text
    answer = browser.post(f"/tasks/{task_id}", APPROVE)
    assert answer.status_code == 403
    assert "This task is with Mei" in answer.text


def test_comments_are_seen_by_later_workers_and_written_once(desk: Desk, browser_of) -> None:
    begun = desk.begin()
    task_id = desk.task(begun)
    manager = browser_of("sales_manager")
    for _ in range(2):
        manager.post(
            f"/tasks/{task_id}/comments", {"text": "<b>see me</b>", "once": "k1"}, page=f"/tasks/{task_id}"
        )
    manager.post(f"/tasks/{task_id}", APPROVE)
    page = browser_of("filing_clerk").get(f"/tasks/{desk.task(begun)}").text
    assert page.count("&lt;b&gt;see me&lt;/b&gt;") == 2  # Among the comments and in the history.
    assert manager.post(f"/tasks/{task_id}/comments", {"text": " "}, page="/inbox").status_code == 422


def test_history_is_told_in_sentences(desk: Desk, browser_of) -> None:
    begun = desk.begin()
    manager = browser_of("sales_manager", "mei")
    task_id = desk.task(begun)
    manager.post(f"/tasks/{task_id}/claim", page="/inbox")
    manager.post(f"/tasks/{task_id}", APPROVE)
    english = manager.get(f"/cases/{begun.id}").text
    for sentence in ("took “Decide”", "completed “Decide”"):
        assert sentence in english
    manager.post("/language", {"language": "zh"}, page="/inbox")
    chinese = manager.get(f"/cases/{begun.id}").text
    for sentence in ("领取了“审批”", "完成了“审批”", "提交网签"):
        assert sentence in chinese


def test_the_history_names_the_fields_that_somebody_filled_in_and_what_was_edited_by_hand(
    desk: Desk, browser_of, house: House
) -> None:
    begun = desk.begin()
    manager = browser_of("sales_manager", "mei")
    manager.post(f"/tasks/{desk.task(begun)}", APPROVE)
    ops = house.hire("ops", "administrator")
    with house.database.unit_of_work(ops) as session:
        engine = engine_for(session, ops, house.database.clock)
        engine.set_variables(begun.id, {"customer": "王小磊", "below_floor": False}, "misheard")
    for language, done, edited in (
        ("en", "Filled in: Decision, Remark.", "edited below_floor, Customer by hand: misheard"),
        ("zh", "填写：决定、备注。", "手工修改了 below_floor、客户：misheard"),
    ):
        manager.post("/language", {"language": language}, page="/inbox")
        for told in (
            manager.get(f"/cases/{begun.id}").text,
            manager.get(f"/tasks/{desk.task(begun)}").text,
            manager.get(f"/cases/{begun.id}/history.csv").data.decode("utf-8-sig"),
        ):
            assert done in told
            assert edited in told
            assert "王小磊" not in told.partition("History")[2]


def test_the_page_asks_no_more_questions_when_more_has_happened(desk: Desk, browser_of, house: House) -> None:
    task_id = desk.task(desk.begin())
    browser = browser_of("sales_manager")
    address = f"/tasks/{task_id}"
    browser.get(address)
    short = count_statements(house, lambda: browser.get(address))
    for number in range(8):
        writer = house.hire(f"writer-{number}", "sales_manager")
        with house.database.unit_of_work(writer) as session:
            engine_for(session, writer, house.database.clock).add_comment(task_id, f"remark {number}")
    assert count_statements(house, lambda: browser.get(address)) == short


def open_tasks(house: House, instance_id: str) -> int:
    """How many tasks of a case are open."""
    with house.database.reading() as session:
        wanted = TaskFilter(box="all", instance_id=instance_id)
        rows = engine_for(session, SYSTEM, house.database.clock).find_tasks(wanted).rows
        return sum(task.state == "open" for task in rows)


def test_the_case_shows_the_diagram_and_its_data_to_operators_alone(desk: Desk, browser_of) -> None:
    begun = desk.begin()
    manager = browser_of("sales_manager")
    page = manager.get(f"/cases/{begun.id}").text
    assert f"/cases/{begun.id}/diagram.bpmn" in page
    assert "Data of the process" not in page
    assert manager.get(f"/cases/{begun.id}/diagram.bpmn").text.startswith("<?xml")
    operator = browser_of("business_analyst", path="/kt/")
    seen = operator.get(f"/cases/{begun.id}").text
    assert "Data of the process" in seen
    assert "floor_price_fen" not in seen
    assert browser_of("finance_clerk").get(f"/cases/{begun.id}").status_code == 404
    assert browser_of("legal").get(f"/cases/{begun.id}/diagram.bpmn").status_code == 404


def start_page(browser: Browser) -> str:
    """The start form."""
    page = browser.get("/start", follow_redirects=True)
    assert page.status_code == 200
    return page.text


def test_a_process_is_started_with_its_form_once(desk: Desk, browser_of) -> None:
    consultant = browser_of("sales_consultant")
    assert "How does it begin?" in start_page(consultant)
    place = desk.house.project.path
    refused = consultant.post("/start/booking_to_contract", {"at": place, "entry": "hold", "hold_hours": "1000"})
    assert refused.status_code == 422
    assert "At most 720 is possible." in refused.text
    answers = {
        "at": place,
        "entry": "walk_in",
        "unit_id": desk.house.project.id,
        "customer_id": desk.house.project.id,
    }
    first, second = (
        consultant.post("/start/booking_to_contract", {**answers, "once": "k1"}).location for _ in range(2)
    )
    assert first == second
    assert first.startswith("/cases/")
    assert open_tasks(desk.house, first.rpartition("/")[2]) == 1
    assert "Filled in: How does it begin?, Unit, Customer." in consultant.get(first).text


def test_a_start_form_is_filled_from_its_address(desk: Desk, browser_of) -> None:
    page = browser_of("sales_consultant").get("/start/booking_to_contract?entry=hold&hold_hours=36").text
    assert re.search(r'value="hold"\s+checked', page)
    assert 'value="36"' in page


def test_who_may_not_start_a_process_finds_none(desk: Desk, browser_of) -> None:
    clerk = browser_of("finance_clerk")
    assert "There is nothing that you may start" in start_page(clerk)
    assert clerk.get("/start/booking_to_contract").status_code == 404
    assert clerk.post("/start/booking_to_contract", {"entry": "hold"}, page="/inbox").status_code == 404
    assert "New sale" not in clerk.get("/inbox").text


def test_who_may_not_see_customers_sees_no_whole_name(desk: Desk, browser_of) -> None:
    begun = desk.begin()
    database = desk.house.database
    with database.unit_of_work() as session:
        engine_for(session, SYSTEM, database.clock).set_instance_facts(begun.id, {"customer": "王磊"})
    analyst = browser_of("business_analyst")
    for address in (f"/cases/{begun.id}", "/operations/cases", f"/tasks/{desk.task(begun)}"):
        page = analyst.get(address)
        assert page.status_code == 200
        assert "王磊" not in page.text
        assert "王*" in page.text


def test_a_step_that_fails_behind_the_task_keeps_what_was_typed(desk: Desk, browser_of, monkeypatch) -> None:
    task_id = desk.task(desk.begin())
    browser = browser_of("sales_manager")

    def fail(*_args: object, **_more: object) -> None:
        raise StepFailed(
            instance_id=None, element_id="file", element_name="File", error_type="OSError", message_code="unexpected"
        )  # fmt: skip

    monkeypatch.setattr(Engine, "complete", fail)
    answer = browser.post(f"/tasks/{task_id}", APPROVE)
    assert "could not be carried out" in answer.text
    assert "as agreed" in answer.text
    assert "File" in browser_of("business_analyst", path="/").get("/operations/incidents").text
