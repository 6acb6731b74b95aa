"""Telling and sending, again and again, by whoever runs jobs."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import OperationalError

from webapp.db import Database
from webapp.notifications.sending import Sender
from webapp.notifications.watching import Watcher

log = structlog.get_logger("keyturn.jobs")
EVERY = timedelta(seconds=2)


class Notices:
    """The telling of one runner of jobs."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._watcher = Watcher(database)
        self._sender = Sender(database)
        self._told_at: datetime | None = None

    def tell_if_time(self) -> None:
        """Tell what is new and send what is due, unless that was done a moment ago."""
        now = self._database.clock.now()
        if self._told_at is not None and timedelta() <= now - self._told_at < EVERY:
            return
        self._told_at = now
        try:
            self._watcher.look()
            self._sender.send_due()
        except OperationalError:
            raise
        except Exception as fault:
            # People are told late rather than that jobs stand still.
            log.error("telling failed", error=type(fault).__name__)
