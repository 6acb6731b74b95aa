"""Receivables (应收款) of a contract: raised by its plan, sealed by a schedule, superseded, never edited."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import Actor
from kernel.clock import Clock
from kernel.errors import Invalid
from kernel.ids import new_id
from ledger.accounting.periods import booking_today
from ledger.finance.accounts import free_fen, receipts_at_home
from ledger.finance.allocating import allocate_credit
from ledger.finance.allocation import live_price_lines
from ledger.finance.amounts import require_amount
from ledger.finance.charges import Charge, parameter_charges
from ledger.finance.errors import ScheduleInvalid
from ledger.finance.interest_charges import charge_accrued
from ledger.finance.kinds import (
    CLASS_OF,
    Debtor,
    ReceivableClass,
    ReceivableKind,
    ReceivableState,
    TodoKind,
    TriggerKind,
)
from ledger.finance.models import Receivable, ReceivableSchedule
from ledger.finance.parties import AccountHolder, lock_sale, require_open
from ledger.finance.plans import PlannedLine, Trigger
from ledger.finance.raising import next_sequence, receivable_row
from ledger.finance.refusals import typed_refusals
from ledger.finance.superseding import supersede
from ledger.finance.templates import apply_plan
from ledger.finance.todos import open_todos_of, void_todo
from ledger.inventory.models import Unit
from ledger.sales.stage_models import Contract
from ledger.staff.permissions import Permission


def build_receivables(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    sale_id: str,
    template_id: str,
    total_fen: int,
    signed_on: date,
    charges: Sequence[Charge] | None = None,
) -> ReceivableSchedule:
    """At signing: the deposit becomes part of the price, the plan's lines and the charges are raised and sealed.

    Charges collected for others follow from the project's parameters unless given. Unallocated money is then
    counted towards all of them. Doing it again with the same plan and total returns the first schedule. Raises
    `ScheduleInvalid` when the total is not the contract's or another schedule stands, `PlanNotUsable`,
    `PlanInvalid`, `SaleClosed`, `AmountInvalid`.
    """
    holder = lock_sale(session, actor, Permission.FINANCE_RAISE, sale_id)
    standing = current_schedule(session, sale_id)
    if standing is not None:
        if (standing.template_id, standing.total_fen) != (template_id, total_fen):
            raise ScheduleInvalid("schedule_exists", field="sale_id", number=standing.number)
        return standing
    require_open(holder)
    require_amount(total_fen, "total_fen")
    _require_contract_total(session, holder, total_fen)
    deposit = sum(line.amount_fen for line in live_price_lines(session, sale_id))
    lines = apply_plan(session, template_id, holder.place.project_id, total_fen, deposit, signed_on)
    if charges is None:
        charges = _usual_charges(session, holder, total_fen, signed_on)
    schedule = seal_schedule(
        session, actor, clock, holder, lines, total_fen, "signed", template_id, charges=charges
    )
    allocate_credit(session, actor, clock, sale_id=sale_id)
    return schedule


def _usual_charges(session: Session, holder: AccountHolder, total_fen: int, signed_on: date) -> tuple[Charge, ...]:
    assert holder.sale is not None  # noqa: S101 - a locked sale's account has its sale
    unit = session.get_one(Unit, holder.sale.unit_id)
    return parameter_charges(
        session,
        holder.place.path,
        on=signed_on,
        price_fen=total_fen,
        area_hundredths=unit.building_area_hundredths,
    )


def _require_contract_total(session: Session, holder: AccountHolder, total_fen: int) -> None:
    sale = holder.sale
    assert sale is not None  # noqa: S101 - a locked sale's account has its sale
    contract = session.scalar(select(Contract.total_fen).where(Contract.sale_id == sale.id))
    expected = sale.deal_price_fen if contract is None else contract
    if total_fen != expected:
        raise ScheduleInvalid(
            "total_is_not_contracts", field="total_fen", total_fen=total_fen, contract_fen=expected
        )


def settle_area(
    session: Session, actor: Actor, clock: Clock, *, sale_id: str, difference_fen: int, due_on: date
) -> ReceivableSchedule:
    """The measured area changes the price (面积补差): one more line, below zero when the buyer gets money back.

    The lines then sum to the settled total; nothing else of them changes. Raises `ScheduleInvalid` before signing
    and when nothing would be left of the price.
    """
    holder = lock_sale(session, actor, Permission.FINANCE_RAISE, sale_id)
    require_open(holder)
    standing = current_schedule(session, sale_id)
    if standing is None:
        raise ScheduleInvalid("schedule_missing", field="sale_id")
    require_amount(abs(difference_fen), "difference_fen")
    total = standing.total_fen + difference_fen
    if total <= 0:
        raise ScheduleInvalid("settled_total_below_zero", field="difference_fen", total_fen=total)
    trigger = Trigger(TriggerKind.ON_DATE, on=due_on)
    line = PlannedLine(ReceivableKind.AREA, Debtor.BUYER, difference_fen, due_on, trigger)
    schedule = seal_schedule(session, actor, clock, holder, [line], total, "area", standing.template_id)
    allocate_credit(session, actor, clock, sale_id=sale_id)
    return schedule


def current_schedule(session: Session, sale_id: str) -> ReceivableSchedule | None:
    """The schedule in force of a sale, or None before signing."""
    query = select(ReceivableSchedule).where(ReceivableSchedule.sale_id == sale_id)
    return session.scalars(query.order_by(ReceivableSchedule.number.desc()).limit(1)).one_or_none()


def seal_schedule(
    session: Session,
    actor: Actor,
    clock: Clock,
    holder: AccountHolder,
    lines: Sequence[PlannedLine],
    total_fen: int,
    reason: str,
    template_id: str | None,
    *,
    gone: Sequence[Receivable] = (),
    charges: Sequence[Charge] = (),
) -> ReceivableSchedule:
    """Supersede and raise lines, then write the schedule that seals their sum; long words of a reason are cut."""
    sale_id = holder.party.sale_id
    assert sale_id is not None  # noqa: S101 - only sales have schedules
    standing = current_schedule(session, sale_id)
    schedule = ReceivableSchedule(
        id=new_id(),
        sale_id=sale_id,
        number=standing.number + 1 if standing else 1,
        total_fen=total_fen,
        template_id=template_id,
        reason=reason[:_LONGEST_REASON],
        path=holder.place.path,
        sealed_at=clock.now(),
        sealed_by=actor.id,
        sealed_on=booking_today(session, clock, holder.place.project_id),
    )
    with typed_refusals():
        for line in _below_zero_last(gone):
            supersede(session, actor, clock, line, reason, schedule.id)
        _raise_lines(session, clock, holder, lines, charges, schedule)
        session.flush()  # The schedule checks the sum of the lines and so comes after them.
        session.add(schedule)
        session.flush()
    after = {"number": schedule.number, "total_fen": total_fen, "reason": reason}
    audit.record(session, actor, clock, "finance:schedule", "sale", sale_id, path=schedule.path, after=after)
    return schedule


def _below_zero_last(lines: Sequence[Receivable]) -> list[Receivable]:
    """What an area refund freed can be taken back only after the money that it was freed of."""
    return sorted(lines, key=lambda line: line.amount_fen < 0)


def _raise_lines(
    session: Session,
    clock: Clock,
    holder: AccountHolder,
    lines: Sequence[PlannedLine],
    charges: Sequence[Charge],
    schedule: ReceivableSchedule,
) -> None:
    sequence = next_sequence(session, holder)
    for offset, line in enumerate(lines):
        row = receivable_row(clock, holder, line, f"schedule:{schedule.id}:{offset}", sequence + offset)
        row.raised_in, row.raised_on = schedule.id, schedule.sealed_on
        session.add(row)
    for offset, charge in enumerate(charges, start=len(lines)):
        if CLASS_OF[charge.kind] is not ReceivableClass.COLLECTED:
            word = f"receivable_kind.{charge.kind}"
            raise Invalid("charge_not_collected_for_others", field="charges", kind=word)
        require_amount(charge.amount_fen, f"charges.{charge.kind}")
        kind = TriggerKind.MILESTONE if charge.due_on is None else TriggerKind.ON_DATE
        trigger = Trigger(kind, milestone=charge.milestone if charge.due_on is None else None)
        line = PlannedLine(charge.kind, Debtor.BUYER, charge.amount_fen, charge.due_on, trigger)
        row = receivable_row(clock, holder, line, f"schedule:{schedule.id}:{offset}", sequence + offset)
        row.raised_on = schedule.sealed_on
        session.add(row)


_LONGEST_REASON = 40
_KEPT_AT_CLOSE = (ReceivableKind.FORFEIT, ReceivableKind.LATE_INTEREST, ReceivableKind.FEE)


def close_account(session: Session, actor: Actor, clock: Clock, *, sale_id: str, reason: str) -> int:
    """The sale ends before hand-over: its receivables are superseded, what was paid becomes credit.

    Late interest, charged through today, fees and forfeits stand. Returns the credit in fen; refund or forfeit it
    next.
    """
    holder = lock_sale(session, actor, Permission.FINANCE_RAISE, sale_id)
    charge_accrued(session, actor, clock, holder, holder.today(clock))
    query = select(Receivable).where(
        Receivable.sale_id == sale_id,
        Receivable.state == ReceivableState.PLANNED,
        Receivable.kind.not_in(_KEPT_AT_CLOSE),
    )
    gone = list(session.scalars(query.order_by(Receivable.sequence)))
    standing = current_schedule(session, sale_id)
    if standing is None or not any(line.class_ is ReceivableClass.PRICE for line in gone):
        for line in _below_zero_last(gone):
            supersede(session, actor, clock, line, reason)
    else:
        written_off = sum(
            line.amount_fen
            for line in live_price_lines(session, sale_id)
            if line.state is ReceivableState.WRITTEN_OFF
        )
        seal_schedule(session, actor, clock, holder, (), written_off, reason, standing.template_id, gone=gone)
    for todo in open_todos_of(session, TodoKind.COLLECT, sale_id=sale_id):
        void_todo(session, actor, clock, todo, reason)
    return credit_of(session, sale_id)


def credit_of(session: Session, sale_id: str) -> int:
    """A sale's unallocated money in fen."""
    return sum(free_fen(session, receipt) for receipt in receipts_at_home(session, sale_id))
