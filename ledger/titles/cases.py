"""Title cases (办证): opened, their statutory clock, begun anew after a change, withdrawn with the sale."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import Clock
from kernel.facts import tell
from ledger.finance.parties import lock_sale_row, today_at
from ledger.inventory.models import Unit
from ledger.sales.models import Sale
from ledger.sales.stage_models import Contract
from ledger.staff.permissions import Permission
from ledger.titles.clocks import statutory_day
from ledger.titles.errors import TitleInvalid
from ledger.titles.facts import TitleClockSet
from ledger.titles.kinds import CLOSED, TitleEventKind, TitleState
from ledger.titles.models import BuildingTitle, TitleCase, TitleEvent
from ledger.titles.moving import case_of, lock_case, move, note


def open_case(session: Session, actor: Actor, clock: Clock, *, sale_id: str, instance_id: str) -> TitleCase:
    """Open the case of a contracted sale; one that is open already is returned as it is.

    Raises `TitleInvalid` for a sale without a live contract.
    """
    lock_sale_row(session, sale_id)
    found = case_of(session, sale_id)
    if found is not None:
        return found
    sale = session.get_one(Sale, sale_id)
    actor.require(Permission.TITLE_START, sale.path)
    contract = session.scalars(select(Contract).where(Contract.sale_id == sale_id)).one_or_none()
    if contract is None or sale.state != "live":
        raise TitleInvalid("title_no_contract", field="sale_id")
    today = today_at(session, clock, sale.project_id)
    building_id = session.get_one(Unit, sale.unit_id).building_id
    registered = title_of(session, building_id)
    case = TitleCase(
        sale_id=sale.id,
        building_id=building_id,
        project_id=sale.project_id,
        path=sale.path,
        owner_id=sale.owner_id,
        state=TitleState.REGISTERED if registered else TitleState.MEASURED,
        since=today,
        papers=[],
        instance_id=instance_id,
        opened_at=clock.now(),
    )
    _set_clock(session, case, contract, registered)
    session.add(case)
    session.flush()  # One live case of a sale: the rule must speak now, and events refer to the id.
    note(session, actor, clock, case, TitleEventKind.OPENED, today)
    return case


def _set_clock(session: Session, case: TitleCase, contract: Contract, registered: BuildingTitle | None) -> None:
    case.due_rule, case.due_on = statutory_day(
        contract.clauses,
        signed_on=contract.signed_on,
        delivered_on=case.delivered_on,
        registered_before_signing=registered is not None and registered.registered_on <= contract.signed_on,
    )


def set_delivered(
    session: Session, actor: Actor, clock: Clock, *, sale_id: str, delivered_on: date
) -> TitleCase | None:
    """The home was handed over: the statutory clock of a presale runs from that day. None without a case."""
    case = case_of(session, sale_id)
    if case is None or case.state in CLOSED or case.delivered_on == delivered_on:
        return case
    contract = session.scalars(select(Contract).where(Contract.sale_id == sale_id)).one()
    case.delivered_on, before = delivered_on, case.due_on
    _set_clock(session, case, contract, title_of(session, case.building_id))
    if case.due_on is not None and case.due_on != before:
        note(session, actor, clock, case, TitleEventKind.CLOCK, delivered_on, due_on=case.due_on.isoformat())
        tell(session, TitleClockSet(case.sale_id, case.id, case.path, due_on=case.due_on))
    return case


def note_registered(session: Session, actor: Actor, clock: Clock, *, case_id: str) -> TitleCase:
    """The building has its first registration: papers can be collected."""
    case = lock_case(session, actor, case_id, Permission.TITLE_START)
    registered = title_of(session, case.building_id)
    if case.state is TitleState.MEASURED and registered is not None:
        move(
            session, actor, clock, case, TitleState.REGISTERED, TitleEventKind.REGISTERED, registered.registered_on
        )
    return case


def begin_anew(session: Session, actor: Actor, clock: Clock, *, case_id: str) -> TitleCase:
    """A change of the sale was executed: papers are collected anew for what is so now; what is issued stays."""
    case = lock_case(session, actor, case_id, Permission.TITLE_START)
    if case.state in (TitleState.PAPERS, TitleState.PAID, TitleState.SUBMITTED):
        case.papers, case.submission_no = [], None
        today = today_at(session, clock, case.project_id)
        move(session, actor, clock, case, TitleState.REGISTERED, TitleEventKind.BEGUN_ANEW, today)
    return case


def withdraw_case(session: Session, actor: Actor, clock: Clock, *, case_id: str, reason: str) -> TitleCase:
    """The sale is over, or its process is: the case is void. Twice is once."""
    case = lock_case(session, actor, case_id, Permission.TITLE_START)
    if case.state not in CLOSED:
        case.closed_at, today = clock.now(), today_at(session, clock, case.project_id)
        details = {"reason": reason[:200]}
        move(session, actor, clock, case, TitleState.WITHDRAWN, TitleEventKind.WITHDRAWN, today, **details)
    return case


def note_late(session: Session, actor: Actor, clock: Clock, *, case_id: str) -> bool:
    """Note that the statutory day is over without a certificate; False while it is not, or once it was noted."""
    case = lock_case(session, actor, case_id, Permission.TITLE_START)
    today = today_at(session, clock, case.project_id)
    if case.state in (*CLOSED, TitleState.ISSUED) or case.due_on is None or today <= case.due_on:
        return False
    noted = select(TitleEvent.id).where(
        TitleEvent.case_id == case.id, TitleEvent.kind == TitleEventKind.LATE, TitleEvent.on_date > case.due_on
    )
    if session.scalar(noted.limit(1)) is not None:
        return False
    note(session, actor, clock, case, TitleEventKind.LATE, today, due_on=case.due_on.isoformat())
    return True


def title_of(session: Session, building_id: str) -> BuildingTitle | None:
    """The first registration of a building, if it has one."""
    return session.scalars(select(BuildingTitle).where(BuildingTitle.building_id == building_id)).one_or_none()
