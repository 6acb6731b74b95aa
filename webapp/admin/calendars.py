"""Calendars (工作日历): their weeks, a month as it counts, their own days, and the holidays of a further year."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from kernel.actor import Actor
from kernel.calendar import OFFICE_WEEK
from kernel.calendar.blocks import write_blocks
from kernel.calendar.file import DaysUnreadable, RowProblem, read_days
from kernel.clock import business_date
from kernel.errors import Invalid
from ledger.calendars import operations, queries
from ledger.calendars.models import COUNTRY, NamedCalendar
from ledger.organisation.queries import names_of_paths
from ledger.staff.permissions import Permission
from webapp.acting import acting, clock, reading
from webapp.entries import Entries, filled, posted_day
from webapp.month import day_name, kind_name, month_of, source_name
from webapp.once import once
from webapp.wording import word

pages = Blueprint("calendars", __name__, url_prefix="/admin/calendars")

Answer = str | tuple[str, int] | Response
_LONGEST_NAME = 100


@pages.get("/")
def index() -> str:
    """All calendars, where they count, and the form for a further year."""
    return _index("", [])


def _index(problem: str, rows: Sequence[RowProblem], replace: bool = False) -> str:
    with reading() as (session, actor):
        require_manager(actor)
        chosen = queries.choices(session)
        calendars = queries.list_calendars(session)
        places = names_of_paths(session, {one.path for one in chosen})
        return render_template(
            "admin/calendars.html",
            calendars=calendars,
            used={one.id: [places[c.path] for c in chosen if c.calendar_id == one.id] for one in calendars},
            loaded=_by_file(queries.list_days(session, COUNTRY)),
            problem=problem,
            rows=[(row.row, word(row.code, row.params)) for row in rows],
            may_replace=replace,
            may_change=actor.may_house_wide(Permission.ORGANISATION_MANAGE),
        )


def require_manager(actor: Actor) -> None:
    """Raise `NotAllowed` for who manages no part of the organisation."""
    actor.require(
        Permission.ORGANISATION_MANAGE, next(iter(actor.scope_paths(Permission.ORGANISATION_MANAGE)), "/")
    )


def _by_file(days: Sequence[Any]) -> list[tuple[str, int, int]]:
    """The files that days came from, with their year and how many days."""
    found: dict[tuple[str, int], int] = {}
    for one in days:
        key = (one.source, one.day.year)
        found[key] = found.get(key, 0) + 1
    return [(source, year, count) for (source, year), count in sorted(found.items(), key=lambda item: item[0][1])]


@pages.post("/load")
def load() -> Answer:
    """Load the holidays and make-up workdays of a year, all or none."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return _index(_("Choose a file first."), []), 422
    name, content = sent.filename.replace("\\", "/").rpartition("/")[2], sent.read()
    try:
        days = read_days(content, name)
        with acting() as (session, actor):
            replace = request.form.get("replace") == "true"
            done = operations.load_days(session, actor, clock(), days, name, replace=replace)
    except DaysUnreadable as refused:
        return _index(_refusal(refused), refused.problems), 422
    except Invalid as refused:
        return _index(_refusal(refused), [], replace=True), 422
    added = ngettext("%(num)d day is added.", "%(num)d days are added.", done.added)
    more = _("%(same)d were known already, %(replaced)d were replaced.", same=done.same, replaced=done.replaced)
    flash(f"{added} {more}", "success")
    return redirect(url_for("calendars.index"))


def _refusal(refused: Invalid) -> str:
    entries = Entries()
    entries.refuse(refused)
    return next(iter(entries.errors.values()))


