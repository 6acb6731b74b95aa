"""Dividing a receipt between two sales: it is taken back by counter-entry, and two receipts stand for it.

A receipt never changes. So its papers become void with it and are issued anew, one for each part, and cash that
was counted stays counted: what goes out of the clerk's cash comes in again.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import Clock
from ledger.finance.accounts import account_now, allocations_of, free_fen, home_of, is_usable, refunded_fen
from ledger.finance.amounts import require_amount
from ledger.finance.errors import AllocationRefused, RefundRefused
from ledger.finance.interest_charges import Work, settle
from ledger.finance.kinds import ReceivableKind, ReceivableState
from ledger.finance.models import Receipt, Receivable
from ledger.finance.parties import lock_sale, require_open, today_at
from ledger.finance.receipt_rows import lock_receipt
from ledger.finance.receipts import confirm_receipt, needs_second_person, reverse_receipt, take_receipt
from ledger.staff.permissions import Permission

BANK_KEY = "bank:"
"""How the keys of receipts begin that a line of a bank statement became: they are divided where the line is."""


def divide_receipt(
    session: Session, actor: Actor, clock: Clock, *, receipt_id: str, sale_id: str, amount_fen: int, reason: str
) -> tuple[Receipt, Receipt]:
    """Give a part of a receipt that settles nothing to another sale; returns the receipts that stand for it.

    What the rest had settled it settles again. Where a second person confirms receipts, both wait for him. Raises
    `AllocationRefused` for more than is free, all of it, or money that a bank's line brought,
    `SaleClosed`, `AmountInvalid`, and whatever `reverse_receipt` refuses.
    """
    receipt = lock_receipt(session, actor, Permission.FINANCE_REVERSE, receipt_id)
    holder = lock_sale(session, actor, Permission.FINANCE_RECEIVE, sale_id)
    home = home_of(session, receipt)
    _require_divisible(session, receipt, home, sale_id, require_amount(amount_fen))
    require_open(holder)
    if holder.place.project_id != receipt.project_id:
        raise AllocationRefused("move_to_other_project", field="sale_id")
    shares = _shares(session, receipt)
    account = account_now(session, receipt)
    reverse_receipt(session, actor, clock, receipt_id=receipt_id, reason=reason)
    stays = {"sale_id": home} if home else {"customer_id": receipt.customer_id, "project_id": receipt.project_id}
    parts = ((stays, receipt.amount_fen - amount_fen), ({"sale_id": sale_id}, amount_fen))
    rest, moved = (
        take_receipt(
            session,
            actor,
            clock,
            key=f"divided:{receipt.id}:{place}",
            amount_fen=fen,
            method=receipt.method,
            paid_on=receipt.paid_on,
            payer=receipt.payer,
            **owner,
            payer_role=receipt.payer_role,
            account=account,
            reference=receipt.reference,
            typed=False,
        )
        for place, (owner, fen) in enumerate(parts, start=1)
    )
    if not needs_second_person(session, receipt.path, today_at(session, clock, receipt.project_id)):
        _confirm_rest(session, actor, clock, rest, shares)
        confirm_receipt(session, actor, clock, receipt_id=moved.id)
    return rest, moved


def _require_divisible(
    session: Session, receipt: Receipt, home: str | None, sale_id: str, amount_fen: int
) -> None:
    if receipt.key.startswith(BANK_KEY):
        raise AllocationRefused("divide_at_the_line", field="receipt_id")
    if not is_usable(session, receipt):
        raise AllocationRefused("receipt_in_use", field="receipt_id")
    if home == sale_id:
        raise AllocationRefused("move_to_same_sale", field="sale_id")
    free = free_fen(session, receipt)
    if amount_fen > free:
        raise AllocationRefused("divide_above_free", field="amount", free_fen=free)
    if amount_fen == receipt.amount_fen:
        raise AllocationRefused("divide_all", field="amount")
    if refunded := refunded_fen(session, receipt):
        # The money that a refund is asked out of is still there: dividing it must not withdraw the request.
        raise RefundRefused("receipt_refunded", field="receipt_id", refunded_fen=refunded)


def _shares(session: Session, receipt: Receipt) -> dict[str, int]:
    """What the receipt settles of lines that stay whatever is counted anew: all but late interest."""
    return {
        line_id: fen
        for line_id, fen in allocations_of(session, receipt).items()
        if session.get_one(Receivable, line_id).kind is not ReceivableKind.LATE_INTEREST
    }


def _confirm_rest(session: Session, actor: Actor, clock: Clock, rest: Receipt, shares: dict[str, int]) -> None:
    """The rest settles what it settled; what was late interest goes by the order again."""
    live = {
        line_id: fen
        for line_id, fen in shares.items()
        if session.get_one(Receivable, line_id).state is ReceivableState.PLANNED
    }
    outcome = confirm_receipt(session, actor, clock, receipt_id=rest.id, allocations=live or None)
    if live and rest.sale_id and outcome.credit_fen:
        settle(session, actor, clock, rest.sale_id, [Work(rest, outcome.credit_fen)])
