"""What the database's own rules refuse about orders, as typed errors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from kernel.errors import KeyturnError
from ledger.changes.errors import ChangeNotReady, ChangeOwn, ChangeUnapproved

_BY_CODE: dict[str, type[KeyturnError]] = {
    "change_unapproved": ChangeUnapproved,
    "change_approval_empty": ChangeUnapproved,
    "change_approval_sealed": ChangeNotReady,
    "change_approver_applied": ChangeOwn,
    "change_executor_approved": ChangeOwn,
    "executor_is_not_applicant": ChangeOwn,
    "change_fixed": ChangeNotReady,
}


@contextmanager
def typed_refusals(no: str) -> Iterator[None]:
    """Within the block, a refusal by a rule is raised as a typed error that names the order."""
    try:
        yield
    except DBAPIError as refusal:
        text = str(refusal.orig)
        for code, error in _BY_CODE.items():
            if code in text:
                raise error(no=no) from refusal
        raise
