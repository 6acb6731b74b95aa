"""``keyturn beat``: wakes the workers again and again, so that timers fire and a lost wake-up is made good.

It keeps nothing on disk: a second one, or one that was away, changes nothing but the number of wake-ups.
"""

from __future__ import annotations

import os
import signal
from typing import Any

from celery.apps.beat import Beat

from webapp.scaled.broker import celery_of
from webapp.scaled.worker import log_as_we_do
from webapp.settings import Settings


def beat(settings: Settings) -> None:
    """Send wake-ups until the process is told to stop."""
    log_as_we_do(settings)
    _Beat(
        app=celery_of(settings), scheduler_cls="celery.beat:Scheduler", loglevel=settings.log_level, quiet=True,
        redirect_stdouts=False,
    ).run()  # fmt: skip


class _Beat(Beat):  # type: ignore[misc]
    """Ends at once when told to, even while it waits for a broker: there is nothing to save."""

    def install_sync_handler(self, service: Any) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_told: os._exit(0))
