"""Acting from a page: once however often the form is sent, then to where it leads with what came of it."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from kernel.actor import Actor
from webapp.acting import acting, clock
from webapp.once import once


def carried_out(act: Callable[[Session, Actor], object], *, leads_to: str, done: str) -> Response:
    """Let ``act`` happen in a transaction of its own and go to ``leads_to``, where ``done`` is told."""
    with acting() as (session, actor):

        def run() -> str:
            act(session, actor)
            return leads_to

        address = once(session, actor, clock(), run)
    flash(done, "success")
    return redirect(address)
