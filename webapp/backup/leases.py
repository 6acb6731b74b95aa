"""Jobs that somebody held when a snapshot was taken."""

from __future__ import annotations

from sqlalchemy import Connection, update

from webapp.models import metadata


def release_leases(connection: Connection) -> None:
    """Let go of every held job: the workers are gone, and the jobs must not wait for their leases to end."""
    jobs = metadata.tables["engine_job"]
    held = jobs.c.lock_owner.is_not(None)
    connection.execute(update(jobs).where(held).values(lock_owner=None, locked_until=None))
