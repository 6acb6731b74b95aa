"""Two web process groups without sticky sessions: whatever one knows, the other knows."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from engine.api import InstanceFilter
from kernel.actor import SYSTEM
from kernel.vault import Vault
from ledger.organisation.operations import add_node, create_project
from ledger.staff.tokens import issue_token
from tests.postgres import PostgresDatabase
from tests.webapp.house import PASSWORD, House
from tests.webapp.scaled.conftest import any_broker, installed
from tests.webapp.scaled.installation import Installation, until
from tests.webapp.scaled.process import deciding
from tests.webapp.scaled.visitor import Visitor
from webapp.engine_room import engine_for

PER_MINUTE = 150
# Several interpreters start in each story, which takes long on a machine that is busy.
pytestmark = pytest.mark.timeout(400)


@dataclass(frozen=True)
class Pair:
    """Two addresses of one installation; behind the second stand two processes."""

    installation: Installation
    house: House
    one: str
    two: str

    def client(self, username: str, role: str, path: str | None = None) -> Visitor:
        """An API client with the token of a new person."""
        actor = self.house.hire(username, role, path)
        with self.house.database.unit_of_work(actor) as session:
            return Visitor(issue_token(session, actor, self.house.database.clock, name="story").secret)

    def task(self, key: str = "scaled_deciding", **variables: str) -> tuple[str, str]:
        """A new case that a manager has to decide, and its task."""
        with self.house.database.unit_of_work() as session:
            engine = engine_for(session, SYSTEM, self.house.database.clock)
            case = engine.start(key, variables, scope=self.house.project.path)
            return case.id, case.open_tasks[0]


@pytest.fixture(scope="module")
def pair(
    scaled_server: PostgresDatabase, vault: Vault, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Pair]:
    """The pair with a worker beside it, serving one company; no beat, so that only a commit wakes the worker."""
    with installed(scaled_server, vault, tmp_path_factory.mktemp("pair")) as install:
        installation = install(any_broker())
        settings = {"REQUESTS_PER_MINUTE": str(PER_MINUTE)}
        one, two = installation.serve(1, **settings), installation.serve(2, **settings)
        clock = installation.database.clock
        with installation.database.unit_of_work() as session:
            add_node(session, SYSTEM, clock, parent="/", kind="group", code="kt", name="KT")
            project = create_project(session, SYSTEM, clock, name="云栖", code="yunxi", parent="/kt/")
        installation.ready(one, two, installation.start("worker", "--concurrency", "1"))
        yield Pair(installation, House(installation.database, project), one.address, two.address)


def test_who_signs_in_at_one_process_is_known_at_the_other_and_a_form_sent_to_both_acts_once(pair: Pair) -> None:
    pair.house.hire("manager", "sales_manager")
    visitor = Visitor()
    signing_in = visitor.get(f"{pair.one}/sign-in")
    sent = {"csrf_token": signing_in.token, "username": "manager", "password": PASSWORD}
    assert visitor.post(f"{pair.two}/sign-in", sent).status == 302
    page = visitor.get(f"{pair.one}/units/queue?project={pair.house.project.id}")
    assert page.status == 200
    form = {"csrf_token": page.token, "once": page.once, "code": "A", "project": pair.house.project.id}
    first = visitor.post(f"{pair.two}/units/queue", form)
    again = visitor.post(f"{pair.one}/units/queue", form)
    assert (first.status, again.status) == (302, 302)
    assert first.location == again.location != ""


def test_wrong_passwords_are_counted_together(pair: Pair) -> None:
    pair.house.hire("guessed", "sales_manager")
    visitor = Visitor()
    seen = []
    for attempt in range(12):
        address = (pair.one, pair.two)[attempt % 2]
        token = visitor.get(f"{address}/sign-in").token
        wrong = {"csrf_token": token, "username": "guessed", "password": f"wrong-{attempt}"}
        seen.append(visitor.post(f"{address}/sign-in", wrong).status)
        if seen[-1] == 429:
            break
    token = visitor.get(f"{pair.one}/sign-in").token
    right = {"csrf_token": token, "username": "guessed", "password": PASSWORD}
    assert seen[-1] == 429
    assert [visitor.post(f"{a}/sign-in", right).status for a in (pair.one, pair.two)] == [429, 429]


def test_requests_of_a_token_are_counted_together(pair: Pair) -> None:
    client = pair.client("asker", "sales_manager")
    # Apart, three processes would allow three times as many; a new minute in between allows as many again.
    for sent in range(2 * PER_MINUTE):
        if client.get(f"{(pair.one, pair.two)[sent % 2]}/api/v1/projects").status == 429:
            return
    pytest.fail("nobody was told to wait")


def test_a_deployment_through_one_process_is_used_by_the_other(pair: Pair) -> None:
    administrator = pair.client("deployer", "administrator", "/")
    manager = pair.client("follower", "sales_manager")
    _, before = pair.task()
    assert manager.call(f"{pair.two}/api/v1/tasks/{before}/complete", {"answers": {"filled": True}}).status == 200
    files = {"deciding.bpmn": base64.b64encode(deciding("done_otherwise")).decode()}
    assert administrator.call(f"{pair.one}/api/v1/definitions", {"resources": files}).status == 201
    case, task = pair.task()
    answer = manager.call(f"{pair.two}/api/v1/tasks/{task}/complete", {"answers": {"filled": True}})
    assert (answer.json["version"], answer.json["state"]) == (2, "completed")
    with pair.house.database.reading() as session:
        engine = engine_for(session, SYSTEM, pair.house.database.clock)
        assert "done_otherwise" in {event.element_id for event in engine.history(case)}


def test_two_processes_that_complete_one_task_complete_it_once(pair: Pair) -> None:
    manager = pair.client("decider", "sales_manager")
    with ThreadPoolExecutor(2) as both:
        for _ in range(15):
            case, task = pair.task()
            asked = [
                both.submit(manager.call, f"{address}/api/v1/tasks/{task}/complete", {"answers": {"filled": True}})
                for address in (pair.one, pair.two)
            ]
            assert sorted(answer.result().status for answer in asked) == [200, 409]
            with pair.house.database.reading() as session:
                engine = engine_for(session, SYSTEM, pair.house.database.clock)
                ended = [e for e in engine.history(case) if e.code == "task_completed"]
                assert len(ended) == 1
                (row,) = engine.find_instances(InstanceFilter(instance_ids=(case,))).rows
                assert row.state == "completed"


def test_what_a_request_leaves_to_be_done_is_done_by_a_worker_without_waiting_for_beat(pair: Pair) -> None:
    manager = pair.client("hander", "sales_manager")
    _, task = pair.task("scaled_handing", text="handed")
    assert manager.call(f"{pair.two}/api/v1/tasks/{task}/complete", {"answers": {"filled": True}}).status == 200
    until(lambda: [text for _, text, _ in pair.installation.lines("note")] == ["handed"], "the worker to deliver")


def test_the_figures_of_all_processes_behind_an_address_are_told_together(pair: Pair) -> None:
    visitor = Visitor()

    def counted() -> float:
        text = visitor.get(f"{pair.two}/metrics").text
        found = re.search(r'keyturn_requests_total\{endpoint="health.healthz",.*?\} (\S+)', text)
        assert "keyturn_jobs_due 0.0" in text
        return float(found[1]) if found else 0.0

    before = counted()
    with ThreadPoolExecutor(4) as several:
        assert set(several.map(lambda _: Visitor().get(f"{pair.two}/healthz").status, range(30))) == {200}
    assert counted() == before + 30


def test_a_process_is_ready_with_database_schema_and_broker(pair: Pair) -> None:
    told = Visitor().get(f"{pair.one}/readyz").json
    assert told == {"status": "ready", "database": "ok", "schema": "ok", "broker": "ok"}
