"""Builds the engine for a command with everything it asks of the house: rights, forms, people, calendar, verbs."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy.orm import Session

import handlers
from engine.api import Engine, RoleChecker, Stand, Vacant
from forms.validator import FormValidator
from kernel.actor import Actor
from kernel.calendar import ChineseCalendar
from kernel.clock import Clock, business_date
from kernel.errors import Missing
from ledger.organisation.parameters import OPEN_WORK, VACANT_POST
from ledger.organisation.queries import parameter
from ledger.staff import queries as staff
from ledger.staff.managers import manager_of
from ledger.staff.posts import Answering, anybody_there, fills, next_above, who_answers
from ledger.staff.substitutions import stood_in_for
from webapp.places import LedgerPlaces
from webapp.process_data import PERSONAL, Veils

CALENDAR = ChineseCalendar()
PLACES = LedgerPlaces()
FORMS = FormValidator()
VEILS = Veils()


class StaffDirectory:
    """The people of the ledger, as the engine asks for them."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def holders(self, role: str, path: str) -> list[str]:
        """Who holds a role at the node or at the nearest one above."""
        return staff.holders(self._session, role, path, business_date(self._clock))

    def above(self, role: str, path: str) -> str | None:
        """The role that answers for another at a node, as it is named there."""
        return next_above(self._session, role, path).role

    def name(self, staff_id: str) -> str:
        """What somebody is called; the id for an account that is gone."""
        return staff.names(self._session, [staff_id]).get(staff_id, staff_id)

    def person(self, staff_id: str) -> Actor | None:
        """Somebody with today's roles; None once the account is closed."""
        try:
            return staff.actor_for(self._session, staff_id, self._clock)
        except Missing:
            return None

    def actors(self, ids: list[str]) -> dict[str, Actor]:
        """Several people with today's rights, by id."""
        return staff.actors_for(self._session, ids, self._clock)

    def vacancy(self, candidates: Sequence[str], path: str, excluded: Collection[str]) -> Vacant | None:
        """Whom the nearest node has named for posts that nobody may fill; in the end the role for all of them."""
        session, today = self._session, business_date(self._clock)
        people = [entry.removeprefix("user:") for entry in candidates if entry.startswith("user:")]
        posts = [entry for entry in candidates if not entry.startswith("user:")]
        named = [(role, at or path) for role, _, at in (post.partition("@") for post in posts)]
        if any(fills(session, role, at, today, excluded) for role, at in named):
            return None
        if anybody_there(session, set(people) - set(excluded)):
            return None
        found = [(who_answers(session, role, at, today, excluded), at) for role, at in named]
        instead = [_entry(answering, at) for answering, at in found if answering is not None]
        last = parameter(session, path, VACANT_POST, today)
        return Vacant(tuple(f"{role}@{at}" for role, at in named), tuple(instead) or (f"{last}@{path}",))

    def waits_for_work(self, path: str) -> bool:
        """Whether the nearest node has tasks wait for the work that was asked for under them."""
        return bool(parameter(self._session, path, OPEN_WORK, business_date(self._clock)) == "wait")

    def manager(self, staff_id: str, levels: int) -> str | None:
        """Who stands so many levels above somebody today."""
        return manager_of(self._session, staff_id, business_date(self._clock), levels)

    def names(self, ids: list[str]) -> dict[str, str]:
        """What several people are called, in one query."""
        return staff.names(self._session, ids)


def _entry(answering: Answering, path: str) -> str:
    return f"{answering.role}@{path}" if answering.role else answering.entry


class StaffSubstitutions:
    """The rules of substitution of the ledger, as the engine asks for them."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._known: dict[str, tuple[Stand, ...]] = {}

    def of(self, session: Session, person: Actor) -> tuple[Stand, ...]:
        """Whom somebody stands in for today, asked once for a transaction."""
        if person.id not in self._known:
            rules = stood_in_for(session, person.id, self._clock)
            self._known[person.id] = tuple(Stand(principal, processes) for principal, processes in rules)
        return self._known[person.id]


def engine_for(session: Session, actor: Actor, clock: Clock) -> Engine:
    """The engine for one actor in one transaction."""
    return Engine(
        session,
        actor,
        clock=clock,
        checker=RoleChecker(),
        forms=FORMS,
        directory=StaffDirectory(session, clock),
        calendar=CALENDAR,
        registry=handlers.registry(),
        personal=PERSONAL,
        places=PLACES,
        veils=VEILS,
        substitutions=StaffSubstitutions(clock),
    )


def opens_case(session: Session, actor: Actor, clock: Clock, instance_id: str | None) -> bool:
    """Whether somebody takes part in a case, and so may open its page; False without a case."""
    if instance_id is None:
        return False
    try:
        engine_for(session, actor, clock).get_instance(instance_id)
    except Missing:
        return False
    return True
