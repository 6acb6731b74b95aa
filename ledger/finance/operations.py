"""The writes of finance, for handlers and desks: each verb guards, changes, records and tells."""

from ledger.finance.allocating import allocate, allocate_credit, reallocate
from ledger.finance.charges import Charge
from ledger.finance.interest_charges import charge_interest
from ledger.finance.milestones import reach_milestone
from ledger.finance.moves import complete_transfer, convert_earnest, move_receipt
from ledger.finance.raising import raise_deposit, raise_earnest
from ledger.finance.receipts import Confirmation, confirm_receipt, reverse_receipt, take_receipt
from ledger.finance.receivables import build_receivables, close_account, replan
from ledger.finance.refunds import cancel_refund, forfeit_deposit, pay_refund, refund_earnest, request_refunds
from ledger.finance.templates import approve_plan, propose_plan, retire_plan
from ledger.finance.todos import cancel_todo, complete_todo, open_todo

__all__ = [
    "Charge",
    "Confirmation",
    "allocate",
    "allocate_credit",
    "approve_plan",
    "build_receivables",
    "cancel_refund",
    "cancel_todo",
    "charge_interest",
    "close_account",
    "complete_todo",
    "complete_transfer",
    "confirm_receipt",
    "convert_earnest",
    "forfeit_deposit",
    "move_receipt",
    "open_todo",
    "pay_refund",
    "propose_plan",
    "raise_deposit",
    "raise_earnest",
    "reach_milestone",
    "reallocate",
    "refund_earnest",
    "replan",
    "request_refunds",
    "retire_plan",
    "reverse_receipt",
    "take_receipt",
]
