"""Builds the engine for a command with everything it asks of the house: rights, forms, people, calendar, verbs."""

from __future__ import annotations

from sqlalchemy.orm import Session

import handlers
from engine.api import Engine, RoleChecker
from forms.validator import FormValidator
from kernel.actor import Actor
from kernel.calendar import ChineseCalendar
from kernel.clock import Clock, business_date
from ledger.staff import queries as staff
from webapp.places import LedgerPlaces
from webapp.process_data import PERSONAL

CALENDAR = ChineseCalendar()
PLACES = LedgerPlaces(CALENDAR)
FORMS = FormValidator()


class StaffDirectory:
    """The people of the ledger, as the engine asks for them."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def holders(self, role: str, path: str) -> list[str]:
        """Who holds a role at the node or at the nearest one above."""
        return staff.holders(self._session, role, path, business_date(self._clock))

    def name(self, staff_id: str) -> str:
        """What somebody is called; the id for an account that is gone."""
        return staff.names(self._session, [staff_id]).get(staff_id, staff_id)

    def names(self, ids: list[str]) -> dict[str, str]:
        """What several people are called, in one query."""
        return staff.names(self._session, ids)


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
    )
