"""Adding approvers, signing together and having a task prepared, from its page."""

from __future__ import annotations

from engine.api import TaskFilter
from kernel.actor import SYSTEM, Actor
from tests.webapp.house import Browser, House
from tests.webapp.inbox.conftest import Desk
from tests.webapp.inbox.test_list import count_statements
from webapp.engine_room import engine_for


def task_of(house: House, person: Actor) -> str:
    """The one task on somebody's list."""
    with house.database.reading() as session:
        engine = engine_for(session, person, house.database.clock)
        (found,) = engine.find_tasks(TaskFilter(box="mine")).rows
        return found.id


def state_of(house: House, instance_id: str) -> list[str]:
    """The elements at which the case stands."""
    with house.database.reading() as session:
        found = engine_for(session, SYSTEM, house.database.clock).waiting(instance_id)
        return sorted({wait.element_id for wait in found})


def asked(*people: Actor, name: str = "signers", **more: str) -> dict[str, object]:
    """A dialog's form."""
    return {f"{name}-{number}-person": person.id for number, person in enumerate(people)} | more


def browser_for(desk: Desk, office, username: str, role: str) -> tuple[Actor, Browser]:
    person = desk.house.hire(username, role)
    browser = Browser(office.test_client())
    assert browser.sign_in(username).status_code == 302
    return person, browser


def test_one_asked_before_decides_and_his_opinion_stands_above_the_holders_form(
    desk: Desk, office, browser_of
) -> None:
    begun, holder = desk.begin(), browser_of("sales_manager")
    legal, lawyer = browser_for(desk, office, "lex", "legal")
    task_id = desk.task(begun)
    page = f"/tasks/{task_id}"
    sent = asked(legal, signers_part="before", signers_reason="Read the clause", once="k1")
    for _ in range(2):
        answer = holder.post(f"{page}/signers", sent, page=page, follow_redirects=True)
    assert "Others decide first" in answer.text
    assert "Still to decide: Lex" in answer.text
    theirs = task_of(desk.house, legal)
    seen = lawyer.get(f"/tasks/{theirs}").text
    assert "Sales-Manager asks you to decide first" in seen
    assert "Read the clause" in seen
    assert "act-add_signers" not in seen
    lawyer.post(
        f"/tasks/{theirs}", {"decision": "approved", "remark": "Clause is fine", "opinion": "Clause is fine"}
    )
    back = holder.get(page).text
    assert back.index("Clause is fine") < back.index('name="decision"')
    assert state_of(desk.house, begun.id) == ["decide"]
    holder.post(page, {"decision": "approved", "remark": "as agreed"})
    assert state_of(desk.house, begun.id) == ["file"]
    assert "Clause is fine" in holder.get(page).text


def test_who_decided_before_those_after_him_sees_whom_it_waits_for(desk: Desk, office, browser_of) -> None:
    begun, holder = desk.begin(), browser_of("sales_manager")
    legal, lawyer = browser_for(desk, office, "lex", "legal")
    page = f"/tasks/{desk.task(begun)}"
    holder.post(f"{page}/signers", asked(legal, signers_part="after"), page=page)
    done = holder.post(page, {"decision": "approved", "remark": "ok"}, follow_redirects=True)
    assert "Decided; others follow" in done.text
    again = holder.post(page, {"decision": "approved", "remark": "ok"}, page="/inbox", follow_redirects=True)
    assert again.status_code == 200
    other = holder.post(page, {"decision": "rejected", "remark": "no"}, page="/inbox", follow_redirects=True)
    assert other.status_code == 409
    lawyer.post(f"/tasks/{task_of(desk.house, legal)}", {"decision": "approved", "remark": "ok"})
    assert state_of(desk.house, begun.id) == ["file"]


def test_a_vote_shows_its_tally_and_ends_early(desk: Desk, office, browser_of) -> None:
    begun, holder = desk.begin(), browser_of("sales_manager")
    voters = [browser_for(desk, office, name, "legal") for name in ("lex", "lea", "lou")]
    page = f"/tasks/{desk.task(begun)}"
    people = [person for person, _ in voters]
    refused = holder.post(f"{page}/vote", asked(people[0], name="voters", vote_rule="all"), page=page)
    assert refused.status_code == 422
    assert "Choose at least two people." in refused.text
    sent = asked(*people, name="voters", vote_rule="count", vote_number="2")
    holder.post(f"{page}/vote", sent, page=page)
    (lex, first), (lea, second), (_lou, third) = voters
    first.post(f"/tasks/{task_of(desk.house, lex)}", {"decision": "approved", "remark": "yes"})
    assert "1 agreed, 0 against, 2 open" in holder.get(page).text
    left = task_of(desk.house, people[2])
    second.post(f"/tasks/{task_of(desk.house, lea)}", {"decision": "approved", "remark": "yes"})
    assert state_of(desk.house, begun.id) == ["file"]
    late = third.post(f"/tasks/{left}", {"decision": "approved", "remark": "yes"}, page="/inbox")
    assert late.status_code == 409
    assert "Lea settled this" in late.text
    assert "2 agreed, 0 against" in holder.get(page).text


def test_the_others_are_done_without_and_the_reason_is_kept(desk: Desk, office, browser_of) -> None:
    begun, holder = desk.begin(), browser_of("sales_manager")
    legal, _ = browser_for(desk, office, "lex", "legal")
    page = f"/tasks/{desk.task(begun)}"
    holder.post(f"{page}/signers", asked(legal, signers_part="before"), page=page)
    sent = {"withdraw_signing_reason": "Lex is ill"}
    answer = holder.post(f"{page}/signers/withdraw", sent, page=page, follow_redirects=True)
    assert "The others are no longer asked." in answer.text
    assert "Lex is ill" in answer.text
    assert 'name="decision"' in answer.text


def test_a_task_is_prepared_given_back_and_decided_by_its_owner(desk: Desk, office, browser_of) -> None:
    begun, owner = desk.begin(), browser_of("sales_manager")
    legal, delegate = browser_for(desk, office, "lex", "legal")
    page = f"/tasks/{desk.task(begun)}"
    owner.post(f"{page}/delegate", {"delegate_to": legal.id}, page=page)
    assert "Lex is preparing this" in owner.get(page).text
    seen = delegate.get(page).text
    assert "Prepare this for Sales-Manager" in seen
    refused = delegate.post(page, {"decision": "approved", "remark": "ok"})
    assert refused.status_code == 403
    delegate.post(f"{page}/resolve", {"decision": "approved", "remark": "Looks right"}, page=page)
    prepared = owner.get(page).text
    assert "Lex has prepared this for you" in prepared
    assert "Looks right" in prepared
    owner.post(page, {"decision": "approved", "remark": "Looks right"})
    assert state_of(desk.house, begun.id) == ["file"]


def test_the_page_of_a_large_signing_costs_no_more_questions(desk: Desk, office, browser_of) -> None:
    holder, costs = browser_of("sales_manager"), []
    people = [desk.house.hire(f"p{number}", "legal") for number in range(9)]
    for number, count in ((1, 2), (2, 9)):
        page = f"/tasks/{desk.task(desk.begin(f'RG-{number}'))}"
        sent = asked(*people[:count], name="voters", vote_rule="all")
        holder.post(f"{page}/vote", sent, page=page)
        holder.get(page)
        costs.append(count_statements(desk.house, lambda at=page: holder.get(at)))
    assert costs[0] == costs[1]
