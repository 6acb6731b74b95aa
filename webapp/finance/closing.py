"""The end of the day: cash counted (日结盘点) and signed, days closed, periods locked and opened again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from kernel.actor import Actor
from kernel.clock import business_date
from kernel.errors import Invalid, Missing
from ledger.accounting.cash import DENOMINATIONS, MOST_PIECES, CashSheet, cash_sheets, count_cash, sign_count
from ledger.accounting.closing import close_day, list_closings, lock_period, reopen, unsettled_sheets
from ledger.accounting.errors import CountInvalid
from ledger.accounting.models import CashCount
from ledger.accounting.periods import Books, books_of
from ledger.organisation.models import Project
from ledger.organisation.queries import list_projects
from ledger.staff import queries as staff
from ledger.staff.permissions import Permission
from webapp.acting import acting, clock, reading
from webapp.carrying_out import carried_out
from webapp.entries import Entries, filled
from webapp.finance.desk import PAGE_SIZE, asked_date, page_offset, pages
from webapp.finance.fields import posted_date
from webapp.once import once
from webapp.page import asked_page

Answer = str | tuple[str, int] | Response


@dataclass(frozen=True)
class Place:
    """The project a page of the books is about, the others to choose from, and how its books stand."""

    project: Project | None
    projects: dict[str, str]
    books: Books
    today: date

    @property
    def path(self) -> str:
        """The project's node."""
        return self.project.path if self.project else "/"


def place(session: Session, actor: Actor, project_id: str | None) -> Place:
    """The project that was asked for, else the first whose money the reader sees as a whole."""
    seen = [
        project
        for project in list_projects(session, actor, Permission.FINANCE_VIEW)
        if not actor.only_own(Permission.FINANCE_VIEW, project.path)
    ]
    chosen = next((project for project in seen if project.id == project_id), None)
    if project_id and chosen is None:
        raise Missing("project_missing", id=project_id)
    chosen = chosen or (seen[0] if seen else None)
    books = books_of(session, chosen.id) if chosen else Books()
    today = business_date(clock(), chosen.zone) if chosen else business_date(clock())
    return Place(chosen, {project.id: project.name for project in seen}, books, today)


# ---- cash ----------------------------------------------------------------------------------------------------


@pages.get("/cash")
def cash() -> Answer:
    """The cash of a day: what each clerk took, counted, and who has seen it."""
    with reading() as (session, actor):
        return _cash_page(session, actor, Entries())


def _cash_page(session: Session, actor: Actor, entries: Entries) -> str:
    where = place(session, actor, request.values.get("project"))
    day = _asked_day(where)
    sheets = cash_sheets(session, where.project.id, first=day, last=day) if where.project else []
    own = next((sheet for sheet in sheets if sheet.clerk_id == actor.id), CashSheet(actor.id, day, 0, 0))
    people = {sheet.clerk_id for sheet in sheets} | {sheet.signature.by for sheet in sheets if sheet.signature}
    return render_template(
        "finance/cash.html",
        where=where,
        day=day,
        sheets=sheets,
        own=own,
        fields=_piece_fields(own, entries),
        errors=entries.errors,
        people=staff.names(session, people),
        may_count=where.project is not None
        and actor.may(Permission.FINANCE_RECEIVE, where.path)
        and where.books.first_open(day) == day,
        may_sign=where.project is not None and actor.may(Permission.ACCOUNTING_CLOSE, where.path),
        me=actor.id,
    )


def _asked_day(where: Place) -> date:
    """The day of the page; the first open one unless another was asked for."""
    asked = asked_date("day")
    if request.method == "POST":
        try:
            asked = date.fromisoformat(request.form.get("day", ""))
        except ValueError:
            asked = None
    return asked or where.books.first_open(where.today)


def _piece_fields(own: CashSheet, entries: Entries) -> list[dict[str, Any]]:
    counted = own.count.pieces if own.count and own.is_current else {}
    fields: list[dict[str, Any]] = [
        {"name": f"pieces-{fen}", "kind": "integer", "label": _denomination(fen),
         "value": counted.get(str(fen), ""), "suffix": "×"}
        for fen in DENOMINATIONS
    ]  # fmt: skip
    fields.append(
        {"name": "reason", "kind": "text", "wide": True, "label": _("Reason for a difference"), "optional": True,
         "max_length": 500, "value": own.count.reason if own.count and own.is_current else ""}
    )  # fmt: skip
    return filled(fields, entries)


