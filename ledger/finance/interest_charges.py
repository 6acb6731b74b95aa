"""Charging late interest (违约金): what has accrued becomes receivables, one for each segment, never twice.

A payment is judged by the day on which it was made. When one is entered after interest of later days was charged,
those charges are superseded, the payment counts where it belongs, and what came after it is counted and charged
anew (`settle`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from kernel import audit
from kernel.actor import Actor
from kernel.clock import Clock
from ledger.accounting.periods import booking_today
from ledger.finance.accounts import settled_by_receivable
from ledger.finance.allocation import apply, payable, suggest
from ledger.finance.errors import DateInvalid
from ledger.finance.interest import LineInterest, Segment, interest_of_sale
from ledger.finance.interest_models import InterestCharge, WaiverPart
from ledger.finance.kinds import Debtor, ReceivableKind, ReceivableState, TodoKind, TriggerKind
from ledger.finance.models import Receipt, Receivable
from ledger.finance.parties import AccountHolder, account_of_sale, lock_sale, require_open
from ledger.finance.plans import PlannedLine, Trigger
from ledger.finance.raising import next_sequence, receivable_row
from ledger.finance.superseding import free_line, supersede
from ledger.finance.todos import ask_for, open_todos_of
from ledger.staff.permissions import Permission


def charge_interest(
    session: Session, actor: Actor, clock: Clock, *, sale_id: str, through: date | None = None
) -> list[Receivable]:
    """Charge what has accrued through a day (today unless given) and ask finance to collect it.

    What was charged before is not charged again. Raises `DateInvalid` for a day to come, `SaleClosed`.
    """
    holder = lock_sale(session, actor, Permission.FINANCE_RAISE, sale_id)
    require_open(holder)
    today = holder.today(clock)
    through = through or today
    if through > today:
        raise DateInvalid("date_in_future", field="through", latest=today.isoformat())
    raised = charge_accrued(session, actor, clock, holder, through)
    ask_to_collect(session, actor, clock, raised)
    return raised


def charge_accrued(
    session: Session, actor: Actor, clock: Clock, holder: AccountHolder, through: date
) -> list[Receivable]:
    """`charge_interest` for the operations of finance, which hold the sale's lock; asks nobody to collect."""
    sale_id = holder.party.sale_id
    if sale_id is None:
        return []
    session.flush()  # What accrued is read from the database.
    raised: list[Receivable] = []
    for line in interest_of_sale(session, sale_id, on=through).lines:
        if line.running and line.accrued_fen > line.charged_fen:
            raised += charge_parts(session, actor, clock, holder, uncharged_parts(line))
    return raised


def charge_parts(
    session: Session, actor: Actor, clock: Clock, holder: AccountHolder, parts: Sequence[Segment]
) -> list[Receivable]:
    """A receivable for each segment."""
    return [_raise(session, actor, clock, holder, part) for part in parts]


def uncharged_parts(line: LineInterest) -> list[Segment]:
    """The segments, or their last days, that no charge covers; ``fen`` is what is left of each."""
    left, parts = line.charged_fen, []
    for one in line.segments:
        covered = min(left, one.fen)
        left -= covered
        if one.fen > covered:
            begin = one.from_day
            if covered and line.charged_through is not None:
                begin = min(max(begin, line.charged_through + timedelta(days=1)), one.through_day)
            days = (one.through_day - begin).days + 1
            fen = one.fen - covered
            parts.append(
                Segment(one.receivable_id, begin, one.through_day, one.principal_fen, days, fen, one.rate)
            )
    return parts


def _raise(session: Session, actor: Actor, clock: Clock, holder: AccountHolder, part: Segment) -> Receivable:
    before = select(func.count()).where(InterestCharge.principal_id == part.receivable_id)
    number = (session.scalar(before) or 0) + 1
    key = f"interest:{part.receivable_id}:{part.through_day.isoformat()}:{number}"
    trigger = Trigger(TriggerKind.ON_DATE, on=part.through_day)
    planned = PlannedLine(ReceivableKind.LATE_INTEREST, Debtor.BUYER, part.fen, part.through_day, trigger)
    row = receivable_row(clock, holder, planned, key, next_sequence(session, holder))
    row.raised_on = booking_today(session, clock, row.project_id)
    session.add(row)
    session.flush()  # The charge names it.
    session.add(
        InterestCharge(
            receivable_id=row.id,
            principal_id=part.receivable_id,
            from_day=part.from_day,
            through_day=part.through_day,
            principal_fen=part.principal_fen,
            rate=part.rate,
            fen=part.fen,
            at=clock.now(),
            by=actor.id,
        )
    )
    session.flush()  # The next charge of the same line counts it.
    after = {
        "amount_fen": part.fen,
        "from_day": part.from_day.isoformat(),
        "through_day": part.through_day.isoformat(),
    }
    audit.record(
        session, actor, clock, "finance:charge_interest", "receivable", row.id, path=row.path, after=after
    )
    return row


def ask_to_collect(session: Session, actor: Actor, clock: Clock, raised: Sequence[Receivable]) -> None:
    """A to-do for what is open of each charge."""
    settled = settled_by_receivable(session, [line.id for line in raised])
    for line in raised:
        if left := line.amount_fen - settled.get(line.id, 0):
            due_on, key = line.due_on or line.created_at.date(), f"collect:{line.id}"
            ask_for(
                session,
                actor,
                clock,
                line,
                key=key,
                fen=left,
                due_on=due_on,
                note="interest_charged",
            )


