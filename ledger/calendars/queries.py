"""Looking calendars up: by which a node counts, and what it says of its days."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.actor import ROOT
from kernel.calendar import BusinessCalendar, SpecialDay, read_blocks
from kernel.calendar.blocks import OFFICE_WEEK, Week
from kernel.clock import DEFAULT_ZONE
from ledger.calendars.errors import CalendarMissing
from ledger.calendars.models import COUNTRY, CalendarChoice, CalendarDay, NamedCalendar
from ledger.organisation.models import OrgNode
from ledger.scope import paths_above


@dataclass(frozen=True)
class CalendarAt:
    """How a node counts: ``path`` is the nearest known node, ``chosen_at`` the one that chose the calendar."""

    path: str
    zone: str
    calendar: BusinessCalendar
    calendar_id: str | None = None
    chosen_at: str | None = None


def calendar_at(session: Session, path: str) -> CalendarAt:
    """The calendar of a node: the one it or the nearest node above has chosen, with the days of all of them.

    Days of a node win over those of nodes above it, these over the calendar's, and these over the state's.
    """
    nodes = session.execute(
        select(OrgNode.id, OrgNode.path, OrgNode.zone, CalendarChoice.calendar_id)
        .outerjoin(CalendarChoice, CalendarChoice.node_id == OrgNode.id)
        .where(OrgNode.path.in_(paths_above(path)))
    )
    above = sorted(nodes, key=lambda node: len(node.path))
    chosen = next((node for node in reversed(above) if node.calendar_id), None)
    known = session.get_one(NamedCalendar, chosen.calendar_id) if chosen is not None else None
    calendar = _calendar(session, known, [node.id for node in above])
    here = above[-1] if above else None
    return CalendarAt(
        here.path if here else ROOT,
        here.zone if here else DEFAULT_ZONE,
        calendar,
        known.id if known else None,
        chosen.path if chosen else None,
    )


def calendar_of(session: Session, calendar_id: str | None) -> BusinessCalendar:
    """A named calendar with its own and the state's days; the house's office hours for None."""
    known = get_calendar(session, calendar_id) if calendar_id is not None else None
    return _calendar(session, known, [])


def get_calendar(session: Session, calendar_id: str) -> NamedCalendar:
    """A calendar by its id. Raises `CalendarMissing`. Calendars are no secret, so no scope is asked."""
    found = session.get(NamedCalendar, calendar_id)
    if found is None:
        raise CalendarMissing
    return found


def list_calendars(session: Session) -> list[NamedCalendar]:
    """All calendars by name."""
    return list(session.scalars(select(NamedCalendar).order_by(NamedCalendar.name, NamedCalendar.id)))


def list_days(session: Session, holder: str, *, since: date | None = None) -> list[CalendarDay]:
    """The days that a calendar, a node or the country holds itself, in order."""
    query = select(CalendarDay).where(CalendarDay.holder == holder).order_by(CalendarDay.day)
    return list(session.scalars(query if since is None else query.where(CalendarDay.day >= since)))


def choices(session: Session) -> list[CalendarChoice]:
    """Which nodes have chosen a calendar."""
    return list(session.scalars(select(CalendarChoice).order_by(CalendarChoice.path)))


def week_of(texts: Iterable[str]) -> Week:
    """A stored week as blocks."""
    return tuple(read_blocks(text) for text in texts)


def special(row: CalendarDay) -> SpecialDay:
    """A stored day as calendars count it."""
    blocks = read_blocks(row.blocks) if row.blocks else None
    return SpecialDay(row.working, dict(row.names), blocks, row.source)


def _calendar(session: Session, known: NamedCalendar | None, nodes: list[str]) -> BusinessCalendar:
    country = [COUNTRY] if known is None or known.state else []
    holders = [*country, *([known.id] if known else []), *nodes]
    order = {holder: place for place, holder in enumerate(holders)}
    rows = session.scalars(select(CalendarDay).where(CalendarDay.holder.in_(holders)))
    days = {row.day: special(row) for row in sorted(rows, key=lambda row: order[row.holder])}
    if known is None:
        return BusinessCalendar(OFFICE_WEEK, days)
    return BusinessCalendar(week_of(known.week), days, known.state, known.name)
