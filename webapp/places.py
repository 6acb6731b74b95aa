"""How time is counted in each part of the organisation, as the engine asks for it."""

from __future__ import annotations

import time
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import event
from sqlalchemy.orm import Session

from engine.api import Place
from ledger.calendars.models import CalendarChoice, CalendarDay, NamedCalendar
from ledger.calendars.queries import calendar_at

FRESH_SECONDS = 10.0
_TABLES = (NamedCalendar, CalendarDay, CalendarChoice)
_CHANGED = "calendars_changed"


class LedgerPlaces:
    """The zone of the organisation's nodes with the calendar that they, or the nearest node above, have chosen.

    What was read is kept per process and database: until a calendar is changed by this process, and for
    `FRESH_SECONDS` at most, because another one may have changed it.
    """

    def __init__(self) -> None:
        self._known: WeakKeyDictionary[Any, dict[str, tuple[Place, float]]] = WeakKeyDictionary()
        self._lock = Lock()
        event.listen(Session, "after_flush", _note)
        event.listen(Session, "after_commit", self._forget)

    def at(self, session: Session, path: str) -> Place:
        """The place of a node, or of the nearest one above it."""
        with self._lock:
            known = self._known.setdefault(session.get_bind().engine.pool, {})
        place, until = known.get(path, (None, 0.0))
        if place is not None and time.monotonic() < until and _CHANGED not in session.info:
            return place
        found = calendar_at(session, path)
        place = Place(found.calendar, found.zone)
        # A node that is added later may have another zone than the one above it.
        if found.path == path and _CHANGED not in session.info:
            known[path] = place, time.monotonic() + FRESH_SECONDS
        return place

    def _forget(self, session: Session) -> None:
        if session.info.pop(_CHANGED, False):
            with self._lock:
                self._known.clear()


def _note(session: Session, _context: object) -> None:
    if any(isinstance(row, _TABLES) for rows in (session.new, session.dirty, session.deleted) for row in rows):
        session.info[_CHANGED] = True
