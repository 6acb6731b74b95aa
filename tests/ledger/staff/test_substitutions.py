"""Substitution: who may enter it, what two rules may not say together, who is stood in for on a day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import MovedClock, business_date
from kernel.errors import Missing, NotAllowed
from ledger.organisation.models import Project
from ledger.staff import operations
from ledger.staff.errors import SubstitutionInvalid
from ledger.staff.models import Staff, Substitution
from ledger.staff.queries import actor_for
from ledger.staff.substitutions import add_substitution, revoke_substitution, stood_in_for, substitutions_of

PASSWORD = "a long sentence"


class Office:
    """People of a project and the rules they make."""

    def __init__(self, session: Session, admin: Actor, clock: MovedClock, project: Project) -> None:
        self.session, self.admin, self.clock, self.project = session, admin, clock, project
        self.today = business_date(clock)

    def hire(self, username: str, role: str = "sales_manager") -> Actor:
        roles = [(role, self.project.path)]
        staff = operations.add_staff(
            self.session, self.admin, self.clock,
            username=username, display_name=username.title(), password=PASSWORD, roles=roles,
        )  # fmt: skip
        return actor_for(self.session, staff.id, self.clock)

    def rule(self, by: Actor, substitute: Actor, first: int = 0, last: int = 4, **more: object) -> Substitution:
        return add_substitution(
            self.session, by, self.clock,
            substitute_id=substitute.id,
            from_date=self.today + timedelta(days=first),
            to_date=self.today + timedelta(days=last),
            **more,  # type: ignore[arg-type]
        )  # fmt: skip

    def for_whom(self, person: Actor) -> list[str]:
        return [principal.id for principal, _ in stood_in_for(self.session, person.id, self.clock)]


@pytest.fixture
def office(session: Session, admin: Actor, clock: MovedClock, project: Project) -> Office:
    return Office(session, admin, clock, project)


def test_a_substitute_has_the_others_rights_on_the_days_of_the_rule_alone(office: Office) -> None:
    wang, li = office.hire("wang"), office.hire("li", "sales_consultant")
    office.rule(wang, li, 1, 2)
    assert office.for_whom(li) == []
    office.clock.advance(timedelta(days=1))
    (standing,) = stood_in_for(office.session, li.id, office.clock)
    assert standing == (wang, frozenset())
    office.clock.advance(timedelta(days=1))
    assert office.for_whom(li) == [wang.id]
    office.clock.advance(timedelta(days=1))
    assert office.for_whom(li) == []


def test_it_ends_at_once_when_revoked_and_is_kept(office: Office) -> None:
    wang, li = office.hire("wang"), office.hire("li")
    rule = office.rule(wang, li)
    revoke_substitution(office.session, wang, office.clock, substitution_id=rule.id)
    assert office.for_whom(li) == []
    (kept,) = substitutions_of(office.session, wang.id)
    assert (kept.id, kept.revoked_by, kept.planned) == (rule.id, wang.id, True)
    revoked_at = kept.revoked_at
    office.clock.advance(timedelta(hours=1))
    revoke_substitution(office.session, wang, office.clock, substitution_id=rule.id)
    assert kept.revoked_at == revoked_at


@pytest.mark.parametrize(
    ("first", "last", "processes", "refused"),
    [
        (4, 9, (), True),
        (0, 0, (), True),
        (5, 9, (), False),
        (2, 3, ("booking_to_contract",), True),
    ],
)
def test_a_person_has_one_rule_for_a_day_and_process(
    office: Office, first: int, last: int, processes: tuple[str, ...], refused: bool
) -> None:
    wang, li, he = office.hire("wang"), office.hire("li"), office.hire("he")
    office.rule(wang, li, 0, 4)
    if refused:
        with pytest.raises(SubstitutionInvalid, match="substitution_overlaps"):
            office.rule(wang, he, first, last, processes=processes)
    else:
        office.rule(wang, he, first, last, processes=processes)


def test_different_processes_may_go_to_different_people(office: Office) -> None:
    wang, li, he = office.hire("wang"), office.hire("li"), office.hire("he")
    office.rule(wang, li, processes=["booking_to_contract"])
    office.rule(wang, he, processes=["refund"])
    with pytest.raises(SubstitutionInvalid, match="substitution_overlaps"):
        office.rule(wang, he, processes=["refund", "transfer"])
    assert office.for_whom(li) == office.for_whom(he) == [wang.id]


def test_the_same_rule_entered_twice_is_one(office: Office) -> None:
    wang, li = office.hire("wang"), office.hire("li")
    assert office.rule(wang, li).id == office.rule(wang, li).id


def test_there_are_no_chains_and_nobody_stands_in_for_himself(office: Office) -> None:
    wang, li, he = office.hire("wang"), office.hire("li"), office.hire("he")
    with pytest.raises(SubstitutionInvalid, match="substitute_is_self"):
        office.rule(wang, wang)
    office.rule(wang, li, 2, 4)
    with pytest.raises(SubstitutionInvalid, match="substitute_is_away"):
        office.rule(he, wang, 4, 8)
    with pytest.raises(SubstitutionInvalid, match="principal_stands_in"):
        office.rule(li, he, 0, 2)
    office.rule(he, wang, 5, 8)
    office.rule(li, he, 0, 1)


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [(3, 2, "dates_reversed"), (-1, 2, "in_the_past"), (0, 400, "too_long")],
)
def test_its_dates_make_sense(office: Office, first: int, last: int, code: str) -> None:
    wang, li = office.hire("wang"), office.hire("li")
    with pytest.raises(SubstitutionInvalid, match=code):
        office.rule(wang, li, first, last)


def test_for_somebody_ill_an_administrator_enters_it_and_nobody_else(office: Office, admin: Actor) -> None:
    wang, li, he = office.hire("wang"), office.hire("li"), office.hire("he")
    with pytest.raises(NotAllowed):
        office.rule(he, li, principal_id=wang.id)
    rule = office.rule(admin, li, principal_id=wang.id, reason="ill")
    assert (rule.planned, rule.reason, rule.created_by) == (False, "ill", admin.id)
    with pytest.raises(Missing):
        revoke_substitution(office.session, li, office.clock, substitution_id=rule.id)
    revoke_substitution(office.session, wang, office.clock, substitution_id=rule.id)
    assert office.for_whom(li) == []


def test_who_has_left_neither_lends_rights_nor_stands_in(office: Office, admin: Actor) -> None:
    wang, li, he = office.hire("wang"), office.hire("li"), office.hire("he")
    office.rule(wang, li)
    operations.deactivate_staff(office.session, admin, office.clock, staff_id=wang.id, reason="left")
    assert office.for_whom(li) == []
    operations.deactivate_staff(office.session, admin, office.clock, staff_id=he.id, reason="left")
    with pytest.raises(Missing):
        office.rule(li, he)


def test_days_are_days(office: Office, li: Staff) -> None:
    """A rule of one day runs on that day."""
    wang = office.hire("wang")
    rule = office.rule(wang, actor_for(office.session, li.id, office.clock), 0, 0)
    assert rule.is_running(office.today)
    assert not rule.is_running(office.today + timedelta(days=1))
    assert rule.from_date == date(office.today.year, office.today.month, office.today.day)
