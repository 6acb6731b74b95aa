"""A room change (换房) with its money, in one transaction: the old account closes, the new one takes all over.

Receipts are freed and moved by transfer entries; late interest and fees of the old sale are owed by the new one,
and what had paid them pays them there. Only the buyer's money moves: what the bank has paid out for the old room
is the bank's to settle first (DOMAIN §6, 10.5).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import Clock
from ledger.finance.accounts import (
    accounts_of,
    allocated_by_receivable,
    free_fen,
    receipts_at_home,
    refunded_fen,
    settled_by_receivable,
)
from ledger.finance.allocating import allocate_credit
from ledger.finance.allocation import apply
from ledger.finance.errors import RoomMoneyRefused
from ledger.finance.kinds import Account, Debtor, EventKind, ReceivableKind, ReceivableState, TriggerKind
from ledger.finance.models import Receipt, ReceiptEvent, Receivable, Refund
from ledger.finance.moves import move_receipt
from ledger.finance.parties import account_of_sale
from ledger.finance.plans import PlannedLine, Trigger
from ledger.finance.raising import next_sequence, raise_deposit, receivable_row
from ledger.finance.receivables import close_account, credit_of
from ledger.finance.refunds import request_refunds
from ledger.finance.superseding import free_line, supersede
from ledger.inventory.models import Unit
from ledger.sales.acts import Act
from ledger.sales.models import Sale
from ledger.sales.moving import Approved, check_rooms, lock_units, move_line, rooms_of
from ledger.sales.stage_models import Subscription

_CARRIED = (ReceivableKind.LATE_INTEREST, ReceivableKind.FEE)


@dataclass(frozen=True)
class RoomChanged:
    """The sale that opened, fen that moved to it, and what goes back because it is more than the new price."""

    sale: Sale
    moved_fen: int
    refunds: tuple[Refund, ...]


@dataclass(frozen=True)
class RoomPreview:
    """What a room change would do to the money, in fen; ``deal_price_fen`` is what approvals are bound to.

    ``difference_fen`` is the new deal price less the old one, ``due_fen`` what is left to pay of the new price,
    ``refundable_fen`` what was paid beyond it. ``carried_fen`` is late interest and fees that go along.
    ``dropped`` names discounts that the new home does not get, because their offers are no longer in force.
    """

    list_before_fen: int
    deal_before_fen: int
    list_price_fen: int
    deal_price_fen: int
    effective_discount_bp: int
    below_floor: bool
    deposit_fen: int
    paid_fen: int
    difference_fen: int
    due_fen: int
    refundable_fen: int
    carried_fen: int
    discounts: tuple[tuple[str, int], ...] = ()
    dropped: tuple[str, ...] = ()


def preview_room_change(session: Session, clock: Clock, sale: Sale, unit: Unit) -> RoomPreview:
    """The money effect before anybody decides; the guards of the change are asked, nothing is locked or written.

    Raises as `change_room`.
    """
    rooms = rooms_of(session, clock, sale, session.get_one(Unit, sale.unit_id), unit)
    require_movable_money(session, sale.id)
    quote = rooms.quote
    paid = _price_money(session, sale.id)
    charges = _charges(session, sale.id)
    settled = settled_by_receivable(session, [line.id for line in charges])
    carried = sum(line.amount_fen - settled.get(line.id, 0) for line in charges)
    return RoomPreview(
        list_before_fen=sale.list_price_fen,
        deal_before_fen=sale.deal_price_fen or 0,
        list_price_fen=quote.list_price_fen,
        deal_price_fen=quote.deal_price_fen,
        effective_discount_bp=quote.effective_discount_bp,
        below_floor=quote.below_floor,
        deposit_fen=_deposit(session, sale),
        paid_fen=paid,
        difference_fen=quote.deal_price_fen - (sale.deal_price_fen or 0),
        due_fen=max(quote.deal_price_fen - paid, 0),
        refundable_fen=max(paid - quote.deal_price_fen, 0),
        carried_fen=carried,
        discounts=tuple((line.discount.name, line.taken_off_fen) for line in quote.lines),
        dropped=tuple(one.name for one in rooms.dropped),
    )


def change_room(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    sale_id: str,
    unit_id: str,
    reason: str,
    approved: Approved | None = None,
    key: str | None = None,
) -> RoomChanged:
    """Move a sale to another unit with its place, buyers and money; all of it or nothing.

    The deposit is kept; what was paid beyond the new price is ordered to be refunded, the rest is due by the plan
    at signing. The same ``key`` again returns the sale that opened. Raises what the guards of
    `ledger.sales.moving` refuse, and `RoomMoneyRefused` while the bank's money or unconfirmed money is there.
    """
    act = Act(session, actor, clock, key)
    sale, old, new = lock_units(act, sale_id=sale_id, unit_id=unit_id)
    if earlier := act.done("moved_in"):
        return RoomChanged(earlier, 0, ())
    rooms = check_rooms(act, sale, old, new)
    require_movable_money(session, sale_id)
    deposit = _deposit(session, sale)
    close_account(session, actor, clock, sale_id=sale_id, reason="room_change")
    charges = [_take_charge(session, actor, clock, line) for line in _charges(session, sale_id)]
    credit = credit_of(session, sale_id)
    fresh = move_line(act, rooms, reason=reason, moved_fen=credit, approved=approved or Approved())
    for receipt in _buyers_receipts(session, sale_id):
        if free_fen(session, receipt):
            move_receipt(session, actor, clock, receipt_id=receipt.id, sale_id=fresh.id)
    _owe_charges(session, actor, clock, fresh.id, charges)
    raise_deposit(session, actor, clock, sale_id=fresh.id, amount_fen=deposit, due_on=act.today(fresh.project_id))
    allocate_credit(session, actor, clock, sale_id=fresh.id)
    return RoomChanged(fresh, credit, tuple(_give_back(session, actor, clock, fresh, reason)))


def require_movable_money(session: Session, sale_id: str) -> None:
    """Raise `RoomMoneyRefused` while money cannot go along: the bank's, or some that is not yet confirmed."""
    for receipt in receipts_at_home(session, sale_id):
        if receipt.payer_role is not Debtor.BUYER and held_fen(session, receipt):
            raise RoomMoneyRefused("room_change_loan_paid_out", field="sale_id")
    require_confirmed_money(session, sale_id)


