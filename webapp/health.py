"""For the machines that watch: is the process alive, can it serve, and its figures."""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Callable

from flask import Blueprint, Response, abort, current_app, request
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy.exc import SQLAlchemyError

from engine import jobs
from webapp.db import Database
from webapp.metrics import Metrics, jobs_text
from webapp.schema import is_usable
from webapp.settings import Settings

pages = Blueprint("health", __name__)


@pages.get("/healthz")
def healthz() -> tuple[dict[str, str], int]:
    """The process answers."""
    return {"status": "ok"}, 200


@pages.get("/readyz")
def readyz() -> tuple[dict[str, str], int]:
    """The database answers and has the schema. Without its broker a process serves on, and jobs wait."""
    database: Database = current_app.extensions["keyturn.database"]
    told = {"status": "ready", "database": "ok", "schema": "ok"}
    try:
        if not is_usable(database.engine):
            return told | {"status": "unavailable", "schema": "run keyturn migrate"}, 503
    except SQLAlchemyError:
        return {"status": "unavailable", "database": "no answer"}, 503
    broker: Callable[[], bool] | None = current_app.extensions.get("keyturn.broker_answers")
    if broker is None:
        return told, 200
    if broker():
        return told | {"broker": "ok"}, 200
    return told | {"status": "degraded", "broker": "no answer"}, 200


@pages.get("/metrics")
def metrics() -> Response:
    """Figures, for the machine itself or for whoever bears the token."""
    settings: Settings = current_app.extensions["keyturn.settings"]
    if not _may_read(settings.metrics_token):
        abort(404)
    figures: Metrics = current_app.extensions["keyturn.metrics"]
    database: Database = current_app.extensions["keyturn.database"]
    now = database.clock.now()
    with database.reading() as session:
        backlog = jobs.backlog(session, now)
    text = figures.text() + jobs_text(backlog.due, backlog.late_seconds(now))
    return Response(text, content_type=CONTENT_TYPE_LATEST)


def _may_read(token: str) -> bool:
    if token:
        return hmac.compare_digest(request.headers.get("Authorization", ""), f"Bearer {token}")
    return ipaddress.ip_address(request.remote_addr or "0.0.0.0").is_loopback  # noqa: S104 - means nobody here.
