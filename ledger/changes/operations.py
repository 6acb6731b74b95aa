"""The verbs of change orders in one place; each lives in the module named for its concern."""

from __future__ import annotations

from ledger.changes.applying import mend_change, open_order, preview_change, submit_change
from ledger.changes.deciding import (
    approve_change,
    ask_approval,
    end_order,
    require_as_approved,
    return_change,
    wait_change,
    withdraw_change,
)
from ledger.changes.executing import execute_change
from ledger.changes.supplements import sign_supplement

__all__ = [
    "approve_change",
    "ask_approval",
    "end_order",
    "execute_change",
    "mend_change",
    "open_order",
    "preview_change",
    "require_as_approved",
    "return_change",
    "sign_supplement",
    "submit_change",
    "wait_change",
    "withdraw_change",
]
