"""Customers: the list with its search, the customer ledger (客户台帐), registering and editing."""

from flask import Flask

from webapp.customers import contacts, editing, ledger, listing, registering
from webapp.customers.desk import pages
from webapp.customers.words import timeline_text
from webapp.language import N_
from webapp.navigation import NavEntry, add_entry

__all__ = ["contacts", "editing", "install", "ledger", "listing", "pages", "registering"]


def install(app: Flask) -> None:
    """Serve these pages and offer them in the navigation."""
    app.register_blueprint(pages)
    app.jinja_env.filters["timeline_text"] = timeline_text
    entry = NavEntry(
        "customers.index", N_("Customers"), "users", group="business", order=25, permission="customers:view"
    )
    add_entry(app, entry)