def require_confirmed_money(session: Session, sale_id: str) -> None:
    """Raise `RoomMoneyRefused` while money waits to be confirmed: nobody can say yet what becomes of it."""
    known = select(ReceiptEvent.receipt_id).where(ReceiptEvent.kind.in_([EventKind.CONFIRMED, EventKind.REVERSED]))
    waiting = select(Receipt.id).where(Receipt.sale_id == sale_id, Receipt.id.not_in(known))
    if session.scalar(waiting.limit(1)) is not None:
        raise RoomMoneyRefused("room_change_money_unconfirmed", field="sale_id")


def _buyers_receipts(session: Session, sale_id: str) -> list[Receipt]:
    return [receipt for receipt in receipts_at_home(session, sale_id) if receipt.payer_role is Debtor.BUYER]


def held_fen(session: Session, receipt: Receipt) -> int:
    """Fen of a receipt that have not gone back and are not about to."""
    return receipt.amount_fen - refunded_fen(session, receipt)


def _price_money(session: Session, sale_id: str) -> int:
    """Fen of the buyer that are or may be counted towards the price: not deed tax, not late interest."""
    receipts = [
        receipt
        for receipt in _buyers_receipts(session, sale_id)
        if Account.SUPERVISED in accounts_of(session, receipt)
    ]
    charged = allocated_by_receivable(session, [line.id for line in _charges(session, sale_id)])
    return max(sum(held_fen(session, one) for one in receipts) - sum(charged.values()), 0)


def _deposit(session: Session, sale: Sale) -> int:
    return session.scalars(select(Subscription.deposit_fen).where(Subscription.sale_id == sale.id)).one()


@dataclass(frozen=True)
class _Charge:
    """Late interest or a fee that goes along: fen that are owed or were paid, and fen by receipt that paid it."""

    line: Receivable
    amount_fen: int
    paid: dict[str, int]


def _charges(session: Session, sale_id: str) -> list[Receivable]:
    query = select(Receivable).where(
        Receivable.sale_id == sale_id,
        Receivable.kind.in_(_CARRIED),
        Receivable.state == ReceivableState.PLANNED,
    )
    return list(session.scalars(query.order_by(Receivable.sequence)))


def _take_charge(session: Session, actor: Actor, clock: Clock, line: Receivable) -> _Charge:
    """Free what paid it and end it at the old sale; what was let off of it is owed by nobody."""
    paid = allocated_by_receivable(session, [line.id]).get(line.id, 0)
    let_off = settled_by_receivable(session, [line.id]).get(line.id, 0) - paid
    freed = free_line(session, actor, clock, line)
    if let_off:
        line.state = ReceivableState.WRITTEN_OFF  # The database keeps what was waived of it.
        session.flush()  # Later reads leave the line out.
    else:
        supersede(session, actor, clock, line, "room_change")
    return _Charge(line, line.amount_fen - let_off, freed)


def _owe_charges(session: Session, actor: Actor, clock: Clock, sale_id: str, charges: Sequence[_Charge]) -> None:
    holder = account_of_sale(session, sale_id)
    for charge in charges:
        if not charge.amount_fen:
            continue
        old = charge.line
        due_on = old.due_on or holder.today(clock)
        planned = PlannedLine(
            old.kind, Debtor.BUYER, charge.amount_fen, due_on, Trigger(TriggerKind.ON_DATE, on=due_on)
        )
        row = receivable_row(clock, holder, planned, f"moved:{old.id}", next_sequence(session, holder))
        row.origin = f"receivable:{old.id}"
        session.add(row)
        session.flush()  # The allocations name it.
        for receipt_id, fen in charge.paid.items():
            apply(session, actor, clock, session.get_one(Receipt, receipt_id), {row.id: fen})


def _give_back(session: Session, actor: Actor, clock: Clock, fresh: Sale, reason: str) -> list[Refund]:
    """What was paid beyond the new price goes back to whoever paid it."""
    surplus = _price_money(session, fresh.id) - (fresh.deal_price_fen or 0)
    if surplus <= 0:
        return []
    return request_refunds(
        session,
        actor,
        clock,
        key=f"room_change:{fresh.id}",
        sale_id=fresh.id,
        amount_fen=surplus,
        reason=reason,
        account=Account.SUPERVISED,
    )
