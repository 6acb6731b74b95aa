"""What happened to money, told before the commit; handlers carry it into the processes."""

from __future__ import annotations

from dataclasses import dataclass

from kernel.facts import Fact


@dataclass(frozen=True)
class ReceiptConfirmed(Fact):
    """Money is confirmed to have arrived. ``sale_id`` is None for a queue fee before there is a sale."""

    sale_id: str | None
    receipt_id: str
    amount_fen: int
    path: str
    customer_id: str | None = None


@dataclass(frozen=True)
class ReceiptReversed(Fact):
    """A receipt was taken back by counter-entry; what it settled is open again."""

    sale_id: str | None
    receipt_id: str
    amount_fen: int
    path: str


@dataclass(frozen=True)
class DepositPaid(Fact):
    """The deposit (定金) of a subscription is paid in full."""

    sale_id: str
    receivable_id: str


@dataclass(frozen=True)
class ReceivableSettled(Fact):
    """A receivable is paid in full. ``origin`` says what it was for when there is no sale (``queue_number:…``)."""

    sale_id: str | None
    receivable_id: str
    kind: str
    origin: str | None
    path: str


@dataclass(frozen=True)
class RefundPaid(Fact):
    """Money went back to its payer."""

    sale_id: str | None
    refund_id: str
    amount_fen: int
    path: str
    customer_id: str | None = None


@dataclass(frozen=True)
class CompensationPaid(Fact):
    """Compensation was paid to its payee."""

    sale_id: str
    compensation_id: str
    amount_fen: int
    path: str


@dataclass(frozen=True)
class BuyerLetOff(Fact):
    """Late interest was waived, or the rest of a receivable written off."""

    sale_id: str
    waiver_id: str
    kind: str
    amount_fen: int
    path: str


@dataclass(frozen=True)
class PayoutCancelled(Fact):
    """A refund or a compensation was withdrawn before it was paid."""

    payout_id: str
    path: str


@dataclass(frozen=True)
class TodoOpened(Fact):
    """Finance has something new to do."""

    todo_id: str
    kind: str
    sale_id: str | None
    path: str


@dataclass(frozen=True)
class TodoDone(Fact):
    """A money to-do was completed by its money operation."""

    todo_id: str
    kind: str
    sale_id: str | None
    instance_id: str | None
    path: str
