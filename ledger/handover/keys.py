"""Keys, risk, refusal, satisfaction, the end: what title's clock, warranty and compensation count from."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import Clock
from kernel.errors import Invalid
from kernel.facts import tell
from ledger.finance.errors import CompensationRefused
from ledger.finance.operations import compensate_late_delivery
from ledger.handover.appointments import release
from ledger.handover.cases import lock_case, move, note, require_state, today_at
from ledger.handover.errors import KeysStopped
from ledger.handover.facts import HandOverRated, HomeHandedOver
from ledger.handover.kinds import OVER, CaseState, EventKind
from ledger.handover.models import MoveInCase
from ledger.handover.money import is_allowed, open_lines
from ledger.inventory.states import UnitStatus
from ledger.inventory.taking import move_unit
from ledger.sales.acts import Act
from ledger.staff.permissions import Permission

_REASON = "handed over · 交付"


def hand_over(session: Session, actor: Actor, clock: Clock, *, case_id: str) -> MoveInCase:
    """Give the keys: the home is delivered, the risk is the buyer's; doing it again changes nothing.

    The money is looked at once more. Raises `KeysStopped`, `NotNow`.
    """
    case = lock_case(session, actor, Permission.HANDOVER_WORK, case_id)
    if case.handed_over_on is not None:
        return case
    require_state(case, "hand_over", CaseState.INSPECTION)
    today = today_at(session, clock, case.project_id)
    lines = open_lines(session, case.sale_id, today)
    if not is_allowed(case, lines):
        raise KeysStopped(open_fen=sum(line.open_fen for line in lines))
    act = Act(session, actor, clock)
    sale, unit = act.lock(case.sale_id, Permission.SALES_VIEW)
    move_unit(session, actor, clock, unit=unit, status=UnitStatus.DELIVERED, sale_id=sale.id, reason=_REASON)
    case.risk_passed_on = case.risk_passed_on or today
    unit.handed_over_on = sale.handed_over_on = case.handed_over_on = today
    act.note(sale, "delivered", details={"handed_over_on": today.isoformat()})
    move(case, clock, CaseState.HANDED_OVER)
    note(session, actor, clock, case, EventKind.ACCEPTED, details={"open_fen": case.open_fen})
    tell(session, HomeHandedOver(case.id, case.sale_id, case.path, case.unit_id, today))
    return case


def compensate(session: Session, actor: Actor, clock: Clock, *, case_id: str) -> int:
    """What late delivery costs (DOMAIN §4), in fen; it is ordered through finance. 0 when in time or not agreed.

    Who refused without cause is late himself: then the days end with the one on which the risk passed.
    """
    case = lock_case(session, actor, Permission.HANDOVER_WORK, case_id)
    delivered = min(one for one in (case.handed_over_on, case.risk_passed_on) if one is not None)
    act = (session, actor, clock)
    try:
        owed = compensate_late_delivery(*act, sale_id=case.sale_id, handed_over_on=delivered, reason=_REASON)
    except CompensationRefused as refused:
        if refused.code != "compensation_without_day":
            raise
        owed = None
    case.compensation_fen = owed.amount_fen if owed else 0
    return case.compensation_fen


def judge_refusal(
    session: Session, actor: Actor, clock: Clock, *, case_id: str, justified: bool, reason: str
) -> MoveInCase:
    """Whether a refusal had cause; without, the risk passed on the notified day (SPC 2020 art. 8, law)."""
    case = lock_case(session, actor, Permission.HANDOVER_WORK, case_id)
    require_state(case, "judge", CaseState.REFUSED, CaseState.NOTIFIED)
    if not reason.strip():
        raise Invalid("reason_missing", field="reason")
    today = today_at(session, clock, case.project_id)
    case.refused_on, case.refusal_justified = case.refused_on or today, justified
    if not justified:
        case.risk_passed_on = min(_days(case.risk_passed_on, case.hand_over_on))
    move(case, clock, CaseState.NOTIFIED)
    details = {"justified": justified, "risk_passed_on": str(case.risk_passed_on or "")}
    note(session, actor, clock, case, EventKind.REFUSAL_JUDGED, text=reason, details=details)
    return case


def _days(*days: date | None) -> list[date]:
    return [day for day in days if day is not None]


def rate(session: Session, actor: Actor, clock: Clock, *, case_id: str, satisfaction: int) -> MoveInCase:
    """How satisfied the buyer is, from 1 to 5, once. Raises `Invalid` for another number, `NotNow` before keys."""
    case = lock_case(session, actor, Permission.HANDOVER_WORK, case_id)
    if not 1 <= satisfaction <= 5:
        raise Invalid("move_in_rating", field="satisfaction")
    if case.satisfaction is not None:
        return case
    if case.handed_over_on is None:
        require_state(case, "rate", CaseState.HANDED_OVER)
    case.satisfaction = satisfaction
    note(session, actor, clock, case, EventKind.RATED, details={"satisfaction": satisfaction})
    tell(session, HandOverRated(case.id, case.sale_id, case.path, satisfaction))
    return case


def close_case(
    session: Session, actor: Actor, clock: Clock, *, case_id: str, withdrawn: bool = False, reason: str = ""
) -> MoveInCase:
    """The hand-over is over; its place is free. Again: nothing."""
    case = lock_case(session, actor, Permission.HANDOVER_WORK, case_id)
    if case.state in OVER:
        return case
    release(session, case_id)
    case.on_hold = False
    move(case, clock, CaseState.WITHDRAWN if withdrawn else CaseState.CLOSED)
    kind = EventKind.WITHDRAWN if withdrawn else EventKind.CLOSED
    note(session, actor, clock, case, kind, text=reason or None)
    return case
