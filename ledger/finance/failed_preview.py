"""What would become of a sale's money if it ended now, before anybody decides (退房试算). Nothing is written.

The same sums as `settle_failed_sale` writes: kept, given back to each payer, compensated. Interest grows
by the day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from ledger.finance.accounts import allocated_by_receivable, receipts_at_home, refunded_fen
from ledger.finance.compensation_sums import by_the_day
from ledger.finance.deposits import DepositOutcome, Fault, deposit_cap, settle_deposit
from ledger.finance.interest import interest_of_sale
from ledger.finance.kinds import Debtor, ReceivableKind
from ledger.finance.models import Allocation, Receipt, Receivable
from ledger.finance.setting_off import CHARGES, open_charges
from ledger.organisation.parameters import REFUND_INTEREST_DAILY_RATE
from ledger.organisation.queries import parameter
from ledger.sales.models import Sale


@dataclass(frozen=True)
class GoesBack:
    """Fen to one payer: ``role`` says whether buyer, bank or fund centre; ``interest_fen`` on top, until today."""

    payee: str
    role: Debtor
    amount_fen: int
    interest_fen: int


@dataclass(frozen=True)
class FailedPreview:
    """All of a sale's money in fen, if it ended through somebody's fault today.

    ``paid_fen`` is what the sale holds; of it ``charges_fen`` had paid late interest and fees and stays,
    ``forfeited_fen`` is kept of the deposit, ``set_off_fen`` pays open charges, ``back`` goes back. ``double_fen``
    is the second half of a doubled deposit, ``let_go_fen`` open charges that are no longer claimed.
    """

    price_fen: int
    paid_fen: int
    deposit_fen: int
    cap_fen: int
    charges_fen: int
    forfeited_fen: int
    set_off_fen: int
    let_go_fen: int
    double_fen: int
    back: tuple[GoesBack, ...]

    @property
    def refunded_fen(self) -> int:
        """All that goes back, without interest."""
        return sum(one.amount_fen for one in self.back)

    @property
    def to_buyer_fen(self) -> int:
        """What the buyer gets: his part and the doubled half, without interest."""
        return sum(one.amount_fen for one in self.back if one.role is Debtor.BUYER) + self.double_fen

    @property
    def interest_fen(self) -> int:
        """Interest on what goes back, until today."""
        return sum(one.interest_fen for one in self.back)


def preview_failed_sale(
    session: Session, *, sale: Sale, fault: Fault, with_interest: bool, today: date
) -> FailedPreview:
    """The split as `settle_failed_sale` would make it today."""
    receipts = receipts_at_home(session, sale.id)
    charged = _on_charges(session, sale.id)
    free = {one.id: one.amount_fen - refunded_fen(session, one) - charged.get(one.id, 0) for one in receipts}
    outcome = outcome_of(session, sale, fault, receipts)
    buyers = [one for one in receipts if one.payer_role is Debtor.BUYER]
    kept = _take(free, buyers, outcome.forfeited_fen)
    open_fen = _open_charges(session, sale.id, today)
    set_off = 0 if kept else _take(free, buyers, open_fen)
    rate = parameter(session, sale.path, REFUND_INTEREST_DAILY_RATE, today)
    back = tuple(
        GoesBack(
            one.payer,
            one.payer_role,
            free[one.id],
            by_the_day(free[one.id], rate, one.paid_on, today).amount_fen if with_interest else 0,
        )
        for one in receipts
        if free[one.id] > 0
    )
    return FailedPreview(
        price_fen=_price(sale),
        paid_fen=sum(one.amount_fen - refunded_fen(session, one) for one in receipts),
        deposit_fen=asked_deposit(session, sale.id),
        cap_fen=deposit_cap(_price(sale)),
        charges_fen=sum(charged.values()),
        forfeited_fen=kept,
        set_off_fen=set_off,
        let_go_fen=open_fen - set_off,
        double_fen=outcome.compensation_fen if receipts else 0,
        back=back,
    )


def outcome_of(session: Session, sale: Sale, fault: Fault, receipts: list[Receipt]) -> DepositOutcome:
    """What becomes of as much of the deposit as was paid, whatever line the money stands on now."""
    paid = sum(receipt.amount_fen for receipt in receipts if receipt.payer_role is Debtor.BUYER)
    return settle_deposit(min(paid, asked_deposit(session, sale.id)), _price(sale), fault)


def asked_deposit(session: Session, sale_id: str) -> int:
    """The deposit that the subscription asks for, in fen; 0 before it was written."""
    query = select(Receivable.amount_fen).where(
        Receivable.sale_id == sale_id, Receivable.kind == ReceivableKind.DEPOSIT
    )
    return session.scalar(query.order_by(Receivable.sequence).limit(1)) or 0


def _price(sale: Sale) -> int:
    return sale.deal_price_fen or sale.list_price_fen


def _take(free: dict[str, int], receipts: list[Receipt], fen: int) -> int:
    """Take fen out of receipts, oldest first; returns what was there."""
    left = fen
    for receipt in receipts:
        part = min(left, max(free[receipt.id], 0))
        free[receipt.id] -= part
        left -= part
    return fen - left


def _on_charges(session: Session, sale_id: str) -> dict[str, int]:
    """Fen of each receipt that paid late interest or fees, which stay paid."""
    lines = session.scalars(
        select(Receivable.id).where(Receivable.sale_id == sale_id, Receivable.kind.in_(CHARGES))
    ).all()
    paid: dict[str, int] = {}
    for row in session.scalars(select(Allocation).where(Allocation.receivable_id.in_(lines))):
        paid[row.receipt_id] = paid.get(row.receipt_id, 0) + row.amount_fen
    return paid


def _open_charges(session: Session, sale_id: str, today: date) -> int:
    """Late interest that has accrued through today and fees, as far as they are open."""
    fees = [(line, fen) for line, fen in open_charges(session, sale_id) if line.kind is ReceivableKind.FEE]
    carried = _carried_interest(session, sale_id)
    return interest_of_sale(session, sale_id, on=today).open_fen + carried + sum(fen for _, fen in fees)


def _carried_interest(session: Session, sale_id: str) -> int:
    """Late interest that came along from another room: it belongs to no instalment of this sale."""
    lines = session.scalars(
        select(Receivable).where(
            Receivable.sale_id == sale_id,
            Receivable.kind == ReceivableKind.LATE_INTEREST,
            Receivable.origin.startswith("receivable:"),
        )
    ).all()
    paid = allocated_by_receivable(session, [line.id for line in lines])
    return sum(line.amount_fen - paid.get(line.id, 0) for line in lines)
