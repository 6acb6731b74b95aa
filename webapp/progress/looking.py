"""The daily look: steps whose day is over are marked, and their buyers told, a few in each unit of work."""

from __future__ import annotations

from kernel.actor import SYSTEM
from ledger.progress.operations import mark_delayed
from ledger.progress.queries import late_steps
from webapp.db import Database

PORTION = 50


def look_for_late_steps(database: Database, path: str) -> int:
    """Mark what is late at or below a path; returns how many were new. Doing it again changes nothing."""
    count = 0
    while True:
        with database.unit_of_work(SYSTEM) as session:
            late = late_steps(session, database.clock, path, limit=PORTION)
            for step in late:
                mark_delayed(session, SYSTEM, database.clock, step)
        count += len(late)
        if len(late) < PORTION:
            return count
