"""Why is it due at that minute? Start, rule, calendar, the days and blocks that counted and those that did not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine.api import DueReason, Engine
from engine.errors import CannotGoOn
from engine.running.due_times import due_by
from engine.timers import after, is_duration, span_of, working_amount
from kernel.calendar import DayWalked, Walk, walk_days, walk_time
from ledger.calendars.queries import CalendarAt, calendar_at
from ledger.organisation.queries import names_of_paths
from ledger.scope import paths_above
from webapp.acting import acting, clock, reading
from webapp.engine_room import engine_for
from webapp.inbox.blueprint import pages
from webapp.inbox.happenings import element_name
from webapp.month import day_name, kind_name, source_name

_LONGEST_WALK = timedelta(days=800)


@dataclass(frozen=True)
class Line:
    """A day on the way, or several that were left out for the same reason."""

    first: DayWalked
    last: DayWalked
    days: int
    sum: timedelta

    @property
    def counted(self) -> bool:
        """Whether it gave working time or a working day."""
        return bool(self.first.spans) or self.first.number is not None


def lines_of(walk: Walk) -> list[Line]:
    """The days of a walk, those left out for one reason after each other in one line."""
    found: list[Line] = []
    total = timedelta()
    for day in walk.days:
        total += day.counted
        line = Line(day, day, 1, total)
        before = found[-1] if found else None
        if (
            before is not None
            and not line.counted
            and not before.counted
            and _reason(before.first) == _reason(day)
        ):
            found[-1] = Line(before.first, day, before.days + 1, total)
        else:
            found.append(line)
    return found


def _reason(day: DayWalked) -> tuple[object, ...]:
    return day.day.kind, tuple(day.day.names.items()), day.day.source


@pages.get("/tasks/<task_id>/why")
def why_due(task_id: str) -> str:
    """Why a task is due then."""
    with reading() as (session, actor):
        engine = engine_for(session, actor, clock())
        return _page(session, engine, engine.why_due(task_id))


@pages.get("/cases/<instance_id>/timers/<job_id>/why")
def why_timer(instance_id: str, job_id: str) -> str:
    """Why a timer of a case is due then."""
    with reading() as (session, actor):
        engine = engine_for(session, actor, clock())
        return _page(session, engine, engine.why_timer(instance_id, job_id))


@pages.post("/tasks/<task_id>/due/recalculate")
def recalculate_due(task_id: str) -> Response:
    """Count the due time anew from the diagram and today's calendar."""
    with acting() as (session, actor):
        engine_for(session, actor, clock()).recalculate_due(task_id)
    flash(_("The due time is counted anew."), "success")
    return redirect(url_for("inbox.why_due", task_id=task_id))


def _page(session: Session, engine: Engine, reason: DueReason) -> str:
    found = calendar_at(session, reason.scope)
    walk, reckoned = walked(reason, found)
    places = names_of_paths(session, set(paths_above(reason.scope)))
    labels = engine.labels(reason.instance_id)
    return render_template(
        "inbox/why.html",
        reason=reason,
        name=element_name(labels, reason.element_id, reason.element_name),
        rule=rule_words(reason),
        warn=rule_text(reason.warn_rule) if reason.warn_rule else None,
        calendar=found.calendar.name or _("Office hours of the house"),
        chosen_at=places.get(found.chosen_at or ""),
        zone=found.zone,
        walk=walk,
        lines=lines_of(walk) if walk else [],
        differs=reckoned is not None and reckoned != reason.due_at,
        reckoned=reckoned,
        is_days=isinstance(amount_of(reason), int),
        why_not=lambda line: why_not(line, reason),
        source=lambda source: source_name(source, places),
        hours=hours_words,
    )


def amount_of(reason: DueReason) -> int | timedelta | None:
    """The working days or time that were counted, in all; None when it was no working time."""
    try:
        amount = working_amount(reason.rule) if reason.rule else None
    except CannotGoOn:
        return None
    return amount * reason.times if amount is not None else None


def walked(reason: DueReason, found: CalendarAt) -> tuple[Walk | None, datetime | None]:
    """The way by today's calendar, and the instant it leads to; what is no working time has no way."""
    amount, calendar, zone = amount_of(reason), found.calendar, found.zone
    if reason.rule is None:
        return None, None
    try:
        if isinstance(amount, timedelta):
            walk = walk_time(calendar, reason.begin, amount, zone)
            return walk, walk.end
        if amount is not None:
            end = after(reason.begin, reason.rule, calendar, zone, times=reason.times)
            return (walk_days(calendar, reason.begin, amount, end, zone) if _short(reason, end) else None), end
        place = _Counted(calendar, zone)
        if is_duration(reason.rule):
            return None, after(reason.begin, reason.rule, calendar, zone, times=reason.times)
        return None, due_by(reason.rule, reason.begin, place) if reason.task_id else None
    except (CannotGoOn, ValueError):
        return None, None


def _short(reason: DueReason, end: datetime) -> bool:
    return end - reason.begin < _LONGEST_WALK


def rule_words(reason: DueReason) -> str:
    """By what it was counted, in words."""
    if reason.due_at is None:
        return _("It is due at no time.")
    if reason.rule is None:
        return _("A person has set this time; the history says who.")
    text = rule_text(reason.rule)
    return text if reason.times == 1 else _("%(count)d times %(rule)s", count=reason.times, rule=text)


def rule_text(rule: str) -> str:
    """The text of a diagram as people say it."""
    try:
        amount = working_amount(rule)
    except CannotGoOn:
        amount = None
    if isinstance(amount, timedelta):
        return _("%(time)s of working time", time=hours_words(amount))
    if amount is not None:
        return ngettext("%(num)d working day", "%(num)d working days", amount)
    if is_duration(rule):
        return _("%(rule)s by the plain calendar", rule=duration_words(rule))
    return _("a given time")


def duration_words(rule: str) -> str:
    """A duration of the plain calendar as people say it: ``P2DT4H`` is two days and four hours."""
    try:
        span = span_of(rule)
    except CannotGoOn:
        return rule
    years, months = divmod(abs(span.months), 12)
    said = [
        ngettext("%(num)d year", "%(num)d years", years) if years else "",
        ngettext("%(num)d month", "%(num)d months", months) if months else "",
        ngettext("%(num)d day", "%(num)d days", abs(span.days)) if span.days else "",
        hours_words(abs(span.exact)) if span.exact else "",
    ]
    return " ".join(part for part in said if part)


def hours_words(time: timedelta) -> str:
    """Hours and minutes in words; seconds only where there are some."""
    seconds = int(time.total_seconds())
    parts = [(seconds // 3600, _("%(n)d h")), (seconds // 60 % 60, _("%(n)d min")), (seconds % 60, _("%(n)d s"))]
    return " ".join(words % {"n": n} for n, words in parts if n) or _("%(n)d min") % {"n": 0}


def why_not(line: Line, reason: DueReason) -> str:
    """What a day on the way is, and why it did not count."""
    day = line.first.day
    name = day_name(day)
    words = kind_name(day)
    words = f"{words} · {name}" if name else words
    if line.counted or not day.working or isinstance(amount_of(reason), int):
        return words
    return _("%(kind)s, outside its blocks", kind=words)


@dataclass(frozen=True)
class _Counted:
    calendar: Any
    zone: str
