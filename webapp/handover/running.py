"""The notices of a building are sent by a job in portions: each sale is a unit of work of its own.

A portion takes what still waits, so a batch that was stopped, killed or begun twice goes on with what is left.
"""

from __future__ import annotations

import time

import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from engine.api import StepFailed
from engine.jobs import order_delivery
from handlers.jobs import MOVE_IN
from kernel.actor import SYSTEM
from kernel.errors import KeyturnError
from ledger.handover import batches
from ledger.handover.kinds import RunState
from ledger.handover.models import MoveInBatch
from ledger.sales.models import Sale
from webapp.db import Database

log = structlog.get_logger("keyturn.handover")
PORTION_SECONDS = 30.0
PROCESS = "move_in"
_PORTION = 100


def order_portion(session: Session, database: Database, batch: MoveInBatch) -> None:
    """Let a job take the next portion of a batch."""
    now = database.clock.now()
    key = f"{MOVE_IN}:{batch.id}:{batch.done + batch.failed}:{now.isoformat()}"
    order_delivery(session, now, MOVE_IN, {"batch_id": batch.id}, key=key)


def work(database: Database, batch_id: str, *, seconds: float = PORTION_SECONDS, most: int | None = None) -> None:
    """Bring a batch on for a while, by at most so many sales; what is left is ordered, else it ends."""
    ends, left = time.monotonic() + seconds, most
    while True:
        with database.reading() as session:
            wanted = batches.next_sales(session, batch_id, _PORTION)
        if not wanted:
            break
        for sale_id in wanted:
            if time.monotonic() >= ends or left == 0 or not _one(database, batch_id, sale_id):
                return _end(database, batch_id)
            left = None if left is None else left - 1
    return _end(database, batch_id)


def _one(database: Database, batch_id: str, sale_id: str) -> bool:
    """One sale; False when the batch was stopped meanwhile."""
    try:
        with database.unit_of_work(SYSTEM) as session:
            if session.get_one(MoveInBatch, batch_id, with_for_update=True).state is not RunState.RUNNING:
                return False
            path = session.get_one(Sale, sale_id).path
            engine = database.engine_for(session, SYSTEM)
            engine.start(PROCESS, {"sale_id": sale_id, "batch_id": batch_id}, scope=path)
            batches.note_item(session, batch_id, sale_id)
    except OperationalError:
        raise
    except Exception as fault:
        log.warning("notice failed", batch=batch_id, sale=sale_id, error=type(fault).__name__)
        with database.unit_of_work(SYSTEM) as session:
            batches.note_item(session, batch_id, sale_id, _code_of(fault))
    return True


def _code_of(fault: BaseException) -> str:
    if isinstance(fault, StepFailed):
        return fault.message_code
    return fault.code if isinstance(fault, KeyturnError) else "unexpected"


def _end(database: Database, batch_id: str) -> None:
    with database.unit_of_work(SYSTEM) as session:
        batch = session.get_one(MoveInBatch, batch_id, with_for_update=True)
        if batch.state is not RunState.RUNNING:
            return
        if batches.next_sales(session, batch_id, 1):
            order_portion(session, database, batch)
        else:
            batch.state, batch.ended_at = RunState.ENDED, database.clock.now()
