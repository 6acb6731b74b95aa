"""Acting from a page of operations: once however often it is sent, back to the page with what came of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, flash, redirect
from flask_babel import gettext as _

from engine.api import Engine
from kernel.errors import KeyturnError, Missing
from webapp.acting import acting, clock
from webapp.engine_room import engine_for
from webapp.once import once
from webapp.wording import word


def act_once(address: str, do: Callable[[Engine], Any]) -> Response:
    """Let the engine act and return to the page; a refusal is told there. Raises `Missing`."""

    def run() -> str:
        do(engine_for(session, actor, clock()))
        return address

    try:
        with acting() as (session, actor):
            once(session, actor, clock(), run)
        flash(_("Done."), "success")
    except Missing:
        raise
    except KeyturnError as refused:
        flash(word(refused.code, refused.params, field=refused.field), "danger")
    return redirect(address)  # type: ignore[return-value]
