"""Roles are held at nodes, from a day to a day; the directory finds who answers for a place."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from kernel.actor import ROOT, Actor
from kernel.clock import MovedClock
from kernel.errors import Missing, NotAllowed
from ledger.organisation.models import Project
from ledger.staff import operations, queries
from ledger.staff.errors import LastAdministrator, RoleInvalid, StaffInvalid, StaffMissing
from ledger.staff.models import Staff

TODAY = date(2026, 3, 2)
CITY = "/keyturn/shanghai/"
Make = Callable[..., Staff]


@pytest.fixture
def hire(session: Session, admin: Actor, clock: MovedClock, project: Project) -> Make:
    """Open an account with one role."""

    def make(username: str, role: str, path: str) -> Staff:
        account = {"username": username, "display_name": username.title(), "password": "a long sentence"}
        return operations.add_staff(session, admin, clock, **account, roles=[(role, path)])

    return make


def test_the_nearest_holder_answers(session: Session, hire: Make, project: Project) -> None:
    above = hire("wang", "sales_manager", CITY)
    assert queries.holders(session, "sales_manager", project.path, TODAY) == [above.id]
    near = hire("zhao", "sales_manager", project.path)
    assert queries.holders(session, "sales_manager", project.path, TODAY) == [near.id]
    assert queries.holders(session, "sales_manager", CITY, TODAY) == [above.id]
    assert queries.holders(session, "legal", project.path, TODAY) == []


def test_a_leaver_leaves_the_role_vacant_and_the_next_above_answers(
    session: Session, admin: Actor, clock: MovedClock, hire: Make, project: Project
) -> None:
    above, near = hire("wang", "sales_manager", CITY), hire("zhao", "sales_manager", project.path)
    operations.deactivate_staff(session, admin, clock, staff_id=near.id, reason="离职")
    assert queries.holders(session, "sales_manager", project.path, TODAY) == [above.id]
    assert operations.StaffLeft(near.id) in session.info["facts"]
    with pytest.raises(StaffMissing):
        queries.actor_for(session, near.id, clock)


def test_a_role_counts_on_its_days_only(
    session: Session, admin: Actor, clock: MovedClock, li: Staff, project: Project
) -> None:
    days = {"from_date": date(2026, 3, 10), "to_date": date(2026, 3, 11)}
    operations.grant_role(session, admin, clock, staff_id=li.id, role="legal", path=CITY, **days)
    found = [
        queries.holders(session, "legal", project.path, TODAY + timedelta(days=n)) == [li.id]
        for n in (7, 8, 9, 10)
    ]
    assert found == [False, True, True, False]


def test_an_actor_may_what_the_roles_allow_where_they_are_held(
    session: Session, clock: MovedClock, li: Staff, project: Project
) -> None:
    actor = queries.actor_for(session, li.id, clock)
    assert actor.may("sales:queue", project.path) and not actor.may("sales:queue", CITY)
    assert actor.has_role("sales_consultant", project.path)
    assert actor.only_own("customers:view", project.path)


def test_a_revoked_role_is_gone_at_once(session: Session, admin: Actor, clock: MovedClock, li: Staff) -> None:
    [held] = queries.roles_of(session, li.id, TODAY)
    operations.revoke_role(session, admin, clock, staff_role_id=held.id)
    assert queries.actor_for(session, li.id, clock).grants == ()
    assert queries.roles_of(session, li.id, TODAY - timedelta(days=1)) == []


def test_the_same_role_is_held_once(
    session: Session, admin: Actor, clock: MovedClock, li: Staff, project: Project
) -> None:
    operations.grant_role(session, admin, clock, staff_id=li.id, role="sales_consultant", path=project.path)
    assert len(queries.roles_of(session, li.id, TODAY)) == 1


def test_a_city_administrator_cannot_reach_up(
    session: Session, clock: MovedClock, hire: Make, project: Project, li: Staff, actor_with: Callable[..., Actor]
) -> None:
    city = actor_with("staff:manage", path=CITY)
    boss = hire("boss", "administrator", ROOT)
    with pytest.raises(NotAllowed):
        operations.reset_password(session, city, clock, staff_id=boss.id)
    with pytest.raises(NotAllowed):
        operations.grant_role(session, city, clock, staff_id=li.id, role="administrator", path="/keyturn/")
    assert operations.reset_password(session, city, clock, staff_id=li.id)


def test_an_account_whose_higher_role_is_still_to_begin_is_out_of_a_citys_reach(
    session: Session, admin: Actor, clock: MovedClock, li: Staff, actor_with: Callable[..., Actor]
) -> None:
    tomorrow = TODAY + timedelta(days=1)
    operations.grant_role(
        session, admin, clock, staff_id=li.id, role="administrator", path="/keyturn/", from_date=tomorrow
    )
    with pytest.raises(NotAllowed):
        operations.reset_password(session, actor_with("staff:manage", path=CITY), clock, staff_id=li.id)


def test_the_last_administrator_stays(
    session: Session, admin: Actor, clock: MovedClock, hire: Make, project: Project
) -> None:
    first = hire("first", "administrator", ROOT)
    with pytest.raises(LastAdministrator):
        operations.deactivate_staff(session, admin, clock, staff_id=first.id, reason="")
    hire("second", "administrator", ROOT)
    assert not operations.deactivate_staff(session, admin, clock, staff_id=first.id, reason="").active


def test_wrong_accounts_and_roles_are_refused(
    session: Session, admin: Actor, clock: MovedClock, hire: Make, li: Staff, project: Project
) -> None:
    for username in ("li.na", "L", "李娜", "a b"):
        with pytest.raises(StaffInvalid):
            hire(username, "legal", CITY)
    with pytest.raises(RoleInvalid):
        operations.grant_role(session, admin, clock, staff_id=li.id, role="king", path=CITY)


def test_names_come_in_one_query_and_unknown_ids_are_left_out(session: Session, li: Staff) -> None:
    assert queries.names(session, [li.id, "system"]) == {li.id: "李娜"}
    assert queries.names(session, []) == {}


def test_the_list_shows_the_people_of_ones_own_places(
    session: Session, hire: Make, li: Staff, project: Project, actor_with: Callable[..., Actor]
) -> None:
    hire("far", "legal", "/keyturn/")
    viewer = actor_with("staff:view", path=CITY)
    assert [person.id for person in queries.list_staff(session, viewer)] == [li.id]
    assert queries.list_staff(session, viewer, text="娜") == [li]
    assert queries.list_staff(session, viewer, text="%") == []
    with pytest.raises(Missing):
        queries.get_staff(session, actor_with("staff:view", path="/keyturn/beijing/"), li.id)


def test_addresses_are_read_for_sending_only_while_active(
    session: Session, admin: Actor, clock: MovedClock, li: Staff
) -> None:
    assert queries.address_of(session, li.id, "mail") == "li@example.com"
    assert queries.address_of(session, li.id, "sms") == "+8613812345678"
    operations.deactivate_staff(session, admin, clock, staff_id=li.id, reason="离职")
    assert queries.address_of(session, li.id, "mail") is None