@dataclass(frozen=True)
class Work:
    """Fen of a receipt to be counted; first towards the interest of one instalment, if it was before."""

    receipt: Receipt
    fen: int
    principal_id: str | None = None


@dataclass
class _Rewound:
    """Charges that were superseded: the money they had, through which day to charge anew, and ask to collect."""

    works: list[Work] = field(default_factory=list)
    through: date | None = None
    asked: bool = False


def settle(
    session: Session,
    actor: Actor,
    clock: Clock,
    sale_id: str,
    works: Sequence[Work],
    *,
    since: date | None = None,
    on: date | None = None,
) -> dict[str, int]:
    """Count money of locked receipts in the order of the contract or the law; returns fen per receivable.

    The interest that had accrued by the day of each payment is charged before it is counted. ``since`` is a day
    from which on principal has changed without any of these works; ``on`` judges what is due, the day of payment
    unless given.
    """
    days = [work.receipt.paid_on for work in works] + ([since] if since else [])
    if not days:
        return {}
    holder = account_of_sale(session, sale_id)
    rewound = _rewind(session, actor, clock, sale_id, min(days))
    allocated: dict[str, int] = {}
    for work in sorted([*works, *rewound.works], key=lambda work: (work.receipt.paid_on, work.receipt.id)):
        for receivable_id, fen in _count(session, actor, clock, holder, work, on).items():
            allocated[receivable_id] = allocated.get(receivable_id, 0) + fen
    if rewound.through is not None:
        raised = charge_accrued(session, actor, clock, holder, rewound.through)
        ask_to_collect(session, actor, clock, raised if rewound.asked else [])
    return allocated


def _count(
    session: Session, actor: Actor, clock: Clock, holder: AccountHolder, work: Work, on: date | None
) -> dict[str, int]:
    receipt, day = work.receipt, on or work.receipt.paid_on
    if receipt.payer_role is Debtor.BUYER and _reaches_interest(session, holder, work, day):
        charge_accrued(session, actor, clock, holder, receipt.paid_on)
    first = _as_before(session, work)
    apply(session, actor, clock, receipt, first)
    rest = suggest(session, receipt, work.fen - sum(first.values()), day)
    apply(session, actor, clock, receipt, rest)
    return first | {id_: fen + first.get(id_, 0) for id_, fen in rest.items()}


def _reaches_interest(session: Session, holder: AccountHolder, work: Work, on: date) -> bool:
    """Whether the money gets as far as interest: at once by the law, after the due principal by some contracts."""
    assert holder.party.sale_id is not None  # noqa: S101 - only a sale's money is settled
    if (
        work.principal_id
        or interest_of_sale(session, holder.party.sale_id, on=work.receipt.paid_on).clause.statutory
    ):
        return True
    due = [
        line
        for line in payable(session, work.receipt)
        if line.due_on is not None and line.due_on <= on and line.kind is not ReceivableKind.LATE_INTEREST
    ]
    settled = settled_by_receivable(session, [line.id for line in due])
    return work.fen > sum(line.amount_fen - settled.get(line.id, 0) for line in due)


def _as_before(session: Session, work: Work) -> dict[str, int]:
    """Money that was interest of an instalment is interest of it again, as far as that still is owed."""
    if work.principal_id is None:
        return {}
    query = (
        select(Receivable)
        .join(InterestCharge, InterestCharge.receivable_id == Receivable.id)
        .where(InterestCharge.principal_id == work.principal_id, Receivable.state == ReceivableState.PLANNED)
        .order_by(InterestCharge.from_day, InterestCharge.id)
    )
    lines = list(session.scalars(query))
    settled = settled_by_receivable(session, [line.id for line in lines])
    shares, left = {}, work.fen
    for line in lines:
        if share := min(left, line.amount_fen - settled.get(line.id, 0)):
            shares[line.id] = share
            left -= share
    return shares


def _rewind(session: Session, actor: Actor, clock: Clock, sale_id: str, after: date) -> _Rewound:
    """Supersede the charges of running instalments that cover days after one; what was waived of stays charged."""
    interest, principal = aliased(Receivable), aliased(Receivable)
    waived = select(WaiverPart.receivable_id)
    query = (
        select(InterestCharge, interest)
        .join(interest, interest.id == InterestCharge.receivable_id)
        .join(principal, principal.id == InterestCharge.principal_id)
        .where(
            interest.sale_id == sale_id,
            interest.state == ReceivableState.PLANNED,
            principal.state == ReceivableState.PLANNED,
            InterestCharge.through_day > after,
            interest.id.not_in(waived),
        )
        .order_by(InterestCharge.through_day.desc(), InterestCharge.id.desc())
    )
    rewound = _Rewound()
    for charged, line in session.execute(query).all():
        rewound.through = max(rewound.through or charged.through_day, charged.through_day)
        rewound.asked |= bool(open_todos_of(session, TodoKind.COLLECT, receivable_id=line.id))
        for receipt_id, fen in free_line(session, actor, clock, line).items():
            receipt = session.get_one(Receipt, receipt_id)
            rewound.works.append(Work(receipt, fen, charged.principal_id))
        supersede(session, actor, clock, line, "interest_anew")
    return rewound
