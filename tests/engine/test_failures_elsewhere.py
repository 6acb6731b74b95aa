"""What a job sets off fails in another case: the job is put off with its incident, and no later one waits for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest

from engine import jobs
from engine.api import HandlerRegistry, Incident, StepFailed
from engine.handlers import Context, JobContext
from kernel.actor import SYSTEM
from tests.engine.changing.versions import Versions, ends, flows, received, task, timer
from tests.engine.conftest import LEASE, House, Story

START, PAID = '<startEvent id="s"/>', '<message id="m" name="paid"/>'
TELL = (
    '<intermediateThrowEvent id="tell"><extensionElements><keyturn:correlation name="order" value="= order"/>'
    '</extensionElements><messageEventDefinition messageRef="m"/></intermediateThrowEvent>'
)


@dataclass(frozen=True)
class Booked:
    """What the verbs of these stories take."""

    unit: str


def verb(element: str, name: str) -> str:
    inside = f'<extensionElements><keyturn:handler name="{name}"/></extensionElements>'
    return f'<serviceTask id="{element}">{inside}</serviceTask>'


class Books:
    """What the case that listens writes into; it can be closed."""

    def __init__(self) -> None:
        self.closed = True
        self.written: list[str] = []


@pytest.fixture
def books(registry: HandlerRegistry) -> Books:
    """Two verbs: one that writes into the books, one that asks outside."""
    found = Books()

    @registry.handler("books.write")
    def write(data: Booked, ctx: Context) -> None:
        """Write."""
        if found.closed:
            raise OSError("closed")
        found.written.append(data.unit)

    @registry.handler("bank.ask", external=True)
    def ask(data: Booked, ctx: JobContext) -> None:
        """Ask."""

    return found


@pytest.fixture
def versions(house: House, books: Books) -> Versions:
    """A case that writes once it is told."""
    told = Versions(house)
    told.deploy(START, task("t"), received("in", "t", "m"), verb("write", "books.write"), ends("e", "f"),
                flows("s t e", "in write f"), roots=PAID, key="listener")  # fmt: skip
    return told


def listening(versions: Versions, unit: str = "1-101") -> Story:
    return versions.start({"unit": unit, "order": "7"}, key="listener")


def only(house: House, state: str = "open") -> Incident:
    (incident,) = house.ask(lambda e: e.incidents(state=state))
    found: Incident = incident
    return found


def fire_all(house: House) -> int:
    """Fire what is due as a worker does; how many failed."""
    failed = 0
    for _ in range(10):
        try:
            if not house.act(lambda e: e.run_due(house.clock.now()), SYSTEM):
                break
        except StepFailed:
            failed += 1
    return failed


def test_a_timer_whose_message_another_case_cannot_take_is_put_off_and_later_timers_fire(
    versions: Versions, books: Books
) -> None:
    house, other = versions.house, listening(versions)
    versions.deploy(START, task("t"), timer("late", "t", "P1D"), TELL, ends("e", "f"),
                    flows("s t e", "late tell f"), roots=PAID, key="teller")  # fmt: skip
    versions.deploy(START, task("t"), timer("late", "t", "P1D"), ends("e", "f"), flows("s t e", "late f"),
                    key="quiet")  # fmt: skip
    teller, quiet = versions.start({"order": "7"}, key="teller"), versions.start(key="quiet")
    house.clock.advance(timedelta(days=1))
    assert fire_all(house) == 1
    assert (teller.state, quiet.state, other.waiting_at) == ("active", "completed", ["t"])
    waits = only(house, "retrying")
    assert (waits.instance_id, waits.element_id, waits.retryable) == (other.id, "write", True)
    for _ in range(4):
        house.clock.advance(timedelta(hours=6))
        assert fire_all(house) == 1
    incident = only(house)
    house.act(lambda e: e.edit_incident(incident.id, {"unit": "1-102"}, "the other home was meant"))
    books.closed = False
    house.act(lambda e: e.retry(incident.id))
    assert fire_all(house) == 0
    assert (teller.state, other.state, books.written) == ("completed", "completed", ["1-102"])
    assert house.ask(lambda e: e.incidents()) == []


def test_an_answer_from_outside_whose_message_another_case_cannot_take_is_put_off(
    versions: Versions, books: Books
) -> None:
    house, other = versions.house, listening(versions)
    versions.deploy(START, verb("ask", "bank.ask"), TELL, ends("e"), flows("s ask tell e"), roots=PAID,
                    key="asker")  # fmt: skip
    asker = versions.start({"unit": "1-101", "order": "7"}, key="asker")

    def answer() -> bool:
        with house.database.unit_of_work() as session:
            job = jobs.lease_next(session, house.clock.now(), LEASE, worker="w1")
        if job is not None:
            with house.database.unit_of_work() as session:
                jobs.finish(house.engine(session, SYSTEM).host, job, jobs.Outcome())
        return job is not None

    with pytest.raises(StepFailed):
        answer()
    assert only(house, "retrying").job_id is not None
    assert not answer()
    books.closed = False
    house.clock.advance(timedelta(seconds=31))
    assert answer()
    assert (asker.state, other.state, books.written) == ("completed", "completed", ["1-101"])
    assert house.ask(lambda e: e.incidents()) == []
