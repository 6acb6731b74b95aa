"""The money of a sale that ends (Civil Code 586–588, SPC 2020 arts. 4 and 21): kept, given back, compensated.

What the bank paid goes back to the bank, the rest to whoever paid it. The doubled half of a deposit and interest
on what goes back are compensation, never refunds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import Clock
from ledger.finance.accounts import receipts_at_home
from ledger.finance.bank_part import bank_refunds
from ledger.finance.compensation import ask_compensation
from ledger.finance.compensation_sums import by_the_day
from ledger.finance.deposits import DepositOutcome, Fault
from ledger.finance.errors import CompensationRefused
from ledger.finance.failed_preview import outcome_of
from ledger.finance.kinds import CompensationKind, ReceivableClass
from ledger.finance.models import Allocation, Receipt, Receivable, Refund
from ledger.finance.parties import AccountHolder, lock_sale
from ledger.finance.payout_models import Compensation
from ledger.finance.receivables import close_account, credit_of
from ledger.finance.refunds import forfeit_deposit, request_refunds
from ledger.finance.setting_off import let_go, set_off
from ledger.organisation.parameters import REFUND_INTEREST_DAILY_RATE
from ledger.organisation.queries import parameter
from ledger.sales.stage_models import Contract
from ledger.staff.permissions import Permission


@dataclass(frozen=True)
class FailedSale:
    """What became of the money: the forfeited receivable, refunds by receipt, compensation."""

    forfeit: Receivable | None
    refunds: tuple[Refund, ...]
    compensations: tuple[Compensation, ...]


def settle_failed_sale(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    sale_id: str,
    fault: Fault,
    reason: str,
    with_interest: bool = False,
    ended_on: date | None = None,
    due_on: date | None = None,
) -> FailedSale:
    """End a sale's receivables and settle its money by whose fault it is; the sale itself is closed elsewhere.

    Late interest that is open is set off against what goes back (Civil Code 568); beside a forfeited deposit it is
    no longer claimed: penalty and deposit exclude each other (588). ``with_interest`` pays interest on everything
    that goes back, from the day it was paid through ``ended_on`` (today), by the parameter
    `REFUND_INTEREST_DAILY_RATE`; on what a bank got back before, through the day on which that was paid. Finance
    pays by ``due_on`` (today). Doing it again returns what was settled. Raises what the deposit's cap and the
    receipts refuse.
    """
    holder = lock_sale(session, actor, Permission.FINANCE_REFUND, sale_id)
    assert holder.sale is not None  # noqa: S101 - a locked sale's account has its sale
    outcome = outcome_of(session, holder.sale, fault, receipts_at_home(session, sale_id))
    credit = close_account(session, actor, clock, sale_id=sale_id, reason=reason)
    forfeit = None
    if credit:
        forfeit = _keep(session, actor, clock, sale_id, outcome, reason)
        if forfeit is None:
            set_off(session, actor, clock, sale_id)
    let_go(session, sale_id)
    refunds = _refund(session, actor, clock, sale_id, credit_of(session, sale_id), reason, due_on)
    owed: list[Compensation] = []
    if outcome.compensation_fen and (refunds or credit):
        double = {"key": f"failed:{sale_id}:double", "kind": CompensationKind.DEPOSIT_DOUBLE}
        fen, basis = outcome.compensation_fen, {"deposit_fen": outcome.compensation_fen}
        what = {"amount_fen": fen, "basis": basis, "due_on": due_on, **double}
        owed.append(_owe(session, actor, clock, sale_id, reason, **what))
    if with_interest:
        through = ended_on or holder.today(clock)
        back = [*((one, None) for one in refunds), *bank_refunds(session, sale_id)]
        owed += _interest(session, actor, clock, holder, back, reason, through, due_on)
    return FailedSale(forfeit, tuple(refunds), tuple(owed))


def _keep(
    session: Session, actor: Actor, clock: Clock, sale_id: str, outcome: DepositOutcome, reason: str
) -> Receivable | None:
    fen = outcome.forfeited_fen
    if not fen:
        return None
    return forfeit_deposit(session, actor, clock, sale_id=sale_id, amount_fen=fen, reason=reason)


def _refund(
    session: Session, actor: Actor, clock: Clock, sale_id: str, fen: int, reason: str, due_on: date | None
) -> list[Refund]:
    key = f"failed:{sale_id}"
    if not fen:
        query = select(Refund).where(Refund.key.startswith(f"{key}#", autoescape=True)).order_by(Refund.key)
        return list(session.scalars(query))
    return request_refunds(
        session, actor, clock, key=key, sale_id=sale_id, amount_fen=fen, reason=reason, due_on=due_on
    )


def _interest(
    session: Session,
    actor: Actor,
    clock: Clock,
    holder: AccountHolder,
    refunds: Sequence[tuple[Refund, date | None]],
    reason: str,
    through: date,
    due_on: date | None,
) -> list[Compensation]:
    rate = parameter(session, holder.place.path, REFUND_INTEREST_DAILY_RATE, through)
    owed = []
    for refund, paid_on in refunds:
        receipt = session.get_one(Receipt, refund.receipt_id)
        reckoned = by_the_day(refund.amount_fen, rate, receipt.paid_on, paid_on or through)
        if reckoned.amount_fen:
            row = _owe(
                session,
                actor,
                clock,
                receipt_home(refund),
                reason,
                key=f"interest:{refund.id}",
                kind=CompensationKind.REFUND_INTEREST,
                amount_fen=reckoned.amount_fen,
                basis={**reckoned.basis(), "refund_id": refund.id},
                payee=refund.payee,
                payee_role=refund.payee_role,
                due_on=due_on,
            )
            owed.append(row)
    return owed


def receipt_home(refund: Refund) -> str:
    """The sale of a refund that belongs to one."""
    assert refund.sale_id is not None  # noqa: S101 - the refunds of a sale name it
    return refund.sale_id


def _owe(session: Session, actor: Actor, clock: Clock, sale_id: str, reason: str, **what: object) -> Compensation:
    return ask_compensation(
        session,
        actor,
        clock,
        sale_id=sale_id,
        reason=reason,
        needs_approval=False,
        **what,  # type: ignore[arg-type]
    )


def compensate_late_delivery(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    sale_id: str,
    handed_over_on: date,
    reason: str,
    needs_approval: bool = False,
) -> Compensation | None:
    """Late delivery (逾期交房): paid price × the contract's rate × days after the agreed day; None when in time.

    Doing it again returns the first. Raises `CompensationRefused` without a contract that agrees a day.
    """
    lock_sale(session, actor, Permission.FINANCE_REFUND, sale_id)
    contract = session.scalars(select(Contract).where(Contract.sale_id == sale_id)).one_or_none()
    agreed = contract.clauses.get("delivery_on") if contract else None
    if contract is None or not agreed:
        raise CompensationRefused("compensation_without_day", field="sale_id")
    rate = Fraction(contract.clauses["late_delivery_daily_rate"])
    paid = _paid_price(session, sale_id, handed_over_on)
    reckoned = by_the_day(paid, rate, date.fromisoformat(agreed), handed_over_on)
    if not reckoned.amount_fen:
        return None
    return ask_compensation(
        session,
        actor,
        clock,
        key=f"late_delivery:{sale_id}",
        sale_id=sale_id,
        kind=CompensationKind.LATE_DELIVERY,
        amount_fen=reckoned.amount_fen,
        reason=reason,
        basis=reckoned.basis(),
        needs_approval=needs_approval,
    )


def _paid_price(session: Session, sale_id: str, on: date) -> int:
    query = (
        select(Allocation.amount_fen)
        .join(Receivable, Receivable.id == Allocation.receivable_id)
        .where(Receivable.sale_id == sale_id, Receivable.class_ == ReceivableClass.PRICE, Allocation.on_date <= on)
    )
    return sum(session.scalars(query))
