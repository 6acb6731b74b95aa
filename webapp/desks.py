"""The whole application: the factory, the guard, and every desk with its entries in the navigation."""

from __future__ import annotations

from types import ModuleType

from flask import Flask, g

from ledger.staff import queries as staff
from webapp import (
    account,
    admin,
    api,
    approval_sheet,
    boards,
    changes,
    customers,
    finance,
    handover,
    inbox,
    links,
    lookup,
    mortgages,
    notifications,
    operations,
    paper_templates,
    papers,
    portal,
    progress,
    reviews,
    sales,
    security,
    studio,
    titles,
    units,
)
from webapp.app import create_app
from webapp.db import Database
from webapp.settings import Settings

# Each desk offers install(app), which registers its blueprint and its navigation entries.
DESKS: tuple[ModuleType, ...] = (
    account,
    inbox,
    boards,
    notifications,
    links,
    portal,
    progress,
    lookup,
    units,
    customers,
    sales,
    changes,
    reviews,
    papers,
    paper_templates,
    approval_sheet,
    finance,
    mortgages,
    titles,
    handover,
    operations,
    studio,
    admin,
    api,
)


def build_app(settings: Settings, database: Database) -> Flask:
    """The application that is served and tested."""
    app = create_app(settings, database)
    app.extensions["keyturn.names"] = staff_name
    security.install(app)
    for desk in DESKS:
        desk.install(app)
    return app


def staff_name(staff_id: str) -> str:
    """What a member of staff is called, asked once per request."""
    known: dict[str, str] = g.setdefault("staff_names", {})
    if staff_id not in known:
        with security.database().reading() as session:
            known.update({staff_id: staff_id} | staff.names(session, [staff_id]))
    return known[staff_id]
