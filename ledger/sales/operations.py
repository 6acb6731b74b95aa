"""The verbs of sales in one place; each lives in the module named for its concern."""

from __future__ import annotations

from ledger.sales.approving import approve_terms
from ledger.sales.closing import cancel_sale
from ledger.sales.filing import accept_filing, cancel_filing, reopen_filing, return_filing, submit_filing
from ledger.sales.holding import expire_hold, extend_hold, hold_unit, release_hold
from ledger.sales.offers import approve_offer, discount_of, end_offer, propose_offer
from ledger.sales.opening import open_sale
from ledger.sales.pricing import Discount, price_quote
from ledger.sales.queueing import (
    call_queue_number,
    close_queue_batch,
    draw_queue,
    issue_queue_number,
    mark_queue_fee_paid,
    open_queue_batch,
    pass_queue_number,
    refund_queue_number,
    void_queue_number,
)
from ledger.sales.shares import Buyer
from ledger.sales.signing import sign_contract
from ledger.sales.small_orders import end_small_order, expire_small_order, mark_small_order_paid, take_small_order
from ledger.sales.subscribing import (
    activate_subscription,
    default_subscription,
    extend_subscription,
    lapse_subscription,
    subscribe,
)

__all__ = [
    "Buyer",
    "Discount",
    "accept_filing",
    "activate_subscription",
    "approve_offer",
    "approve_terms",
    "call_queue_number",
    "cancel_filing",
    "cancel_sale",
    "close_queue_batch",
    "default_subscription",
    "discount_of",
    "draw_queue",
    "end_offer",
    "end_small_order",
    "expire_hold",
    "expire_small_order",
    "extend_hold",
    "extend_subscription",
    "hold_unit",
    "issue_queue_number",
    "lapse_subscription",
    "mark_queue_fee_paid",
    "mark_small_order_paid",
    "open_queue_batch",
    "open_sale",
    "pass_queue_number",
    "price_quote",
    "propose_offer",
    "refund_queue_number",
    "release_hold",
    "reopen_filing",
    "return_filing",
    "sign_contract",
    "submit_filing",
    "subscribe",
    "take_small_order",
    "void_queue_number",
]
