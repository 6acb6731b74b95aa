"""What one began: the list of it with who has it, and taking it back from the page of its case."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import event

from engine.api import Instance
from kernel.actor import SYSTEM, Actor
from kernel.clock import business_date
from ledger.notices.models import Notice
from ledger.staff.substitutions import add_substitution
from tests.engine.definitions.drawing import extended, flow, process
from tests.webapp.house import House
from tests.webapp.inbox.conftest import CASE
from webapp.engine_room import engine_for
from webapp.notifications.watching import Watcher

DECIDE = '<keyturn:task form="approval/decide" candidateGroups="{}" completedBy="by_{}"/>'
VARIABLES = "".join(f'<keyturn:variable name="{name}"/>' for name in CASE)
DIAGRAM = process(
    f"<bpmn:extensionElements>{VARIABLES}</bpmn:extensionElements>",
    '<bpmn:startEvent id="begin"/><bpmn:endEvent id="done"/>',
    extended("userTask", 'id="first" name="First decision"', DECIDE.format("sales_manager", "first")),
    extended("userTask", 'id="second" name="Second decision"', DECIDE.format("project_gm", "second")),
    flow("f1", "begin", "first"),
    flow("f2", "first", "second"),
    flow("f3", "second", "done"),
    key="ask_for_it",
)


class Office:
    """A consultant who began a case, a manager and a general manager who decide it, each at a browser."""

    def __init__(self, house: House, browser_of) -> None:
        self.house = house
        with house.database.unit_of_work() as session:
            engine_for(session, SYSTEM, house.database.clock).deploy({"ask_for_it.bpmn": DIAGRAM})
        self.wei = browser_of("sales_consultant", "wei")
        self.lin = browser_of("sales_manager", "lin")
        self.gu = browser_of("project_gm", "gu")
        self.case = self.begin()

    def begin(self) -> Instance:
        """Wei begins another case."""
        house, wei = self.house, self.house.actor("wei")
        actor = Actor(wei.id, wei.name, is_system=True)  # No role may start a process of the test's own.
        with house.database.unit_of_work(actor) as session:
            return engine_for(session, actor, house.database.clock).start(
                "ask_for_it", CASE, scope=house.project.path
            )

    def standing(self) -> tuple[str, list[str]]:
        """The case's state, and where it stands."""
        with self.house.database.reading() as session:
            engine = engine_for(session, SYSTEM, self.house.database.clock)
            case = engine.get_instance(self.case.id)
            return case.state, [engine.get_task(one).task.element_id for one in case.open_tasks]

    def task(self) -> str:
        """The open task."""
        with self.house.database.reading() as session:
            engine = engine_for(session, SYSTEM, self.house.database.clock)
            return engine.get_instance(self.case.id).open_tasks[0]

    def decide(self, name: str) -> None:
        """Somebody approves."""
        actor, task = self.house.actor(name), self.task()
        with self.house.database.unit_of_work(actor) as session:
            engine = engine_for(session, actor, self.house.database.clock)
            engine.complete(task, {"decision": "approved", "remark": "fine"})

    def withdraw(self, act: str, reason: str) -> int:
        """Wei sends the dialog of the case's page; the status of the answer."""
        address = f"/cases/{self.case.id}"
        answer = self.wei.post(f"{address}/withdraw", {"act": act, "reason": reason}, page=address)
        return int(answer.status_code)

    def answer(self, **typed: str) -> int:
        """The general manager answers what the page of his task asks."""
        page = f"/tasks/{self.task()}"
        withdrawal = self.gu.get(page).text.partition('name="withdrawal_id" value="')[2][:36]
        sent = {"withdrawal_id": withdrawal, **typed}
        return int(self.gu.post(f"{page}/withdrawal/answer", sent, page=page).status_code)

    def told(self) -> set[tuple[str, str]]:
        """Who has been told what kind of thing."""
        Watcher(self.house.database).look()
        with self.house.database.reading() as session:
            return {(one.kind, one.staff_id) for one in session.query(Notice)}


@pytest.fixture
def office(house: House, browser_of) -> Office:
    return Office(house, browser_of)


def test_the_list_says_where_it_stands_and_with_whom(office: Office) -> None:
    page = office.wei.get("/inbox/applications").text
    assert f"/cases/{office.case.id}" in page
    assert "First decision" in page
    assert "Sales manager" in page
    assert office.lin.get("/inbox/applications").text.count("/cases/") == 0
    lin, task = office.house.actor("lin"), office.task()
    with office.house.database.unit_of_work(lin) as session:
        engine_for(session, lin, office.house.database.clock).claim(task)
    assert lin.name in office.wei.get("/inbox/applications").text
    answer = office.wei.post(f"/tasks/{task}/urge", {"next": "/inbox/applications"}, page="/inbox/applications")
    assert answer.headers["Location"].endswith("/inbox/applications")
    assert ("urged", lin.id) in office.told()


