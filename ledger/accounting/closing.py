"""Closing a day (日结), locking a period (锁账), opening the books again (反结账): guard, change, record."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import Actor
from kernel.clock import Clock, business_date
from kernel.errors import Invalid
from ledger.accounting.cash import CashSheet, cash_sheets
from ledger.accounting.errors import CountMissing, PeriodInvalid, SecondPersonNeeded
from ledger.accounting.models import BookClosing, CashCount
from ledger.accounting.periods import Books, books_of
from ledger.locking import locked
from ledger.organisation.models import Project
from ledger.scope import get_scoped, scoped
from ledger.staff.permissions import Permission

_LONGEST = 500


def unsettled_sheets(session: Session, clock: Clock, project: Project) -> list[CashSheet]:
    """The cash sheets through today that keep days from being closed."""
    return _unsettled(session, project.id, books_of(session, project.id), business_date(clock, project.zone))


def list_closings(
    session: Session, actor: Actor, project_id: str, *, limit: int, offset: int
) -> list[BookClosing]:
    """What was closed, locked and opened again, the latest first."""
    query = scoped(actor, BookClosing, Permission.FINANCE_VIEW).where(BookClosing.project_id == project_id)
    return list(session.scalars(query.order_by(BookClosing.number.desc()).limit(limit).offset(offset)))


def close_day(session: Session, actor: Actor, clock: Clock, *, project_id: str, through: date) -> BookClosing:
    """Close the books up to a day: entries that come later are booked on the first open day.

    Raises `CountMissing` while cash of those days is not counted and signed, `PeriodInvalid` by the field
    ``through`` for a day to come or one that is closed already.
    """
    project = _locked_project(session, actor, Permission.ACCOUNTING_CLOSE, project_id)
    books = _require_later(session, clock, project, through)
    _require_counted(session, project_id, books, through)
    return _write(session, actor, clock, project, books, "close", (through, books.locked_through), None)


def lock_period(
    session: Session, actor: Actor, clock: Clock, *, project_id: str, through: date, reason: str
) -> BookClosing:
    """Close and lock the books up to a day: nobody enters a day of it by hand any more.

    Raises as `close_day`, and `Invalid` without a reason.
    """
    project = _locked_project(session, actor, Permission.ACCOUNTING_LOCK, project_id)
    books = books_of(session, project_id)
    _require_past(clock, project, through)
    if books.locked_through is not None and through <= books.locked_through:
        raise PeriodInvalid("day_is_locked", field="through", locked_through=books.locked_through)
    reason = _reason(reason)
    _require_counted(session, project_id, books, through)
    closed = max(through, books.closed_through or through)
    return _write(session, actor, clock, project, books, "lock", (closed, through), reason)


def reopen(
    session: Session, actor: Actor, clock: Clock, *, project_id: str, first: date, reason: str
) -> BookClosing:
    """Open the books again from ``first`` on (反结账); by a person who did not close or lock these days.

    Raises `PeriodInvalid` by the field ``first`` for a day that is open, `SecondPersonNeeded`, `Invalid`.
    """
    project = _locked_project(session, actor, Permission.ACCOUNTING_LOCK, project_id)
    books = books_of(session, project_id)
    if books.closed_through is None or first > books.closed_through:
        raise PeriodInvalid("day_is_open", field="first", closed_through=books.closed_through)
    reason, through = _reason(reason), first - timedelta(days=1)
    if {actor.id, actor.on_behalf_of} & _closers(session, project_id, through):
        raise SecondPersonNeeded("opener_is_closer")
    locked_through = None if books.locked_through is None else min(books.locked_through, through)
    return _write(session, actor, clock, project, books, "reopen", (through, locked_through), reason)


def _closers(session: Session, project_id: str, through: date) -> set[str]:
    """Who closed or locked the days after ``through`` that are closed now."""
    query = select(BookClosing).where(BookClosing.project_id == project_id).order_by(BookClosing.number.desc())
    closers = set()
    for row in session.scalars(query):
        if row.act == "reopen" and (row.closed_through is None or row.closed_through <= through):
            break
        if row.act != "reopen" and row.closed_through is not None and row.closed_through > through:
            closers.add(row.by)
    return closers


def _locked_project(session: Session, actor: Actor, permission: str, project_id: str) -> Project:
    """The project, with its books held against those who book and those who close."""
    project = get_scoped(session, actor, Project, Permission.FINANCE_VIEW, project_id)
    actor.require(permission, project.path)
    return session.scalars(locked(select(Project).where(Project.id == project_id), Project)).one()


def _require_past(clock: Clock, project: Project, through: date) -> None:
    today = business_date(clock, project.zone)
    if through > today:
        raise PeriodInvalid("date_in_future", field="through", latest=today)


def _require_later(session: Session, clock: Clock, project: Project, through: date) -> Books:
    _require_past(clock, project, through)
    books = books_of(session, project.id)
    if books.closed_through is not None and through <= books.closed_through:
        raise PeriodInvalid("day_is_closed", field="through", closed_through=books.closed_through)
    return books


def _require_counted(session: Session, project_id: str, books: Books, through: date) -> None:
    if missing := _unsettled(session, project_id, books, through):
        first = missing[0]
        raise CountMissing(field="through", day=first.on_date, staff=first.clerk_id, count=len(missing))


def _unsettled(session: Session, project_id: str, books: Books, through: date) -> list[CashSheet]:
    """Before anything was closed, cash is asked for from the first count on: earlier days nobody can count."""
    first = books.closed_through + timedelta(days=1) if books.closed_through else None
    if first is None:
        counted = select(func.min(CashCount.on_date)).where(CashCount.project_id == project_id)
        first = session.scalar(counted) or through
    return [sheet for sheet in cash_sheets(session, project_id, first=first, last=through) if not sheet.is_settled]


def _reason(text: str) -> str:
    text = text.strip()
    if not text or len(text) > _LONGEST:
        raise Invalid("text_missing_or_long", field="reason", longest=_LONGEST)
    return text


def _write(
    session: Session,
    actor: Actor,
    clock: Clock,
    project: Project,
    books: Books,
    act: str,
    through: tuple[date | None, date | None],
    reason: str | None,
) -> BookClosing:
    closing = BookClosing(
        project_id=project.id,
        path=project.path,
        number=books.number + 1,
        act=act,
        closed_through=through[0],
        locked_through=through[1],
        reason=reason,
        at=clock.now(),
        by=actor.id,
    )
    session.add(closing)
    session.flush()  # What is booked next in this transaction asks for it.
    words = {"closed": through[0], "locked": through[1]}
    after = {name: day.isoformat() if day else None for name, day in words.items()}
    audit.record(
        session, actor, clock, f"accounting:{act}", "book_closing", closing.id,
        path=project.path, after=after, reason=reason,
    )  # fmt: skip
    return closing
