"""What the side navigation offers: each desk registers its entries, the reader sees those he may use."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby

from flask import Flask, current_app, request, url_for
from flask_babel import gettext

from webapp.current import current_actor, may
from webapp.language import N_

GROUPS = {
    "work": N_("Work"),
    "business": N_("Business"),
    "after_sales": N_("After-sales"),
    "design": N_("Processes"),
    "house": N_("Company"),
}


@dataclass(frozen=True)
class NavEntry:
    """An entry of the side navigation.

    ``label`` is a message id marked with `N_`; without ``permission`` every signed-in person sees it; ``count``
    gives a number to show beside it (None hides it); ``group`` is a key of `GROUPS`, ``order`` sorts within it.
    On a phone the entries with the lowest ``order`` of all stand in the bar at the bottom, before them those whose
    ``desk_of`` (a permission) the reader holds: the desk at which he works.
    """

    endpoint: str
    label: str
    icon: str
    group: str = "work"
    order: int = 50
    permission: str | None = None
    count: Callable[[], int | None] | None = None
    desk_of: str | None = None

    @property
    def blueprint(self) -> str:
        """The desk this entry leads to."""
        return self.endpoint.partition(".")[0]

    @property
    def text(self) -> str:
        """The label in the reader's language."""
        return gettext(self.label)

    @property
    def url(self) -> str:
        """Where it leads."""
        return url_for(self.endpoint)

    @property
    def is_current(self) -> bool:
        """Whether the reader is at this desk."""
        return request.blueprint is not None and request.blueprint.split(".")[0] == self.blueprint

    def counted(self) -> int | None:
        """The number beside it, if it has one."""
        return self.count() if self.count else None


def add_entry(app: Flask, entry: NavEntry) -> None:
    """Register an entry; a desk calls this once when its blueprint is registered."""
    entries: list[NavEntry] = app.extensions["keyturn.navigation"]
    entries.append(entry)


def visible_entries() -> list[NavEntry]:
    """The entries the reader may use, group by group in their order."""
    entries: list[NavEntry] = current_app.extensions["keyturn.navigation"]
    if current_actor() is None:
        return []
    order = {group: place for place, group in enumerate(GROUPS)}
    shown = [entry for entry in entries if entry.permission is None or may(entry.permission)]
    return sorted(shown, key=lambda entry: (order[entry.group], entry.order))


def grouped_entries() -> Iterator[tuple[str, list[NavEntry]]]:
    """Visible entries as (group title in the reader's language, entries)."""
    for group, entries in groupby(visible_entries(), key=lambda entry: entry.group):
        yield gettext(GROUPS[group]), list(entries)


def bottom_entries(most: int = 4) -> list[NavEntry]:
    """The entries for the bar at the bottom of a phone."""
    by_order = sorted(visible_entries(), key=lambda entry: entry.order)
    own = [entry for entry in by_order if entry.desk_of and may(entry.desk_of)]
    chosen = (own + [entry for entry in by_order if entry not in own])[:most]
    return sorted(chosen, key=lambda entry: entry.order)


def install(app: Flask) -> None:
    """Prepare the list and give it to the templates."""
    app.extensions["keyturn.navigation"] = []
    app.add_template_global(grouped_entries)
    app.add_template_global(bottom_entries)
