"""How time is counted in each part of the organisation, as the engine asks for it."""

from __future__ import annotations

from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy.orm import Session

from engine.api import Calendar, Place
from ledger.organisation.queries import zone_at


class LedgerPlaces:
    """The zone of the organisation's nodes with the house's calendar.

    A node keeps its zone for ever, so what was once read is kept per process and database. Days off of a single
    project would come in here: what counts time asks for a place, never for the house's calendar.
    """

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar
        self._known: WeakKeyDictionary[Any, dict[str, Place]] = WeakKeyDictionary()
        self._lock = Lock()

    def at(self, session: Session, path: str) -> Place:
        """The place of a node, or of the nearest one above it."""
        with self._lock:
            known = self._known.setdefault(session.get_bind().engine.pool, {})
        found = known.get(path)
        if found is None:
            node, zone = zone_at(session, path)
            found = Place(self._calendar, zone)
            if node == path:  # A node that is added later may have another zone than the one above it.
                known[path] = found
        return found
