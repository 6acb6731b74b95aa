"""The inbox: tasks of one's own and of one's groups, opening and completing them, starting processes, cases."""

from __future__ import annotations

from flask import Flask

from engine.api import TaskFilter
from webapp.acting import clock, reading
from webapp.engine_room import engine_for
from webapp.inbox import (
    applications,
    arranging,
    attachments,
    cases,
    claiming,
    copies,
    diagrams,
    drafts,
    history_table,
    listing,
    looking,
    saving,
    starting,
    talk,
    tasks,
    why,
)
from webapp.inbox.acts import every
from webapp.inbox.answering import off_list
from webapp.inbox.blueprint import pages
from webapp.inbox.bulk import views as bulk_pages
from webapp.inbox.bulk.choosing import MOST
from webapp.inbox.came_from import list_address
from webapp.inbox.happenings import by_for
from webapp.inbox.pane import in_pane
from webapp.language import N_
from webapp.navigation import NavEntry, add_entry

# Importing them puts their views on the blueprint.
VIEWS = (
    applications,
    arranging,
    attachments,
    bulk_pages,
    cases,
    claiming,
    copies,
    diagrams,
    drafts,
    every,
    history_table,
    listing,
    looking,
    saving,
    starting,
    talk,
    tasks,
    why,
)


def waiting_for_me() -> int:
    """How many tasks are the reader's own."""
    with reading() as (session, actor):
        return engine_for(session, actor, clock()).count_tasks(TaskFilter(box="mine"))


def install(app: Flask) -> None:
    """Serve the inbox as the first desk."""
    app.register_blueprint(pages)
    app.add_template_global(off_list)
    app.add_template_global(in_pane)
    app.add_template_global(arranging.tomorrow)
    app.add_template_global(MOST, "BULK_MOST")
    app.add_template_global(by_for)
    app.add_template_global(list_address)
    entry = NavEntry("inbox.index", N_("Inbox"), "inbox", group="work", order=10, count=waiting_for_me)
    add_entry(app, entry)
