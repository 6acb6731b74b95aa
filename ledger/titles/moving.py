"""What every act on a title case does: find and lock it, require where it stands, move it, note what was done."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import Actor
from kernel.clock import Clock
from ledger.finance.parties import today_at
from ledger.locking import locked
from ledger.scope import scoped
from ledger.staff.permissions import Permission
from ledger.titles.errors import TitleCaseMissing, TitleInvalid, TitleStale
from ledger.titles.kinds import TitleEventKind, TitleState
from ledger.titles.models import TitleCase, TitleEvent


def case_of(session: Session, sale_id: str) -> TitleCase | None:
    """The live case of a sale, if there is one."""
    query = select(TitleCase).where(TitleCase.sale_id == sale_id, TitleCase.state != TitleState.WITHDRAWN)
    return session.scalars(query).one_or_none()


def lock_case(session: Session, actor: Actor, case_id: str, right: str) -> TitleCase:
    """A case that the actor may work on, locked. Raises `TitleCaseMissing`, `NotAllowed`."""
    query = scoped(actor, TitleCase, Permission.SALES_VIEW).where(TitleCase.id == case_id)
    case = session.scalars(locked(query, TitleCase)).one_or_none()
    if case is None:
        raise TitleCaseMissing(id=case_id)
    actor.require(right, case.path)
    return case


def require_state(case: TitleCase, *states: TitleState) -> None:
    if case.state not in states:
        raise TitleStale(state=f"title.{case.state}")


def require_day(
    session: Session, clock: Clock, case: TitleCase, day: date, field: str, *, earliest: date | None = None
) -> None:
    latest = today_at(session, clock, case.project_id)
    if day > latest or (earliest is not None and day < earliest):
        raise TitleInvalid("title_day", field=field, earliest=earliest, latest=latest)


def move(
    session: Session,
    actor: Actor,
    clock: Clock,
    case: TitleCase,
    state: TitleState,
    kind: TitleEventKind,
    on: date,
    **details: object,
) -> None:
    case.state, case.since = state, on
    note(session, actor, clock, case, kind, on, **details)


def note(
    session: Session,
    actor: Actor,
    clock: Clock,
    case: TitleCase,
    kind: TitleEventKind,
    on: date,
    **details: object,
) -> None:
    event = TitleEvent(case_id=case.id, kind=kind, on_date=on, details=details, at=clock.now(), by=actor.id)
    session.add(event)
    session.flush()  # The state's own rules must speak with the event.
    audit.record(session, actor, clock, f"title:{kind}", "title_case", case.id, path=case.path, after=details)
