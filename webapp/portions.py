"""Portions: a worklist is worked off item by item, each in a unit of work of its own.

An item is claimed in the very transaction that does it. So a run that was stopped, killed, or given to two jobs at
once goes on with what waits, and nothing is done twice.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager

import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from engine.api import StepFailed
from engine.jobs import order_delivery
from kernel.actor import SYSTEM
from kernel.errors import KeyturnError
from kernel.ids import new_id
from ledger.worklists import Worklist
from webapp.db import Database

log = structlog.get_logger("keyturn.portions")
PORTION_SECONDS = 60.0
_READ_AT_ONCE = 200

Units = Callable[[], AbstractContextManager[Session]]
"""A unit of work of whoever does the items."""
Do = Callable[[Session, str], object]
"""Does one item, by what is worked on; whatever it raises fails this item alone."""
OnFailure = Callable[[Session, str, Exception], None]
"""What else is noted when an item has failed, and why."""


def order_portion(session: Session, database: Database, kind: str, run_id: str, *, field: str = "run_id") -> None:
    """Let a job of a kind go on with a run; a job too many does nothing twice."""
    order_delivery(session, database.clock.now(), kind, {field: run_id}, key=f"{kind}:{run_id}:{new_id()}")


def work_off(
    database: Database,
    worklist: Worklist,
    run_id: str,
    do: Do,
    *,
    units: Units,
    seconds: float = PORTION_SECONDS,
    most: int | None = None,
    order_rest: Callable[[Session], None] | None = None,
    on_failure: OnFailure | None = None,
) -> None:
    """Bring a run on for about so long, by at least one and at most so many items; ends it when nothing waits.

    What is left is ordered by ``order_rest``; ``on_failure`` notes a failure beside the item. A database that does
    not answer is no fault of an item, and raised.
    """
    ends, left = time.monotonic() + seconds, most
    while left != 0 and (wanted := _waiting(database, worklist, run_id, left)):
        for subject in wanted:
            if not _one(database, worklist, run_id, subject, do, units, on_failure):
                return  # It was stopped.
            left = None if left is None else left - 1
            if time.monotonic() >= ends:
                left = 0
                break
    with database.unit_of_work(SYSTEM) as session:
        ended = worklist.end(session, run_id, database.clock.now())
        if not ended and order_rest is not None and worklist.is_running(session, run_id):
            order_rest(session)


def _waiting(database: Database, worklist: Worklist, run_id: str, left: int | None) -> list[str]:
    with database.reading() as session:
        return worklist.waiting(session, run_id, _READ_AT_ONCE if left is None else min(left, _READ_AT_ONCE))


def _one(
    database: Database,
    worklist: Worklist,
    run_id: str,
    subject: str,
    do: Do,
    units: Units,
    on_failure: OnFailure | None,
) -> bool:
    """One item; False when the run does not go on."""
    try:
        with units() as session:
            if not worklist.claim(session, run_id, subject):
                return worklist.is_running(session, run_id)
            do(session, subject)
            worklist.count_done(session, run_id)
    except OperationalError:
        raise
    except Exception as fault:
        log.warning("item failed", run=run_id, subject=subject, error=type(fault).__name__)
        with database.unit_of_work(SYSTEM) as session:
            if worklist.fail(session, run_id, subject, code_of(fault)) and on_failure is not None:
                on_failure(session, subject, fault)
    return True


def code_of(fault: BaseException) -> str:
    """A code for the reader; what nobody foresaw is named as such."""
    if isinstance(fault, StepFailed):
        return fault.message_code
    return fault.code if isinstance(fault, KeyturnError) else "unexpected"
