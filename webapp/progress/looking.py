"""The daily look: steps and change orders whose time is over are found, and their buyers told, a few at a time."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.change_messages import tell_of_change
from kernel.actor import SYSTEM
from kernel.clock import Clock, business_date
from kernel.facts import Telling
from ledger.changes.models import OPEN_STATES, ChangeOrder
from ledger.organisation.models import Project
from ledger.organisation.parameters import CHANGE_LATE_DAYS
from ledger.organisation.queries import parameter
from ledger.progress.operations import mark_delayed
from ledger.progress.queries import late_steps
from webapp.db import Database

PORTION = 50


def look_for_late_steps(database: Database, path: str) -> int:
    """Mark what is late at or below a path; returns how many steps were new. Doing it again changes nothing."""
    count = 0
    while True:
        with database.unit_of_work(SYSTEM) as session:
            late = late_steps(session, database.clock, path, limit=PORTION)
            for step in late:
                mark_delayed(session, SYSTEM, database.clock, step)
        count += len(late)
        if len(late) < PORTION:
            break
    with database.reading() as session:
        orders = late_orders(session, database.clock, path)
    for order_id in orders:
        with database.unit_of_work(SYSTEM) as session:
            telling = Telling(session, SYSTEM, database.clock)
            tell_of_change(telling, session.get_one(ChangeOrder, order_id), "delayed")
    return count


def late_orders(session: Session, clock: Clock, path: str) -> list[str]:
    """The open change orders that were asked for longer ago than a change may take."""
    found: list[str] = []
    for project in session.scalars(select(Project).where(Project.path.startswith(path, autoescape=True))):
        on = business_date(clock, project.zone)
        days = parameter(session, project.path, CHANGE_LATE_DAYS, on)
        query = select(ChangeOrder.id).where(
            ChangeOrder.project_id == project.id,
            ChangeOrder.state.in_(OPEN_STATES),
            ChangeOrder.applied_at < clock.now() - timedelta(days=days),
        )
        found += session.scalars(query)
    return found
