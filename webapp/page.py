"""What the frame of every page asks for: where the reader is, where home is, addresses with changed arguments."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import groupby
from typing import Any

from flask import Flask, current_app, request, url_for
from werkzeug.routing import BuildError

from kernel.actor import Actor
from webapp.current import current_actor
from webapp.formatting import day, local_time
from webapp.language import safe_path
from webapp.navigation import visible_entries
from webapp.wording import word

THEMES = ("light", "dark", "auto")
THEME_COOKIE = "theme"
_STAY_APART = 1
MOST_PAGES = 100_000  # Beyond it an offset is more than a database can count.


def theme_setting() -> str:
    """The theme the reader chose on this device: light, dark or auto."""
    chosen = request.cookies.get(THEME_COOKIE, "auto")
    return chosen if chosen in THEMES else "auto"


def endpoint_exists(endpoint: str) -> bool:
    """Whether a desk that another page links to is being served."""
    return endpoint in current_app.view_functions


def home_url() -> str:
    """The reader's first desk, or the sign-in page."""
    if current_actor() is None:
        return url_for("account.sign_in") if endpoint_exists("account.sign_in") else "/"
    entries = visible_entries()
    return min(entries, key=lambda entry: entry.order).url if entries else "/"


def here() -> str:
    """The path of this page with its arguments; of the page a form was sent from when this is not a page."""
    if request.method == "GET":
        return safe_path(request.full_path.rstrip("?"))
    return back_path() or "/"


def back_path() -> str:
    """The page on this site the reader came from, or nothing."""
    return safe_path(request.referrer, "")


def asked_page() -> int:
    """The page of a list that is asked for, from 1; an absurd number means the last that can be counted."""
    return min(max(request.args.get("page", 1, type=int), 1), MOST_PAGES)


def query_url(**changes: Any) -> str:
    """This page's address with some query arguments changed; None takes one away."""
    arguments = {**request.args.to_dict(flat=False), **(request.view_args or {}), **changes}
    kept = {name: value for name, value in arguments.items() if value is not None}
    try:
        return url_for(request.endpoint or "", **kept)
    except BuildError:
        return request.path


def unread_notifications() -> int:
    """How many notices wait for the reader; the notifications desk supplies the count."""
    count: Callable[[], int] | None = current_app.extensions.get("keyturn.unread")
    return count() if count else 0


def role_names(actor: Actor) -> list[str]:
    """The reader's roles in the reader's language, without repetition."""
    return list(dict.fromkeys(word(f"role.{grant.role}") for grant in actor.grants))


def by_day(events: Iterable[Any], zone: str | None = None) -> list[tuple[str, list[Any]]]:
    """Events (with an instant ``at``), in the order given, gathered under their days in the project's zone."""
    grouped = groupby(events, key=lambda event: local_time(_at(event), zone).date())
    return [(day(date, long=True), list(entries)) for date, entries in grouped]


def in_folds(events: Iterable[Any]) -> list[tuple[bool, list[Any]]]:
    """Events in the order given, those that fold gathered with their neighbours; one alone is left as it is."""
    found: list[tuple[bool, list[Any]]] = []
    for folds, run in groupby(events, key=lambda event: bool(getattr(event, "folds", False))):
        entries = list(run)
        found.append((folds and len(entries) > _STAY_APART, entries))
    return found


def _at(event: Any) -> datetime:
    at: datetime = event["at"] if isinstance(event, dict) else event.at
    return at


def clock_time(value: datetime, zone: str | None = None) -> str:
    """Hours and minutes in the project's zone."""
    return local_time(value, zone).strftime("%H:%M")


def install(app: Flask) -> None:
    """Give these to the templates."""
    app.jinja_env.globals.update(
        back_path=back_path,
        endpoint_exists=endpoint_exists,
        here=here,
        home_url=home_url,
        query_url=query_url,
        role_names=role_names,
        theme_setting=theme_setting,
        unread_notifications=unread_notifications,
    )
    app.jinja_env.filters.update(by_day=by_day, in_folds=in_folds, clock_time=clock_time)
