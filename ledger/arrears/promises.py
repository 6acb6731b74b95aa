"""Promises to pay (付款承诺): they hold the levels until their day; kept by the money, broken by the calendar."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import Clock
from kernel.facts import tell
from ledger.arrears.cases import go_on, lock_case, note_audit, note_event, suspend
from ledger.arrears.errors import ArrearsInvalid, CaseSuspended
from ledger.arrears.facts import PromiseKept, PromiseMade
from ledger.arrears.finding import find_lines, through_the_buyer
from ledger.arrears.kinds import EventKind, Role, Suspension
from ledger.arrears.models import ArrearsCase, ArrearsEvent, ArrearsPromise
from ledger.finance.amounts import require_amount
from ledger.finance.kinds import Debtor
from ledger.finance.models import Allocation, Receivable
from ledger.finance.parties import today_at

BROKEN_AT_MOST = 3


def promise(
    session: Session, actor: Actor, clock: Clock, *, case_id: str, amount_fen: int, due_on: date, note: str = ""
) -> ArrearsPromise:
    """Take a promise to pay so much by a day, the day included; levels wait until then.

    It is the buyer's word for what he is late with, never the bank's for a loan. Raises `ArrearsInvalid` for a
    day in the past or more than he is late with, `CaseSuspended` while another promise or a block holds the case.
    """
    case = lock_case(session, actor, case_id)
    today = today_at(session, clock, case.project_id)
    require_amount(amount_fen, "amount_fen")
    if due_on < today:
        raise ArrearsInvalid("promise_in_past", field="due_on", earliest=today.isoformat())
    if case.suspended_by is not None:
        raise CaseSuspended(by=f"suspension.{case.suspended_by}")
    lines = find_lines(session, case.path, today, sale_id=case.sale_id)
    late = sum(line.open_fen for line in lines if line.role is Role.BUYER)
    if amount_fen > late:
        raise ArrearsInvalid("promise_above_late", field="amount_fen", late_fen=late)
    row = ArrearsPromise(
        case_id=case.id,
        amount_fen=amount_fen,
        due_on=due_on,
        paid_before_fen=_paid(session, case),
        note=note.strip()[:500],
        on_date=today,
        at=clock.now(),
        by=actor.id,
    )
    session.add(row)
    suspend(case, Suspension.PROMISE, due_on)
    session.flush()  # The fact carries the id.
    after = {"amount_fen": amount_fen, "due_on": due_on.isoformat()}
    note_audit(session, actor, clock, case, "promise", after=after)
    tell(session, PromiseMade(case.id, row.id))
    return row


def is_kept(session: Session, promise_id: str) -> bool:
    """Whether so much as was promised has come in since."""
    row = session.get_one(ArrearsPromise, promise_id)
    case = session.get_one(ArrearsCase, row.case_id)
    return _paid(session, case) - row.paid_before_fen >= row.amount_fen


def tell_if_kept(session: Session, *, case_id: str) -> None:
    """Money came in: a promise that it keeps need not wait for its day."""
    row = running_promise(session, case_id)
    if row is not None and is_kept(session, row.id):
        tell(session, PromiseKept(case_id, row.id))


def judge_promise(session: Session, actor: Actor, clock: Clock, *, promise_id: str) -> tuple[bool, int]:
    """The promise's day is over, or its money has come: whether it was kept, and how many of the case are broken.

    A broken one lifts the case a level; the third in a case holds it for the supervisor.
    """
    row = session.get_one(ArrearsPromise, promise_id)
    case = session.get_one(ArrearsCase, row.case_id)
    kept = is_kept(session, promise_id)
    kind = EventKind.PROMISE_KEPT if kept else EventKind.PROMISE_BROKEN
    details = {"amount_fen": row.amount_fen, "paid_fen": _paid(session, case) - row.paid_before_fen}
    is_new = note_event(
        session, actor, clock, case, kind, key=f"promise:{row.id}", subject_id=row.id, details=details
    )
    broken = broken_promises(session, case.id)
    if is_new:
        go_on(case)
        if not kept:
            case.jump += 1
            if broken % BROKEN_AT_MOST == 0:
                suspend(case, Suspension.SUPERVISOR, None)
    return kept, broken


def supervise(session: Session, actor: Actor, clock: Clock, *, case_id: str, decision: str, remark: str) -> None:
    """The supervisor has looked at a case of broken promises: its levels go on."""
    case = session.get_one(ArrearsCase, case_id)
    if case.suspended_by is Suspension.SUPERVISOR:
        go_on(case)
    broken = broken_promises(session, case_id)
    details = {"decision": decision, "remark": remark}
    note_event(
        session, actor, clock, case, EventKind.SUPERVISED, key=f"supervised:{case_id}:{broken}", details=details
    )


def broken_promises(session: Session, case_id: str) -> int:
    """How many promises of a case were broken."""
    query = select(func.count()).where(
        ArrearsEvent.case_id == case_id, ArrearsEvent.kind == EventKind.PROMISE_BROKEN
    )
    return session.scalar(query) or 0


def running_promise(session: Session, case_id: str) -> ArrearsPromise | None:
    """The promise that holds a case now."""
    ended = select(ArrearsEvent.subject_id).where(
        ArrearsEvent.case_id == case_id,
        ArrearsEvent.kind.in_((EventKind.PROMISE_KEPT, EventKind.PROMISE_BROKEN)),
    )
    query = select(ArrearsPromise).where(ArrearsPromise.case_id == case_id, ArrearsPromise.id.not_in(ended))
    return session.scalars(query.order_by(ArrearsPromise.at.desc()).limit(1)).one_or_none()


def _paid(session: Session, case: ArrearsCase) -> int:
    """Fen counted towards what is the buyer's to pay, whatever was due: a loan paid out keeps no promise."""
    query = (
        select(func.coalesce(func.sum(Allocation.amount_fen), 0))
        .join(Receivable, Receivable.id == Allocation.receivable_id)
        .where(
            Receivable.sale_id == case.sale_id,
            or_(Receivable.debtor == Debtor.BUYER, Receivable.id.in_(through_the_buyer())),
        )
    )
    return int(session.scalar(query) or 0)