def _fields(known: NamedCalendar | None) -> list[dict[str, Any]]:
    week = list(known.week) if known is not None else [write_blocks(blocks) for blocks in OFFICE_WEEK]
    names = (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"))
    first: list[dict[str, Any]] = [
        {"name": "name", "kind": "text", "label": _("Name"), "required": True, "max_length": _LONGEST_NAME,
         "value": known.name if known else ""},
    ]  # fmt: skip
    if known is None:
        first.append({"name": "code", "kind": "text", "label": _("Code"), "required": True, "max_length": 40,
                      "help": _("Small letters, digits and hyphens.")})  # fmt: skip
    days = [
        {"name": day, "kind": "text", "label": name, "value": blocks, "max_length": 120, "optional": True}
        for day, name, blocks in zip(operations.WEEKDAYS, names, week, strict=True)
    ]
    days[0]["help"] = _("Blocks such as 09:00-12:00 13:30-18:00; empty for a day off.")
    state = {"name": "state", "kind": "checkbox", "label": _("Public holidays and make-up workdays count"),
             "wide": True, "value": "true" if known is None or known.state else ""}  # fmt: skip
    return [*first, *days, state]


def _week() -> list[str]:
    return [request.form.get(day, "") for day in operations.WEEKDAYS]


@pages.route("/new", methods=["GET", "POST"])
def new() -> Answer:
    """Make a calendar."""

    def make(session: Session, actor: Actor) -> str:
        form = request.form
        made = operations.add_calendar(
            session,
            actor,
            clock(),
            code=form.get("code", ""),
            name=form.get("name", ""),
            week=_week(),
            state=bool(form.get("state")),
        )
        return url_for("calendars.show", calendar_id=made.id)

    entries = Entries()
    if request.method == "POST" and (address := _act(make, entries)):
        flash(_("The calendar is made."), "success")
        return redirect(address)
    with reading() as (_session, actor):
        operations.require_house(actor)
    page = render_template("admin/calendar_new.html", fields=filled(_fields(None), entries))
    return (page, 422) if entries.errors else page


def _act(act: Callable[[Session, Actor], str], entries: Entries) -> str:
    """Act once; the address to go to, or nothing after noting what was refused."""
    try:
        with acting() as (session, actor):
            return once(session, actor, clock(), lambda: act(session, actor))
    except Invalid as refused:
        entries.refuse(refused)
        return ""


@pages.get("/<calendar_id>")
def show(calendar_id: str) -> str:
    """A month of a calendar, its week and its own days."""
    return _page(calendar_id, Entries(), Entries())


def _page(calendar_id: str, week: Entries, day: Entries) -> str:
    with reading() as (session, actor):
        require_manager(actor)
        known = queries.get_calendar(session, calendar_id)
        calendar = queries.calendar_of(session, calendar_id)
        fields = filled(_fields(known), week) if week.errors else _fields(known)
        return render_template(
            "admin/calendar.html",
            calendar=known,
            month=month_of(calendar, request.args.get("month"), business_date(clock())),
            days=queries.list_days(session, calendar_id),
            fields=fields,
            day_fields=filled(day_fields(), day) if day.errors else day_fields(),
            wrong_week=week.errors,
            may_change=actor.may_house_wide(Permission.ORGANISATION_MANAGE),
            day_name=day_name,
            kind_name=kind_name,
            source_name=lambda source: source_name(source, {}),
        )


def day_fields() -> list[dict[str, Any]]:
    """The form for a day of one's own."""
    kinds = [("holiday", _("Day off")), ("makeup", _("Workday"))]
    return [
        {"name": "day", "kind": "date", "label": _("Day"), "required": True},
        {"name": "kind", "kind": "select", "label": _("What it is"), "options": kinds, "required": True},
        {"name": "name", "kind": "text", "label": _("Why"), "required": True, "max_length": 60},
        {"name": "blocks", "kind": "text", "label": _("Blocks"), "optional": True, "max_length": 120,
         "shown_when": "kind=makeup", "help": _("Empty for those of an ordinary workday.")},
    ]  # fmt: skip


@pages.post("/<calendar_id>")
def change(calendar_id: str) -> Answer:
    """Change name and week."""

    def act(session: Session, actor: Actor) -> str:
        form = request.form
        revision = int(form["revision"]) if form.get("revision", "").isdigit() else 0
        operations.change_calendar(
            session,
            actor,
            clock(),
            calendar_id,
            name=form.get("name", ""),
            week=_week(),
            state=bool(form.get("state")),
            revision=revision,
        )
        return url_for("calendars.show", calendar_id=calendar_id)

    entries = Entries()
    if address := _act(act, entries):
        flash(_("The calendar is changed. Due times that stand already stay."), "success")
        return redirect(address)
    return _page(calendar_id, entries, Entries()), 422


@pages.post("/<calendar_id>/days")
def add_day(calendar_id: str) -> Answer:
    """Set a day of the calendar's own."""
    entries = Entries()
    if set_day_posted(entries, url_for("calendars.show", calendar_id=calendar_id), calendar_id=calendar_id):
        return redirect(url_for("calendars.show", calendar_id=calendar_id))
    return _page(calendar_id, Entries(), entries), 422


def set_day_posted(
    entries: Entries, address: str, *, calendar_id: str | None = None, path: str | None = None
) -> bool:
    """Set the day that a form describes; whether it was set."""
    day = entries.read("day", posted_day)
    if day is None:
        if not entries.errors:
            entries.refuse(Invalid("required", field="day"))
        return False

    def act(session: Session, actor: Actor) -> str:
        form = request.form
        operations.set_day(
            session,
            actor,
            clock(),
            day=day,
            working=form.get("kind") == "makeup",
            name=form.get("name", ""),
            blocks=form.get("blocks", ""),
            calendar_id=calendar_id,
            path=path,
        )
        return address

    if _act(act, entries):
        flash(_("The day is set."), "success")
        return True
    return False


@pages.post("/days/<day_id>/remove")
def remove_day(day_id: str) -> Response:
    """Take a day back."""
    with acting() as (session, actor):
        operations.remove_day(session, actor, clock(), day_id)
    flash(_("The day is taken back."), "success")
    back = request.form.get("back", "")
    return redirect(back if back.startswith("/admin/") else url_for("calendars.index"))
