"""For the machines that watch: is the process alive, can it serve, and its figures."""

from __future__ import annotations

import hmac
import ipaddress

from flask import Blueprint, Response, abort, current_app, request
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from webapp.db import Database
from webapp.metrics import Metrics
from webapp.settings import Settings

pages = Blueprint("health", __name__)


@pages.get("/healthz")
def healthz() -> tuple[dict[str, str], int]:
    """The process answers."""
    return {"status": "ok"}, 200


@pages.get("/readyz")
def readyz() -> tuple[dict[str, str], int]:
    """The database answers too."""
    database: Database = current_app.extensions["keyturn.database"]
    try:
        with database.reading() as session:
            session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return {"status": "unavailable", "database": "no answer"}, 503
    return {"status": "ready", "database": "ok"}, 200


@pages.get("/metrics")
def metrics() -> Response:
    """Figures, for the machine itself or for whoever bears the token."""
    settings: Settings = current_app.extensions["keyturn.settings"]
    if not _may_read(settings.metrics_token):
        abort(404)
    figures: Metrics = current_app.extensions["keyturn.metrics"]
    return Response(figures.text(), content_type=CONTENT_TYPE_LATEST)


def _may_read(token: str) -> bool:
    if token:
        return hmac.compare_digest(request.headers.get("Authorization", ""), f"Bearer {token}")
    return ipaddress.ip_address(request.remote_addr or "0.0.0.0").is_loopback  # noqa: S104 - means nobody here.
