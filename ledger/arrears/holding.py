"""What holds a part or the whole of a case: disputes (争议) and blocks (暂停催缴)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import Clock
from kernel.facts import tell
from ledger.arrears.cases import go_on, lock_case, note_audit, note_event, require_text, suspend
from ledger.arrears.errors import AlreadyEnded, ArrearsInvalid, CaseMissing, CaseSuspended
from ledger.arrears.facts import BlockLifted, CaseBlocked, WorkAsked
from ledger.arrears.finding import find_lines
from ledger.arrears.kinds import EventKind, Suspension
from ledger.arrears.models import ArrearsBlock, ArrearsCase, ArrearsDispute, ArrearsEvent
from ledger.finance.amounts import require_amount
from ledger.finance.parties import today_at

_DECIDES = "finance_manager"


def dispute(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    case_id: str,
    receivable_id: str,
    amount_fen: int,
    reason: str,
) -> ArrearsDispute:
    """A debtor contests a part of an instalment: it is chased no further until it is decided, the rest is.

    Raises `ArrearsInvalid` for an instalment that is not late here, or more than is open of it.
    """
    case = lock_case(session, actor, case_id)
    today = today_at(session, clock, case.project_id)
    require_amount(amount_fen, "amount_fen")
    lines = {line.receivable_id: line for line in find_lines(session, case.path, today, sale_id=case.sale_id)}
    if receivable_id not in lines:
        raise ArrearsInvalid("dispute_not_late", field="receivable_id")
    if amount_fen > lines[receivable_id].open_fen:
        raise ArrearsInvalid("dispute_above_open", field="amount_fen", open_fen=lines[receivable_id].open_fen)
    row = ArrearsDispute(
        case_id=case.id,
        receivable_id=receivable_id,
        amount_fen=amount_fen,
        reason=require_text(reason, "reason"),
        at=clock.now(),
        by=actor.id,
    )
    session.add(row)
    session.flush()  # The fact carries the id.
    note_audit(session, actor, clock, case, "dispute", after={"amount_fen": amount_fen}, reason=row.reason)
    tell(session, WorkAsked(case.id, "dispute", row.id, _DECIDES, amount_fen, row.reason))
    return row


def decide_dispute(
    session: Session, actor: Actor, clock: Clock, *, dispute_id: str, upheld: bool, remark: str
) -> None:
    """The dispute is decided: upheld, its part is chased no more (it is to be written off); rejected, it is."""
    row = session.get_one(ArrearsDispute, dispute_id)
    case = session.get_one(ArrearsCase, row.case_id)
    kind = EventKind.DISPUTE_UPHELD if upheld else EventKind.DISPUTE_REJECTED
    details = {"amount_fen": row.amount_fen, "remark": remark}
    note_event(session, actor, clock, case, kind, key=f"dispute:{row.id}", subject_id=row.id, details=details)


def block(session: Session, actor: Actor, clock: Clock, *, case_id: str, until_on: date, reason: str) -> None:
    """Hold the levels of a case back until a day inclusive. Raises `ArrearsInvalid`, `CaseSuspended`."""
    case = lock_case(session, actor, case_id)
    today = today_at(session, clock, case.project_id)
    if until_on < today:
        raise ArrearsInvalid("block_in_past", field="until_on", earliest=today.isoformat())
    if case.suspended_by is not None:
        raise CaseSuspended(by=f"suspension.{case.suspended_by}")
    words = require_text(reason, "reason")
    row = ArrearsBlock(case_id=case.id, until_on=until_on, reason=words, at=clock.now(), by=actor.id)
    session.add(row)
    suspend(case, Suspension.BLOCK, until_on)
    session.flush()  # The fact carries the id.
    note_audit(session, actor, clock, case, "block", after={"until_on": until_on.isoformat()}, reason=words)
    tell(session, CaseBlocked(case.id, row.id))


def lift_block(session: Session, actor: Actor, clock: Clock, *, case_id: str) -> None:
    """Let the levels go on before the block's day. Raises `AlreadyEnded` when nothing blocks the case."""
    case = lock_case(session, actor, case_id)
    row = running_block(session, case.id)
    if row is None:
        raise AlreadyEnded()
    _end(session, actor, clock, case, row, EventKind.BLOCK_LIFTED)
    tell(session, BlockLifted(case.id, row.id))


def end_block(session: Session, actor: Actor, clock: Clock, *, block_id: str) -> None:
    """The block's day is over; one that was lifted already stays lifted."""
    row = session.get(ArrearsBlock, block_id)
    if row is None:
        raise CaseMissing(id=block_id)
    _end(session, actor, clock, session.get_one(ArrearsCase, row.case_id), row, EventKind.BLOCK_OVER)


def running_block(session: Session, case_id: str) -> ArrearsBlock | None:
    """The block that holds a case now."""
    ended = select(ArrearsEvent.subject_id).where(
        ArrearsEvent.case_id == case_id, ArrearsEvent.kind.in_((EventKind.BLOCK_LIFTED, EventKind.BLOCK_OVER))
    )
    query = select(ArrearsBlock).where(ArrearsBlock.case_id == case_id, ArrearsBlock.id.not_in(ended))
    return session.scalars(query.order_by(ArrearsBlock.at.desc()).limit(1)).one_or_none()


def _end(
    session: Session, actor: Actor, clock: Clock, case: ArrearsCase, row: ArrearsBlock, kind: EventKind
) -> None:
    if note_event(session, actor, clock, case, kind, key=f"block:{row.id}", subject_id=row.id):
        go_on(case)
