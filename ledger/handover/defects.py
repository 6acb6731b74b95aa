"""Repairs (整改): who repairs what by when, and when it was done."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import Clock
from kernel.errors import Missing
from ledger.handover.cases import lock_case, move, note, require_state, today_at
from ledger.handover.errors import InspectionRefused
from ledger.handover.inspection_models import MoveInDefect
from ledger.handover.kinds import CaseState, DefectState, EventKind
from ledger.handover.signing import defects_of
from ledger.staff.permissions import Permission


def begin_repairs(session: Session, actor: Actor, clock: Clock, *, case_id: str) -> list[MoveInDefect]:
    """The defects that are open; with any, the case is being repaired."""
    case = lock_case(session, actor, Permission.HANDOVER_WORK, case_id)
    waiting = [one for one in defects_of(session, case_id) if one.state is DefectState.OPEN]
    if waiting and case.state is not CaseState.REPAIRS:
        require_state(
            case, "repair", CaseState.HANDED_OVER, CaseState.REFUSED, CaseState.INSPECTION, CaseState.NOTIFIED
        )
        move(case, clock, CaseState.REPAIRS)
    return waiting


def assign_defect(
    session: Session, actor: Actor, clock: Clock, *, defect_id: str, contractor: str, due_on: date
) -> MoveInDefect:
    """Give a repair to a contractor until a day. Raises `InspectionRefused` for a day that has passed."""
    defect = _lock(session, actor, defect_id)
    if not contractor.strip():
        raise InspectionRefused("defect_contractor_missing", field="contractor")
    case = lock_case(session, actor, Permission.HANDOVER_WORK, defect.case_id)
    if due_on < today_at(session, clock, case.project_id):
        raise InspectionRefused("defect_due_passed", field="due_on")
    defect.contractor, defect.due_on = " ".join(contractor.split())[:80], due_on
    return defect


def note_repair(
    session: Session, actor: Actor, clock: Clock, *, defect_id: str, repaired_on: date, contractor: str | None
) -> MoveInDefect:
    """A repair is done and waits to be looked at again; noting it twice is once. Raises `InspectionRefused`."""
    defect = _lock(session, actor, defect_id)
    case = lock_case(session, actor, Permission.HANDOVER_WORK, defect.case_id)
    if defect.state is not DefectState.OPEN:
        return defect
    if not defect.found_on <= repaired_on <= today_at(session, clock, case.project_id):
        raise InspectionRefused("defect_repaired_day", field="repaired_on", found_on=defect.found_on)
    defect.state, defect.repaired_on = DefectState.REPAIRED, repaired_on
    defect.contractor = " ".join((contractor or "").split())[:80] or defect.contractor
    details = {"room": defect.room, "part": defect.part, "contractor": defect.contractor}
    note(session, actor, clock, case, EventKind.REPAIRED, details=details)
    return defect


def repairs_done(session: Session, actor: Actor, clock: Clock, *, case_id: str) -> None:
    """Everything is repaired: it is looked at again, before the keys or after them."""
    case = lock_case(session, actor, Permission.HANDOVER_WORK, case_id)
    if case.state is CaseState.REPAIRS:
        move(case, clock, CaseState.INSPECTION if case.handed_over_on is None else CaseState.HANDED_OVER)


def _lock(session: Session, actor: Actor, defect_id: str) -> MoveInDefect:
    found = session.get(MoveInDefect, defect_id)
    if found is None:
        raise Missing("defect_missing", field="defect_id")
    lock_case(session, actor, Permission.HANDOVER_WORK, found.case_id)
    session.refresh(found)
    return found
