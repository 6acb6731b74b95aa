"""Letting a buyer off: waivers (减免) of late interest and write-offs (核销), asked for, decided, put into effect.

A request says how much and why and never changes; what became of it is an event; its effect are parts, entries of
their own beside the receivables. Who decides is the process's to find; the ledger holds to it that nobody grants
what he asked for, that what is granted is what was asked for, and that no more is let off than is open by then.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import Actor
from kernel.clock import Clock
from kernel.errors import Invalid
from kernel.facts import tell
from ledger.accounting.periods import booking_day
from ledger.finance.accounts import settled_by_receivable
from ledger.finance.amounts import require_amount
from ledger.finance.errors import (
    KeyReused,
    ReceivableMissing,
    SaleClosed,
    WaiverMissing,
    WaiverRefused,
    WaiverStale,
)
from ledger.finance.facts import BuyerLetOff
from ledger.finance.interest import interest_of_sale
from ledger.finance.interest_charges import charge_accrued
from ledger.finance.interest_models import InterestCharge, Waiver, WaiverEvent, WaiverPart
from ledger.finance.kinds import (
    Debtor,
    ReceivableClass,
    ReceivableKind,
    ReceivableState,
    TodoKind,
    WaiverEventKind,
    WaiverKind,
)
from ledger.finance.models import Receivable
from ledger.finance.parties import AccountHolder, lock_sale
from ledger.finance.refusals import typed_refusals
from ledger.finance.todos import ask_for, open_todos_of, void_todo
from ledger.scope import scoped
from ledger.staff.permissions import Permission

LONGEST_REASON = 500


@dataclass(frozen=True)
class Wish:
    """What is asked for: fen of late interest, or the whole rest of one receivable to be written off."""

    kind: WaiverKind
    amount_fen: int
    reason: str
    receivable_id: str | None = None


def request_waiver(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    key: str,
    sale_id: str,
    amount_fen: int,
    reason: str,
    kind: WaiverKind | str = WaiverKind.WAIVER,
    receivable_id: str | None = None,
    instance_id: str | None = None,
) -> Waiver:
    """Ask that a buyer be let off; the same ``key`` again returns the first request. Nothing is let off by it.

    Raises by field `AmountInvalid`, `WaiverRefused` above what is open and not asked for already, `SaleClosed`,
    `Invalid` without a reason, `ReceivableMissing`, `KeyReused`.
    """
    holder = lock_sale(session, actor, Permission.INTEREST_WAIVER_START, sale_id)
    wish = Wish(WaiverKind(kind), require_amount(amount_fen), _reason(reason), receivable_id)
    if existing := session.scalars(select(Waiver).where(Waiver.key == key)).one_or_none():
        if (existing.sale_id, existing.amount_fen, existing.reason) != (sale_id, wish.amount_fen, wish.reason):
            raise KeyReused(field="key", waiver_id=existing.id)
        return existing
    if holder.sale is not None and holder.sale.state == "closed":
        raise SaleClosed("waiver_of_closed_sale", field="sale_id", no=holder.sale.no)
    today = holder.today(clock)
    _require_within(session, holder, wish, today)
    row = Waiver(
        key=key,
        kind=wish.kind,
        sale_id=sale_id,
        receivable_id=wish.receivable_id,
        project_id=holder.place.project_id,
        path=holder.place.path,
        amount_fen=wish.amount_fen,
        reason=wish.reason,
        instance_id=instance_id,
        requested_on=today,
        requested_at=clock.now(),
        requested_by=actor.id,
    )
    row.content_hash = content_hash(row)
    session.add(row)
    session.flush()  # What is asked for counts against the next request.
    after = {"kind": wish.kind, "amount_fen": wish.amount_fen, "content_hash": row.content_hash}
    audit.record(
        session, actor, clock, "finance:request_waiver", "waiver", row.id,
        path=row.path, after=after, reason=wish.reason,
    )  # fmt: skip
    return row


def content_hash(row: Waiver) -> str:
    """SHA-256 over what approvers decide on, in a canonical form."""
    content = {
        "kind": row.kind,
        "sale": row.sale_id,
        "receivable": row.receivable_id,
        "amount": row.amount_fen,
        "reason": row.reason,
        "by": row.requested_by,
    }
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _reason(text: str) -> str:
    text = text.strip()
    if not text or len(text) > LONGEST_REASON:
        raise Invalid("text_missing_or_long", field="reason", longest=LONGEST_REASON)
    return text


def open_to_waive(session: Session, sale_id: str, on: date) -> int:
    """Late interest of a sale in fen that is open at a date and for which nobody has asked yet."""
    undecided = select(WaiverEvent.waiver_id)
    asked = select(func.coalesce(func.sum(Waiver.amount_fen), 0)).where(
        Waiver.sale_id == sale_id, Waiver.kind == WaiverKind.WAIVER, Waiver.id.not_in(undecided)
    )
    return max(0, interest_of_sale(session, sale_id, on=on).open_fen - int(session.scalar(asked) or 0))


def _require_within(session: Session, holder: AccountHolder, wish: Wish, on: date) -> None:
    """Raise `WaiverRefused` for more than is open; a write-off is for the whole rest of a line."""
    sale_id = str(holder.party.sale_id)
    if wish.kind is WaiverKind.WAIVER:
        if wish.amount_fen > (left := open_to_waive(session, sale_id, on)):
            raise WaiverRefused("waiver_above_open", field="amount_fen", open_fen=left)
        return
    line = session.get(Receivable, wish.receivable_id) if wish.receivable_id else None
    if line is None or line.sale_id != sale_id:
        raise ReceivableMissing(field="receivable_id", id=wish.receivable_id)
    if line.debtor is not Debtor.BUYER or line.class_ is ReceivableClass.COLLECTED:
        raise WaiverRefused("write_off_not_ours", field="receivable_id")
    left = open_of(session, line)
    if wish.amount_fen > left or not left:
        raise WaiverRefused("waiver_above_open", field="amount_fen", open_fen=left)
    if wish.amount_fen < left:
        raise WaiverRefused("write_off_in_part", field="amount_fen", open_fen=left)


def open_of(session: Session, line: Receivable) -> int:
    """Fen of a receivable that are neither paid nor let off; nothing of one that is not collected any more."""
    if line.state is not ReceivableState.PLANNED:
        return 0
    return line.amount_fen - settled_by_receivable(session, [line.id]).get(line.id, 0)


def grant_waiver(
    session: Session, actor: Actor, clock: Clock, *, waiver_id: str, approved_hash: str, approvers: Sequence[str]
) -> WaiverEvent:
    """Put a request into effect as its approvers decided; done twice it is done once.

    ``approved_hash`` is of what they decided on; `WaiverStale` when that is not what was asked for. When the sale
    is closed by now, or less is open than was asked for, the request lapses: the event says why, and nothing is
    let off. Raises `WaiverRefused` when the applicant is among the approvers. The permission belongs to no role:
    the process calls this as the system.
    """
    row, holder = _lock(session, actor, waiver_id)
    if decided := event_of(session, waiver_id):
        return decided
    if not approved_hash == row.content_hash == content_hash(row):
        raise WaiverStale(waiver_id=row.id)
    if not approvers or row.requested_by in approvers or len(set(approvers)) != len(approvers):
        raise WaiverRefused("approver_is_applicant", field="approvers")
    why = _lapsed(session, clock, holder, row)
    kind = WaiverEventKind.LAPSED if why else WaiverEventKind.GRANTED
    event = _decide(session, actor, clock, holder, row, kind, reason=why, approvers=approvers)
    if kind is WaiverEventKind.GRANTED:
        effect = _waive if row.kind is WaiverKind.WAIVER else _write_off
        effect(session, actor, clock, holder, row)
        tell(session, BuyerLetOff(row.sale_id, row.id, row.kind, row.amount_fen, row.path))
    return event


def end_waiver(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    waiver_id: str,
    kind: WaiverEventKind,
    reason: str | None = None,
) -> WaiverEvent:
    """A request comes to nothing: refused, withdrawn, or lapsed with its sale. One that is decided stays so."""
    row, holder = _lock(session, actor, waiver_id)
    if decided := event_of(session, waiver_id):
        return decided
    if kind is WaiverEventKind.GRANTED:
        raise WaiverRefused("waiver_not_granted", field="kind")
    return _decide(session, actor, clock, holder, row, kind, reason=reason)


def event_of(session: Session, waiver_id: str) -> WaiverEvent | None:
    """What became of a request, if it is decided."""
    return session.scalars(select(WaiverEvent).where(WaiverEvent.waiver_id == waiver_id)).one_or_none()


def _lock(session: Session, actor: Actor, waiver_id: str) -> tuple[Waiver, AccountHolder]:
    query = scoped(actor, Waiver, Permission.FINANCE_WAIVE).where(Waiver.id == waiver_id)
    row = session.scalars(query).one_or_none()
    if row is None:
        raise WaiverMissing(field="waiver_id", id=waiver_id)
    return row, lock_sale(session, actor, Permission.FINANCE_WAIVE, row.sale_id)


def _lapsed(session: Session, clock: Clock, holder: AccountHolder, row: Waiver) -> str | None:
    """The code of why a request can no longer be granted, or None."""
    if holder.sale is not None and holder.sale.state == "closed":
        return "waiver_sale_closed"
    if row.kind is WaiverKind.WAIVER:
        left = interest_of_sale(session, row.sale_id, on=holder.today(clock)).open_fen
    else:
        left = open_of(session, session.get_one(Receivable, row.receivable_id))
    return "waiver_no_longer_open" if left < row.amount_fen else None


def _decide(
    session: Session,
    actor: Actor,
    clock: Clock,
    holder: AccountHolder,
    row: Waiver,
    kind: WaiverEventKind,
    *,
    reason: str | None,
    approvers: Sequence[str] = (),
) -> WaiverEvent:
    event = WaiverEvent(
        waiver_id=row.id,
        kind=kind,
        approvers=list(approvers),
        on_date=holder.today(clock),
        at=clock.now(),
        by=actor.id,
        reason=(reason or "")[:LONGEST_REASON] or None,
    )
    session.add(event)
    session.flush()  # The rule that parts need a granted request asks the database.
    after = {"kind": kind, "amount_fen": row.amount_fen, "approvers": list(approvers)}
    audit.record(
        session, actor, clock, "finance:decide_waiver", "waiver", row.id, path=row.path, after=after, reason=reason
    )
    return event


def _waive(session: Session, actor: Actor, clock: Clock, holder: AccountHolder, row: Waiver) -> None:
    """Charge what has accrued through today, so that it can be let off; the oldest is let off first."""
    charge_accrued(session, actor, clock, holder, holder.today(clock))
    query = (
        select(Receivable)
        .join(InterestCharge, InterestCharge.receivable_id == Receivable.id)
        .where(Receivable.sale_id == row.sale_id, Receivable.state == ReceivableState.PLANNED)
        .order_by(InterestCharge.from_day, InterestCharge.id)
    )
    left = row.amount_fen
    for line in session.scalars(query).all():
        if part := min(left, open_of(session, line)):
            _let_off(session, actor, clock, holder, row, line, part)
            left -= part


def _write_off(session: Session, actor: Actor, clock: Clock, holder: AccountHolder, row: Waiver) -> None:
    """The rest of a line is not collected any more; the interest that it has borne until today is charged."""
    line = session.get_one(Receivable, row.receivable_id)
    if line.kind is not ReceivableKind.LATE_INTEREST:
        charge_accrued(session, actor, clock, holder, holder.today(clock))
    _let_off(session, actor, clock, holder, row, line, row.amount_fen)
    line.state = ReceivableState.WRITTEN_OFF
    session.flush()  # Later reads leave the line out.


def _let_off(
    session: Session, actor: Actor, clock: Clock, holder: AccountHolder, row: Waiver, line: Receivable, fen: int
) -> None:
    today = holder.today(clock)
    part = WaiverPart(
        waiver_id=row.id,
        receivable_id=line.id,
        amount_fen=fen,
        on_date=today,
        booked_on=booking_day(session, line.project_id, today),
        at=clock.now(),
        by=actor.id,
    )
    with typed_refusals():
        session.add(part)
        session.flush()  # The rule over what is open must speak before anything else is done.
    waiting = open_todos_of(session, TodoKind.COLLECT, receivable_id=line.id)
    for todo in waiting:
        void_todo(session, actor, clock, todo, "let_off")
    if waiting and (left := open_of(session, line)):
        key, due_on = f"collect:{line.id}:after:{row.id}", line.due_on or today
        ask_for(session, actor, clock, line, key=key, fen=left, due_on=due_on, note="let_off_in_part")
