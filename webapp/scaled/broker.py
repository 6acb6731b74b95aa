"""The Celery application of an installation: its broker, its one queue, its two tasks."""

from __future__ import annotations

from celery import Celery
from celery.schedules import crontab
from kombu import Exchange, Queue
from kombu.exceptions import OperationalError

from webapp.settings import Settings

RUN_DUE = "keyturn.run_due"
TIDY = "keyturn.tidy"
BATCH = 20
BATCH_SECONDS = 5.0
ALONE_SECONDS = 0.2
_WAKE_UP_LIVES = 60
_MOST_WAKE_UPS = 10_000


def celery_of(settings: Settings) -> Celery:
    """An application that can send wake-ups, be worked for, and be swept by beat."""
    app = Celery("keyturn", broker=settings.broker_url, set_as_current=False, changes={"timezone": settings.zone})
    app.conf.update(
        task_queues=[_queue(settings.queue)],
        task_default_queue=settings.queue,
        task_default_exchange=settings.queue,
        task_default_routing_key=settings.queue,
        task_default_delivery_mode="transient",
        task_create_missing_queues=False,
        task_ignore_result=True,
        task_acks_late=False,
        # A child that hangs is ended once the lease of whatever it holds is over.
        task_time_limit=settings.lease_seconds + BATCH_SECONDS,
        worker_concurrency=settings.concurrency,
        worker_prefetch_multiplier=1,
        worker_enable_remote_control=False,
        worker_send_task_events=False,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        broker_connection_timeout=2,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options=_transport(settings),
        beat_schedule={
            "what is due": {
                "task": RUN_DUE,
                "schedule": settings.sweep_seconds,
                "options": {"expires": _WAKE_UP_LIVES},
            },
            "old keys": {"task": TIDY, "schedule": crontab(hour=3, minute=10)},
        },
        beat_max_loop_interval=settings.sweep_seconds,
    )
    return app


def send_wake_up(app: Celery) -> None:
    """Tell one worker to look; raises what the broker's library raises when it cannot be reached."""
    app.send_task(RUN_DUE, expires=_WAKE_UP_LIVES, retry=False, ignore_result=True)


def broker_answers(app: Celery) -> bool:
    """Whether the broker can be reached now."""
    try:
        with app.connection_for_write() as connection:
            connection.ensure_connection(max_retries=1, timeout=2, interval_start=0)
    except OperationalError:
        return False
    return True


def _queue(name: str) -> Queue:
    # Without workers, wake-ups die of age or number instead of filling the broker.
    return Queue(
        name, Exchange(name), routing_key=name, message_ttl=_WAKE_UP_LIVES, max_length=_MOST_WAKE_UPS, durable=True
    )


def _transport(settings: Settings) -> dict[str, object]:
    if not settings.broker_url.startswith("redis"):
        return {}
    return {
        "global_keyprefix": f"{settings.queue}:",
        "socket_connect_timeout": 2,
        "socket_keepalive": True,
    }
