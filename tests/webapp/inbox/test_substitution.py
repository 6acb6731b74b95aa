"""Substitution on the pages and through the API: entered, seen, used, ended; both names in every record."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from kernel.actor import SYSTEM, Actor
from kernel.clock import business_date
from ledger.staff.operations import grant_role
from ledger.staff.substitutions import add_substitution
from ledger.staff.tokens import issue_token
from tests.webapp.house import Browser, House
from tests.webapp.inbox.conftest import Desk
from tests.webapp.inbox.test_list import count_statements

APPROVE = {"decision": "approved", "remark": "as agreed"}
PAGE = "/account/substitution"


def signed_in(office: Flask, username: str) -> Browser:
    browser = Browser(office.test_client())
    browser.sign_in(username)
    return browser


def days(house: House, first: int = 0, last: int = 3) -> dict[str, str]:
    today = business_date(house.database.clock)
    return {
        "from_date": (today + timedelta(days=first)).isoformat(),
        "to_date": (today + timedelta(days=last)).isoformat(),
    }


def stand_in(house: House, principal: Actor, substitute: Actor) -> str:
    database, today = house.database, business_date(house.database.clock)
    with database.unit_of_work(principal) as session:
        rule = add_substitution(
            session, principal, database.clock,
            substitute_id=substitute.id, from_date=today, to_date=today + timedelta(days=3),
        )  # fmt: skip
        return rule.id


@pytest.fixture
def wang(house: House) -> Actor:
    return house.hire("wang", "sales_manager")


@pytest.fixture
def li(house: House) -> Actor:
    return house.hire("li", "filing_clerk")


def test_one_enters_it_for_oneself_the_substitute_decides_and_both_are_named(
    desk: Desk, office: Flask, wang: Actor, li: Actor
) -> None:
    case = desk.begin()
    task_id = desk.task(case)
    mine, theirs = signed_in(office, "wang"), signed_in(office, "li")
    assert "As a substitute" not in theirs.get("/inbox").text
    assert theirs.get(f"/tasks/{task_id}").status_code == 404
    sent = mine.post(PAGE, {"substitute_id": li.id, **days(desk.house), "reason": "holiday"})
    assert sent.status_code == 302
    page = mine.get(PAGE).text
    assert "Li" in page and "holiday" in page and "In force" in page
    listed = theirs.get("/inbox?box=substituting").text
    assert "As a substitute" in listed and "for Wang" in listed
    page = theirs.get(f"/tasks/{task_id}").text
    assert "You act for Wang" in page
    assert "¥1,250,000<" in page, "the floor that Wang may see"
    theirs.post(f"/tasks/{task_id}/comments", {"text": "I look after it"}, page=f"/tasks/{task_id}")
    assert theirs.post(f"/tasks/{task_id}", APPROVE).status_code == 302
    for reader in (mine, theirs):
        done = reader.get(f"/tasks/{task_id}").text
        assert "Li for Wang completed this task" in done
        assert done.count("Li for Wang") >= 4, "notice, facts, comment, history"
    mine.language = theirs.language = "zh"
    mine.post("/language", {"language": "zh", "next": "/"}, page=PAGE)
    assert "Li 代 Wang" in mine.get(f"/tasks/{task_id}").text


def test_it_ends_at_once_when_revoked(desk: Desk, office: Flask, wang: Actor, li: Actor) -> None:
    task_id = desk.task(desk.begin())
    rule = stand_in(desk.house, wang, li)
    theirs = signed_in(office, "li")
    assert theirs.get(f"/tasks/{task_id}").status_code == 200
    assert theirs.post(f"{PAGE}/{rule}/revoke", page=PAGE).status_code == 404
    signed_in(office, "wang").post(f"{PAGE}/{rule}/revoke", page=PAGE)
    assert theirs.get(f"/tasks/{task_id}").status_code == 404
    assert theirs.post(f"/tasks/{task_id}", APPROVE, page="/inbox").status_code == 404
    assert "Revoked" in signed_in(office, "wang").get(PAGE).text


def test_what_is_refused_is_told_beside_its_field_and_what_was_typed_stays(
    house: House, office: Flask, wang: Actor, li: Actor
) -> None:
    mine = signed_in(office, "wang")
    answer = mine.post(PAGE, {"substitute_id": wang.id, **days(house), "reason": "rest"})
    assert answer.status_code == 422
    assert "Nobody stands in for himself" in answer.text and "rest" in answer.text
    answer = mine.post(PAGE, {"substitute_id": li.id, **days(house, 3, 1)})
    assert (answer.status_code, "before it begins" in answer.text) == (422, True)
    answer = mine.post(PAGE, {"substitute_id": "nobody", **days(house)})
    assert answer.status_code == 422
    answer = mine.post(PAGE, {})
    assert answer.status_code == 422


def test_an_administrator_enters_it_for_somebody_ill_and_others_may_not(
    house: House, office: Flask, browser_of: Callable[..., Browser], wang: Actor, li: Actor
) -> None:
    admin = browser_of("administrator", path="/")
    page = f"/admin/staff/{wang.id}/substitution"
    assert admin.post(page, {"substitute_id": li.id, **days(house), "reason": "ill"}).status_code == 302
    assert "entered by" in admin.get(page).text
    assert "entered by" in signed_in(office, "wang").get(PAGE).text
    assert signed_in(office, "li").get(page).status_code in (403, 404)
    gm = browser_of("project_gm")
    assert gm.get(page).status_code == 403
    assert gm.post(page, {"substitute_id": li.id, **days(house, 5, 6)}, page=PAGE).status_code == 403


def test_the_api_does_the_same(desk: Desk, office: Flask, wang: Actor, li: Actor) -> None:
    house = desk.house
    task_id = desk.task(desk.begin())
    secrets = {}
    for actor in (wang, li):
        with house.database.unit_of_work(actor) as session:
            secrets[actor.id] = issue_token(session, actor, house.database.clock, name="test").secret

    def send(actor: Actor, method: str, path: str, **body: object):
        headers = {"Authorization": f"Bearer {secrets[actor.id]}"}
        json = body if method == "POST" else None
        return office.test_client().open(f"/api/v1{path}", method=method, json=json, headers=headers)

    assert send(li, "POST", f"/tasks/{task_id}/claim").status_code == 403
    order = {"substitute_id": li.id, **days(house)}
    assert send(li, "POST", "/substitutions", principal_id=wang.id, **order).status_code == 403
    made = send(wang, "POST", "/substitutions", **order)
    assert made.status_code == 201
    assert send(wang, "POST", "/substitutions", **order).json["id"] == made.json["id"]
    (row,) = send(li, "GET", "/tasks?box=substituting").json["rows"]
    assert (row["id"], row["acting_for"]) == (task_id, wang.id)
    assert send(li, "POST", f"/tasks/{task_id}/claim").json["assignee"] == wang.id
    assert send(li, "POST", f"/tasks/{task_id}/complete", answers=APPROVE).status_code == 200
    assert send(li, "POST", f"/tasks/{task_id}/complete", answers=APPROVE).status_code == 409
    rule = made.json["id"]
    assert send(li, "POST", f"/substitutions/{rule}/revoke").status_code == 404
    assert send(wang, "POST", f"/substitutions/{rule}/revoke").json["revoked_by"] == wang.id
    assert send(li, "GET", "/tasks?box=substituting").json["rows"] == []
    assert [one["id"] for one in send(wang, "GET", "/substitutions").json["rows"]] == [rule]
    assert send(li, "GET", f"/substitutions?staff_id={wang.id}").status_code in (403, 404)


def test_the_applicant_does_not_decide_his_own_request_as_a_substitute(
    desk: Desk, office: Flask, wang: Actor
) -> None:
    applicant = desk.house.hire("zhao", "sales_consultant")
    task_id = desk.task(desk.begin(applicants=[applicant.id]))
    stand_in(desk.house, wang, applicant)
    theirs = signed_in(office, "zhao")
    assert "Somebody else must decide here" in theirs.get(f"/tasks/{task_id}").text
    answer = theirs.post(f"/tasks/{task_id}", APPROVE)
    assert answer.status_code == 403
    assert theirs.post(f"/tasks/{task_id}/claim", page=f"/tasks/{task_id}").status_code == 403


def test_the_box_costs_the_same_however_many_tasks_it_shows(
    desk: Desk, office: Flask, wang: Actor, li: Actor
) -> None:
    stand_in(desk.house, wang, li)
    theirs = signed_in(office, "li")
    desk.begin("RG-0")
    theirs.get("/inbox?box=substituting")
    few = count_statements(desk.house, lambda: theirs.get("/inbox?box=substituting"))
    for number in range(1, 8):
        desk.begin(f"RG-{number}")
    many = count_statements(desk.house, lambda: theirs.get("/inbox?box=substituting"))
    assert many == few


def test_the_rights_lent_are_those_of_that_very_moment(desk: Desk, office: Flask, li: Actor, house: House) -> None:
    """Wang gets a role while he is away: the substitute may do that work too."""
    wang = house.hire("wang", "legal")
    stand_in(house, wang, li)
    task_id = desk.task(desk.begin())
    theirs = signed_in(office, "li")
    assert theirs.get(f"/tasks/{task_id}").status_code == 404
    with house.database.unit_of_work() as session:
        grant_role(session, SYSTEM, house.database.clock, staff_id=wang.id, role="sales_manager",
                   path=house.project.path)  # fmt: skip
    assert theirs.get(f"/tasks/{task_id}").status_code == 200
