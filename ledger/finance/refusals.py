"""What the database's own rules refuse, as the typed errors of finance."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from kernel.errors import KeyturnError
from ledger.finance.errors import (
    AllocationRefused,
    AlreadyDone,
    PayoutUnapproved,
    RefundRefused,
    ScheduleInvalid,
    WaiverRefused,
)

_BY_CODE: dict[str, type[KeyturnError]] = {
    "allocation_above_receipt": AllocationRefused,
    "allocation_above_receivable": AllocationRefused,
    "allocation_above_waived": AllocationRefused,
    "allocation_below_zero": AllocationRefused,
    "allocation_unconfirmed": AllocationRefused,
    "receivable_allocated": AllocationRefused,
    "receivable_waived": AllocationRefused,
    "receivable_unsealed": ScheduleInvalid,
    "schedule_sum": ScheduleInvalid,
    "refund_above_receipt": RefundRefused,
    "refund_unconfirmed": RefundRefused,
    "refund_closed": AlreadyDone,
    "compensation_closed": AlreadyDone,
    "payout_unapproved": PayoutUnapproved,
    "receipt_in_use": AllocationRefused,
    "receipt_reversed": AlreadyDone,
    "waiver_above_open": WaiverRefused,
    "waiver_above_request": WaiverRefused,
    "waiver_not_granted": WaiverRefused,
}


@contextmanager
def typed_refusals() -> Iterator[None]:
    """Within the block, a refusal by a rule of `triggers` is raised as a typed error with the rule's code."""
    try:
        yield
    except DBAPIError as refusal:
        text = str(refusal.orig)
        for code, error in _BY_CODE.items():
            if code in text:
                raise error(code) from refusal
        raise
