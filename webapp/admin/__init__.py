"""Administration: staff and roles, the organisation with its parameters, payment plans, the audit log."""

from __future__ import annotations

from flask import Flask

from webapp.admin import (
    audit,
    calendars,
    lines,
    message_texts,
    node_calendar,
    organisation,
    parameters,
    plan_proposal,
    plans,
    posts,
    staff,
    substitution,
)
from webapp.language import N_
from webapp.navigation import NavEntry, add_entry

__all__ = [
    "audit",
    "calendars",
    "install",
    "lines",
    "message_texts",
    "node_calendar",
    "organisation",
    "parameters",
    "plan_proposal",
    "plans",
    "posts",
    "staff",
    "substitution",
]

_ENTRIES = (
    NavEntry("staff.index", N_("Staff"), "users-group", "house", 70, "staff:view"),
    NavEntry("organisation.index", N_("Organisation"), "sitemap", "house", 72, "organisation:manage"),
    NavEntry("calendars.index", N_("Calendars"), "calendar", "house", 73, "organisation:manage"),
    NavEntry("plans.index", N_("Payment plans"), "calendar-due", "house", 74, "prices:approve"),
    NavEntry("message_texts.index", N_("Texts of messages"), "messages", "house", 75, "messages:manage"),
    NavEntry("audit.index", N_("Audit log"), "shield-check", "house", 76, "audit:view"),
)


def install(app: Flask) -> None:
    """Serve these pages and offer them in the navigation."""
    for desk in (staff, organisation, calendars, plans, message_texts, audit):
        app.register_blueprint(desk.pages)
    for entry in _ENTRIES:
        add_entry(app, entry)
