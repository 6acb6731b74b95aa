"""Transactions, append-only tables and facts on a real database."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from kernel.actor import Actor
from kernel.audit import AuditRow, record
from kernel.clock import MovedClock
from webapp.db import Database


def note(database: Database, actor: Actor, clock: MovedClock) -> None:
    with database.unit_of_work(actor) as session:
        record(session, actor, clock, "unit:withhold", "unit", "1", before={"a": 1}, after={"a": 2})


def test_what_a_unit_of_work_did_is_there_afterwards(database: Database, admin: Actor, clock: MovedClock) -> None:
    note(database, admin, clock)
    with database.reading() as session:
        row = session.scalars(select(AuditRow)).one()
    assert (row.action, row.after, row.at) == ("unit:withhold", {"a": 2}, clock.now())


def test_a_unit_of_work_that_fails_leaves_nothing(database: Database, admin: Actor, clock: MovedClock) -> None:
    with pytest.raises(ZeroDivisionError), database.unit_of_work(admin) as session:
        record(session, admin, clock, "unit:withhold", "unit", "1")
        session.flush()
        raise ZeroDivisionError
    with database.reading() as session:
        assert session.scalars(select(AuditRow)).all() == []


@pytest.mark.parametrize("act", ["UPDATE audit SET action = 'x'", "DELETE FROM audit"])
def test_the_audit_refuses_to_be_changed(database: Database, admin: Actor, clock: MovedClock, act: str) -> None:
    note(database, admin, clock)
    with pytest.raises(DatabaseError, match="append_only:audit"), database.unit_of_work(admin) as session:
        session.execute(text(act))
