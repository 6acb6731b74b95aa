"""Planning a contract's receivables anew (付款方式变更): paid lines stay, the others are superseded.

What a new plan would do is worked out first and carried out after, by the same arithmetic, so that a preview
cannot promise anything else than what happens.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import Clock
from ledger.finance.accounts import allocated_by_receivable
from ledger.finance.allocating import allocate_credit
from ledger.finance.allocation import live_price_lines
from ledger.finance.amounts import require_amount
from ledger.finance.errors import ScheduleInvalid
from ledger.finance.interest_charges import charge_accrued
from ledger.finance.kinds import ReceivableKind, ReceivableState
from ledger.finance.models import Receivable, ReceivableSchedule
from ledger.finance.parties import AccountHolder, lock_sale, require_open
from ledger.finance.plans import PlannedLine
from ledger.finance.receivables import current_schedule, seal_schedule
from ledger.finance.templates import apply_plan
from ledger.staff.permissions import Permission


@dataclass(frozen=True)
class Replanned:
    """What becomes of the price: lines that stay, end and fall due anew; ``paid`` is fen by line."""

    kept: tuple[Receivable, ...]
    gone: tuple[Receivable, ...]
    planned: tuple[PlannedLine, ...]
    paid: dict[str, int]


def plan_anew(
    session: Session, *, sale_id: str, project_id: str, template_id: str, total_fen: int, signed_on: date
) -> Replanned:
    """What a plan would make of a sale's price lines; changes nothing.

    Lines paid in full, written off or settling an area stay. Raises `PlanNotUsable`, `PlanMissing`, and
    `PlanInvalid` when those that stay are above the new total.
    """
    lines = live_price_lines(session, sale_id)
    paid = allocated_by_receivable(session, [line.id for line in lines])
    kept = tuple(line for line in lines if _stays(line, paid.get(line.id, 0)))
    gone = tuple(line for line in lines if line not in kept)
    standing = sum(line.amount_fen for line in kept)
    planned = apply_plan(session, template_id, project_id, total_fen, standing, signed_on)
    return Replanned(kept, gone, planned, paid)


def _stays(line: Receivable, paid_fen: int) -> bool:
    fixed = line.state is ReceivableState.WRITTEN_OFF or line.kind is ReceivableKind.AREA
    return fixed or paid_fen == line.amount_fen


def replan(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    sale_id: str,
    template_id: str,
    total_fen: int,
    signed_on: date,
    reason: str,
) -> ReceivableSchedule:
    """Another plan or total: lines paid in full stay, the others are superseded and raised anew (付款方式变更).

    Late interest that has accrued on them through today is charged first and stays owed. Money that partly paid a
    superseded line is counted towards the new ones by the law's order. Raises
    `ScheduleInvalid` before signing, and `PlanInvalid` when more is paid than the new total.
    """
    holder = _charged(session, actor, clock, sale_id, total_fen)
    anew = plan_anew(
        session,
        sale_id=sale_id,
        project_id=holder.place.project_id,
        template_id=template_id,
        total_fen=total_fen,
        signed_on=signed_on,
    )
    return _carry_out(session, actor, clock, holder, anew.gone, anew.planned, total_fen, reason, template_id)


def replace_lines(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    sale_id: str,
    gone_ids: Sequence[str],
    lines: Sequence[PlannedLine],
    reason: str,
) -> ReceivableSchedule:
    """Some price lines end and others take their place under the same total: a loan that came out short.

    Raises `ScheduleInvalid` before signing, for a line that is not live, and when the sum would change.
    """
    standing = current_schedule(session, sale_id)
    holder = _charged(session, actor, clock, sale_id, standing.total_fen if standing else 1)
    live = {line.id: line for line in live_price_lines(session, sale_id)}
    if standing is None or not set(gone_ids) <= set(live):
        raise ScheduleInvalid("schedule_missing", field="sale_id")
    gone = [live[line_id] for line_id in gone_ids]
    return _carry_out(session, actor, clock, holder, gone, lines, standing.total_fen, reason, standing.template_id)


def _charged(session: Session, actor: Actor, clock: Clock, sale_id: str, total_fen: int) -> AccountHolder:
    """The account, locked, with the late interest through today charged: what accrued survives the change."""
    holder = lock_sale(session, actor, Permission.FINANCE_RAISE, sale_id)
    require_open(holder)
    if current_schedule(session, sale_id) is None:
        raise ScheduleInvalid("schedule_missing", field="sale_id")
    require_amount(total_fen, "total_fen")
    charge_accrued(session, actor, clock, holder, holder.today(clock))
    return holder


def _carry_out(
    session: Session,
    actor: Actor,
    clock: Clock,
    holder: AccountHolder,
    gone: Sequence[Receivable],
    planned: Sequence[PlannedLine],
    total_fen: int,
    reason: str,
    template_id: str | None,
) -> ReceivableSchedule:
    schedule = seal_schedule(session, actor, clock, holder, planned, total_fen, reason, template_id, gone=gone)
    allocate_credit(session, actor, clock, sale_id=schedule.sale_id)
    return schedule
