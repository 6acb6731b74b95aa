"""After a task the next is offered of the very list one came from: its box, its filter, its order."""

from __future__ import annotations

import re
from html import unescape

import pytest

from kernel.actor import SYSTEM
from tests.engine.definitions.drawing import extended, flow, process
from tests.webapp.house import Browser, House
from tests.webapp.inbox.conftest import CASE, DECIDE
from tests.webapp.inbox.test_pane import PANE, send
from webapp.engine_room import engine_for

APPROVE = {"decision": "approved"}
BIG_FIRST = "/inbox?box=group&sort=-amount"
ONE_STEP = process(
    "".join(f'<keyturn:variable name="{name}"/>' for name in CASE).join(
        ("<bpmn:extensionElements>", "</bpmn:extensionElements>")
    ),
    '<bpmn:startEvent id="begin"/><bpmn:endEvent id="done"/>',
    extended("userTask", 'id="decide" name="Decide"', DECIDE),
    flow("f1", "begin", "decide"),
    flow("f2", "decide", "done"),
    key="one_step",
)


class Deciding:
    """Cases of the given amounts in yuan that wait for the manager at a browser, one step each."""

    def __init__(self, house: House, browser_of, amounts: tuple[int, ...]) -> None:
        self.manager: Browser = browser_of("sales_manager")
        self.tasks: dict[int, str] = {}
        with house.database.unit_of_work() as session:
            engine = engine_for(session, SYSTEM, house.database.clock)
            engine.deploy({"one_step.bpmn": ONE_STEP})
            for amount in amounts:
                begun = engine.start("one_step", {**CASE, "amount_fen": amount * 100}, scope=house.project.path)
                (self.tasks[amount],) = begun.open_tasks

    def open_from(self, address: str, amount: int) -> str:
        """The address of a task as its row in a list has it; the page is looked at."""
        page = self.manager.get(address).text
        (found,) = re.findall(rf'data-href="(/tasks/{self.tasks[amount]}[^"]*)"', page)
        assert self.manager.get(unescape(found)).status_code == 200
        return unescape(found)

    def complete(self, address: str) -> tuple[int, str]:
        """Complete it: the amount of what is offered next, and its address."""
        return self.offered(self.manager.post(address, APPROVE, follow_redirects=True).text)

    def offered(self, page: str) -> tuple[int, str]:
        found = re.findall(r'href="(/tasks/[^"]*)" data-key="n"', page)
        assert found, "nothing is offered"
        address = unescape(found[0])
        by_task = {task: amount for amount, task in self.tasks.items()}
        return by_task[address.removeprefix("/tasks/").partition("?")[0]], address


@pytest.fixture
def deciding(house: House, browser_of) -> Deciding:
    return Deciding(house, browser_of, (500, 300, 900, 100, 700))


def test_the_next_is_the_one_below_it_in_the_order_of_the_list(deciding: Deciding) -> None:
    offered, address = deciding.complete(deciding.open_from(BIG_FIRST, 700))
    assert offered == 500
    assert deciding.complete(address)[0] == 300


def test_what_the_list_leaves_out_is_not_offered_and_after_its_last_comes_its_first(deciding: Deciding) -> None:
    narrow = f"{BIG_FIRST}&amount_to=600"
    offered, address = deciding.complete(deciding.open_from(narrow, 100))
    assert offered == 500
    offered, address = deciding.complete(address)
    assert offered == 300
    assert deciding.complete(address)[0] in (700, 900), "its list is empty: what else there is"


def test_taking_a_task_and_remarking_on_it_keeps_the_list_in_mind(deciding: Deciding) -> None:
    address = deciding.open_from(BIG_FIRST, 900)
    page = deciding.manager.get(address).text
    (claim,) = re.findall(r'action="(/tasks/[\w-]+/claim[^"]*)"', page)
    page = deciding.manager.post(unescape(claim), follow_redirects=True).text
    (remark,) = re.findall(r'action="(/tasks/[\w-]+/comments[^"]*)"', page)
    page = deciding.manager.post(unescape(remark), {"text": "as agreed"}, follow_redirects=True).text
    (complete,) = re.findall(rf'action="(/tasks/{deciding.tasks[900]}\?[^"]*)"', page)
    assert deciding.complete(unescape(complete))[0] == 700


def test_a_saved_filter_is_kept_by_its_name_and_leads_back_to_itself(deciding: Deciding) -> None:
    saved = {"name": "Small ones", "box": "group", "sort": "-amount", "amount_to": "600", "colour": "teal"}
    deciding.manager.post("/inbox/filters", saved, page="/inbox")
    (filter_id,) = set(re.findall(r"\?filter=([\w-]+)", deciding.manager.get("/inbox").text))
    address = deciding.open_from(f"/inbox?filter={filter_id}", 300)
    assert "amount" not in address
    page = deciding.manager.post(address, APPROVE, follow_redirects=True).text
    assert deciding.offered(page)[0] == 100
    assert f'href="/inbox?filter={filter_id}">Back to the inbox' in page


def test_the_pane_beside_the_list_offers_the_same(deciding: Deciding) -> None:
    address = deciding.open_from(BIG_FIRST, 300)
    answer = send(deciding.manager, address, APPROVE)
    pane = deciding.manager.client.get(answer.location, headers=PANE).text
    assert deciding.offered(pane)[0] == 100


def test_an_address_that_names_no_list_or_nonsense_offers_what_is_most_pressing(deciding: Deciding) -> None:
    task, rest = f"/tasks/{deciding.tasks[500]}", {300, 900, 100, 700}
    for more in ("", "?list=x%00&at=-1", "?list=filter%3Dgone&at=0", "?list=_external%3D1%26endpoint%3Dx&at=1"):
        assert deciding.manager.get(f"{task}{more}").status_code == 200
    assert deciding.complete(f"{task}?list=filter%3Dgone%26endpoint%3Dx&at=0")[0] in rest
