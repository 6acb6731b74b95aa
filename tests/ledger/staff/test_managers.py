"""Line managers: from a day on, never in a circle, so many levels up."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import MovedClock, business_date
from kernel.errors import Missing, NotAllowed
from ledger.organisation.models import Project
from ledger.staff import operations
from ledger.staff.errors import ManagerInvalid
from ledger.staff.managers import lines_on, manager_history, manager_of, set_manager

PASSWORD = "a long sentence"


@pytest.fixture
def people(session: Session, admin: Actor, clock: MovedClock, project: Project) -> dict[str, str]:
    """Four people of a project."""
    return {
        name: operations.add_staff(
            session, admin, clock, username=name, display_name=name, password=PASSWORD,
            roles=[("sales_consultant", project.path)],
        ).id
        for name in ("an", "bo", "chen", "deng")
    }  # fmt: skip


def test_the_chain_is_followed_so_many_levels_up(
    session: Session, admin: Actor, clock: MovedClock, people: dict[str, str]
) -> None:
    today = business_date(clock)
    for below, above in (("an", "bo"), ("bo", "chen"), ("chen", "deng")):
        set_manager(session, admin, clock, staff_id=people[below], manager_id=people[above])
    found = [manager_of(session, people["an"], today, levels) for levels in (1, 2, 3, 4)]
    assert found == [people["bo"], people["chen"], people["deng"], None]
    with pytest.raises(ManagerInvalid, match="manager_circle"):
        set_manager(session, admin, clock, staff_id=people["deng"], manager_id=people["an"])
    with pytest.raises(ManagerInvalid, match="manager_is_self"):
        set_manager(session, admin, clock, staff_id=people["an"], manager_id=people["an"])


def test_a_line_of_a_later_day_closes_no_circle(
    session: Session, admin: Actor, clock: MovedClock, people: dict[str, str]
) -> None:
    later = business_date(clock) + timedelta(days=30)
    set_manager(session, admin, clock, staff_id=people["bo"], manager_id=people["an"], from_date=later)
    with pytest.raises(ManagerInvalid, match="manager_circle"):
        set_manager(session, admin, clock, staff_id=people["an"], manager_id=people["bo"])


def test_lines_are_shown_to_whom_may_see_the_people(
    session: Session, admin: Actor, clock: MovedClock, people: dict[str, str]
) -> None:
    set_manager(session, admin, clock, staff_id=people["an"], manager_id=people["bo"])
    today = business_date(clock)
    assert [(row.staff_id, row.manager_id) for row in lines_on(session, admin, today)] == [
        (people["an"], people["bo"])
    ]
    assert lines_on(session, Actor(people["an"], "an"), today) == []


def test_a_change_has_its_day_and_what_was_stays_readable(
    session: Session, admin: Actor, clock: MovedClock, people: dict[str, str]
) -> None:
    today = business_date(clock)
    tomorrow = today + timedelta(days=1)
    set_manager(session, admin, clock, staff_id=people["an"], manager_id=people["bo"])
    set_manager(session, admin, clock, staff_id=people["an"], manager_id=people["chen"], from_date=tomorrow)
    assert manager_of(session, people["an"], today) == people["bo"]
    assert manager_of(session, people["an"], tomorrow) == people["chen"]
    assert [row.manager_id for row in manager_history(session, people["an"])] == [people["chen"], people["bo"]]
    set_manager(session, admin, clock, staff_id=people["an"], manager_id=None)
    assert manager_of(session, people["an"], today) is None
    with pytest.raises(ManagerInvalid, match="manager_in_the_past"):
        set_manager(
            session, admin, clock, staff_id=people["an"], manager_id=None, from_date=today - timedelta(days=1)
        )


def test_it_needs_the_right_and_a_person_who_works_here(
    session: Session, admin: Actor, clock: MovedClock, people: dict[str, str]
) -> None:
    with pytest.raises(NotAllowed):
        set_manager(session, Actor(people["an"], "an"), clock, staff_id=people["an"], manager_id=people["bo"])
    operations.deactivate_staff(session, admin, clock, staff_id=people["bo"], reason="left")
    with pytest.raises(Missing):
        set_manager(session, admin, clock, staff_id=people["an"], manager_id=people["bo"])
