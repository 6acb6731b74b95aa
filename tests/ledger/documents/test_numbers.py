"""Numbers come without gaps and never twice, whoever writes and whatever is rolled back."""

import threading
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete
from sqlalchemy.orm import Session

from kernel.actor import SYSTEM, Actor
from kernel.clock import MovedClock
from ledger.documents.errors import NumberKindUnknown
from ledger.documents.models import NumberRange
from ledger.documents.numbers import next_number
from ledger.organisation import operations as organisation
from ledger.organisation.models import Project
from webapp.db import Database

DAY = date(2026, 3, 2)


def test_a_number_tells_project_kind_year_and_place_in_the_row(session: Session, project: Project) -> None:
    numbers = [next_number(session, "subscription", project.path, DAY) for _ in range(2)]
    assert numbers == ["YUNXI-RG-2026-000001", "YUNXI-RG-2026-000002"]


def test_each_kind_node_and_year_counts_by_itself(
    session: Session, admin: Actor, clock: MovedClock, project: Project, harbour: Project
) -> None:
    phase = organisation.add_node(session, admin, clock, kind="phase", code="p1", name="一期", parent=project.path)
    asked = [
        ("receipt", project.path, DAY),
        ("receipt", harbour.path, DAY),
        ("receipt", project.path, date(2027, 1, 1)),
        ("contract", project.path, DAY),
        ("receipt", phase.path, DAY),
        ("receipt", "/keyturn/", DAY),
    ]
    numbers = [next_number(session, *one) for one in asked]
    assert len(set(numbers)) == len(numbers)
    assert all(number.endswith("-000001") for number in numbers)
    assert numbers[4] == "YUNXI-P1-SJ-2026-000001"


def test_an_unknown_kind_has_no_range(session: Session, project: Project) -> None:
    with pytest.raises(NumberKindUnknown):
        next_number(session, "poem", project.path, DAY)


class Thrown(Exception):
    """A writer fails after taking a number."""


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(outcomes=st.lists(st.booleans(), min_size=1, max_size=6))
def test_a_number_that_was_rolled_back_is_given_out_again(database: Database, outcomes: list[bool]) -> None:
    kept: list[str] = []
    with database.unit_of_work() as session:
        session.execute(delete(NumberRange))
    for keep in outcomes:
        try:
            with database.unit_of_work() as session:
                number = next_number(session, "receipt", "/keyturn/", DAY)
                if not keep:
                    raise Thrown
        except Thrown:
            continue
        kept.append(number)
    assert [int(number[-6:]) for number in kept] == list(range(1, len(kept) + 1))


def test_two_writers_at_once_leave_no_gap_and_no_double(database: Database) -> None:
    kept: list[str] = []
    failures: list[BaseException] = []
    begin = threading.Barrier(2)

    def write() -> None:
        try:
            begin.wait(10)
            for turn in range(10):
                try:
                    with database.unit_of_work(SYSTEM) as session:
                        number = next_number(session, "receipt", "/keyturn/", DAY)
                        if turn % 3 == 2:
                            raise Thrown
                except Thrown:
                    continue
                kept.append(number)
        except BaseException as failure:
            failures.append(failure)

    writers = [threading.Thread(target=write) for _ in range(2)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    assert failures == []
    assert sorted(int(number[-6:]) for number in kept) == list(range(1, 15))
