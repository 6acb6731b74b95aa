"""The notices of a building: a case for each sold home, in portions."""

from __future__ import annotations

from sqlalchemy.orm import Session

from handlers.jobs import MOVE_IN
from kernel.actor import SYSTEM
from ledger.handover.batches import NOTICES
from ledger.sales.models import Sale
from webapp import portions
from webapp.db import Database

PORTION_SECONDS = 30.0
PROCESS = "move_in"


def order_portion(session: Session, database: Database, batch_id: str) -> None:
    """Let a job take the next portion of a batch."""
    portions.order_portion(session, database, MOVE_IN, batch_id, field="batch_id")


def work(database: Database, batch_id: str, *, seconds: float = PORTION_SECONDS, most: int | None = None) -> None:
    """Bring a batch on for a while, by at most so many sales; what is left is ordered, else it ends."""

    def do(session: Session, sale_id: str) -> None:
        path = session.get_one(Sale, sale_id).path
        given = {"sale_id": sale_id, "batch_id": batch_id}
        database.engine_for(session, SYSTEM).start(PROCESS, given, scope=path)

    portions.work_off(
        database,
        NOTICES,
        batch_id,
        do,
        units=lambda: database.unit_of_work(SYSTEM),
        seconds=seconds,
        most=most,
        order_rest=lambda session: order_portion(session, database, batch_id),
    )
