"""Changing calendars: their weeks, their days, who counts by them, and the days of a further year from a file."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import ROOT, Actor
from kernel.calendar import Block, BlocksUnreadable, SpecialDay, read_blocks
from kernel.calendar.blocks import write_blocks
from kernel.calendar.days import day_of_state
from kernel.clock import Clock
from kernel.errors import NotAllowed
from ledger.calendars.errors import CalendarInvalid, CalendarMissing, CalendarStale, DaysDiffer
from ledger.calendars.models import COUNTRY, CalendarChoice, CalendarDay, NamedCalendar
from ledger.calendars.queries import get_calendar, list_days, special
from ledger.organisation.models import OrgNode
from ledger.organisation.queries import get_node
from ledger.staff.permissions import Permission

_CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def require_house(actor: Actor) -> None:
    """Raise `NotAllowed` unless the actor manages the whole house's organisation: calendars serve all of it."""
    if not actor.may_house_wide(Permission.ORGANISATION_MANAGE):
        raise NotAllowed("permission_missing", permission=Permission.ORGANISATION_MANAGE)


def add_calendar(
    session: Session, actor: Actor, clock: Clock, *, code: str, name: str, week: Sequence[str], state: bool = True
) -> NamedCalendar:
    """Make a calendar from seven texts of blocks, Monday first. Raises `NotAllowed`, `CalendarInvalid`."""
    require_house(actor)
    code = code.strip().lower()
    if not _CODE.fullmatch(code):
        raise CalendarInvalid("org_code_malformed", field="code", given=code)
    if session.scalar(select(NamedCalendar.id).where(NamedCalendar.code == code)):
        raise CalendarInvalid("calendar_code_taken", field="code", given=code)
    made = NamedCalendar(
        code=code, name=_name(name), state=state, week=_week(week), changed_by=actor.id, changed_at=clock.now()
    )
    session.add(made)
    session.flush()  # Days and choices refer to its id.
    _log(session, actor, clock, "add_calendar", made.id, after=_told(made))
    return made


def change_calendar(
    session: Session,
    actor: Actor,
    clock: Clock,
    calendar_id: str,
    *,
    name: str,
    week: Sequence[str],
    state: bool,
    revision: int,
) -> NamedCalendar:
    """Give a calendar another name or week. Due times that stand already stay.

    Raises `NotAllowed`, `CalendarMissing`, `CalendarInvalid`, `CalendarStale`.
    """
    require_house(actor)
    found = get_calendar(session, calendar_id)
    session.refresh(found, with_for_update=True)
    if found.revision != revision:
        raise CalendarStale(by=found.changed_by, at=found.changed_at)
    before = _told(found)
    found.name, found.week, found.state = _name(name), _week(week), state
    found.revision, found.changed_by, found.changed_at = revision + 1, actor.id, clock.now()
    _log(session, actor, clock, "change_calendar", found.id, before=before, after=_told(found))
    return found


def choose_calendar(session: Session, actor: Actor, clock: Clock, *, path: str, calendar_id: str | None) -> None:
    """Let a node and all below it count by a calendar; None gives the inheritance back.

    Raises `NotAllowed`, `NodeMissing`, `CalendarMissing`.
    """
    actor.require(Permission.ORGANISATION_MANAGE, path)
    node = get_node(session, path)
    known = session.get(CalendarChoice, node.id)
    before = known.calendar_id if known else None
    if calendar_id is not None:
        calendar_id = get_calendar(session, calendar_id).id
    if before == calendar_id:
        return
    if known is not None:
        session.delete(known)
        session.flush()  # The node's place must be free for the new choice.
    if calendar_id is not None:
        row = CalendarChoice(
            node_id=node.id, path=path, calendar_id=calendar_id, set_by=actor.id, set_at=clock.now()
        )
        session.add(row)
    was, now = {"calendar": before}, {"calendar": calendar_id}
    _log(session, actor, clock, "choose_calendar", node.id, path=path, before=was, after=now)


def set_day(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    day: date,
    working: bool,
    name: str,
    blocks: str = "",
    calendar_id: str | None = None,
    path: str | None = None,
) -> CalendarDay:
    """A day of a calendar's or a node's own, off or worked. Raises `NotAllowed`, `CalendarInvalid`, `Missing`.

    A day that is set already is refused: who wants it otherwise takes it back first.
    """
    holder, where = _holder(session, actor, calendar_id, path)
    if not name.strip():
        raise CalendarInvalid("name_empty", field="name")
    if session.scalar(select(CalendarDay.id).where(CalendarDay.holder == holder, CalendarDay.day == day)):
        raise CalendarInvalid("calendar_day_known", field="day", day=day)
    names = {"zh": name.strip()[:60], "en": name.strip()[:60]}
    read = _blocks(blocks, "blocks") if working else ()
    row = _row(holder, day, SpecialDay(working, names, read or None, path or ""), actor, clock)
    session.add(row)
    session.flush()  # The unique day must speak before the act is recorded.
    _log(session, actor, clock, "set_calendar_day", row.id, path=where, after=_told_day(row))
    return row


