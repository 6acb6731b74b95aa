"""Legal steps (法律措施) with their proof of delivery (送达回证), what came of calls and of asking the bank."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import Clock
from kernel.facts import tell
from ledger.arrears.cases import lock_case, note_audit, note_event
from ledger.arrears.errors import ArrearsInvalid
from ledger.arrears.facts import WorkAsked
from ledger.arrears.kinds import EventKind, LegalKind, Role
from ledger.arrears.models import ArrearsCase, ArrearsLegalStep, ArrearsReach, ArrearsStep
from ledger.finance.parties import today_at

_PROVES = "legal"


def take_legal_step(
    session: Session, actor: Actor, clock: Clock, *, case_id: str, kind: LegalKind, taken_on: date, note: str = ""
) -> ArrearsLegalStep:
    """A demand, a lawyer's letter, a notice of termination or a lawsuit went out; its delivery is to be proved.

    Raises `ArrearsInvalid` for a day to come.
    """
    case = lock_case(session, actor, case_id)
    today = today_at(session, clock, case.project_id)
    if taken_on > today:
        raise ArrearsInvalid("legal_in_future", field="taken_on", latest=today.isoformat())
    row = ArrearsLegalStep(
        case_id=case.id, kind=kind, taken_on=taken_on, note=note.strip()[:500], at=clock.now(), by=actor.id
    )
    session.add(row)
    session.flush()  # The fact carries the id.
    note_audit(session, actor, clock, case, "legal_step", after={"kind": kind, "taken_on": taken_on.isoformat()})
    tell(session, WorkAsked(case.id, "proof", row.id, _PROVES, 0, kind.value))
    return row


def prove_delivery(
    session: Session, actor: Actor, clock: Clock, *, legal_step_id: str, delivered_on: date, document_id: str
) -> None:
    """The paper that proves the delivery is there: periods of law run from its day.

    Raises `ArrearsInvalid` for a day before the step or to come.
    """
    row = session.get_one(ArrearsLegalStep, legal_step_id)
    case = session.get_one(ArrearsCase, row.case_id)
    today = today_at(session, clock, case.project_id)
    if not row.taken_on <= delivered_on <= today:
        raise ArrearsInvalid(
            "delivery_day", field="delivered_on", earliest=row.taken_on.isoformat(), latest=today.isoformat()
        )
    details = {"delivered_on": delivered_on.isoformat(), "document_id": document_id, "kind": row.kind.value}
    note_event(
        session,
        actor,
        clock,
        case,
        EventKind.DELIVERED,
        key=f"legal:{row.id}",
        subject_id=row.id,
        details=details,
    )


def record_call(session: Session, actor: Actor, clock: Clock, *, step_id: str, outcome: str, remark: str) -> None:
    """What a call to the debtor brought."""
    step = session.get_one(ArrearsStep, step_id)
    case = session.get_one(ArrearsCase, step.case_id)
    details = {"outcome": outcome, "remark": remark}
    note_event(
        session, actor, clock, case, EventKind.CALLED, key=f"call:{step_id}", subject_id=step_id, details=details
    )


def record_bank(session: Session, actor: Actor, clock: Clock, *, step_id: str, outcome: str, remark: str) -> None:
    """What the bank or our own people say; papers that failed through the buyer make the line his."""
    step = session.get_one(ArrearsStep, step_id)
    case = session.get_one(ArrearsCase, step.case_id)
    details = {"outcome": outcome, "remark": remark}
    note_event(
        session,
        actor,
        clock,
        case,
        EventKind.BANK_CHASED,
        key=f"bank:{step_id}",
        subject_id=step_id,
        details=details,
    )
    if outcome != "papers_missing" or step.role not in (Role.BANK, Role.FUND_CENTRE):
        return
    reached = select(ArrearsReach.receivable_id).where(ArrearsReach.proposal_id == step.proposal_id)
    for receivable_id in session.scalars(reached):
        note_event(
            session,
            actor,
            clock,
            case,
            EventKind.BUYER_AT_FAULT,
            key=f"fault:{case.id}:{receivable_id}",
            subject_id=receivable_id,
            details={"remark": remark},
        )