def test_the_list_costs_the_same_however_long_it_is(office: Office) -> None:
    def statements() -> int:
        seen: list[str] = []

        def note(*about: object) -> None:
            seen.append(str(about[2]))

        engine = office.house.database.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            office.wei.get("/inbox/applications")
        finally:
            event.remove(engine, "before_cursor_execute", note)
        return len(seen)

    office.wei.get("/inbox/applications")
    few = statements()
    for _ in range(5):
        office.begin()
    assert statements() == few


def test_while_nobody_has_acted_it_is_withdrawn_from_its_page_once(office: Office) -> None:
    page = office.wei.get(f"/cases/{office.case.id}").text
    assert 'id="withdraw-request"' in page
    assert 'id="withdraw-request"' not in office.lin.get(f"/cases/{office.case.id}").text
    assert office.withdraw("withdraw", " ") == 422
    office.told()
    assert office.withdraw("withdraw", "Another unit") == 302
    assert office.standing() == ("cancelled", [])
    assert "Another unit" in office.wei.get(f"/cases/{office.case.id}").text
    assert ("withdrawn", office.house.actor("lin").id) in office.told()
    assert office.withdraw("withdraw", "Another unit") == 409


def test_who_must_consent_is_told_sees_it_in_the_inbox_and_answers(office: Office) -> None:
    office.decide("lin")
    wei, gu = office.house.actor("wei"), office.house.actor("gu")
    assert "asked back" not in office.gu.get("/inbox?box=group").text
    assert office.withdraw("withdraw", "Another unit") == 409
    assert office.withdraw("ask", "Another unit") == 302
    assert ("consent", gu.id) in office.told()
    assert "asked back" in office.gu.get("/inbox?box=group").text
    assert "Another unit" in office.gu.get(f"/tasks/{office.task()}").text
    assert office.answer(answer_grant="no", answer_words="It is decided.") == 302
    assert ("not_let_back", wei.id) in office.told()
    assert "It is decided." in office.wei.get(f"/cases/{office.case.id}").text
    assert office.withdraw("ask", "Please") == 302
    assert office.answer(answer_grant="yes") == 302
    assert office.standing() == ("cancelled", [])
    assert ("let_back", wei.id) in office.told()


def test_substitutes_are_told_as_the_holder_is_and_for_whom(office: Office, browser_of) -> None:
    mo = browser_of("finance_clerk", "mo")
    lin, sub = office.house.actor("lin"), office.house.actor("mo")
    clock = office.house.database.clock
    today = business_date(clock)
    with office.house.database.unit_of_work(lin) as session:
        until = today + timedelta(days=3)
        add_substitution(session, lin, clock, substitute_id=sub.id, from_date=today, to_date=until)
    assert {("group", lin.id), ("group", sub.id)} <= office.told()
    assert f"for {lin.name}" in mo.get("/notifications").text
    page = f"/tasks/{office.task()}"
    assert mo.post(page, {"decision": "approved", "remark": "For Lin"}).status_code == 302
    assert office.standing()[1] == ["second"]


def test_the_list_has_also_what_those_began_whom_one_stands_in_for(office: Office, browser_of) -> None:
    mo, other = browser_of("sales_consultant", "mo"), browser_of("sales_consultant", "ola")
    clock, wei = office.house.database.clock, office.house.actor("wei")
    today = business_date(clock)
    with office.house.database.unit_of_work(wei) as session:
        until = today + timedelta(days=3)
        sub = office.house.actor("mo").id
        for person, processes in ((sub, ["ask_for_it"]), (office.house.actor("ola").id, ["another_process"])):
            add_substitution(
                session, wei, clock, substitute_id=person, from_date=today, to_date=until, processes=processes
            )
    page = mo.get("/inbox/applications").text
    assert f"/cases/{office.case.id}" in page
    assert f"for {wei.name}" in page
    assert f"for {wei.name}" not in office.wei.get("/inbox/applications").text
    assert "/cases/" not in other.get("/inbox/applications").text, "he stands in for other processes"
    answer = mo.post(f"/tasks/{office.task()}/urge", {"next": "/inbox/applications"}, page="/inbox/applications")
    assert answer.headers["Location"].endswith("/inbox/applications")
    case = f"/cases/{office.case.id}"
    assert (
        mo.post(f"{case}/withdraw", {"act": "withdraw", "reason": "Wei asks me to"}, page=case).status_code == 302
    )
    assert office.standing() == ("cancelled", [])
    clock.advance(timedelta(days=4))
    assert "/cases/" not in mo.get("/inbox/applications?show=all").text
