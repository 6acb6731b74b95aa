"""The application factory: one Flask application from settings, a database and a clock."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint, Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from webapp import (
    assets,
    current,
    elsewhere,
    errors,
    formatting,
    health,
    language,
    navigation,
    once,
    pace,
    page,
    request_log,
    response_headers,
)
from webapp import styleguide as styleguide_pages
from webapp.csrf import csrf
from webapp.db import Database
from webapp.metrics import Metrics
from webapp.settings import Settings


def create_app(settings: Settings, database: Database, *, desks: Iterable[Blueprint] = ()) -> Flask:
    """Build the application; ``database`` brings keys and clock, ``desks`` are the blueprints to serve."""
    app = Flask("webapp", static_folder="static", template_folder="templates")
    _configure(app, settings, database)
    request_log.install(app, app.extensions["keyturn.metrics"])
    errors.install(app)
    csrf.init_app(app)
    language.install(app, settings.zone)
    response_headers.install(app)
    assets.install(app)
    navigation.install(app)
    elsewhere.install(app)
    page.install(app)
    once.install(app)
    pace.install(app, settings, database)
    formatting.install(app)
    app.add_template_global(current.may)
    app.add_template_global(current.current_actor, "reader")
    app.register_blueprint(health.pages)
    if settings.styleguide or settings.testing:
        app.register_blueprint(styleguide_pages.pages)
    for desk in desks:
        app.register_blueprint(desk)
    if settings.proxies:
        count = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    return app


def _configure(app: Flask, settings: Settings, database: Database) -> None:
    app.config.update(
        SECRET_KEY=database.vault.signing,
        DEBUG=settings.debug,
        TESTING=settings.testing,
        MAX_CONTENT_LENGTH=settings.max_upload,
        MAX_FORM_MEMORY_SIZE=4 * 1024 * 1024,
        MAX_FORM_PARTS=5_000,
        TRUSTED_HOSTS=list(settings.trusted_hosts) or None,
        SESSION_COOKIE_NAME="keyturn_session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_HEADERS=["X-CSRFToken"],
        PROPAGATE_EXCEPTIONS=False,
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.extensions.update(
        {
            "keyturn.settings": settings,
            "keyturn.database": database,
            "keyturn.clock": database.clock,
            "keyturn.metrics": Metrics(),
        }
    )
