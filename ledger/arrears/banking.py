"""How many bank lines wait to be matched: a daily run asks, because money that is there must not be chased."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from ledger.banking.queries import unmatched_lines
from ledger.organisation.models import Project


def waiting_lines(session: Session, actor: Actor, path: str, older_than: date) -> int:
    """How many bank lines of days before wait at the projects at or below a path."""
    projects = select(Project.id).where(Project.path.startswith(path, autoescape=True))
    return sum(
        unmatched_lines(session, actor, project_id, older_than=older_than)
        for project_id in session.scalars(projects)
    )
