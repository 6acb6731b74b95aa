"""The writes of finance, for handlers and desks: each verb guards, changes, records and tells."""

from ledger.finance.allocating import allocate, allocate_credit, reallocate
from ledger.finance.area import AreaMoney, give_rest_back, post_area
from ledger.finance.charges import Charge
from ledger.finance.compensation import (
    approve_compensation,
    ask_compensation,
    cancel_compensation,
    pay_compensation,
)
from ledger.finance.dividing import divide_receipt
from ledger.finance.failed_sale import compensate_late_delivery, settle_failed_sale
from ledger.finance.interest_charges import charge_interest
from ledger.finance.milestones import reach_milestone
from ledger.finance.moves import complete_transfer, convert_earnest, move_receipt
from ledger.finance.raising import raise_deposit, raise_earnest
from ledger.finance.rebasing import rebase_charges
from ledger.finance.receipts import Confirmation, confirm_receipt, reverse_receipt, take_receipt
from ledger.finance.receivables import build_receivables, close_account, settle_area
from ledger.finance.refund_requests import approve_refund, ask_refund, cancel_refund, pay_refund
from ledger.finance.refunds import forfeit_deposit, refund_earnest, request_refunds
from ledger.finance.replanning import replace_lines, replan
from ledger.finance.templates import approve_plan, propose_plan, retire_plan
from ledger.finance.todos import cancel_todo, complete_todo, open_todo
from ledger.finance.waivers import end_waiver, grant_waiver, request_waiver

__all__ = [
    "AreaMoney",
    "Charge",
    "Confirmation",
    "allocate",
    "allocate_credit",
    "approve_compensation",
    "approve_plan",
    "approve_refund",
    "ask_compensation",
    "ask_refund",
    "build_receivables",
    "cancel_compensation",
    "cancel_refund",
    "cancel_todo",
    "charge_interest",
    "close_account",
    "compensate_late_delivery",
    "complete_todo",
    "complete_transfer",
    "confirm_receipt",
    "convert_earnest",
    "divide_receipt",
    "end_waiver",
    "forfeit_deposit",
    "give_rest_back",
    "grant_waiver",
    "move_receipt",
    "open_todo",
    "pay_compensation",
    "pay_refund",
    "post_area",
    "propose_plan",
    "raise_deposit",
    "raise_earnest",
    "reach_milestone",
    "reallocate",
    "rebase_charges",
    "refund_earnest",
    "replace_lines",
    "replan",
    "request_refunds",
    "request_waiver",
    "retire_plan",
    "reverse_receipt",
    "settle_area",
    "settle_failed_sale",
    "take_receipt",
]
