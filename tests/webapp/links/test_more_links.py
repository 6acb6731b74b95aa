"""Links for all that a message may ask: any form of one choice, a wish to have a task back, a copy to be read."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from engine.api import Instance, Withdrawal
from kernel.actor import SYSTEM, Actor
from kernel.audit import AuditRow
from kernel.clock import MovedClock, business_date
from ledger.staff.substitutions import add_substitution
from tests.engine.definitions.drawing import extended, flow, process
from tests.webapp.house import Browser
from tests.webapp.inbox.conftest import Desk
from tests.webapp.inbox.test_task import data_of
from tests.webapp.links.test_links import ann, link_of, phone
from tests.webapp.notifications.conftest import Post
from tests.webapp.notifications.test_copies import send
from webapp.engine_room import engine_for
from webapp.links.offers import choice_of

__all__ = ["ann", "phone"]
SMALL_ORDER = process(
    "",
    '<bpmn:startEvent id="begin"/><bpmn:endEvent id="done"/>',
    extended(
        "userTask",
        'id="decide" name="Small order"',
        '<keyturn:task form="booking_to_contract/decide_small_order" candidateGroups="sales_manager"/>',
    ),
    flow("f1", "begin", "decide"),
    flow("f2", "decide", "done"),
    key="small_order",
)


def act(desk: Desk, actor: Actor, do):
    """Somebody acts by the engine."""
    with desk.house.database.unit_of_work(actor) as session:
        return do(engine_for(session, actor, desk.house.database.clock))


def audited(desk: Desk, action: str) -> list[AuditRow]:
    """The audit rows of an act."""
    with desk.house.database.reading() as session:
        return list(session.scalars(select(AuditRow).where(AuditRow.action == action)))


@pytest.mark.parametrize(
    ("form", "is_one_choice"),
    [("approval/decide", True), ("booking_to_contract/decide_small_order", True),
     ("booking_to_contract/decide_hold", True), ("booking_to_contract/enter_terms", False),
     ("booking_to_contract/sign_contract", False), ("approval/fill_vacancy", False), ("no/such", False), (None, False)],
)  # fmt: skip
def test_a_link_goes_out_for_forms_that_ask_one_choice_and_words(form: str | None, is_one_choice: bool) -> None:
    assert (choice_of(form) is not None) is is_one_choice


def test_a_link_offers_every_outcome_of_its_form(desk: Desk, post: Post, ann: Actor, phone: FlaskClient) -> None:
    act(desk, SYSTEM, lambda engine: engine.deploy({"small_order.bpmn": SMALL_ORDER}))
    begun = act(
        desk, SYSTEM, lambda e: e.start("small_order", {}, business_key="X-1", scope=desk.house.project.path)
    )
    address = link_of(post)
    page = phone.get(address).text
    assert 'value="subscribe"' in page
    assert 'value="give_up"' in page
    assert phone.post(address, data={"small_order_decision": "give_up"}).status_code == 422
    sent = {"small_order_decision": "give_up", "closing_reason": "moves abroad"}
    assert phone.post(address, data=sent).status_code == 200
    assert data_of(desk.house, begun.id)["closing_reason"] == "moves abroad"
    again = phone.post(address, data=sent)
    assert again.status_code == 409
    assert "Ann used this link on 2 Mar 2026" in again.text


def test_a_link_signs_nobody_in(desk: Desk, post: Post, ann: Actor, phone: FlaskClient) -> None:
    desk.begin()
    address = link_of(post)
    phone.get(address)
    phone.post(address, data={"decision": "approved"})
    for page in ("/inbox", "/account/profile", "/api/v1/tasks"):
        assert phone.get(page).status_code in (302, 401)
    with phone.session_transaction() as kept:
        assert set(kept) <= {"csrf_token"}


def test_it_says_who_has_the_task_now(desk: Desk, post: Post, ann: Actor, phone: FlaskClient) -> None:
    bob = post.hire("bob", "sales_manager")
    task_id = desk.task(desk.begin())
    address = link_of(post)
    desk.claim(task_id, bob)
    assert "Bob has this task now" in phone.get(address).text


def test_it_says_how_a_colleague_decided_and_for_whom(
    desk: Desk, post: Post, ann: Actor, phone: FlaskClient
) -> None:
    sue, today = post.hire("sue", "legal"), business_date(desk.house.database.clock)
    begun = desk.begin()
    address = link_of(post)
    with desk.house.database.unit_of_work(ann) as session:
        add_substitution(
            session, ann, desk.house.database.clock,
            substitute_id=sue.id, from_date=today, to_date=today + timedelta(days=3),
        )  # fmt: skip
    act(
        desk,
        sue,
        lambda engine: engine.complete(desk.task(begun), {"decision": "rejected", "opinion": "too low"}),
    )
    answer = phone.post(address, data={"decision": "approved"})
    assert answer.status_code == 409
    assert "Sue closed it for Ann on" in answer.text
    assert "(Reject)" in answer.text


# Somebody wants a task back


def asked_back(desk: Desk, post: Post, ann: Actor) -> tuple[Instance, Actor, Withdrawal]:
    """Ann has decided, Bob has handed the next step over to Carl, and Ann wants hers back."""
    bob, carl = post.hire("bob", "sales_manager"), post.hire("carl", "filing_clerk")
    begun = desk.begin()
    decided = desk.task(begun)
    desk.complete(decided, ann, decision="approved")
    filing = desk.task(begun)
    desk.claim(filing, bob)
    act(desk, bob, lambda engine: engine.hand_over(filing, carl.id, reason="knows the office"))
    asked = act(desk, ann, lambda engine: engine.ask_to_withdraw(decided, "call 13800138000, wrong price"))
    return begun, carl, asked


def test_who_holds_the_case_is_asked_by_mail_and_lets_it_go_back(
    desk: Desk, post: Post, ann: Actor, phone: FlaskClient
) -> None:
    begun, carl, _asked = asked_back(desk, post, ann)
    post.run()
    mail = post.mails("carl@")[-1]
    assert mail.subject == "Ann wants this back: File"
    assert "Answer without signing in" in mail.text
    assert not [other for other in post.mails("bob@") if "back" in other.subject]
    address = mail.link("/d/")
    page = phone.get(address).text
    assert "Ann wants a task back" in page
    assert "wrong price" in page
    assert "13800138000" not in page
    assert phone.post(address, data={"grant": "granted"}).status_code == 200
    task = act(desk, SYSTEM, lambda engine: engine.get_task(desk.task(begun))).task
    assert (task.element_id, task.assignee) == ("decide", ann.id)
    assert "Carl used this link on" in phone.get(address).text
    (row,) = audited(desk, "withdrawal:answer_by_link")
    assert (row.actor_id, row.after) == (carl.id, {"channel": "mail"})
    told = act(desk, SYSTEM, lambda engine: engine.history(begun.id))
    assert [event.params["channel"] for event in told if event.code == "withdrawal_answered_by_link"] == [
        "by_channel.mail"
    ]


def test_refusing_needs_a_word_and_is_told_to_who_asked(
    desk: Desk, post: Post, ann: Actor, phone: FlaskClient, office
) -> None:
    begun, _carl, _asked = asked_back(desk, post, ann)
    post.run()
    address = post.mails("carl@")[-1].link("/d/")
    for wrong in ({}, {"grant": "perhaps"}, {"grant": "refused", "words": " "}):
        assert phone.post(address, data=wrong).status_code == 422
    assert "Say why you refuse." in phone.post(address, data={"grant": "refused"}).text
    assert phone.post(address, data={"grant": "refused", "words": "filed already"}).status_code == 200
    assert act(desk, SYSTEM, lambda engine: engine.get_task(desk.task(begun))).task.element_id == "file"
    post.run()
    reader = Browser(office.test_client())
    reader.sign_in("ann")
    assert "filed already" in reader.get("/notifications").text


def test_an_answer_given_elsewhere_is_told_with_its_giver(
    desk: Desk, post: Post, ann: Actor, phone: FlaskClient
) -> None:
    _begun, carl, asked = asked_back(desk, post, ann)
    post.run()
    address = post.mails("carl@")[-1].link("/d/")
    act(desk, carl, lambda engine: engine.answer_withdrawal(asked.id, grant=True))
    answer = phone.post(address, data={"grant": "refused", "words": "no"})
    assert answer.status_code == 409
    assert "Carl has answered this request already" in answer.text


# Copies


def test_a_copy_is_read_and_confirmed_by_its_link(
    desk: Desk, post: Post, ann: Actor, phone: FlaskClient, clock: MovedClock
) -> None:
    fay = post.hire("fay", "finance_clerk")
    post.choose(fay, choices={"copied": {"mail": "now"}})
    begun = desk.begin()
    (copy_id,) = send(desk, ann, desk.task(begun), fay, note="for your files, call 13800138000")
    post.run()
    mail = post.mails("fay@")[-1]
    assert "Read it without signing in" in mail.text
    address = mail.link("/d/")

    def read_at():
        return act(desk, fay, lambda engine: engine.get_copy(copy_id)).read_at

    page = phone.get(address).text
    assert "for your files" in page
    assert "13800138000" not in page
    assert "1,228,800" in page
    assert "1,250,000" not in page  # The floor is not hers to see.
    assert "王磊" not in page
    assert read_at() is None  # Scanners open links too.
    assert phone.post(address).status_code == 200
    assert read_at() == clock.now()
    assert "Fay used this link on" in phone.get(address).text
    (row,) = audited(desk, "copy:read_by_link")
    assert (row.actor_id, row.after) == (fay.id, {"channel": "mail"})
    assert phone.get(f"/tasks/{desk.task(begun)}").status_code == 302


def test_the_copy_of_a_case_is_read_by_its_link_too(
    desk: Desk, post: Post, ann: Actor, phone: FlaskClient
) -> None:
    fay = post.hire("fay", "finance_clerk", language="zh")
    post.choose(fay, choices={"copied": {"mail": "now"}})
    begun = desk.begin()
    act(desk, ann, lambda engine: engine.copy_case(begun.id, [fay.id], note="请知悉"))
    post.run()
    address = post.mails("fay@")[-1].link("/d/")
    page = phone.get(address).text
    for word in ("认购到签约", "请知悉", "审批", "我已阅读"):
        assert word in page
    assert phone.post(address).status_code == 200
