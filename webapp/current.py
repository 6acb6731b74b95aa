"""Who is reading the page: the actor of the request, put there once by the sign-in and read everywhere."""

from __future__ import annotations

from flask import g
from flask_babel import refresh

from kernel.actor import Actor


def set_actor(actor: Actor, *, language: str | None = None) -> None:
    """Note who acts in this request and the language they chose for themselves."""
    g.actor = actor
    g.actor_language = language
    refresh()


def current_actor() -> Actor | None:
    """The person signed in, or None."""
    actor: Actor | None = g.get("actor")
    return actor


def may(permission: str) -> bool:
    """Whether the reader may do something somewhere; for menus and buttons, commands check for themselves."""
    actor = current_actor()
    return actor is not None and actor.may_anywhere(permission)
