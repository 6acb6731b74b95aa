"""A hand-over from its notice to its end: found in scope, locked, its history written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import Actor
from kernel.clock import Clock, business_date
from ledger.handover.errors import BatchRefused, CaseMissing, NotNow
from ledger.handover.kinds import OVER, CaseState, EventKind
from ledger.handover.models import MoveInBatch, MoveInCase, MoveInEvent
from ledger.inventory.models import Unit
from ledger.inventory.states import UnitStatus
from ledger.locking import locked
from ledger.organisation.models import Project
from ledger.organisation.parameters import MOVE_IN_APPOINT_DAYS
from ledger.organisation.queries import parameter
from ledger.sales.models import Sale
from ledger.sales.stage_models import Contract
from ledger.scope import scoped
from ledger.staff.permissions import Permission

SOLD_STAGES = ("signed", "filed")


def open_case(
    session: Session, actor: Actor, clock: Clock, *, sale_id: str, batch_id: str, instance_id: str
) -> MoveInCase:
    """Begin handing a sold home over; asked again by the same process it returns what is there.

    Raises `BatchRefused` for a sale without a standing contract, or one that is handed over already.
    """
    known = live_case_of(session, sale_id)
    if known is not None:
        if known.instance_id != instance_id:
            raise BatchRefused("move_in_runs_already", sale_id=sale_id)
        return known
    sale = session.scalars(locked(select(Sale).where(Sale.id == sale_id), Sale)).one()
    actor.require(Permission.HANDOVER_PLAN, sale.path)
    why = why_not(sale, session.get_one(Unit, sale.unit_id))
    if why is not None:
        raise BatchRefused(why, sale_id=sale_id)
    batch = session.get_one(MoveInBatch, batch_id)
    today = today_at(session, clock, sale.project_id)
    contract = session.scalars(select(Contract).where(Contract.sale_id == sale_id)).one_or_none()
    agreed = contract.clauses.get("delivery_on") if contract else None
    days = parameter(session, sale.path, MOVE_IN_APPOINT_DAYS, today)
    case = MoveInCase(
        sale_id=sale_id,
        unit_id=sale.unit_id,
        batch_id=batch_id,
        project_id=sale.project_id,
        path=sale.path,
        owner_id=sale.owner_id,
        instance_id=instance_id,
        notified_on=today,
        hand_over_on=max(batch.first_on, today),
        agreed_on=date.fromisoformat(agreed) if agreed else None,
        appoint_by=today + timedelta(days=days),
        allowed={},
        opened_at=clock.now(),
        changed_at=clock.now(),
    )
    session.add(case)
    session.flush()  # The event names it, and the unique live case must speak now.
    note(session, actor, clock, case, EventKind.NOTIFIED)
    return case


def why_not(sale: Sale, unit: Unit) -> str | None:
    """Why a home cannot be handed over, as a code; None when it can. Pure."""
    if sale.state != "live" or sale.stage not in SOLD_STAGES:
        return "move_in_not_sold"
    return None if unit.status == UnitStatus.CONTRACTED and sale.handed_over_on is None else "move_in_done_already"


def live_case_of(session: Session, sale_id: str) -> MoveInCase | None:
    """The hand-over of a sale that is going on, or None."""
    query = select(MoveInCase).where(MoveInCase.sale_id == sale_id, MoveInCase.state.not_in(OVER))
    return session.scalars(query).one_or_none()


def get_case(
    session: Session, actor: Actor, case_id: str, permission: str = Permission.HANDOVER_VIEW
) -> MoveInCase:
    """A hand-over in the actor's scope. Raises `CaseMissing`."""
    query = scoped(actor, MoveInCase, permission).where(MoveInCase.id == case_id)
    case = session.scalars(query).one_or_none()
    if case is None:
        raise CaseMissing(id=case_id)
    return case


def lock_case(session: Session, actor: Actor, permission: str, case_id: str) -> MoveInCase:
    """The hand-over, read afresh and locked, for who holds the permission there.

    Raises `CaseMissing` outside the scope, `NotAllowed` for a reader without the permission.
    """
    actor.require(permission, get_case(session, actor, case_id).path)
    return session.scalars(locked(select(MoveInCase).where(MoveInCase.id == case_id), MoveInCase)).one()


def require_state(case: MoveInCase, act: str, *states: CaseState) -> None:
    """Raise `NotNow` while a change of the sale is under way, or at another point of the hand-over."""
    if case.on_hold:
        raise NotNow("move_in_on_hold", act=act)
    if case.state not in states:
        raise NotNow(act=act, state=case.state.value)


def move(case: MoveInCase, clock: Clock, state: CaseState) -> None:
    """The hand-over is now at another point."""
    case.state, case.changed_at = state, clock.now()
    if state in OVER and case.closed_at is None:
        case.closed_at = clock.now()


def note(
    session: Session,
    actor: Actor,
    clock: Clock,
    case: MoveInCase,
    kind: EventKind,
    *,
    text: str | None = None,
    details: Mapping[str, object] | None = None,
) -> None:
    """Append to the history and to the audit."""
    case.changed_at = clock.now()
    session.add(
        MoveInEvent(
            case_id=case.id,
            batch_id=case.batch_id,
            kind=kind,
            on_date=today_at(session, clock, case.project_id),
            note=text[:500] if text else None,
            details=dict(details or {}),
            actor_id=actor.id,
            at=clock.now(),
        )
    )
    after = {"state": case.state.value, **(details or {})}
    act = f"handover:{kind.value}"
    audit.record(session, actor, clock, act, "move_in_case", case.id, path=case.path, after=after, reason=text)


def hold_case(session: Session, actor: Actor, clock: Clock, *, case_id: str, on_hold: bool) -> MoveInCase:
    """A change of the sale is under way, or over; meanwhile nothing is booked, inspected or handed over."""
    case = lock_case(session, actor, Permission.HANDOVER_WORK, case_id)
    if case.on_hold != on_hold and case.state not in OVER:
        case.on_hold = on_hold
        note(session, actor, clock, case, EventKind.ON_HOLD if on_hold else EventKind.RESUMED)
    return case


def note_overdue(session: Session, actor: Actor, clock: Clock, *, case_id: str, step: str) -> None:
    """A step is late: the history says so."""
    case = lock_case(session, actor, Permission.HANDOVER_WORK, case_id)
    note(session, actor, clock, case, EventKind.OVERDUE, details={"step": step})


def today_at(session: Session, clock: Clock, project_id: str) -> date:
    """The business date where the project is."""
    return business_date(clock, session.get_one(Project, project_id).zone)