def remove_day(session: Session, actor: Actor, clock: Clock, day_id: str) -> None:
    """Take a day of one's own, or of a file, back. Raises `NotAllowed`, `CalendarMissing`."""
    row = session.get(CalendarDay, day_id)
    if row is None:
        raise CalendarMissing("calendar_day_missing")
    node = session.get(OrgNode, row.holder)
    where = node.path if node is not None else ROOT
    if node is None:
        require_house(actor)
    else:
        actor.require(Permission.ORGANISATION_MANAGE, where)
    session.delete(row)
    _log(session, actor, clock, "remove_calendar_day", row.id, path=where, before=_told_day(row))


@dataclass(frozen=True)
class Loaded:
    """What loading a file came to, in days."""

    added: int
    same: int
    replaced: int


def load_days(
    session: Session,
    actor: Actor,
    clock: Clock,
    days: Mapping[date, SpecialDay],
    source: str,
    *,
    replace: bool = False,
) -> Loaded:
    """Enter public holidays and make-up workdays for every calendar that follows the state.

    Raises `NotAllowed`, and `DaysDiffer` for days that are known otherwise unless ``replace`` is said.
    """
    require_house(actor)
    known = {row.day: row for row in list_days(session, COUNTRY)}
    said = {day: special(known[day]) if day in known else day_of_state(day) for day in days}
    same = [day for day, new in days.items() if _alike(said[day], new)]
    differ = sorted(day for day in days if said[day] is not None and day not in same)
    if differ and not replace:
        raise DaysDiffer(differ)
    gone = [known[day].id for day in differ if day in known]
    session.execute(delete(CalendarDay).where(CalendarDay.id.in_(gone)))
    session.add_all(_row(COUNTRY, day, new, actor, clock) for day, new in days.items() if day not in same)
    session.flush()  # Another load of the same days at the same moment must be refused here.
    report = Loaded(len(days) - len(same) - len(differ), len(same), len(differ))
    after = {"file": source, "added": report.added, "replaced": [day.isoformat() for day in differ]}
    _log(session, actor, clock, "load_calendar_days", COUNTRY, after=after)
    return report


def _alike(known: SpecialDay | None, new: SpecialDay) -> bool:
    return known is not None and (known.working, known.blocks) == (new.working, new.blocks)


def _holder(session: Session, actor: Actor, calendar_id: str | None, path: str | None) -> tuple[str, str]:
    if path is not None:
        actor.require(Permission.ORGANISATION_MANAGE, path)
        return get_node(session, path).id, path
    require_house(actor)
    return get_calendar(session, calendar_id or "").id, ROOT


def _row(holder: str, day: date, new: SpecialDay, actor: Actor, clock: Clock) -> CalendarDay:
    return CalendarDay(
        holder=holder,
        day=day,
        working=new.working,
        names=dict(new.names),
        blocks=write_blocks(new.blocks) if new.blocks else None,
        source=new.source[:200],
        set_by=actor.id,
        set_at=clock.now(),
    )


def _name(name: str) -> str:
    if not name.strip():
        raise CalendarInvalid("name_empty", field="name")
    return name.strip()[:100]


def _week(week: Sequence[str]) -> list[str]:
    written = [write_blocks(_blocks(text, day)) for text, day in zip(week, WEEKDAYS, strict=True)]
    if not any(written):
        raise CalendarInvalid("calendar_week_empty", field=WEEKDAYS[0])
    return written


def _blocks(text: str, field: str) -> tuple[Block, ...]:
    try:
        return read_blocks(text)
    except BlocksUnreadable as fault:
        raise CalendarInvalid("calendar_blocks_wrong", field=field, given=fault.text) from fault


def _told(calendar: NamedCalendar) -> dict[str, object]:
    return {"name": calendar.name, "week": list(calendar.week), "state": calendar.state}


def _told_day(row: CalendarDay) -> dict[str, object]:
    return {"day": row.day.isoformat(), "working": row.working, "blocks": row.blocks, "names": dict(row.names)}


def _log(
    session: Session,
    actor: Actor,
    clock: Clock,
    act: str,
    subject_id: str,
    *,
    path: str = ROOT,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    audit.record(
        session, actor, clock, f"organisation:{act}", "business_calendar", subject_id, path=path,
        before=before, after=after,
    )  # fmt: skip