def _denomination(fen: int) -> str:
    return _("%(yuan)s yuan", yuan=fen // 100) if fen >= 100 else _("%(jiao)s jiao", jiao=fen // 10)


@pages.post("/cash")
def count() -> Answer:
    """Count one's own cash of a day."""
    entries = Entries({"on_date": "day"})
    pieces = {fen: entries.read(f"pieces-{fen}", _pieces) or 0 for fen in DENOMINATIONS}
    day = entries.read("day", posted_date)
    if day is not None and not entries.errors:
        try:
            with acting() as (session, actor):
                address = once(session, actor, clock(), lambda: _count(session, actor, day, pieces))
            return redirect(address)
        except Invalid as refused:
            entries.refuse(refused)
    with reading() as (session, actor):
        return _cash_page(session, actor, entries), 422


def _pieces(name: str) -> int:
    text = request.form.get(name, "").strip()
    if not text:
        return 0
    if not (text.isascii() and text.isdigit()) or int(text[:9]) > MOST_PIECES:
        raise CountInvalid("cash_pieces_invalid", field=name, most=MOST_PIECES)
    return int(text)


def _count(session: Session, actor: Actor, day: date, pieces: dict[int, int]) -> str:
    project_id, reason = request.form.get("project", ""), request.form.get("reason")
    made = count_cash(session, actor, clock(), project_id=project_id, on_date=day, pieces=pieces, reason=reason)
    _tell_counted(made)
    return url_for("finance.cash", project=project_id, day=day.isoformat())


def _tell_counted(made: CashCount) -> None:
    if made.difference_fen:
        flash(_("The cash is counted, with a difference. A second person signs it now."), "warning")
    else:
        flash(_("The cash is counted and agrees. A second person signs it now."), "success")


@pages.post("/cash/<count_id>/sign")
def sign(count_id: str) -> Answer:
    """A second person has seen the cash."""

    def act(session: Session, actor: Actor) -> None:
        sign_count(session, actor, clock(), count_id=count_id)

    with reading() as (session, _actor):
        row = session.get(CashCount, count_id)
        back = {"project": row.project_id, "day": row.on_date.isoformat()} if row else {}
    return carried_out(act, leads_to=url_for("finance.cash", **back), done=_("The count is signed."))


# ---- books ---------------------------------------------------------------------------------------------------


@pages.get("/periods")
def periods() -> Answer:
    """How far a project's books are closed and locked, and what was done to them."""
    with reading() as (session, actor):
        return _periods_page(session, actor, Entries(), "")


def _periods_page(session: Session, actor: Actor, entries: Entries, act: str) -> str:
    where = place(session, actor, request.values.get("project"))
    project = where.project
    rows = list_closings(session, actor, project.id, limit=PAGE_SIZE + 1, offset=page_offset()) if project else []
    unsettled = unsettled_sheets(session, clock(), project) if project else []
    people = {row.by for row in rows} | {sheet.clerk_id for sheet in unsettled}
    return render_template(
        "finance/periods.html",
        where=where,
        rows=rows[:PAGE_SIZE],
        more=len(rows) > PAGE_SIZE,
        number=asked_page(),
        size=PAGE_SIZE,
        unsettled=unsettled,
        people=staff.names(session, people),
        close_fields=_act_fields(where, entries if act == "close" else Entries(), "close", act),
        lock_fields=_act_fields(where, entries if act == "lock" else Entries(), "lock", act),
        reopen_fields=_act_fields(where, entries if act == "reopen" else Entries(), "reopen", act),
        may_close=project is not None and actor.may(Permission.ACCOUNTING_CLOSE, where.path),
        may_lock=project is not None and actor.may(Permission.ACCOUNTING_LOCK, where.path),
    )


def _act_fields(where: Place, entries: Entries, act: str, sent: str) -> list[dict[str, Any]]:
    """The day and, but for closing a day, the reason; what was sent stands only in the form it was sent with."""
    today, closed = where.today.isoformat(), where.books.closed_through
    labels = {
        "close": _("Close through"),
        "lock": _("Lock through"),
        "reopen": _("Open again from"),
    }
    field: dict[str, Any] = {
        "name": "first" if act == "reopen" else "through", "kind": "date", "required": True, "label": labels[act],
        "value": closed.isoformat() if act == "reopen" and closed else today, "maximum": today,
    }  # fmt: skip
    fields = [field]
    if act != "close":
        reason = {"name": "reason", "kind": "text", "required": True, "label": _("Reason"), "max_length": 500}
        fields.append(reason)
    return filled(fields, entries) if act == sent else fields


@pages.post("/periods/<project_id>/close")
def close(project_id: str) -> Answer:
    """Close days."""

    def act(session: Session, actor: Actor, day: date) -> None:
        close_day(session, actor, clock(), project_id=project_id, through=day)

    return _acted(project_id, "close", act, _("The books are closed."))


@pages.post("/periods/<project_id>/lock")
def lock(project_id: str) -> Answer:
    """Lock a period."""
    reason = request.form.get("reason", "")

    def act(session: Session, actor: Actor, day: date) -> None:
        lock_period(session, actor, clock(), project_id=project_id, through=day, reason=reason)

    return _acted(project_id, "lock", act, _("The period is locked."))


@pages.post("/periods/<project_id>/reopen")
def open_again(project_id: str) -> Answer:
    """Open the books again."""
    reason = request.form.get("reason", "")

    def act(session: Session, actor: Actor, day: date) -> None:
        reopen(session, actor, clock(), project_id=project_id, first=day, reason=reason)

    return _acted(project_id, "reopen", act, _("The books are open again."))


def _acted(project_id: str, act: str, work: Callable[[Session, Actor, date], object], done: str) -> Answer:
    entries = Entries()
    day = entries.read("first" if act == "reopen" else "through", posted_date)
    if day is not None:
        try:
            leads_to = url_for("finance.periods", project=project_id)
            return carried_out(lambda s, a: work(s, a, day), leads_to=leads_to, done=done)
        except Invalid as refused:
            entries.refuse(refused)
    with reading() as (session, actor):
        return _periods_page(session, actor, entries, act), 422
