"""An upgrade without a stop: processes of the release before and of this one work on the same cases together."""

from __future__ import annotations

import io
import subprocess
import sys
import tarfile
import uuid
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

import pytest

from engine.api import InstanceFilter, TaskFilter
from kernel.actor import SYSTEM
from kernel.clock import SystemClock
from kernel.vault import Vault
from ledger.organisation.operations import add_node, create_project
from ledger.staff.tokens import issue_token
from tests.docs.pages import ROOT
from tests.engine.definitions.drawing import extended, flow, process
from tests.machine import POSTGRES
from tests.postgres import PostgresDatabase
from tests.webapp.house import House
from tests.webapp.scaled.conftest import any_broker
from tests.webapp.scaled.installation import Installation, until
from tests.webapp.scaled.visitor import Visitor
from webapp.db import Database
from webapp.engine_room import engine_for
from webapp.schema import migrate

# The commit that was released last; with the next release this becomes its commit.
PREVIOUS = "20b4e5d"
CASES = 6
# Several interpreters start in each story, which takes long on a machine that is busy.
pytestmark = pytest.mark.timeout(400)


def _task(element_id: str) -> str:
    own = '<keyturn:task form="approval/fill_vacancy" candidateGroups="sales_manager" due="P1D"/>'
    return extended("userTask", f'id="{element_id}"', own)


_TIMER = "<bpmn:timerEventDefinition><bpmn:timeDuration>{}</bpmn:timeDuration></bpmn:timerEventDefinition>"
# A task, a timer, two tasks side by side, a task in a sub-process that a timer watches over, twice around.
DIAGRAM = process(
    '<bpmn:startEvent id="begin"/><bpmn:endEvent id="done"/><bpmn:exclusiveGateway id="again"/>',
    _task("first"),
    f'<bpmn:intermediateCatchEvent id="pause">{_TIMER.format("PT1S")}</bpmn:intermediateCatchEvent>',
    '<bpmn:parallelGateway id="fork"/><bpmn:parallelGateway id="join"/>',
    _task("left"),
    _task("right"),
    '<bpmn:subProcess id="inside"><bpmn:startEvent id="in"/><bpmn:endEvent id="out"/>',
    _task("deep"),
    flow("i1", "in", "deep"),
    flow("i2", "deep", "out"),
    "</bpmn:subProcess>",
    f'<bpmn:boundaryEvent id="late" attachedToRef="inside">{_TIMER.format("P1D")}</bpmn:boundaryEvent>',
    extended("scriptTask", 'id="count" scriptFormat="feel"', '<keyturn:assign name="round" value="= round + 1"/>'),
    '<bpmn:exclusiveGateway id="enough" default="f10"/>',
    flow("f1", "begin", "again"),
    flow("f2", "again", "first"),
    flow("f3", "first", "pause"),
    flow("f4", "pause", "fork"),
    flow("f5", "fork", "left"),
    flow("f6", "fork", "right"),
    flow("f7", "left", "join"),
    flow("f8", "right", "join"),
    flow("f9", "join", "inside"),
    flow("f11", "inside", "count"),
    flow("f12", "count", "enough"),
    flow("f13", "enough", "again", "= round &lt; 2"),
    flow("f10", "enough", "done"),
    flow("f14", "late", "done"),
    key="upgrade_story",
)


@pytest.fixture(scope="module")
def previous(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source of the previous release, unpacked."""
    packed = subprocess.run(["git", "archive", PREVIOUS], cwd=ROOT, capture_output=True, check=False)  # noqa: S603, S607
    if packed.returncode:
        pytest.skip(f"the history does not hold the previous release ({PREVIOUS})")
    folder = tmp_path_factory.mktemp("previous")
    with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as files:
        files.extractall(folder, filter="data")
    return folder


@pytest.fixture
def old(tmp_path: Path, vault: Vault, previous: Path) -> Iterator[Installation]:
    """An installation as the previous release made it; tests look into it through this release."""
    if not POSTGRES:
        pytest.skip("PostgreSQL is not named")
    server = PostgresDatabase(POSTGRES, migrated=False)
    vault.save(tmp_path / "keys.json")
    database = Database(server.url, vault, SystemClock())
    installation = Installation(database, tmp_path, any_broker(), f"keyturn_test_{uuid.uuid4().hex[:12]}")
    migrating = [sys.executable, "-m", "webapp.cli", "migrate"]
    subprocess.run(migrating, cwd=previous, env=installation.environment(), check=True, capture_output=True)  # noqa: S603
    try:
        yield installation
    finally:
        installation.stop()
        database.engine.dispose()
        server.drop()


def company(installation: Installation) -> tuple[House, Visitor]:
    """A project, the diagram, and a manager's API client."""
    database, clock = installation.database, installation.database.clock
    with database.unit_of_work() as session:
        add_node(session, SYSTEM, clock, parent="/", kind="group", code="kt", name="KT")
        project = create_project(session, SYSTEM, clock, name="云栖", code="yunxi", parent="/kt/")
        engine_for(session, SYSTEM, clock).deploy({"upgrade_story.bpmn": DIAGRAM})
    house = House(database, project)
    manager = house.hire("manager", "sales_manager")
    with database.unit_of_work(manager) as session:
        return house, Visitor(issue_token(session, manager, clock, name="story").secret)


def test_processes_of_two_releases_take_the_same_cases_to_their_end(old: Installation, previous: Path) -> None:
    before = old.serve_other(previous)
    old.ready(before)
    migrate(old.database.engine)
    house, manager = company(old)
    after, worker = old.serve(1), old.start("worker", "--concurrency", "1")
    old.start("beat")
    old.ready(after, worker)
    with old.database.unit_of_work() as session:
        engine = engine_for(session, SYSTEM, old.database.clock)
        for _ in range(CASES):
            engine.start("upgrade_story", {"round": 0}, scope=house.project.path)
    completed: dict[str, int] = {before.address: 0, after.address: 0}
    turns = cycle(completed)

    def go_on() -> bool:
        with old.database.reading() as session:
            engine = engine_for(session, SYSTEM, old.database.clock)
            tasks = [task.id for task in engine.find_tasks(TaskFilter(box="all")).rows if task.state == "open"]
            ended = engine.find_instances(InstanceFilter(states=("completed",))).count
        for task in tasks:
            address = next(turns)
            answer = manager.call(f"{address}/api/v1/tasks/{task}/complete", {"answers": {"filled": True}})
            assert answer.status == 200, (address, answer.text)
            completed[address] += 1
        return ended == CASES

    until(go_on, "all cases to end")
    # Two rounds of four tasks, half of them at each release.
    assert sorted(completed.values()) == [4 * CASES, 4 * CASES]
    with old.database.reading() as session:
        assert engine_for(session, SYSTEM, old.database.clock).incidents(state=None) == []
    assert before.handle.poll() is None
    assert after.handle.poll() is None
